# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.social_crm_base.tools.privacy import not_personal


class SocialCrmLegalHold(models.Model):
    """What may not be erased for a time: people over all their accounts, or single records.

    Erasures that meet a hold are parked; when it ends, they go on by themselves.
    """

    _name = "social.crm.legal.hold"
    _inherit = ["social.crm.measure", "social.crm.personal.data"]
    _description = "Legal Hold"
    _evidence_kind = "hold"

    case_ids = fields.Many2many(
        "social.crm.case",
        "social_crm_legal_hold_case_rel",
        string="Cases",
        help="Only these cases with everything said in them.",
    )
    interaction_ids = fields.Many2many(
        "social.crm.interaction",
        "social_crm_legal_hold_interaction_rel",
        string="Single Words",
        help="Only these messages, comments or posts.",
    )

    def _check_somebody(self):
        if not (self.identity_ids or self.partner_ids or self.case_ids or self.interaction_ids):
            raise ValidationError(
                self.env._("Say what is held: an account, a contact, a case or single words.")
            )

    def _evidence_facts(self):
        return {
            **super()._evidence_facts(),
            "cases": len(self.case_ids),
            "interactions": len(self.interaction_ids),
        }

    @api.model
    def _refuse_erasure(self, reference, held):
        """Write down that an erasure met a hold; whoever parks it calls this.

        :param str reference: uuid of the erasure or request
        :param recordset held: what was held, only counted
        """
        self.env["social.crm.evidence"]._append(
            "hold.refused_erasure",
            reference,
            model=held._name,
            records=len(held),
            holds=self._in_force_count(),
        )

    @api.model
    def _in_force_count(self):
        return len(self._in_force())

    @api.model
    def _release_holds(self):
        """The job: end holds that are due and let parked erasures go on."""
        self._cron_end_due()
        self._resume_erasures()

    def _after_change(self):
        if self.filtered(lambda hold: hold.state == "ended"):
            # sudo: the job goes on with what was parked
            self.env.ref("social_crm_gdpr.ir_cron_release_holds").sudo()._trigger()

    @api.model
    def _resume_erasures(self):
        """Let parked erasures look again whether they are still held."""
        if "social.crm.erasure" in self.env:
            self.env["social.crm.erasure"]._resume_parked()

    @api.model
    def _scope(self):
        """What is held now, besides people.

        :return: ids of cases, ids of interactions
        :rtype: tuple[set, set]
        """
        holds_sudo = self._in_force()
        return set(holds_sudo.case_ids.ids), set(holds_sudo.interaction_ids.ids)

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("case_ids interaction_ids")}
