# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.tools.action import notice
from odoo.addons.social_crm_base.tools.privacy import not_personal

PRACTICE_STORY = "angry_customer"


class SocialCrmChannel(models.Model):
    """Practising: the same screen, on a network nobody is on."""

    _inherit = "social.crm.channel"

    is_training = fields.Boolean(
        string="For Practice",
        copy=False,
        help="New colleagues practise here. Nothing leaves Odoo, and figures leave it out.",
    )

    _training_sandbox = models.Constraint(
        "CHECK(NOT is_training OR connector = 'sandbox')",
        "Only a sandbox channel is for practice: elsewhere there are real people.",
    )

    @api.model
    def action_practise(self):
        """Let a story happen on the practice channel, then open the inbox.

        :return: an action
        :rtype: dict
        """
        if not self.env.user.has_group("social_crm_base.group_agent"):
            raise UserError(self.env._("Only agents answer, so only agents can practise."))
        # sudo: whoever is new may neither make channels nor feed them
        channel_sudo = self.sudo()._practice_channel(self.env.company)
        channel_sudo.team_ids.member_ids = [fields.Command.link(self.env.uid)]
        channel_sudo._sandbox_play(PRACTICE_STORY, faults=False, live=True)
        return notice(
            self.env._(
                "Invented customers write during the next minutes. Answer them as you would "
                "answer real ones: nothing leaves Odoo, and nothing is counted."
            ),
            "info",
            then=self.env["ir.actions.client"]._for_xml_id(
                "social_crm_channels.social_crm_inbox_action"
            ),
            title=self.env._("Practice"),
        )

    def _practice_channel(self, company):
        """The company's channel for practice, made where there is none.

        It has a team of its own: who practises joins it, and nobody else's queue shows its cases.

        :rtype: recordset
        """
        found = self.search(
            [("is_training", "=", True), ("company_id", "=", company.id)], limit=1
        )
        if found:
            return found
        platform = self.env.ref("social_crm_base.platform_sandbox")
        team = self.env["social.crm.team"].create(
            {"name": self.env._("Practice"), "company_id": company.id}
        )
        app = self.env["social.crm.app"].create(
            {
                "name": self.env._("Practice"),
                "platform_id": platform.id,
                "connector": "sandbox",
                "company_id": company.id,
            }
        )
        return self.create(
            {
                "name": self.env._("Practice"),
                "platform_id": platform.id,
                "app_id": app.id,
                "connector": "sandbox",
                "company_id": company.id,
                "external_id": f"practice-{company.id}",
                "handle": "practice",
                "is_training": True,
                "team_ids": [fields.Command.set(team.ids)],
            }
        )

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("is_training")}


class SocialCrmCase(models.Model):
    _inherit = "social.crm.case"

    is_training = fields.Boolean(
        related="channel_id.is_training", string="Practice", help="Invented; not in any figure."
    )
