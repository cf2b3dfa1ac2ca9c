# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.social_crm_base.const import KIND_SELECTION, PRIORITY_SELECTION, ROLE_SELECTION
from odoo.addons.social_crm_base.models.res_partner_relation import LOYALTIES, RELATIONS
from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify, not_personal

ASSIGN_SELECTION = [
    ("nobody", "Nobody: it waits in the team's queue"),
    ("person", "One person"),
    ("contact_owner", "The contact's salesperson"),
    ("lead_owner", "The salesperson of the person's open lead"),
    ("in_turn", "Whose turn it is in the team"),
]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class SocialCrmRule(models.Model):
    """When … then …: who gets a new case, and what is done with it at once.

    Rules are asked in their order. Each that holds adds what it says; who answers, priority and
    contact reason are settled by the first rule that says so.
    """

    _name = "social.crm.rule"
    _inherit = ["social.crm.personal.data"]
    _description = "Social Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    stop = fields.Boolean(
        string="Stop After This Rule", default=True, help="Rules below are not asked any more."
    )
    sentence = fields.Text(compute="_compute_sentence", string="In Words")
    case_count = fields.Integer(compute="_compute_case_count", string="Cases")

    # When
    channel_ids = fields.Many2many("social.crm.channel", string="Channels", check_company=True)
    platform_ids = fields.Many2many("social.crm.platform", string="Networks")
    kind = fields.Selection(KIND_SELECTION, string="What")
    visibility = fields.Selection(
        [("public", "Said in public"), ("private", "Said in private")], string="Where"
    )
    keywords = fields.Text(
        string="Words",
        help="Words or phrases, between commas or each in a line. Case, accents and Serbian "
        "script do not matter; kočni* finds every word that begins so.",
    )
    keyword_mode = fields.Selection(
        [("any", "Says any of"), ("all", "Says all of"), ("none", "Says none of")],
        required=True, default="any",
    )
    lang_ids = fields.Many2many(
        "res.lang", string="Languages", context={"active_test": False}
    )
    role = fields.Selection(ROLE_SELECTION)
    relation = fields.Selection(RELATIONS, string="Segment")
    loyalty = fields.Selection(LOYALTIES)
    category_ids = fields.Many2many("res.partner.category", string="Contact Tags")
    followers_from = fields.Integer(
        help="Holds for accounts with so many followers, or one of the contact tags above.",
    )
    owner = fields.Selection(
        [
            ("contact", "The contact has a salesperson"),
            ("lead", "An open lead has a salesperson"),
            ("either", "The contact or an open lead has a salesperson"),
            ("none", "Nobody sells to this person yet"),
        ],
        string="Salesperson",
    )
    owner_ids = fields.Many2many(
        "res.users", "social_crm_rule_owner_rel", string="Who It Is",
        help="Only these salespeople; empty: whoever it is.",
    )
    hours = fields.Selection(
        [("inside", "In working hours"), ("outside", "Outside working hours")],
        string="Working Time",
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar", string="Working Hours", check_company=True,
        help="Empty: those of the company.",
    )
    monday = fields.Boolean()
    tuesday = fields.Boolean()
    wednesday = fields.Boolean()
    thursday = fields.Boolean()
    friday = fields.Boolean()
    saturday = fields.Boolean()
    sunday = fields.Boolean()
    hour_from = fields.Float(string="From")
    hour_to = fields.Float(string="To")
    looks_like_spam = fields.Boolean(
        help="Three or more links, an offer of quick money or followers with a link, or the same "
        "words from three places within a day. Never words of a known contact or colleague.",
    )
    domain = fields.Char(string="Case", default="[]")

    # Then
    team_id = fields.Many2one("social.crm.team", check_company=True, ondelete="restrict")
    assign = fields.Selection(
        ASSIGN_SELECTION, string="Give It To", required=True, default="nobody"
    )
    user_id = fields.Many2one(
        "res.users", string="Person", check_company=True, domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    skill_ids = fields.Many2many(
        "social.crm.tag", "social_crm_rule_skill_rel", string="Who Knows",
        help="Only colleagues with these skills take their turn, where the team has any.",
    )
    priority = fields.Selection(PRIORITY_SELECTION, string="Set Priority")
    tag_ids = fields.Many2many("social.crm.tag", string="Add Tags")
    reason_id = fields.Many2one(
        "social.crm.case.reason", string="Contact Reason", domain="[('kind', '=', 'reason')]",
        ondelete="restrict",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type", string="Activity", ondelete="restrict",
        domain="[('res_model', 'in', (False, 'social.crm.case'))]",
    )
    activity_days = fields.Integer(string="Due In (days)")
    activity_user_id = fields.Many2one(
        "res.users", string="Activity For", check_company=True,
        domain="[('share', '=', False)]", ondelete="restrict",
        help="Empty: who gets the case, else the team leader.",
    )
    answer_id = fields.Many2one(
        "mail.canned.response", string="Answer With", ondelete="restrict",
        help="Sent as an automatic answer where the network's rules allow one.",
    )
    hide_spam = fields.Boolean(string="Hide It on the Network")
    action_server_id = fields.Many2one(
        "ir.actions.server",
        string="Server Action",
        domain="[('model_name', '=', 'social.crm.case')]",
        groups="base.group_system",
        ondelete="restrict",
        help="For anything else: runs on the case with all rights.",
    )

    _hours_range = models.Constraint(
        "CHECK(hour_from >= 0 AND hour_from <= 24 AND hour_to >= 0 AND hour_to <= 24)",
        "Hours of the day go from 0 to 24.",
    )
    _numbers_positive = models.Constraint(
        "CHECK(followers_from >= 0 AND activity_days >= 0)",
        "Numbers of followers and days are 0 or more.",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_case_count(self):
        counts = dict(
            self.env["social.crm.case"]._read_group(
                [("routed_rule_id", "in", self.ids)], ["routed_rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.case_count = counts.get(rule._origin, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("hide_spam", "looks_like_spam")
    def _check_hiding(self):
        for rule in self:
            if rule.hide_spam and not rule.looks_like_spam:
                raise ValidationError(
                    self.env._(
                        "%(rule)s would hide what people say. Rules may hide spam only, so set "
                        "the condition \"Looks like spam\". Nobody's words are hidden for their "
                        "mood, segment, loyalty, reach or opinion: a colleague decides that, with "
                        "a reason.",
                        rule=rule.name,
                    )
                )

    @api.constrains("assign", "user_id", "team_id")
    def _check_assignee(self):
        for rule in self:
            if rule.assign == "person" and not rule.user_id:
                raise ValidationError(self.env._("Choose the person who gets these cases."))
            if rule.assign == "in_turn" and rule.team_id and not rule.team_id.member_ids:
                raise ValidationError(
                    self.env._(
                        "The team %(team)s has no members to take turns. Add some first.",
                        team=rule.team_id.name,
                    )
                )

    @api.constrains("user_id", "activity_user_id")
    def _check_people(self):
        for rule in self:
            for user in rule.user_id | rule.activity_user_id:
                if not user.has_group("social_crm_base.group_agent"):
                    raise ValidationError(
                        self.env._(
                            "%(person)s could not open these cases. Give them the role Agent "
                            "first.",
                            person=user.name,
                        )
                    )

    @api.constrains("domain")
    def _check_domain(self):
        for rule in self:
            try:
                self.env["social.crm.case"]._search(rule._case_domain(), limit=1)
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "The further conditions of %(rule)s cannot be read: %(error)s",
                        rule=rule.name,
                        error=error,
                    )
                ) from error

    @api.constrains("action_server_id")
    def _check_server_action(self):
        for rule in self:
            # sudo: who sets the field may read it; the check runs for everybody
            if rule.sudo().action_server_id.model_name not in (False, "social.crm.case"):
                raise ValidationError(
                    self.env._("The server action of %(rule)s is not about cases.", rule=rule.name)
                )

    # === ACTIONS === #

    def action_open_cases(self):
        """Open the cases this rule took."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_crm_base.social_crm_case_action"
        )
        action["domain"] = [("routed_rule_id", "=", self.id)]
        action["context"] = {}
        return action

    # === BUSINESS METHODS === #

    def _case_domain(self):
        """The further conditions on the case.

        :rtype: Domain
        """
        self.ensure_one()
        return Domain(literal_eval(self.domain or "[]"))

    def _personal_data_fields(self):
        return {
            **not_personal(
                "name sequence active company_id stop channel_ids platform_ids kind visibility "
                "keywords keyword_mode lang_ids role relation loyalty category_ids followers_from "
                "owner hours resource_calendar_id monday tuesday wednesday thursday friday "
                "saturday sunday hour_from hour_to looks_like_spam domain team_id assign "
                "skill_ids priority tag_ids reason_id activity_type_id activity_days answer_id "
                "hide_spam action_server_id"
            ),
            **classify(
                EMPLOYEE, KEEP, "owner_ids user_id activity_user_id",
                ground="employment: who works on a case",
            ),
        }  # fmt: skip
