# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.social_crm_base.const import CONVERSATION_SELECTION, PRIORITY_SELECTION
from odoo.addons.social_crm_base.models.res_partner_relation import RELATIONS
from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify, not_personal

from ..tools.deadlines import Promise

TARGETS = ("first_minutes", "next_minutes", "resolution_minutes")
# What changes whom a policy covers or what it promises: open cases are looked at anew.
COVERAGE = frozenset(
    {
        *TARGETS, "warning_minutes", "active", "sequence", "channel_ids", "team_ids", "kind",
        "priority", "segment", "resource_calendar_id", "is_around_clock", "company_id",
    }
)  # fmt: skip


class SocialCrmResponsePolicy(models.Model):
    """How soon we answer, and what happens when we do not."""

    _name = "social.crm.response.policy"
    _inherit = ["social.crm.personal.data"]
    _description = "Response Policy"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="The first policy that fits a case holds for it."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )

    # For which cases
    channel_ids = fields.Many2many(
        "social.crm.channel", string="Channels", check_company=True, help="Empty: all channels."
    )
    team_ids = fields.Many2many(
        "social.crm.team", string="Teams", check_company=True, help="Empty: all teams."
    )
    kind = fields.Selection(
        CONVERSATION_SELECTION, help="Where the customer speaks. Empty: anywhere."
    )
    priority = fields.Selection(
        PRIORITY_SELECTION, string="Priority at Least", required=True, default="0"
    )
    segment = fields.Selection(
        [*RELATIONS, ("unknown", "Not linked to a contact")],
        string="Customers Who Are",
        help="Empty: everybody.",
    )

    # What we promise
    first_minutes = fields.Integer(string="First Answer Within")
    next_minutes = fields.Integer(string="Next Answers Within")
    resolution_minutes = fields.Integer(string="Solved Within")
    is_around_clock = fields.Boolean(
        string="Day and Night", help="Count on the clock instead of in working hours."
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        check_company=True,
        help="Empty: those of the team, else of the company. Public holidays do not count.",
    )
    warning_minutes = fields.Integer(
        string="Warn Before",
        default=30,
        help="Working time before a deadline, when the assignee or the team is warned; 0: no "
        "warning.",
    )
    promised_from = fields.Datetime(
        readonly=True,
        copy=False,
        default=fields.Datetime.now,
        help="Deadlines that had passed before this was promised are counted, but nobody is told.",
    )

    # What happens when it is broken
    escalate_to_leader = fields.Boolean(string="Tell the Team Leader", default=True)
    escalate_user_ids = fields.Many2many(
        "res.users", "social_crm_response_policy_escalate_rel", string="Tell Also",
        check_company=True,
    )
    escalate_activity = fields.Boolean(
        string="Make It an Activity", default=True, help="Of the people told."
    )
    escalate_priority = fields.Selection(PRIORITY_SELECTION, string="Raise Priority To")
    escalate_assign_id = fields.Many2one("res.users", string="Assign To", check_company=True)
    escalate_team_id = fields.Many2one(
        "social.crm.team", string="Move to Team", check_company=True, ondelete="set null"
    )
    escalate_action_id = fields.Many2one(
        "ir.actions.server",
        string="Run",
        domain="[('model_id.model', '=', 'social.crm.case')]",
        ondelete="set null",
        groups="social_crm_base.group_manager",
    )

    _targets_positive = models.Constraint(
        "CHECK (first_minutes >= 0 AND next_minutes >= 0 AND resolution_minutes >= 0"
        " AND warning_minutes >= 0)",
        "Times cannot be negative.",
    )

    @api.constrains(*TARGETS, "warning_minutes")
    def _check_targets(self):
        for policy in self:
            promised = [policy[name] for name in TARGETS if policy[name]]
            if not promised:
                raise ValidationError(
                    self.env._(
                        "%(policy)s promises nothing: set a time for the first answer, for next "
                        "answers or for the solution.",
                        policy=policy.name,
                    )
                )
            if policy.warning_minutes >= min(promised):
                raise ValidationError(
                    self.env._(
                        "%(policy)s would warn before anybody waited: the warning must be shorter "
                        "than the shortest time promised.",
                        policy=policy.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        self._look_anew(policies.company_id)
        return policies

    def write(self, vals):
        companies = self.company_id
        if vals.keys() & COVERAGE and "promised_from" not in vals:
            vals = {**vals, "promised_from": fields.Datetime.now()}
        done = super().write(vals)
        if vals.keys() & COVERAGE:
            self._look_anew(companies | self.company_id)
        return done

    def unlink(self):
        companies = self.company_id
        done = super().unlink()
        self._look_anew(companies)
        return done

    @api.model
    def _look_anew(self, companies):
        """Have the deadlines of open cases worked out anew, in batches, by the watch."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE social_crm_case SET deadline_watch_at = %s"
                " WHERE state != 'closed' AND company_id = ANY(%s) RETURNING id",
                fields.Datetime.now(),
                companies.ids,
            )
        )
        self.env["social.crm.case"].invalidate_model(["deadline_watch_at"], flush=False)

    def _fits(self, place):
        """Whether this policy holds for a case.

        :param CasePlace place: see ``social.crm.case._deadline_facts``
        """
        self.ensure_one()
        return (
            (not self.channel_ids or not place.channels.isdisjoint(self.channel_ids.ids))
            and (not self.team_ids or place.team in self.team_ids.ids)
            and (not self.kind or self.kind in place.kinds)
            and place.priority >= self.priority
            and (not self.segment or place.segment == self.segment)
        )

    def _promise(self):
        """What this policy promises; nothing where there is none.

        :rtype: Promise
        """
        return Promise(
            self.first_minutes, self.next_minutes, self.resolution_minutes, self.warning_minutes
        )

    def _personal_data_fields(self):
        return {
            **not_personal(
                "name sequence active company_id channel_ids team_ids kind priority segment "
                "first_minutes next_minutes resolution_minutes is_around_clock "
                "resource_calendar_id warning_minutes promised_from escalate_to_leader "
                "escalate_activity escalate_priority escalate_team_id escalate_action_id"
            ),
            **classify(
                EMPLOYEE, KEEP, "escalate_user_ids escalate_assign_id",
                ground="employment: who is told of a broken promise",
            ),
        }
