# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.tools.privacy import not_personal


class SocialCrmPrivacyRequest(models.Model):
    """A request for erasure, approved by a second person, erases."""

    _inherit = "social.crm.privacy.request"

    erasure_id = fields.Many2one(
        "social.crm.erasure", readonly=True, copy=False, ondelete="set null",
        index="btree_not_null",
    )
    declines_suppression = fields.Boolean(
        string="Declines the Suppression List", copy=False,
        help="The person was told of the suppression list and does not want to be on it."
    )

    def _execute_erasure(self):
        """Override to begin the erasure; two people have looked at it."""
        result = super()._execute_erasure()
        for request in self:
            # sudo: the act sets what no form may
            request.sudo().erasure_id = self.env["social.crm.erasure"]._for_request(
                request.subject_identity_ids,
                request.subject_partner_ids,
                proposed_by=self.env.user,
                approved_by=request.approved_by_id,
                suppress=not request.declines_suppression,
                company=request.company_id,
            )
        return result

    def _text_values(self, **more):
        """Override: who asks for erasure is told of the suppression list, unless they declined."""
        told = ""
        if self.kind == "erasure" and not self.declines_suppression:
            told = self.env["social.crm.privacy.text"]._render(
                "suppression", "erasure", self._person_lang(), {}
            )[1]
        return super()._text_values(suppression=told, **more)

    def action_decline_suppression(self):
        """The person does not want to be on the suppression list, now or after all.

        :raise UserError: where no erasure is asked for
        """
        self.check_access("write")
        self.env["social.crm.erasure"]._check_clerk()
        for request in self:
            if request.kind != "erasure":
                raise UserError(self.env._("Only who asks for erasure would be listed."))
            request_sudo = request.sudo()  # sudo: the act sets what a closed request does not let
            request_sudo.declines_suppression = True
            request_sudo.erasure_id._decline()

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **not_personal("erasure_id declines_suppression"),
        }
