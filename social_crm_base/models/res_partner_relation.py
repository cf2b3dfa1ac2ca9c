# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..tools.privacy import CLEAR, PROFILING, classify, not_personal

RELATIONS = [
    ("prospect", "Prospect"),
    ("customer", "Customer"),
    ("former", "Former customer"),
]
LOYALTIES = [
    ("first", "First purchase"),
    ("repeat", "Repeat buyer"),
    ("regular", "Regular"),
    ("lapsed", "Lapsed"),
    ("advocate", "Advocate"),
]
BATCH = 1000


@dataclass
class Facts:
    """What is known of one contact's buying: days of purchases, and where they were read."""

    purchases: dict[str, list[date]] = field(default_factory=lambda: defaultdict(list))
    open_leads: int = 0
    recommendations: int = 0

    @property
    def days(self):
        """The longest list: an opportunity, its order and its invoice are one purchase."""
        return sorted(max(self.purchases.values(), key=len, default=[]))

    @property
    def last(self):
        """The day of the latest purchase, wherever it was read, or None."""
        return max((day for days in self.purchases.values() for day in days), default=None)


class ResPartner(models.Model):
    """Prospect, customer or former customer, and how loyal, by the company's rule."""

    _inherit = "res.partner"

    social_relation_found = fields.Selection(
        RELATIONS, string="Segment by the Rule", company_dependent=True, readonly=True, copy=False
    )
    social_relation_manual = fields.Selection(
        RELATIONS, string="Segment by Hand", company_dependent=True, copy=False,
        help="Wins over the rule, until you empty it.",
    )
    social_relation_note = fields.Char(
        string="Why by Hand", company_dependent=True, copy=False
    )
    social_relation = fields.Selection(
        RELATIONS, string="Segment", company_dependent=True, readonly=True, copy=False,
        help="Prospect, customer or former customer: by hand, else by the company's rule.",
    )
    social_loyalty = fields.Selection(
        LOYALTIES, string="Loyalty", company_dependent=True, readonly=True, copy=False
    )
    social_relation_at = fields.Datetime(
        string="Segment Looked At", readonly=True, copy=False
    )
    social_relation_reason = fields.Char(
        string="Why This Segment", compute="_compute_social_relation_reason"
    )
    social_loyalty_reason = fields.Char(
        string="Why This Loyalty", compute="_compute_social_relation_reason"
    )

    # === COMPUTE METHODS === #

    @api.depends_context("company", "lang", "uid")
    @api.depends("social_relation_manual", "social_relation_note", "social_relation_at")
    def _compute_social_relation_reason(self):
        for partner, now in self._social_relation_now().items():
            partner.social_relation_reason = now["relation_reason"]
            partner.social_loyalty_reason = now["loyalty_reason"]

    def _social_relation_now(self):
        """Segment and loyalty as they are at this moment, each with its reason.

        What is stored is at most a day older, see :meth:`_social_refresh_relation`.

        :return: contact -> ``relation``, ``relation_reason``, ``loyalty``, ``loyalty_reason``
        :rtype: dict
        """
        rule = self.env["social.crm.relation.rule"]._of(self.env.company)
        facts = self._social_facts(rule)
        now = {}
        for partner in self:
            known = facts.get(partner._origin, Facts())
            reason = partner._relation_words(rule, known)
            if partner.social_relation_manual:
                reason = self.env._(
                    "Set by hand: %(why)s",
                    why=partner.social_relation_note or self.env._("no reason given"),
                )
            now[partner] = {
                "relation": partner.social_relation_manual or self._relation_of(rule, known),
                "relation_reason": reason,
                "loyalty": self._loyalty_of(rule, known) or "",
                "loyalty_reason": partner._loyalty_words(rule, known),
            }
        return now

    # === CONSTRAINT AND CRUD METHODS === #

    @api.constrains("social_relation_manual", "social_relation_note")
    def _check_social_relation_note(self):
        for partner in self:
            if partner.social_relation_manual and not partner.social_relation_note:
                raise ValidationError(
                    self.env._(
                        "Write down why %(partner)s is put into a segment by hand.",
                        partner=partner.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners.filtered("social_relation_manual")._social_refresh_relation()
        return partners

    def write(self, vals):
        done = super().write(vals)
        if "social_relation_manual" in vals:
            self._social_refresh_relation()
        return done

    # === BUSINESS METHODS === #

    def _social_refresh_relation(self):
        """Sort these contacts into segments anew, in the current company.

        Writes only what changed; four queries at most for any number of contacts, besides them.
        """
        known = self.exists()
        partners = known._social_profiled()
        (known - partners)._social_forget_relation()
        if not partners:
            return
        rule = self.env["social.crm.relation.rule"]._of(self.env.company)
        # sudo: orders and invoices count for everybody's segment; the segment shows no figures
        partners_sudo = partners.sudo()
        facts = partners_sudo._social_facts(rule)
        changed = defaultdict(list)
        for partner in partners_sudo:
            known = facts.get(partner, Facts())
            found = self._relation_of(rule, known)
            vals = {
                "social_relation_found": found,
                "social_relation": partner.social_relation_manual or found,
                "social_loyalty": self._loyalty_of(rule, known) or False,
            }
            if any(partner[name] != value for name, value in vals.items()):
                changed[tuple(vals.items())].append(partner.id)
        quiet_sudo = partners_sudo.with_context(tracking_disable=True)
        for vals, ids in changed.items():
            quiet_sudo.browse(ids).write(dict(vals))
        quiet_sudo.write({"social_relation_at": fields.Datetime.now()})

    def _social_profiled(self):
        """Those of these contacts who may be summed up; other addons take some out by ``super()``.

        :rtype: recordset
        """
        return self

    def _social_forget_relation(self):
        """Keep these contacts out of every segment; what was set by hand stays for later."""
        names = ("social_relation_found", "social_relation", "social_loyalty")
        # sudo: the segment is the system's, whoever looks
        quiet_sudo = self.sudo().with_context(tracking_disable=True)
        quiet_sudo.filtered(lambda partner: any(partner[name] for name in names)).write(
            dict.fromkeys(names, False)
        )
        quiet_sudo.write({"social_relation_at": fields.Datetime.now()})

    @api.model
    def _relation_of(self, rule, known):
        if not known.last:
            return "prospect"
        since = fields.Date.today() - relativedelta(months=rule.customer_months)
        return "customer" if known.last >= since else "former"

    @api.model
    def _loyalty_of(self, rule, known):
        today = fields.Date.today()
        if rule.advocate_from and known.recommendations >= rule.advocate_from:
            return "advocate"
        if not known.last:
            return None
        if known.last < today - relativedelta(months=rule.lapsed_months):
            return "lapsed"
        recent = today - relativedelta(months=rule.regular_months)
        if sum(day >= recent for day in known.days) >= rule.regular_from:
            return "regular"
        return "repeat" if len(known.days) >= rule.repeat_from else "first"

    # === WORDS === #

    def _relation_words(self, rule, known):
        """Why the rule says so; days only for who may read where they come from."""
        if not known.last:
            if known.open_leads:
                return self.env._(
                    "No purchase yet, %(count)s open leads.", count=known.open_leads
                )
            return self.env._("No purchase yet.")
        day = self._social_day(known)
        if self._relation_of(rule, known) == "customer":
            return self.env._(
                "Last purchase %(day)s, within %(months)s months.",
                day=day, months=rule.customer_months,
            )  # fmt: skip
        return self.env._(
            "Last purchase %(day)s, more than %(months)s months ago.",
            day=day, months=rule.customer_months,
        )  # fmt: skip

    def _loyalty_words(self, rule, known):
        found = self._loyalty_of(rule, known)
        count = len(known.days)
        words = {
            None: self.env._("No purchase yet."),
            "first": self.env._("One purchase."),
            "repeat": self.env._("%(count)s purchases.", count=count),
            "regular": self.env._(
                "%(count)s purchases, at least %(least)s of them within %(months)s months.",
                count=count, least=rule.regular_from, months=rule.regular_months,
            ),
            "lapsed": self.env._(
                "No purchase for more than %(months)s months.", months=rule.lapsed_months
            ),
            "advocate": self.env._(
                "Recommended us in public %(count)s times within %(months)s months.",
                count=known.recommendations, months=rule.advocate_months,
            ),
        }  # fmt: skip
        return words[found]

    def _social_day(self, known):
        """The day of the last purchase, where the reader may know it and tell it on."""
        if self.env.context.get("social_undisclosed"):
            return self.env._("on a day that is locked")
        readable = [
            day
            for model, days in known.purchases.items()
            if self.env[model].has_access("read")
            for day in days
        ]
        if known.last in readable:
            return self.env._("on %(day)s", day=format_date(self.env, known.last))
        return self.env._("known to Sales")

    # === FACTS === #

    def _social_facts(self, rule):
        """Purchases, open leads and recommendations of these contacts' firms or themselves.

        :return: partner -> :class:`Facts`
        :rtype: dict
        """
        by_firm = defaultdict(Facts)
        # sudo: who bought is counted over all salespeople; only days are shown, see _social_day
        partners_sudo = self._origin.sudo()
        firms_sudo = partners_sudo.commercial_partner_id
        sources = self._social_purchase_sources(rule, firms_sudo)
        for model, day_field, domain in sources:
            # sudo: see above
            for partner, days in self.env[model].sudo()._read_group(
                [*domain, ("company_id", "in", [False, self.env.company.id])],
                ["partner_id"],
                [f"{day_field}:array_agg"],
            ):
                bought = by_firm[partner.commercial_partner_id.id].purchases[model]
                bought += [_day(day) for day in days if day]
        # sudo: see above
        for partner, count in self.env["crm.lead"].sudo()._read_group(
            [
                ("partner_id.commercial_partner_id", "in", firms_sudo.ids),
                ("won_status", "=", "pending"),
                ("company_id", "in", [False, self.env.company.id]),
            ],
            ["partner_id"],
            ["__count"],
        ):
            by_firm[partner.commercial_partner_id.id].open_leads += count
        said = self._social_recommendations(rule)
        found = {}
        for partner in partners_sudo:
            firm = by_firm[partner.commercial_partner_id.id]
            found[partner] = Facts(
                firm.purchases, firm.open_leads, said.get(partner.id, 0)
            )
        return found

    def _social_purchase_sources(self, rule, firms):
        """Where purchases are read: won opportunities, and what else is installed.

        :return: (model, field of the day, domain) for each
        :rtype: list[tuple]
        """
        of_firms = ("partner_id.commercial_partner_id", "in", firms.ids)
        sources = []
        if rule.count_leads:
            sources.append(("crm.lead", "date_closed", [of_firms, ("won_status", "=", "won")]))
        if rule.count_orders and "sale.order" in self.env:
            sources.append(
                (
                    "sale.order",
                    "date_order",
                    [of_firms, ("state", "=", "sale")],
                )
            )
        if rule.count_invoices and "account.move" in self.env:
            sources.append(
                (
                    "account.move",
                    "invoice_date",
                    [of_firms, ("move_type", "=", "out_invoice"), ("state", "=", "posted")],
                )
            )
        return sources

    def _social_recommendations(self, rule):
        """How often these contacts spoke well of us where everybody could read it.

        Networks whose rules forbid profiling are left out.
        """
        platforms = self._social_profiled_platforms()
        # sudo: counted over all teams; only the number is shown
        groups = self.env["social.crm.interaction"].sudo()._read_group(
            [
                ("identity_id.partner_id", "in", self._origin._social_profiled().ids),
                ("platform_id", "in", platforms.ids),
                ("direction", "=", "in"),
                ("visibility", "=", "public"),
                ("state", "in", ("normal", "edited")),
                ("date", ">=", fields.Datetime.now() - relativedelta(months=rule.advocate_months)),
                "|", "|",
                ("kind", "=", "share"),
                ("rating", ">=", 4),
                "&", ("kind", "in", ("mention", "post")), ("mood", "=", "positive"),
            ],
            ["identity_id"],
            ["__count"],
        )  # fmt: skip
        said = defaultdict(int)
        for identity, count in groups:
            said[identity.partner_id.id] += count
        return said

    def _social_profiled_platforms(self):
        """Networks whose rules let us sum up what a person does there."""
        # sudo: the catalogue holds nothing personal
        platforms_sudo = self.env["social.crm.platform"].sudo().search([])
        verdicts = self.env["social.crm.platform.rule"]._verdicts(platforms_sudo, "profile")
        return platforms_sudo.filtered(lambda platform: verdicts[platform.id].allowed)

    @api.model
    def _cron_refresh_relation(self):
        """Sort contacts with accounts or leads anew once a day; time alone moves segments."""
        due = fields.Datetime.subtract(fields.Datetime.now(), hours=20)
        domain = [
            "|", ("social_relation_at", "=", False), ("social_relation_at", "<", due),
            "|", ("social_identity_ids", "!=", False), ("opportunity_ids", "!=", False),
        ]  # fmt: skip
        companies = self.env["res.company"].search([])
        while batch := self.search(domain, limit=BATCH, order="social_relation_at nulls first, id"):
            for company in companies:
                batch.with_company(company)._social_refresh_relation()
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                break

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **classify(
                PROFILING,
                CLEAR,
                "social_relation_found social_relation_manual social_relation_note "
                "social_relation social_loyalty",
            ),
            **not_personal("social_relation_at"),
        }


def _day(value):
    return value.date() if hasattr(value, "hour") else value
