# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify


class SocialCrmCase(models.Model):
    """What the inbox reads of one case: everything it shows of it in one call."""

    _inherit = "social.crm.case"

    mention_user_ids = fields.Many2many(
        "res.users",
        "social_crm_case_mention_rel",
        string="Mentioned",
        copy=False,
        help="People a note called here who have not looked yet.",
    )

    def inbox_open(self, names=None):
        """What the inbox shows of this case.

        :param list names: which sections; all by default
        :return: data by section, see :meth:`_inbox_sections`; empty when one may not read it
        :rtype: dict
        """
        case = self.exists()._filtered_access("read")
        if not case:
            return {}
        case.ensure_one()
        return {
            name: getattr(case, method)()
            for name, method in case._inbox_sections().items()
            if names is None or name in names
        }

    @api.model
    def _inbox_sections(self):
        """The parts of the screen, each with the method that reads its data.

        A method takes one case the user may read, returns JSON-able data, and leaves out what
        the user may not see. Other addons add theirs by ``super()``.

        :rtype: dict[str, str]
        """
        return {"head": "_inbox_head"}

    def _inbox_head(self):
        """Whose case it is, where it stands and who works on it."""
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "substate": self.substate_id.display_name or "",
            "priority": self.priority,
            "confidential": self.confidential,
            "customer": self.customer_name,
            "channel": self.channel_id.name or "",
            "platform_icon": self.platform_icon or "",
            "team": {"id": self.team_id.id, "name": self.team_id.display_name or ""},
            "user": {"id": self.user_id.id, "name": self.user_id.display_name or ""},
            "tags": [
                {"id": tag.id, "name": tag.name, "color": tag.color} for tag in self.tag_ids
            ],
            "deadline": fields.Datetime.to_string(self.deadline) or "",
            "snoozed_until": fields.Datetime.to_string(self.snoozed_until) or "",
            "risk_score": self.risk_score,
            "writable": self.has_access("write"),
        }

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **classify(
                EMPLOYEE, KEEP, "mention_user_ids", ground="employment: who was asked to look"
            ),
        }
