# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.tools.privacy import not_personal


class ResPartner(models.Model):
    """What is decided about a contact, and what it stops."""

    _inherit = "res.partner"

    social_is_restricted = fields.Boolean(
        string="Use Restricted",
        compute="_compute_social_is_restricted",
        compute_sudo=True,
        help="Art. 18 GDPR: answering what the person asks stays possible, nothing else.",
    )
    social_is_held = fields.Boolean(
        string="Legal Hold",
        compute="_compute_social_is_held",
        compute_sudo=True,
        groups="social_crm_base.group_privacy_clerk,social_crm_base.group_privacy_officer",
    )

    social_erased_at = fields.Datetime(
        string="Erased",
        readonly=True,
        copy=False,
        help="Their data was erased then; what is left is what the law keeps.",
    )

    @api.constrains("social_relation_note")
    def _check_special_terms(self):
        self._refuse_special_terms(["social_relation_note"])

    def _compute_social_is_restricted(self):
        restricted = self._is_restricted(self.env.companies)
        for partner in self:
            partner.social_is_restricted = partner in restricted

    def _compute_social_is_held(self):
        held = self.env["social.crm.legal.hold"]._among(self, self.env.companies)
        for partner in self:
            partner.social_is_held = partner in held

    def _is_restricted(self, companies=None):
        """Those of these contacts whose use is restricted.

        :param recordset companies: by whom; the current company by default
        :rtype: recordset
        """
        return self.env["social.crm.restriction"]._among(self, companies)

    def _social_profiled(self):
        """Override to leave out whose use is restricted."""
        found = super()._social_profiled()
        return found - found._is_restricted()

    def _social_relation_now(self):
        """Override: no sum of what somebody bought where nothing may be summed up."""
        now = super()._social_relation_now()
        nothing = self.env._("No profile is made of this person.")
        for partner in self - self._social_profiled():
            now[partner] = {
                "relation": "",
                "relation_reason": nothing,
                "loyalty": "",
                "loyalty_reason": nothing,
            }
        return now

    def _refuse_restricted(self, what):
        """Refuse a use of these contacts where one of the companies at work restricted it.

        :param str what: what may not be done, in words
        :raise UserError: saying what is open instead
        """
        if restricted := self._is_restricted(self.env.companies):
            raise UserError(
                self.env._(
                    "The use of %(count)s of these contacts is restricted (Art. 18 GDPR): "
                    "%(what)s. Take them out of the selection.",
                    count=len(restricted),
                    what=what,
                )
            )

    def export_data(self, fields_to_export):
        """Override to refuse restricted contacts, and note who carries customers away.

        :raise UserError: in words
        """
        self._refuse_restricted(self.env._("they may not be exported"))
        exported = super().export_data(fields_to_export)
        self.env["social.crm.access.log"]._note("export", self._of_people())
        return exported

    def _of_people(self):
        """Override: those who speak with us on networks."""
        # sudo: who has an account that is linked, whoever reads accounts
        linked_sudo = self.env["social.crm.identity"].sudo().search_fetch(
            [("partner_id", "in", self.ids)], ["partner_id"]
        )
        return self & linked_sudo.partner_id.sudo(False)

    def action_social_erase(self):
        """Look at what erasing these contacts would take away."""
        return self.env["social.crm.erasure"]._open_for(partners=self)

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("social_erased_at")}

    def action_social_restrict(self):
        """Restrict the use of what is known of these contacts."""
        return self.env["social.crm.restriction"]._open_for(partners=self)

    def action_social_open_restrictions(self):
        """Why the use of what is known of this contact is restricted."""
        return self.env["social.crm.restriction"]._show_of(self)

    def action_social_open_holds(self):
        """Why nothing of this contact is erased."""
        return self.env["social.crm.legal.hold"]._show_of(self)

    def action_social_hold(self):
        """Keep what is known of these contacts from being erased."""
        return self.env["social.crm.legal.hold"]._open_for(partners=self)
