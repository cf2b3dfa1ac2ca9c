# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from ..tools.privacy import EMPLOYEE, KEEP, classify, not_personal


class SocialCrmTeam(models.Model):
    """Who answers: members, hours, capacity, languages and skills."""

    _name = "social.crm.team"
    _inherit = ["social.crm.cached", "social.crm.personal.data"]
    _description = "Social Team"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one("res.users", string="Team Leader", check_company=True)
    member_ids = fields.Many2many("res.users", string="Members", check_company=True)
    channel_ids = fields.Many2many("social.crm.channel", string="Channels", check_company=True)
    resource_calendar_id = fields.Many2one(
        "resource.calendar", string="Working Hours", check_company=True
    )
    capacity = fields.Integer(
        default=20, help="How many open cases one member should hold at once; 0 means no limit."
    )
    lang_ids = fields.Many2many("res.lang", string="Languages")
    skill_ids = fields.Many2many("social.crm.tag", string="Skills")
    crm_team_id = fields.Many2one("crm.team", string="Sales Team", check_company=True)
    substate_ids = fields.One2many("social.crm.case.substate", "team_id", string="Sub-states")
    case_properties = fields.PropertiesDefinition()

    def _touches_cache(self, vals):
        # record rules cache who may read which channel
        return bool(vals.keys() & {"member_ids", "user_id", "channel_ids", "active"})

    def _personal_data_fields(self):
        return {
            **not_personal(
                "name sequence active company_id channel_ids resource_calendar_id capacity "
                "lang_ids skill_ids crm_team_id case_properties"
            ),
            **classify(EMPLOYEE, KEEP, "user_id member_ids", ground="employment: who is on a team"),
        }
