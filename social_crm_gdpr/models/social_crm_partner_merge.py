# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.fields import Command, Domain

from odoo.addons.social_crm_base.tools.privacy import IDENTITY, ROW, classify

from .social_crm_consent import NEGATIVE

#: What protects people, and follows a contact: model -> field that names contacts.
MEASURES = {"social.crm.restriction": "partner_ids", "social.crm.legal.hold": "partner_ids"}
#: What follows a contact and never widens: whom a request is about was checked.
FOLLOWING = {**MEASURES, "social.crm.privacy.request": "subject_partner_ids"}
LEDGER = "social.crm.consent"


class SocialCrmPartnerMerge(models.Model):
    """What people decided, and what was decided about them, follows a merge and its undo.

    The ledger of consents keeps its rows as they are but for whose they are. After an undo each
    contact has the decisions it brought into the merge. What was decided while both were one stays
    with the contact that stayed; only a no counts for both, for nobody can tell which of them
    said it.
    """

    _inherit = "social.crm.partner.merge"

    decided_before = fields.Json(
        readonly=True, help="Decisions and measures that named the contacts before: model -> ids."
    )

    @api.model
    def _record(self, sources, target):
        """Override to write down what was decided before, to know what is decided afterwards."""
        merges = super()._record(sources, target)
        merges.decided_before = {
            # sudo: see there
            model: self.env[model].sudo().search([(field, "in", (sources | target).ids)]).ids
            for model, field in {**FOLLOWING, LEDGER: "partner_id"}.items()
        }
        return merges

    @api.model
    def _our_rows_of(self, source, target):
        """Override to write down decisions of the contact that goes, and measures about it."""
        ours = super()._our_rows_of(source, target)
        ours[LEDGER] = self._rows_of(LEDGER, "partner_id", source).ids
        for model, field in FOLLOWING.items():
            named = Domain(field, "=", source.id) & Domain(field, "!=", target.id)
            # sudo: see _record
            ours[model] = self.env[model].sudo().search(named).ids
        return ours

    def _in_words(self, rows):
        """Override: who reads merges need not know of holds and requests."""
        return super()._in_words({name: ids for name, ids in rows.items() if name not in FOLLOWING})

    def _restore_rows_of(self, rows, partner):
        """Override: the ledger is moved as the merge moved it; measures name contacts in a list."""
        if rows._name == LEDGER:
            self._restore_decisions(rows, partner)
        elif rows._name not in FOLLOWING:
            super()._restore_rows_of(rows, partner)

    def _restore_rows(self, partner):
        """Override: what was decided about people since the merge is about both from now on."""
        super()._restore_rows(partner)
        for model, field in FOLLOWING.items():
            theirs = set(self.our_rows.get(model, ()))
            before = set((self.decided_before or {}).get(model, ()))
            # sudo: rights were looked at; what is in force does not depend on who undoes it
            for row_sudo in self.env[model].sudo().search([(field, "=", self.partner_id.id)]):
                if row_sudo.id in theirs:
                    change = [Command.unlink(self.partner_id.id), Command.link(partner.id)]
                elif model in MEASURES and row_sudo.id not in before:
                    change = [Command.link(partner.id)]
                else:
                    continue
                row_sudo.write({field: change})

    def _restore_decisions(self, rows, partner):
        """Give the decisions back, and let a no of the time between count for both.

        :param recordset rows: of the ledger, decided before the merge
        :param recordset partner: the contact made anew
        """
        rows._move_to(self.partner_id, partner)
        # sudo: see _restore_rows
        since_sudo = (
            self.env[LEDGER]
            .sudo()
            .search(
                [
                    ("partner_id", "=", self.partner_id.id),
                    ("event", "in", [*NEGATIVE, "refused"]),
                    ("id", "not in", (self.decided_before or {}).get(LEDGER, rows.ids)),
                ],
                order="happened_at, id",
            )
        )
        for row_sudo in since_sudo:
            row_sudo._note(
                row_sudo.event,
                row_sudo.purpose_id.code,
                partner=partner,
                company_id=row_sudo.company_id.id,
                way="system",
                text_id=row_sudo.text_id.id,
                wording=row_sudo.wording,
                happened_at=row_sudo.happened_at,
            )

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **classify(IDENTITY, ROW, "decided_before")}


class SocialCrmConsent(models.Model):
    _inherit = "social.crm.consent"

    def _move_to(self, source, target):
        """Let rows follow their contact, which the database allows in this transaction only.

        :param recordset source: whose they are; others are left alone
        :param recordset target: whose they become
        """
        self.flush_recordset()
        with self._moving_people():
            self.env.cr.execute(
                "UPDATE social_crm_consent SET partner_id = %s"
                " WHERE id = ANY(%s) AND partner_id = %s",
                [target.id, self.ids, source.id],
            )
        self.invalidate_recordset(["partner_id"], flush=False)
        self.env["social.crm.identity"].invalidate_model(["may_link"], flush=False)

    @api.model
    @contextmanager
    def _moving_people(self):
        """Let the database's guard pass rows on from contact to contact, see ``init``."""
        self.env.cr.execute("SELECT set_config('social_crm.moving_people', 'on', true)")
        yield
        self.env.cr.execute("SELECT set_config('social_crm.moving_people', '', true)")


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Override: one person's decisions follow their contact, and nothing else in the ledger."""
        with self.env["social.crm.consent"]._moving_people():
            super()._update_foreign_keys(src_partners, dst_partner)
