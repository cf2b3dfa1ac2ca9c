# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.social_crm_base.tools.privacy import KEEP, TECHNICAL, classify, not_personal

from ..tools.public import hour_key

KEPT_HOURS = 24
GC_BATCH = 10000


class SocialCrmFormCap(models.Model):
    """Sendings of public forms, counted per address and hour.

    One row a sending, so that only sendings of one address wait for each other; the address is a
    keyed hash that changes every hour.
    """

    # No access: written and read by the public forms themselves, see tools/public.py
    # No company: a sender's address belongs to none
    _name = "social.crm.form.cap"
    _inherit = ["social.crm.personal.data"]
    _description = "Sending of a Public Form"
    _log_access = False

    key = fields.Char(required=True, index=True)
    happened_at = fields.Datetime(required=True, index=True)

    @api.model
    def _admit(self, form, address, limit):
        """Count a sending, if this address may send this form once more within the hour.

        :param str address: as the web server saw it
        :rtype: bool
        """
        now = fields.Datetime.now()
        key = hour_key(form, address, now.replace(minute=0, second=0, microsecond=0))
        with self._one_at_a_time(key):
            [[count]] = self.env.execute_query(
                SQL("SELECT count(*) FROM social_crm_form_cap WHERE key = %s", key)
            )
            if count >= limit:
                return False
            self.env.cr.execute(
                SQL("INSERT INTO social_crm_form_cap (key, happened_at) VALUES (%s, %s)", key, now)
            )
            return True

    @contextmanager
    def _one_at_a_time(self, key):
        """Let sendings of one address in one after the other, each seeing those before it.

        A lock of the session, not of the transaction: the transaction begins anew once the lock is
        there, or it would not see what whoever had the lock has written; and what is written is
        committed before the lock is given back.
        """
        cr = self.env.cr
        cr.execute(SQL("SELECT pg_advisory_lock(hashtextextended(%s, 0))", key))
        try:
            # the cursor is this count's own
            cr.commit()  # pylint: disable=invalid-commit
            yield
            cr.commit()  # pylint: disable=invalid-commit
        finally:
            cr.rollback()
            cr.execute(SQL("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key))

    @api.autovacuum
    def _gc_old(self):
        limit = fields.Datetime.now() - timedelta(hours=KEPT_HOURS)
        rows = self.search([("happened_at", "<", limit)], limit=GC_BATCH)
        rows.unlink()
        return len(rows), len(rows) == GC_BATCH

    def _personal_data_fields(self):
        return {
            **not_personal("happened_at"),
            **classify(
                TECHNICAL, KEEP, "key", ground="GDPR Art. 32: against floods, gone after a day"
            ),
        }
