# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.tools.privacy import CONTENT, ROW, classify, not_personal


class SocialCrmPrivacyTell(models.TransientModel):
    """What a person is told by letter or phone; it counts once somebody says when they were."""

    # Nobody writes the words that were shown; the day is all there is to fill in
    _name = "social.crm.privacy.tell"
    _inherit = ["social.crm.by.acts", "social.crm.personal.data"]
    _description = "Telling the Person by Hand"

    request_id = fields.Many2one(
        "social.crm.privacy.request", required=True, readonly=True, ondelete="cascade"
    )
    moment = fields.Selection(
        [("extension", "Extension"), ("refusal", "Refusal"), ("unknown", "Nothing known")],
        required=True, readonly=True,
    )
    subject = fields.Char(readonly=True)
    body = fields.Text(string="Text", readonly=True)
    told_on = fields.Date(help="The day of the letter or the call.")

    def action_told(self):
        """The person was told on that day: now it counts.

        :raise UserError: without a day, or where it cannot be true or comes too late
        """
        self.ensure_one()
        request = self.request_id
        request.check_access("write")
        self._check_told_on()
        if self.moment == "extension":
            request._check_extendable()
            request._extend(self.told_on)
        else:
            request._close_refused(self.told_on)
        return {"type": "ir.actions.act_window_close"}

    def _check_told_on(self):
        """:raise UserError: in words"""
        request, day = self.request_id, self.told_on
        if not day:
            raise UserError(
                self.env._("Tell the person first, then fill in Told On. Nothing has changed yet.")
            )
        today = fields.Date.context_today(self)
        asked = fields.Datetime.context_timestamp(self, request.received_at).date()
        if not asked <= day <= today:
            raise UserError(
                self.env._("Told On lies between the day the person asked and today.")
            )
        law = request.jurisdiction_id
        if self.moment == "extension" and day > law._last_day(
            request.first_due_at, request.company_id
        ):
            raise UserError(
                self.env._("An extension must be told within the first term. Answer now.")
            )

    def _personal_data_fields(self):
        return {
            **not_personal("request_id moment told_on subject"),
            **classify(CONTENT, ROW, "body"),
        }
