# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from odoo.addons.social_crm_base.tools.privacy import (
    BEHAVIOUR,
    CLEAR,
    CONTENT,
    EMPLOYEE,
    KEEP,
    PSEUDONYM,
    classify,
    not_personal,
)

PROGRAM, CARD = "loyalty.program", "loyalty.card"
# What is worth something by itself; promotions and discount codes are for everybody anyway.
CODE_TYPES = ("coupons", "gift_card", "next_order_coupons")
CARD_TYPES = ("loyalty", "ewallet")
CODE_DAYS = 180


class SocialCrmGoodwill(models.Model):
    """What we gave somebody because something went wrong, and what it was worth."""

    _name = "social.crm.goodwill"
    _inherit = ["social.crm.personal.data"]
    _description = "Goodwill"
    _order = "id desc"

    case_id = fields.Many2one(
        "social.crm.case", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    identity_id = fields.Many2one(
        "social.crm.identity", string="Account", index="btree_not_null", readonly=True,
        ondelete="set null",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Contact", index="btree_not_null", readonly=True,
        ondelete="set null",
    )
    program_res_id = fields.Integer(string="Program ID", required=True, readonly=True)
    program_name = fields.Char(string="Program", readonly=True)
    card_res_id = fields.Integer(string="Card ID", readonly=True)
    code = fields.Char(readonly=True, help="Whoever has it can use it.")
    points = fields.Float(readonly=True)
    amount = fields.Monetary(
        string="Worth", readonly=True, help="What it costs us; counts against the limit."
    )
    reason = fields.Char(required=True, readonly=True)
    expires_on = fields.Date(readonly=True)
    state = fields.Selection(
        [("asked", "Waits for a team leader"), ("given", "Given"), ("refused", "Refused")],
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", string="By", required=True, readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    given_at = fields.Datetime(readonly=True)
    can_decide = fields.Boolean(compute="_compute_can_decide")

    _person_index = models.Index("(identity_id, given_at) WHERE state = 'given'")

    @api.depends("program_name", "amount")
    def _compute_display_name(self):
        for goodwill in self:
            worth = format_amount(self.env, goodwill.amount, goodwill.currency_id)
            goodwill.display_name = f"{goodwill.program_name or ''} ({worth})"

    @api.depends_context("uid")
    def _compute_can_decide(self):
        leads = self.env.user.has_group("social_crm_base.group_team_leader")
        for goodwill in self:
            goodwill.can_decide = leads and goodwill.state == "asked"

    # === LOYALTY === #

    @api.model
    def _has_loyalty(self):
        """Whether Odoo's loyalty app is here: the only place that asks.

        :rtype: bool
        """
        return PROGRAM in self.env

    @api.model
    def _programs(self, company, types=CODE_TYPES + CARD_TYPES):
        """Programs of a company from which goodwill can be given.

        :rtype: recordset (``loyalty.program``, sudo)
        """
        if not self._has_loyalty():
            return self.browse()
        today = fields.Date.context_today(self)
        # sudo: agents need no right on programs; what they may give has its own limit
        return self.env[PROGRAM].sudo().search(
            [
                ("program_type", "in", types),
                ("company_id", "in", (False, company.id)),
                "|", ("date_to", "=", False), ("date_to", ">=", today),
            ]
        )  # fmt: skip

    # === GIVING === #

    @api.model
    def _offer(self, case, program, points, amount, reason):
        """Give, or ask a team leader where it is more than an agent may give one person.

        :param recordset case: whose customer gets it
        :param recordset program: of :meth:`_programs`
        :param float points: of that program
        :param float amount: what it costs us, in the company's currency
        :param str reason: why
        :rtype: recordset
        :raise UserError: when it may not be given to this person
        """
        case.check_access("write")
        if points <= 0 or amount <= 0:
            raise UserError(self.env._("Say how much, and what it is worth: more than nothing."))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: the figures of goodwill are read by reason."))
        if program not in self._programs(case.company_id):
            raise UserError(self.env._("This program is not one of your company's any more."))
        partner = case._disclosed_partner()
        if program.program_type in CARD_TYPES and not partner:
            raise UserError(
                self.env._(
                    "It is not proven whose account this is, so nothing can be booked for the "
                    "contact. Prove it on the right, or hand out a code instead."
                )
            )
        # sudo: goodwill rows are written here only
        goodwill_sudo = self.sudo()
        if case.identity_id:  # two colleagues at once must not both stay below the limit
            case.identity_id.sudo().lock_for_update(allow_referencing=True)
        within = amount <= goodwill_sudo._left(case)
        leads = self.env.user.has_group("social_crm_base.group_team_leader")
        goodwill_sudo = goodwill_sudo.create(
            {
                "case_id": case.id,
                "identity_id": case.identity_id.id,
                "partner_id": partner.id or case.partner_id.id,
                "program_res_id": program.id,
                "program_name": program.name,
                "points": points,
                "amount": amount,
                "reason": reason.strip(),
                "user_id": self.env.uid,
                "state": "given" if within or leads else "asked",
            }
        )
        if goodwill_sudo.state == "given":
            goodwill_sudo._give()
        else:
            goodwill_sudo._ask_leader()
        case._tell_screens()
        return goodwill_sudo.sudo(False)

    @api.model
    def _left(self, case):
        """How much of the limit of this person is left, over all their cases and accounts.

        :rtype: float
        """
        company = case.company_id
        since = fields.Datetime.now() - timedelta(days=company.social_crm_goodwill_days)
        partner = case.partner_id or case.identity_id.partner_id
        who = Domain("identity_id", "in", case.identity_id.ids)
        if partner:
            who |= Domain("partner_id", "=", partner.id)
            who |= Domain("identity_id.partner_id", "=", partner.id)
        # sudo: the limit is one for all teams
        [[given]] = self.sudo()._read_group(
            who
            & Domain("company_id", "=", company.id)
            & Domain("state", "=", "given")
            & Domain("given_at", ">=", since),
            [],
            ["amount:sum"],
        )
        return max(0.0, company.social_crm_goodwill_limit - (given or 0.0))

    def _give(self):
        """Make the coupon, or book the points, in Odoo's loyalty."""
        for goodwill in self:
            program = self.env[PROGRAM].browse(goodwill.program_res_id).exists()
            if not program:
                raise UserError(self.env._("This program is gone: give something else."))
            card = goodwill._card(program)
            self.env["loyalty.history"].create(
                {
                    "card_id": card.id,
                    "description": self.env._(
                        "Goodwill: %(reason)s", reason=goodwill.reason
                    ),
                    "issued": goodwill.points,
                }
            )
            goodwill.write(
                {
                    "card_res_id": card.id,
                    "code": card.code if program.program_type in CODE_TYPES else False,
                    "expires_on": card.expiration_date,
                    "state": "given",
                    "given_at": fields.Datetime.now(),
                }
            )

    def _card(self, program):
        # The customer hears of it from us, in the talk
        cards = self.env[CARD].with_context(loyalty_no_mail=True)
        if program.program_type in CARD_TYPES:
            card = cards.search(
                [("program_id", "=", program.id), ("partner_id", "=", self.partner_id.id)],
                limit=1,
            )
            if card:
                card.points += self.points
                return card
            return cards.create(
                {
                    "program_id": program.id,
                    "partner_id": self.partner_id.id,
                    "points": self.points,
                }
            )
        return cards.create(
            {
                "program_id": program.id,
                "points": self.points,
                "expiration_date": fields.Date.context_today(self) + timedelta(days=CODE_DAYS),
            }
        )

    # === DECIDING === #

    def _ask_leader(self):
        case = self.case_id.sudo(False)
        told = case._tell(
            case.team_id.user_id,
            self.env._("%(who)s asks for more goodwill than the limit", who=self.user_id.name),
        )
        if not told:
            # sudo: whoever asks need not be allowed to give work to others
            case.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Decide on goodwill: %(what)s", what=self.display_name),
                user_id=case.team_id.user_id.id or case.user_id.id or self.env.uid,
            )

    def action_approve(self):
        """A team leader lets it be given."""
        for goodwill_sudo in self._decidable():
            goodwill_sudo.decided_by_id = self.env.uid
            goodwill_sudo._give()
            goodwill_sudo.case_id.sudo(False)._tell(
                goodwill_sudo.user_id, self.env._("Your goodwill was approved")
            )
        self.case_id._tell_screens()

    def action_refuse(self):
        """A team leader does not let it be given."""
        for goodwill_sudo in self._decidable():
            goodwill_sudo.write({"state": "refused", "decided_by_id": self.env.uid})
            goodwill_sudo.case_id.sudo(False)._tell(
                goodwill_sudo.user_id, self.env._("Your goodwill was refused")
            )
        self.case_id._tell_screens()

    def _decidable(self):
        self.check_access("read")
        if not self.env.user.has_group("social_crm_base.group_team_leader"):
            raise AccessError(self.env._("A team leader decides on this."))
        # sudo: goodwill rows are written here only
        decided_sudo = self.sudo()
        decided_sudo.lock_for_update()
        if any(goodwill.state != "asked" for goodwill in self):
            raise UserError(self.env._("This was decided already."))
        return decided_sudo

    # === WORDS === #

    def _insertable(self):
        """What one can tell the customer; "" while nothing was given.

        :rtype: str
        """
        self.ensure_one()
        if self.state != "given":
            return ""
        if not self.code:
            return self.env._("We have credited your account: %(what)s.", what=self.program_name)
        if not self.expires_on:
            return self.env._("Your code: %(code)s", code=self.code)
        return self.env._(
            "Your code: %(code)s (until %(date)s)",
            code=self.code,
            date=format_date(self.env, self.expires_on),
        )

    def _talk_entry(self):
        self.ensure_one()
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "kind": "goodwill",
            "id": self.id,
            "date": fields.Datetime.to_string(self.create_date.replace(microsecond=0)),
            "who": self.user_id.name,
            "what": self.display_name,
            "reason": self.reason,
            "state": self.state,
            "state_label": states[self.state],
            "text": self._insertable(),
            "can_decide": self.can_decide,
        }

    # === PERSONAL DATA === #

    def _personal_data_fields(self):
        return {
            **not_personal(
                "case_id company_id program_res_id program_name expires_on state points given_at"
            ),
            **classify(CONTENT, CLEAR, "code reason card_res_id"),
            **classify(BEHAVIOUR, KEEP, "amount", ground="tax law: what was given away"),
            **classify(BEHAVIOUR, PSEUDONYM, "identity_id partner_id"),
            **classify(
                EMPLOYEE, KEEP, "user_id decided_by_id", ground="employment: who gave it"
            ),
        }

    def _personal_data_domain(self, identities, partners):
        return Domain("identity_id", "in", identities.ids) | Domain(
            "partner_id", "in", partners.ids
        )
