# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.privacy import not_personal

# Where nobody said otherwise, a day of work begins then, in the user's own time zone.
MORNING = time(8, 0)


class SocialCrmCaseSnooze(models.TransientModel):
    """Until when cases leave the queue."""

    _name = "social.crm.case.snooze"
    _inherit = ["social.crm.personal.data"]
    _description = "Snooze Cases"

    case_ids = fields.Many2many("social.crm.case", string="Cases")
    choice = fields.Selection(
        [
            ("hours", "In 3 hours"),
            ("tomorrow", "Tomorrow morning"),
            ("monday", "Monday morning"),
            ("month", "In a month"),
            ("date", "At another time"),
        ],
        string="Wake Up",
        required=True,
        default="tomorrow",
    )
    until = fields.Datetime(compute="_compute_until", store=True, readonly=False, required=True)

    @api.depends("choice")
    def _compute_until(self):
        now = fields.Datetime.now()
        today = fields.Datetime.context_timestamp(self, now)
        for snooze in self:
            days = {"tomorrow": 1, "monday": 7 - today.weekday(), "month": 30}.get(snooze.choice)
            if days:
                morning = (today + timedelta(days=days)).replace(
                    hour=MORNING.hour, minute=MORNING.minute, second=0, microsecond=0
                )
                snooze.until = now + (morning - today)
            else:
                snooze.until = (now + timedelta(hours=3)).replace(second=0, microsecond=0)

    def action_snooze(self):
        """Let the cases rest; a new message of the customer wakes them earlier."""
        self.ensure_one()
        if self.until <= fields.Datetime.now():
            raise UserError(self.env._("Choose a time to come: this one has passed."))
        self.case_ids.write({"state": "snoozed", "snoozed_until": self.until})

    def _personal_data_fields(self):
        return not_personal("case_ids choice until")
