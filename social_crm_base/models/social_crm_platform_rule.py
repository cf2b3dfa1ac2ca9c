# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import ormcache

from ..exceptions import RulebookRefusal
from ..tools import rulebook
from ..tools.action import dialog_for
from ..tools.privacy import not_personal

#: What makes a rule looser or stricter. Texts, sources and dates may be brought up to date.
BINDING_FIELDS = frozenset(
    {
        "platform_id",
        "flow",
        "action",
        "verdict",
        "strength",
        "lifetime_hours",
        "lifetime_of",
        "active",
        "is_shipped",
    }
)


class SocialCrmPlatformRule(models.Model):
    # No company: contracts and laws bind every company; exceptions are made by overrides of one
    _name = "social.crm.platform.rule"
    _description = "Rule of a Social Network"
    _inherit = ["social.crm.cached", "social.crm.personal.data"]
    _cache_name = "stable"
    _order = "platform_id, action, flow, id"
    _rec_name = "reason"

    platform_id = fields.Many2one(
        "social.crm.platform",
        string="Network",
        index=True,
        ondelete="cascade",
        help="Empty: the rule holds on all networks.",
    )
    action = fields.Selection(
        selection=[
            ("store", "Store what was said"),
            ("cache_media", "Keep copies of media"),
            ("link", "Link an account to a contact"),
            ("combine", "Combine with other data"),
            ("lead", "Make a lead"),
            ("profile", "Profile a person"),
            ("sensitive", "Infer special categories"),
            ("minor", "Profile or advertise to minors"),
            ("keep_deleted", "Keep what was deleted there"),
            ("automatic_answer", "Answer automatically"),
            ("write_first", "Write first"),
            ("export", "Export"),
            ("show_outside", "Show outside the company"),
        ],
        required=True,
    )
    flow = fields.Selection(
        selection=[
            ("any", "Any way"),
            ("private", "Said in private"),
            ("public", "Said in public"),
            ("api", "Read through the network's interface"),
            ("by_hand", "Written down by a colleague"),
        ],
        required=True,
        default="any",
        help="What the rule is limited to.",
    )
    verdict = fields.Selection(
        selection=[
            ("allow", "Allowed"),
            ("ask", "A colleague decides each time"),
            ("consent", "Only with consent"),
            ("refuse", "Refused"),
        ],
        required=True,
        default="refuse",
        help="Consent means the person's express opt-in, or data the person gave us directly.",
    )
    lifetime_hours = fields.Integer(
        string="Lifetime (h)",
        aggregator=None,
        help="How long it may be kept, in hours; 0: no limit.",
    )
    lifetime_of = fields.Selection(
        selection=[
            ("content", "What others said"),
            ("own_content", "What we said"),
            ("profile", "Profile data"),
            ("media", "Copies of media"),
            ("raw_event", "Raw events"),
            ("statistics", "Statistics"),
        ],
    )
    strength = fields.Selection(
        selection=[("house", "House rule"), ("contract", "Contract"), ("law", "Law")],
        required=True,
        default="house",
        help="A manager may override a house rule, a privacy clerk together with a second person "
        "a contract, and nobody the law.",
    )
    reason = fields.Char(required=True, translate=True, help="Shown to whom it stops.")
    alternative = fields.Char(
        string="Allowed Instead", translate=True, help="What the colleague can do instead."
    )
    alternative_url = fields.Char(string="Link to the Alternative")
    source = fields.Char(required=True, help="The network's page, or the article of the law.")
    checked_on = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="The day somebody last read the source.",
    )
    active = fields.Boolean(default=True)
    is_shipped = fields.Boolean(
        string="Came With the App",
        readonly=True,
        copy=False,
        help="Contracts and laws that came with the app can be overridden, not changed.",
    )
    is_overridable = fields.Boolean(compute="_compute_is_overridable")
    override_ids = fields.One2many(
        "social.crm.platform.override",
        "rule_id",
        string="Overrides",
        groups="social_crm_base.group_manager,social_crm_base.group_privacy_clerk,"
        "social_crm_base.group_privacy_officer",
    )

    _lifetime_complete = models.Constraint(
        "CHECK (lifetime_hours >= 0 AND (lifetime_hours = 0) = (lifetime_of IS NULL))",
        "A lifetime needs both the number of hours and what it is about.",
    )
    _lifetime_stores = models.Constraint(
        "CHECK (lifetime_hours = 0 OR action = 'store')",
        "A lifetime belongs to a rule about storing.",
    )

    # === COMPUTE METHODS === #

    @api.depends("platform_id", "action", "verdict")
    def _compute_display_name(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("action", "verdict")
        }
        for rule in self:
            rule.display_name = self.env._(
                "%(network)s: %(action)s, %(verdict)s",
                network=rule.platform_id.name or self.env._("All networks"),
                action=labels["action"].get(rule.action, ""),
                verdict=labels["verdict"].get(rule.verdict, "").lower(),
            )

    @api.depends("strength", "lifetime_hours")
    def _compute_is_overridable(self):
        for rule in self:
            rule.is_overridable = rule.strength != "law" and not rule.lifetime_hours

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(vals.get("is_shipped") for vals in vals_list):
            raise UserError(self.env._("Only an app can bring rules of its own."))
        return super().create(vals_list)

    def write(self, vals):
        # Data files are loaded as superuser, which no user's call ever is.
        if not self.env.su and BINDING_FIELDS & vals.keys():
            self._check_may_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped(self):
        if not self.env.su:
            self._check_may_change()
        if shipped := self.filtered("is_shipped"):
            raise UserError(
                self.env._(
                    "This rule came with the app and cannot be deleted: %(rule)s",
                    rule=shipped[0].display_name,
                )
            )

    def _check_may_change(self):
        """Raise when a change would go around the override.

        :raise UserError: for contracts and laws that came with the app.
        """
        for rule in self:
            if rule.is_shipped and rule.strength != "house":
                raise UserError(
                    self.env._(
                        "%(rule)s is a rule of the network or of the law and cannot be changed "
                        "here. If it has become stricter, add a rule of your own: the strictest "
                        "rule wins. If your company is allowed more, request an override.",
                        rule=rule.display_name,
                    )
                )

    # === ACTION METHODS === #

    def action_request_override(self):
        """Open the form that asks for an override of this rule."""
        self.ensure_one()
        self._check_overridable()
        return dialog_for(
            "social.crm.platform.override", self.env._("Override"), rule_id=self.id
        )

    def _check_overridable(self):
        """Raise for rules nobody may override.

        :raise ValidationError: with the reason, for laws and lifetimes.
        """
        for rule in self:
            if rule.strength == "law":
                raise ValidationError(
                    self.env._(
                        "Nobody can override the law. %(reason)s Source: %(page)s",
                        reason=rule.reason,
                        page=rule.source,
                    )
                )
            if rule.lifetime_hours:
                raise ValidationError(
                    self.env._(
                        "How long data may be kept cannot be overridden. %(reason)s "
                        "Source: %(page)s",
                        reason=rule.reason,
                        page=rule.source,
                    )
                )

    # === BUSINESS METHODS === #

    @api.model
    def _verdicts(self, platforms, action, flow="any", company=None):
        """Ask whether something may be done, for many networks at once.

        The rows come from a cache: no query once it is warm.

        :param recordset platforms: `social.crm.platform` records.
        :param str action: one of the values of the field `action`.
        :param str|Iterable[str] flow: one flow, or one of each pair (private or public, api or
            by_hand). What is left open is answered as strictly as either side.
        :param recordset|int company: the company that asks, the current one if left out.
        :return: ``platform id -> Verdict``.
        :rtype: dict[int, rulebook.Verdict]
        :raise ValueError: for an unknown action or flow.
        """
        if action not in self._fields["action"].get_values(self.env):
            raise ValueError(f"Unknown action: {action}")
        flows = rulebook.flow_set(flow)
        rules = self._rules(self._company_id(company), self.env.lang)
        today = fields.Date.today()
        closed_reason = self.env._("Nobody may do this, and no rule says otherwise.")
        return {
            platform_id: rulebook.decide(rules, platform_id, action, flows, today, closed_reason)
            for platform_id in platforms.ids
        }

    @api.model
    def _check(self, platforms, action, flow="any", consent=False, company=None, decision=False):
        """Raise unless something may be done on each of the networks.

        :param bool consent: the person opted in, or gave us the data directly.
        :param bool decision: a colleague decided this single case.
        :return: the verdicts, see :meth:`_verdicts`.
        :raise RulebookRefusal: naming the network, the reason, the source and the alternative.
        """
        verdicts = self._verdicts(platforms, action, flow, company)
        refused = {
            platform_id: verdict
            for platform_id, verdict in verdicts.items()
            if not verdict.permits(consent=consent, decision=decision)
        }
        if refused:
            raise RulebookRefusal(
                "\n\n".join(
                    self._refusal_message(
                        self.env["social.crm.platform"].browse(platform_id), action, verdict
                    )
                    for platform_id, verdict in refused.items()
                ),
                refused,
            )
        return verdicts

    @api.model
    def _lifetimes(self, platforms, of="content", flow="any", company=None):
        """Return how long a kind of data may live, for many networks at once.

        :param str of: one of the values of the field `lifetime_of`.
        :return: ``platform id -> hours``, 0 where nothing limits it.
        :rtype: dict[int, int]
        :raise ValueError: for an unknown kind of data or flow.
        """
        if of not in self._fields["lifetime_of"].get_values(self.env):
            raise ValueError(f"Unknown kind of data: {of}")
        flows = rulebook.flow_set(flow)
        rules = self._rules(self._company_id(company), self.env.lang)
        return {
            platform_id: rulebook.shortest_lifetime(rules, platform_id, of, flows)
            for platform_id in platforms.ids
        }

    @api.model
    def _content_lifetime_hours(self, platform, of="content", flow="any", company=None):
        """Return how many hours a kind of data of one network may live; 0: no limit."""
        platform.ensure_one()
        return self._lifetimes(platform, of, flow, company)[platform.id]

    @api.model
    def _refusal_message(self, platform, action, verdict):
        """Return the words of a refusal, fit for the user."""
        values = {
            # sudo: the network's name is part of the reason, also for those who cannot open it
            "network": platform.sudo().name,
            "action": dict(self._fields["action"]._description_selection(self.env))[action],
            "reason": verdict.reason,
        }
        if verdict.needs_consent:
            head = self.env._(
                "%(network)s, %(action)s: this needs the person's consent. %(reason)s", **values
            )
        elif verdict.needs_decision:
            head = self.env._(
                "%(network)s, %(action)s: a colleague has to decide this case. %(reason)s", **values
            )
        else:
            head = self.env._("%(network)s, %(action)s: not allowed. %(reason)s", **values)
        lines = [head]
        if verdict.alternative:
            lines.append(
                self.env._(
                    "What you can do instead: %(alternative)s",
                    alternative=" ".join(
                        filter(None, (verdict.alternative, verdict.alternative_url))
                    ),
                )
            )
        if verdict.source:
            lines.append(
                self.env._(
                    "Source: %(page)s (read on %(day)s)",
                    page=verdict.source,
                    day=fields.Date.to_string(verdict.checked_on) or "?",
                )
            )
        return "\n".join(lines)

    @api.model
    def _company_id(self, company):
        if not company:
            return self.env.company.id
        return company if isinstance(company, int) else company.id

    @api.model
    @ormcache("company_id", "lang", cache="stable")
    def _rules(self, company_id, lang):
        """Return the rulebook of a company as plain values in one language."""
        in_force = [("company_id", "=", company_id), ("state", "=", "in_force")]
        # sudo: the rulebook binds everybody, also those who may not read overrides
        override_sudo = self.env["social.crm.platform.override"].sudo()
        overrides_sudo = override_sudo.search(in_force, order="until desc, id")
        by_rule = {}
        for override in overrides_sudo:
            by_rule.setdefault(override.rule_id.id, []).append(
                rulebook.Override(override.id, override.until)
            )
        # sudo: as above, for those who may not read rules
        rules_sudo = self.sudo().with_context(lang=lang).search([], order="id")
        return tuple(
            rulebook.Rule(
                id=rule.id,
                platform_id=rule.platform_id.id or 0,
                action=rule.action,
                flow=rule.flow,
                verdict=rule.verdict,
                strength=rule.strength,
                reason=rule.reason,
                source=rule.source,
                alternative=rule.alternative or "",
                alternative_url=rule.alternative_url or "",
                checked_on=rule.checked_on,
                lifetime_hours=rule.lifetime_hours,
                lifetime_of=rule.lifetime_of or "",
                # Checked again here: a rule may have become a law after it was overridden.
                overrides=tuple(by_rule.get(rule.id, ())) if rule.is_overridable else (),
            )
            for rule in rules_sudo
        )

    def _personal_data_fields(self):
        return not_personal(
            "platform_id action flow verdict lifetime_hours lifetime_of strength reason "
            "alternative alternative_url source checked_on active is_shipped "
            "override_ids"
        )
