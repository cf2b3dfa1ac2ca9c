# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import LINK_STRENGTH_SELECTION
from ..tools.privacy import EMPLOYEE, IDENTITY, KEEP, ROW, classify, not_personal

#: From which states a decision may be taken; anything else was decided already by somebody.
DECISIONS = {
    "confirmed": ("proposed", "later", "refused", "ended"),
    "refused": ("proposed", "later", "confirmed", "ended"),
    "later": ("proposed", "later"),
    "ended": ("confirmed",),
}
LATER_DAYS = 30
#: Written by decisions only, which look at rights and rules first and can be undone.
DECIDED_FIELDS = frozenset(
    {
        "state", "strength", "proven_until", "score", "evidence_data", "evidence_code",
        "decided_by_id", "decided_at", "is_automatic", "undo_data", "pair_key",
    }  # fmt: skip
)


class SocialCrmIdentityLink(models.Model):
    """An identity belongs to a contact, from then to then, as far as we know and why we do."""
    """An identity belongs to a contact, from then to then, as far as we know and why we think so.

    The row is also the proposal and its answer: a refusal stays, so that it is not asked again.
    Deciding is in ``social_crm_identity_link_decision.py``.
    """

    _name = "social.crm.identity.link"
    _inherit = ["social.crm.personal.data"]
    _description = "Link between a Social Identity and a Contact"
    _order = "state, score desc, id desc"

    identity_id = fields.Many2one(
        "social.crm.identity", string="Account", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="identity_id.company_id", store=True)
    platform_id = fields.Many2one(related="identity_id.platform_id", store=True, index=True)
    platform_icon = fields.Char(related="platform_id.icon_url", string="Network Icon")
    partner_id = fields.Many2one(
        "res.partner", string="Contact", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("later", "Later"),
            ("confirmed", "Confirmed"),
            ("refused", "Refused"),
            ("ended", "Ended"),
        ],
        required=True,
        default="proposed",
        readonly=True,
        index=True,
        group_expand=True,
    )
    strength = fields.Selection(
        LINK_STRENGTH_SELECTION, required=True, default="supposed", readonly=True
    )
    score = fields.Float(
        readonly=True,
        aggregator="avg",
        help="0 to 1: how sure the evidence makes us. A person decides.",
    )
    evidence = fields.Text(
        compute="_compute_evidence", help="Why we think so, in words."
    )
    partner_facts = fields.Char(compute="_compute_facts", string="About the Contact")
    last_text = fields.Char(compute="_compute_facts", string="Last Words")
    evidence_data = fields.Json(
        readonly=True, copy=False, help="What was found: a list of code and figures."
    )
    evidence_code = fields.Char(
        readonly=True, copy=False, help="What was found, as codes: a refusal holds for these."
    )
    note = fields.Char(string="Reason", help="Why you decided so, for whoever asks later.")
    date_from = fields.Datetime(string="From")
    date_to = fields.Datetime(string="Until")
    remind_at = fields.Date(string="Ask Again On")
    proven_until = fields.Datetime(readonly=True, copy=False)
    is_proven = fields.Boolean(compute="_compute_is_proven")
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    is_automatic = fields.Boolean(
        string="Linked by the System", readonly=True, help="By exact evidence, nobody was asked."
    )
    undo_data = fields.Json(
        readonly=True, copy=False, help="What the last decision changed, so that it can be undone."
    )
    pair_key = fields.Char(
        readonly=True,
        copy=False,
        help="Names account and contact in a text: a contact in a unique index would break Odoo's "
        "own merge of contacts.",
    )

    _pair_unique = models.UniqueIndex(
        "(identity_id, pair_key) WHERE pair_key IS NOT NULL",
        "This account and this contact are linked or proposed already.",
    )
    _queue_index = models.Index("(score DESC, id DESC) WHERE state = 'proposed'")
    _remind_index = models.Index("(remind_at) WHERE state = 'later'")
    _score_range = models.Constraint(
        "CHECK(score >= 0 AND score <= 1)", "A score is between 0 and 1."
    )
    _dates_ordered = models.Constraint(
        "CHECK(date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "A link ends after it began.",
    )

    # === COMPUTE METHODS === #

    @api.depends("identity_id.display_name", "partner_id.display_name")
    def _compute_display_name(self):
        for link in self:
            link.display_name = (
                f"{link.identity_id.display_name or ''} → {link.partner_id.display_name or ''}"
            )

    @api.depends_context("lang")
    @api.depends("evidence_data")
    def _compute_evidence(self):
        for link in self:
            link.evidence = "\n".join(
                self.env["social.crm.identity"]._evidence_words(found)
                for found in link.evidence_data or []
            )

    def _compute_facts(self):
        """What helps a person to decide: who the contact is, and what the account said."""
        said = self.env["social.crm.interaction"]._last_words("identity_id", self.identity_id)
        for link in self:
            partner = link.partner_id
            link.partner_facts = " · ".join(
                filter(None, (partner.email, partner.phone, partner.city))
            )
            link.last_text = said.get(link.identity_id.id, "")

    @api.depends("strength", "proven_until", "state")
    def _compute_is_proven(self):
        now = fields.Datetime.now()
        for link in self:
            link.is_proven = bool(
                link.state == "confirmed"
                and link.strength == "proven"
                and link.proven_until
                and link.proven_until > now
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("identity_id", "partner_id")
    def _check_same_company(self):
        for link in self:
            company = link.partner_id.company_id
            if company and company != link.identity_id.company_id:
                raise ValidationError(
                    self.env._(
                        "%(partner)s belongs to another company than the account %(account)s.",
                        partner=link.partner_id.display_name,
                        account=link.identity_id.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_undecided(vals)
        self._gate(
            self.env["social.crm.identity"].browse(
                {vals["identity_id"] for vals in vals_list if vals.get("identity_id")}
            )
        )
        links = super().create(vals_list)
        links._set_pair_key()
        if not self.env.su:
            # sudo: what a person writes down is evidence of its own, which only this may say
            links.sudo().write(
                {"evidence_data": [{"code": "hand"}], "evidence_code": "hand", "score": 1.0}
            )
        return links

    def write(self, vals):
        if not self.env.su and vals.keys() & {"identity_id", "partner_id"}:
            raise UserError(
                self.env._(
                    "A link names one account and one contact for good. Refuse this one and link "
                    "the account to the other contact."
                )
            )
        self._refuse_undecided(vals)
        if vals.get("state") == "confirmed":
            self._gate(self.identity_id)
        done = super().write(vals)
        if not self.env.su and vals.keys() & {"date_from", "date_to"}:
            # The contact in force may be another one now; decisions see to it themselves
            self._cases_sudo()._recompute_customer_key()
        return done

    @api.model
    def _refuse_undecided(self, vals):
        if not self.env.su and DECIDED_FIELDS & vals.keys():
            raise UserError(
                self.env._("Use Yes, No, Later, End or Undo to decide on a link.")
            )

    def _set_pair_key(self):
        """Name the pair in a text that Odoo's merge of contacts does not know as a reference."""
        for link in self.sudo():  # sudo: a key made here, which nobody else may write
            link.pair_key = f"{link.identity_id.id}-{link.partner_id.id}"

    # === BUSINESS METHODS === #

    @api.model
    def _gate(self, identities):
        """Ask the rulebook whether these accounts may be linked to contacts by a person.

        :raise RulebookRefusal: naming network, reason and what is allowed instead
        """
        Rule = self.env["social.crm.platform.rule"]
        for (company, given), group in identities.grouped(
            lambda identity: (identity.company_id, identity._gave_consent())
        ).items():
            Rule._check(
                group.platform_id, "link", flow=group._told_flow(), consent=given,
                company=company, decision=True,
            )  # fmt: skip

    def _in_force(self, now):
        """The links that hold now, the latest first.

        :param datetime now: naive UTC
        """
        return self.filtered(
            lambda link: link.state == "confirmed"
            and (not link.date_from or link.date_from <= now)
            and (not link.date_to or link.date_to > now)
        ).sorted(lambda link: (link.date_from or link.create_date, link.id), reverse=True)

    def _personal_data_fields(self):
        return {
            **not_personal("company_id platform_id state strength is_automatic"),
            **classify(
                IDENTITY,
                ROW,
                "identity_id partner_id score evidence_data evidence_code note date_from date_to "
                "remind_at proven_until undo_data pair_key",
            ),
            **classify(
                EMPLOYEE,
                KEEP,
                "decided_by_id decided_at",
                ground="accountability, GDPR Art. 5(2): who decided on a link",
            ),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("identity_id", "in", identities.ids) | fields.Domain(
            "partner_id", "in", partners.ids
        )
