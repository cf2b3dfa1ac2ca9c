# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from markupsafe import Markup

from odoo import models


class SocialCrmCase(models.Model):
    """Whose case it is, and which of a customer's cases takes the next message."""

    _inherit = "social.crm.case"

    def _recompute_customer_key(self, regain=None):
        """Bring the customer's key in line with the accounts' links, in one place.

        Two accounts that turn out to be one person may each have a case that takes new messages.
        Work is never joined silently: the newest goes on taking them, the others stay as they are
        and get a note. Batched: three queries for any number of cases, besides the notes.

        :param recordset regain: cases that took new messages before and may do so again
        """
        # sudo: the key is bookkeeping over all teams, or two cases would take new messages
        cases_sudo = self.sudo()
        regain_sudo = cases_sudo.browse(regain.ids if regain else ()) & cases_sudo
        keys = {
            case: case.identity_id._customer_key() if case.identity_id else False
            for case in cases_sudo
        }
        rivals_sudo = cases_sudo.search(
            [
                ("customer_key", "in", list(filter(None, keys.values()))),
                ("takes_new", "=", True),
                ("id", "not in", self.ids),
            ]
        )
        keys.update({case: case.customer_key for case in rivals_sudo})
        takers = {}
        for case, key in keys.items():
            if key and (case.takes_new or case in regain_sudo):
                takers.setdefault((case.company_id, key), []).append(case)
        kept = {max(rivals, key=_claim): rivals for rivals in takers.values()}
        losers = [case for newest, cases in kept.items() for case in cases if case != newest]
        losing_sudo = cases_sudo.browse([case.id for case in losers if case.takes_new])
        losing_sudo.with_context(tracking_disable=True).takes_new = False
        losing_sudo.flush_recordset(["takes_new"])  # before others take over under the same key
        for key in set(keys.values()):
            changed = [case.id for case, new in keys.items() if new == key != case.customer_key]
            cases_sudo.browse(changed).with_context(tracking_disable=True).customer_key = key
        cases_sudo.flush_model(["customer_key"])  # before a key that became free is taken
        winners = [newest.id for newest in kept if not newest.takes_new]
        cases_sudo.browse(winners).with_context(tracking_disable=True).takes_new = True
        cases_sudo.flush_model(["customer_key", "takes_new"])
        losing_sudo._note_rivals(
            {case: newest for newest, cases in kept.items() for case in cases if case != newest}
        )

    def _note_rivals(self, newest_of):
        """Say on cases that lost the customer's next message where it goes now."""
        bodies = {}
        for case in self:
            newest = newest_of[case]
            said = self.env._(
                "Two accounts turned out to be one customer, who has another open case. New "
                "messages go there. Join the two if they are about the same matter."
            )
            link = Markup() if newest.confidential else Markup(" ") + newest._get_html_link()
            bodies[case.id] = Markup("%s%s") % (said, link)
        if bodies:
            self._message_log_batch(bodies=bodies)


def _claim(case):
    """Who takes new messages among a customer's cases: open before closed, then the newest."""
    return case.state != "closed", case.last_date or case.create_date, case.id
