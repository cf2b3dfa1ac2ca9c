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

    def action_open_in_inbox(self):
        """Open this case where it is answered."""
        self.ensure_one()
        action = self.env["ir.actions.client"]._for_xml_id(
            "social_crm_channels.social_crm_inbox_action"
        )
        action["params"] = {"case_id": self.id}
        return action

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
        contact = self.partner_id._filtered_access("read")
        # sudo: whoever may read a case is told where it was opened, whatever channels are theirs
        channel_sudo = self.sudo().channel_id
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "state_label": dict(self._fields["state"]._description_selection(self.env))[self.state],
            "substate": self.substate_id.display_name or "",
            "priority": self.priority,
            "confidential": self.confidential,
            "customer": (contact or self.identity_id).display_name or "",
            "channel": channel_sudo.name or "",
            "platform": channel_sudo.platform_id.name or "",
            "platform_icon": channel_sudo.platform_id.icon_url or "",
            "team": {"id": self.team_id.id, "name": self.team_id.display_name or ""},
            "user": {"id": self.user_id.id, "name": self.user_id.display_name or ""},
            "tags": [
                {"id": tag.id, "name": tag.name, "color": tag.color} for tag in self.tag_ids
            ],
            "waiting_since": fields.Datetime.to_string(self.waiting_since) or "",
            "deadline": fields.Datetime.to_string(self.deadline) or "",
            "snoozed_until": fields.Datetime.to_string(self.snoozed_until) or "",
            "risk_score": self.risk_score,
            "writable": self.has_access("write"),
        }

    def inbox_choices(self):
        """Whom and what this case can be given: its team's people, else everybody who answers.

        :return: ``users``, ``teams`` and ``tags``, each a list of {id, name}
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        users = self.team_id.member_ids | self.team_id.user_id
        if not users:
            # sudo: who belongs to a group is no secret among those who share the work
            agents_sudo = self.env.ref("social_crm_base.group_agent").sudo()
            users = self.env["res.users"].search(
                [
                    ("id", "in", agents_sudo.all_user_ids.ids),
                    ("company_ids", "in", self.company_id.ids),
                    ("share", "=", False),
                ]
            )
        teams = self.env["social.crm.team"].search([("company_id", "=", self.company_id.id)])
        return {
            "users": [{"id": one.id, "name": one.name} for one in users.sorted("name")],
            "teams": [{"id": one.id, "name": one.name} for one in teams],
            "tags": [
                {"id": one.id, "name": one.name} for one in self.env["social.crm.tag"].search([])
            ],
        }

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **classify(
                EMPLOYEE, KEEP, "mention_user_ids", ground="employment: who was asked to look"
            ),
        }
