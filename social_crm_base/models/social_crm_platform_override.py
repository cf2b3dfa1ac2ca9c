# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools.privacy import EMPLOYEE, KEEP, classify, not_personal

#: Long enough for a sentence somebody else can judge.
MIN_REASON = 20
#: Opens `write` for the actions of this file. No call from outside can carry this object.
_DECISION = object()


class SocialCrmPlatformOverride(models.Model):
    """An exception from one rule, for one company and a limited time.

    Who and why never changes after the request, and what was once in force is never deleted: it
    is the company's evidence.
    """

    _name = "social.crm.platform.override"
    _description = "Override of a Rule"
    _inherit = ["mail.thread", "social.crm.cached", "social.crm.personal.data"]
    _cache_name = "stable"
    _order = "requested_on desc, id desc"
    _rec_name = "rule_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    rule_id = fields.Many2one(
        "social.crm.platform.rule",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("strength", "!=", "law"), ("lifetime_hours", "=", 0)],
    )
    platform_id = fields.Many2one(related="rule_id.platform_id", string="Network", store=True)
    strength = fields.Selection(related="rule_id.strength", store=True)
    rule_reason = fields.Char(related="rule_id.reason", string="The Rule Says")
    rule_source = fields.Char(related="rule_id.source", string="Source of the Rule")
    reason = fields.Text(
        required=True,
        tracking=True,
        help="Why your company may do this: a permission of the network, a contract, a judgment.",
    )
    until = fields.Date(
        required=True,
        tracking=True,
        default=lambda self: self._default_until(),
        help="Last day it holds, at most one year ahead. Ask anew when it is still needed then.",
    )
    state = fields.Selection(
        selection=[
            ("requested", "Waiting for a second person"),
            ("in_force", "In force"),
            ("refused", "Turned down"),
            ("ended", "Ended"),
        ],
        required=True,
        readonly=True,
        default="requested",
        copy=False,
        tracking=True,
        index=True,
    )
    is_expired = fields.Boolean(
        string="Run Out", compute="_compute_is_expired", search="_search_is_expired"
    )
    can_approve = fields.Boolean(compute="_compute_can_approve")
    requested_by_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    requested_on = fields.Datetime(
        required=True, readonly=True, copy=False, default=fields.Datetime.now
    )
    approved_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict", tracking=True
    )
    approved_on = fields.Datetime(readonly=True, copy=False)
    ended_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict", tracking=True
    )
    ended_on = fields.Datetime(readonly=True, copy=False)

    _second_person = models.Constraint(
        "CHECK (strength <> 'contract' OR approved_by_id IS NULL "
        "OR approved_by_id <> requested_by_id)",
        "A rule of a contract is overridden by two different people.",
    )

    # === DEFAULT AND COMPUTE METHODS === #

    @api.model
    def _default_until(self):
        return fields.Date.today() + relativedelta(months=3)

    @api.depends("until")
    def _compute_is_expired(self):
        today = fields.Date.today()
        for override in self:
            override.is_expired = bool(override.until) and override.until < today

    def _search_is_expired(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.today()
        if set(value) == {True}:
            return [("until", "<", today)]
        return [("until", ">=", today)] if set(value) == {False} else []

    @api.depends("state", "strength", "requested_by_id")
    @api.depends_context("uid")
    def _compute_can_approve(self):
        for override in self:
            override.can_approve = (
                override.state == "requested"
                and override.requested_by_id != self.env.user
                and override._is_second_person()
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("reason")
    def _check_reason(self):
        for override in self:
            if len((override.reason or "").strip()) < MIN_REASON:
                raise ValidationError(
                    self.env._(
                        "Write down why your company may do this, in at least %(number)s "
                        "characters: somebody else must be able to judge it later.",
                        number=MIN_REASON,
                    )
                )

    @api.constrains("until")
    def _check_until(self):
        today = fields.Date.today()
        for override in self:
            if not today <= override.until <= today + relativedelta(years=1):
                raise ValidationError(
                    self.env._("An override holds for one year at most, and not before today.")
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        now = fields.Datetime.now()
        rules = self.env["social.crm.platform.rule"].browse(
            vals["rule_id"] for vals in vals_list if vals.get("rule_id")
        )
        rules._check_overridable()
        self._check_may_request(rules)
        prepared = []
        for vals in vals_list:
            house = rules.browse(vals.get("rule_id")).strength == "house"
            prepared.append(
                {
                    **vals,
                    "state": "in_force" if house else "requested",
                    "requested_by_id": self.env.uid,
                    "requested_on": now,
                    "approved_by_id": self.env.uid if house else False,
                    "approved_on": now if house else False,
                    "ended_by_id": False,
                    "ended_on": False,
                }
            )
        overrides = super().create(prepared)
        overrides.filtered(lambda override: override.state == "requested")._ask_second_person()
        return overrides

    def _touches_cache(self, vals):
        return "state" in vals

    def write(self, vals):
        """Only the discussion may change; states change by the actions."""
        if self.env.context.get("social_crm_decision") is _DECISION:
            return super().write(vals)
        own = {"message_main_attachment_id", "message_follower_ids", "message_ids"}
        if changed := vals.keys() - own:
            raise UserError(
                self.env._(
                    "An override is evidence and cannot be changed (%(fields)s). End it and "
                    "request a new one.",
                    fields=", ".join(sorted(changed)),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if any(override.approved_on or override.state != "requested" for override in self):
            raise UserError(
                self.env._("An override that was decided on is kept as evidence. You can end it.")
            )

    @api.model
    def _check_may_request(self, rules):
        """Raise unless the user may ask for an override of these rules.

        :raise AccessError: naming who may. Superuser rights do not help: it takes a person.
        """
        user = self.env.user
        strengths = set(rules.mapped("strength"))
        if "house" in strengths and not user.has_group("social_crm_base.group_manager"):
            raise AccessError(
                self.env._("A house rule is overridden by a manager of the Social CRM.")
            )
        if "contract" in strengths and not user.has_group("social_crm_base.group_privacy_clerk"):
            raise AccessError(
                self.env._(
                    "An override of a contract is requested by a privacy clerk and confirmed by a "
                    "second person."
                )
            )

    def _ask_second_person(self):
        """Tell the other privacy clerks of the company that a request waits for them."""
        # sudo: a clerk may not read who belongs to a group
        clerks_sudo = self.env.ref("social_crm_base.group_privacy_clerk").sudo().all_user_ids
        for override in self:
            others = clerks_sudo.filtered(
                lambda user, override=override: (
                    override.company_id in user.company_ids and user != override.requested_by_id
                )
            )
            override.message_notify(
                partner_ids=others.partner_id.ids,
                subject=self.env._("An override waits for a second person"),
                body=self.env._(
                    "%(user)s asks to override: %(rule)s. Reason: %(reason)s",
                    user=override.requested_by_id.name,
                    rule=override.rule_id.display_name,
                    reason=override.reason,
                ),
            )

    def _is_second_person(self):
        """Whether the user belongs to those who may confirm, leaving aside who asked."""
        user = self.env.user
        return user.has_group("social_crm_base.group_privacy_clerk") or user.has_group(
            "social_crm_base.group_manager"
        )

    # === ACTION METHODS === #

    def action_approve(self):
        """Put a requested override into force, as the second person.

        :raise UserError: if the user asked for it, or it is too late.
        """
        self._check_decider()
        self.rule_id._check_overridable()
        if any(override.is_expired for override in self):
            raise UserError(
                self.env._(
                    "This request has run out. Request a new override with a later last day."
                )
            )
        self._decide("in_force", "approved")

    def action_refuse(self):
        """Turn a requested override down, as the second person."""
        self._check_decider()
        self._decide("refused", "ended")

    def action_end(self):
        """End an override early, or take a request back. The rule holds again at once."""
        self.check_access("write")
        if not self._is_second_person():
            raise AccessError(
                self.env._(
                    "Overrides are ended by a manager of the Social CRM or by a privacy clerk."
                )
            )
        if any(override.state not in ("requested", "in_force") for override in self):
            raise UserError(self.env._("Only a request or an override in force can be ended."))
        self._decide("ended", "ended")

    def _check_decider(self):
        self.check_access("write")
        for override in self:
            if override.state != "requested":
                raise UserError(self.env._("This override has been decided on already."))
            if override.requested_by_id == self.env.user or not self._is_second_person():
                raise AccessError(
                    self.env._(
                        "A second person decides: a privacy clerk or a manager of the Social "
                        "CRM who did not request it."
                    )
                )

    def _decide(self, state, role):
        """Change the state and say who did it."""
        self.lock_for_update()
        self.with_context(social_crm_decision=_DECISION).write(
            {
                "state": state,
                f"{role}_by_id": self.env.uid,
                f"{role}_on": fields.Datetime.now(),
            }
        )

    def _personal_data_fields(self):
        return {
            **not_personal(
                "company_id rule_id platform_id strength reason until state requested_on "
                "approved_on ended_on"
            ),
            **classify(
                EMPLOYEE,
                KEEP,
                "requested_by_id approved_by_id ended_by_id",
                ground="Art. 5(2) GDPR: who decided on an exception must be demonstrable",
            ),
        }
