# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.tools.privacy import not_personal


class SocialCrmPrivacyRequest(models.Model):
    """A request for erasure: what would go is counted, a second person approves, it erases."""

    _inherit = "social.crm.privacy.request"

    erasure_id = fields.Many2one(
        "social.crm.erasure", readonly=True, copy=False, ondelete="set null",
        index="btree_not_null",
    )
    erasure_state = fields.Selection(related="erasure_id.state", string="State of the Erasure")
    erasure_line_ids = fields.One2many(related="erasure_id.line_ids", string="Counts")
    declines_suppression = fields.Boolean(
        string="Declines the Suppression List", readonly=True, copy=False,
        help="The person was told of the suppression list and does not want to be on it."
    )

    @api.depends("erasure_id.state")
    def _compute_next_step(self):
        """Override: the next step follows the erasure, too."""
        return super()._compute_next_step()

    def _next_step(self):
        if self.kind == "erasure" and self.state == "identified" and not self.erasure_id:
            return self.env._("Press Preview: see what goes, what stays and why. Nothing changes.")
        return super()._next_step()

    def _next_step_in_progress(self):
        if self.kind != "erasure" or not self.erasure_id:
            return super()._next_step_in_progress()
        return {
            "parked": self.env._(
                "A legal hold keeps this data. The erasure goes on by itself when the hold ends."
            ),
            "remote": self.env._(
                "Networks and recipients were asked to delete too. The proof follows when they "
                "have answered, or after a week."
            ),
            "withheld": self.env._(
                "The search found places that somebody must look at: open the erasure."
            ),
            "done": self.env._(
                "Erased and proven: the certificate is with the erasure. Now tell the person: "
                "draft the answer, read it over, send it."
            ),
        }.get(
            self.erasure_state,
            self.env._("The data is erased in the background, then searched: come back soon."),
        )

    # === PREVIEW === #

    def action_preview_erasure(self):
        """Count what would go, what would stay, and why. Nothing changes.

        :raise UserError: where nobody is named, or it has begun
        """
        self.check_access("write")
        for request in self:
            if request.kind != "erasure" or request.state not in (
                "received", "identified", "approved"
            ):  # fmt: skip
                raise UserError(self.env._("There is nothing to preview now."))
            request._drop_preview()
            erasure = self.env["social.crm.erasure"].create(
                {
                    "company_id": request.company_id.id,
                    "identity_ids": [fields.Command.set(request.subject_identity_ids.ids)],
                    "partner_ids": [fields.Command.set(request.subject_partner_ids.ids)],
                }
            )
            erasure.action_preview()
            request.sudo().erasure_id = erasure  # sudo: the act sets what no form may

    def action_approve(self):
        """Override: nobody approves an erasure without counts of these very people."""
        self.check_access("write")
        for request in self.filtered(lambda request: request.kind == "erasure"):
            counted = request.erasure_id
            if (
                counted.state != "draft"
                or counted.identity_ids != request.subject_identity_ids
                or counted.partner_ids != request.subject_partner_ids
            ):
                raise UserError(
                    self.env._(
                        "Nobody has counted yet what erasing %(request)s would take. Press "
                        "Preview, look at what goes and what stays, then approve.",
                        request=request.name,
                    )
                )
        return super().action_approve()

    def _drop_preview(self):
        """Forget counts that nobody decided on."""
        # sudo: nobody deletes erasures; of these nothing was done yet
        self.sudo().erasure_id.filtered(lambda erasure: erasure.state == "draft").unlink()

    def action_open_erasure(self):
        """How far the erasure is, and its certificate.

        :rtype: dict
        """
        self.ensure_one()
        return self.erasure_id._get_records_action()

    def write(self, vals):
        """Override: what was counted for others than are meant now is counted anew."""
        if {"subject_identity_ids", "subject_partner_ids", "kind"} & vals.keys():
            self._drop_preview()
        return super().write(vals)

    def _close(self, state):
        """Override: what will not be erased needs no preview."""
        self._drop_preview()
        return super()._close(state)

    def _identified(self, method, **proof):
        """Override: the other clerks are asked to look."""
        super()._identified(method, **proof)
        self.filtered("needs_second_person")._ask_clerks()

    # === ERASING === #

    def _execute_erasure(self):
        """Override to begin the erasure; two people have looked at it."""
        result = super()._execute_erasure()
        for request in self:
            request._drop_preview()
            self.env["social.crm.erasure"]._for_request(
                request.subject_identity_ids,
                request.subject_partner_ids,
                proposed_by=self.env.user,
                approved_by=request.approved_by_id,
                suppress=not request.declines_suppression,
                company=request.company_id,
                request=request,
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
            request_sudo.erasure_id.filtered(lambda one: one.state != "draft")._decline()

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **not_personal("erasure_id declines_suppression"),
        }
