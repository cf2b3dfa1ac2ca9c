# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify, not_personal

RETURN_REASONS = [
    ("no_answer", "Not answered in time"),
    ("absence", "Colleague absent"),
]


class SocialCrmCase(models.Model):
    """Who a case was given to, by whom, and since when."""

    _inherit = "social.crm.case"

    routed_rule_id = fields.Many2one(
        "social.crm.rule",
        string="Taken by Rule",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The rule that took the case.",
    )
    routed_at = fields.Datetime(
        readonly=True, copy=False, help="When rules were asked; emptied when the case is closed."
    )
    assigned_at = fields.Datetime(
        readonly=True, copy=False, help="Since when the case is the assignee's."
    )
    hand_assigned = fields.Boolean(
        string="Assigned by a Person",
        readonly=True,
        copy=False,
        help="A person chose team or assignee: rules leave them alone.",
    )
    returned_count = fields.Integer(
        string="Times Returned",
        readonly=True,
        copy=False,
        help="How often the case went back to the queue, because nobody answered in time or the "
        "assignee was absent.",
    )
    returned_from_id = fields.Many2one(
        "res.users", readonly=True, copy=False,
        help="Who had the case before it went back to the queue.",
    )
    returned_reason = fields.Selection(
        RETURN_REASONS, string="Why Returned", readonly=True, copy=False
    )

    _waiting_assignee_index = models.Index(
        "(team_id, id) WHERE user_id IS NULL AND state = 'open'"
    )

    @api.model_create_multi
    def create(self, vals_list):
        """What a person makes and gives to somebody is theirs, whatever rules say."""
        now = fields.Datetime.now()
        for vals in vals_list:
            if vals.get("user_id"):
                vals.setdefault("assigned_at", now)
                vals.setdefault("hand_assigned", not self.env.su)
        return super().create(vals_list)

    def write(self, vals):
        """Keep who chose: routing says so itself, everybody else is a person."""
        if vals.keys() & {"user_id", "team_id"} and "hand_assigned" not in vals:
            vals = dict(vals, hand_assigned=bool(vals.get("user_id") or vals.get("team_id")))
        if vals.get("state") == "closed":
            vals = dict(vals, routed_at=False)
        before = {case: case.user_id for case in self} if "user_id" in vals else {}
        done = super().write(vals)
        changed = self.filtered(lambda case: before.get(case, case.user_id) != case.user_id)
        if changed:
            changed._follow_assignee(before)
        return done

    def _follow_assignee(self, before):
        """These cases have another assignee now, or none; addons that tell people build on it.

        :param dict before: case to the assignee it had
        """
        given = self.filtered("user_id")
        given.write(
            {
                "assigned_at": fields.Datetime.now(),
                "returned_from_id": False,
                "returned_reason": False,
            }
        )
        (self - given).write({"assigned_at": False})

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **not_personal("routed_rule_id routed_at returned_count returned_reason"),
            **classify(
                EMPLOYEE, KEEP, "assigned_at hand_assigned returned_from_id",
                ground="employment: who works on a case",
            ),
        }  # fmt: skip
