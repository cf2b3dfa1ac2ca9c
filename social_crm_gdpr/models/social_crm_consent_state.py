# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from collections import defaultdict, namedtuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import OPEN_PURPOSES, WANTED_PURPOSES
from .social_crm_consent import NEGATIVE, POSITIVE

#: What holds: status (none, asked, refused, given, agreed, withdrawn, objected, expired), since
#: when, until when, and the row that says so.
State = namedtuple("State", "status since until row")
NOTHING = State("none", None, None, None)
Row = namedtuple("Row", "asked purpose id identity partner weak event happened_at expires_at")


class SocialCrmConsent(models.Model):
    """What holds now, for any number of people and purposes, by one query."""

    _inherit = "social.crm.consent"

    @api.model
    def _states(self, people, codes=None):
        """What these people decided, over their linked accounts and contacts.

        What was said from an account several people share counts for that account; an objection
        counts wherever it may come from.

        :param recordset people: ``social.crm.identity`` or ``res.partner`` (in the current company)
        :param codes: of purposes; all by default
        :return: id of the person to code to :class:`State`; nothing decided is left out
        :rtype: dict[int, dict[str, State]]
        """
        terms = {
            term.id: term
            for code, term in self.env["social.crm.purpose"]._terms().items()
            if codes is None or code in codes
        }
        ids = [found for found in people._origin.ids if found]
        if not ids or not terms:
            return {}
        self.flush_model()
        people.env["social.crm.identity"].flush_model(["partner_id", "company_id", "is_shared"])
        gathered = defaultdict(lambda: defaultdict(dict))
        for found in self.env.execute_query(self._states_sql(people._name, ids, list(terms))):
            row = Row(*found)
            gathered[row.asked][row.purpose][row.id] = row
        now = fields.Datetime.now()
        return {
            asked: {
                terms[purpose].code: fold(
                    sorted(rows.values(), key=lambda row: (row.happened_at, row.id)),
                    terms[purpose],
                    now,
                )
                for purpose, rows in purposes.items()
            }
            for asked, purposes in gathered.items()
        }

    @api.model
    def _states_sql(self, model, ids, purpose_ids):
        """Each person's rows by the indexes on account and contact.

        :rtype: SQL
        """
        if model == "res.partner":
            keys = SQL(
                """
                SELECT p.id AS asked, %(company)s AS company_id, NULL::int AS identity_id,
                       p.id AS partner_id, false AS weak
                  FROM unnest(%(ids)s) AS p(id)
                UNION ALL
                SELECT i.partner_id, i.company_id, i.id, NULL, COALESCE(i.is_shared, false)
                  FROM social_crm_identity i
                 WHERE i.partner_id = ANY(%(ids)s) AND i.company_id = %(company)s
                """,
                company=self.env.company.id,
                ids=ids,
            )
        else:
            keys = SQL(
                """
                SELECT a.id AS asked, a.company_id, a.id AS identity_id, NULL::int AS partner_id,
                       false AS weak
                  FROM asked a
                UNION ALL
                SELECT a.id, a.company_id, NULL, a.partner_id, a.is_shared
                  FROM asked a WHERE a.partner_id IS NOT NULL
                UNION ALL
                SELECT a.id, a.company_id, i.id, NULL, a.is_shared OR COALESCE(i.is_shared, false)
                  FROM asked a
                  JOIN social_crm_identity i ON i.partner_id = a.partner_id
                   AND i.company_id = a.company_id AND i.id != a.id
                """
            )
        return SQL(
            """
            WITH asked AS (
                SELECT id, company_id, partner_id, COALESCE(is_shared, false) AS is_shared
                  FROM social_crm_identity WHERE id = ANY(%(identity_ids)s)
            ), keys AS (%(keys)s)
            SELECT k.asked, c.purpose_id, c.id, c.identity_id, c.partner_id, k.weak, c.event,
                   c.happened_at, c.expires_at
              FROM keys k JOIN social_crm_consent c ON c.identity_id = k.identity_id
             WHERE c.company_id = k.company_id AND c.purpose_id = ANY(%(purpose_ids)s)
            UNION ALL
            SELECT k.asked, c.purpose_id, c.id, c.identity_id, c.partner_id, k.weak, c.event,
                   c.happened_at, c.expires_at
              FROM keys k JOIN social_crm_consent c ON c.partner_id = k.partner_id
             WHERE c.company_id = k.company_id AND c.purpose_id = ANY(%(purpose_ids)s)
            """,
            identity_ids=ids if model != "res.partner" else [],
            keys=keys,
            purpose_ids=purpose_ids,
        )

    @api.model
    def _allowed(self, people, code, channel=None):
        """Those of these people whose data may be used for that purpose now.

        :param recordset people: ``social.crm.identity`` or ``res.partner``
        :param recordset channel: where it is to be used, if somewhere
        :rtype: recordset
        """
        if code in OPEN_PURPOSES:
            return people
        term = self.env["social.crm.purpose"]._terms().get(code)
        if not term:
            return people.browse()  # nobody was told of such a purpose
        if channel and term.channel_ids and channel.id not in term.channel_ids:
            return people.browse()
        if term.platform_ids and people._name == "social.crm.identity":
            people = people.filtered(lambda who: who.platform_id.id in term.platform_ids)
        elif term.platform_ids and channel and channel.platform_id.id not in term.platform_ids:
            return people.browse()
        if term.basis in ("contract", "law"):
            return people
        if term.basis == "interest" and code in WANTED_PURPOSES and not self._is_weighed(term):
            return people.browse()
        states = self._states(people, {code})

        def may(person):
            status = states.get(person._origin.id, {}).get(code, NOTHING).status
            if term.basis == "consent":
                return status == "agreed"
            return status not in NEGATIVE

        return people.filtered(may)

    @api.model
    def _is_weighed(self, term):
        """Whether a balancing test of this company is in force.

        :rtype: bool
        """
        return term.id in self.env["social.crm.balancing.test"]._weighed_purposes().ids

    @api.model
    def _refuse(self, people, code):
        """Refuse a use of these people's data that they do not want.

        :raise UserError: in words
        """
        refused = people - people._may(code)
        if refused:
            purpose = self.env["social.crm.purpose"].sudo()._of(code)  # sudo: its name
            raise UserError(
                self.env._(
                    "%(who)s did not agree, or objected, to “%(purpose)s”. See their consents; "
                    "answering what they ask stays possible.",
                    who=", ".join(refused[:3].mapped("display_name")),
                    purpose=purpose.name or code,
                )
            )

    @api.model
    def _stop(self, person, company, **values):
        """End everything that STOP ends, once, see ``identity._stop_all``.

        :param recordset person: one account or contact
        :param values: see :meth:`_note`
        :return: the rows written
        :rtype: recordset
        """
        written = self.sudo()  # sudo: see _note
        known = written.with_company(company)._states(person).get(person.id, {})
        for code, term in self.env["social.crm.purpose"]._terms().items():
            status = known.get(code, NOTHING).status
            if term.stop_ends and status not in NEGATIVE:
                event = "withdrawn" if status in ("agreed", "given") else "objected"
                written |= self._note_of(person, company, event, code, **values)
        return written

    @api.model
    def _note_of(self, person, company, event, code, **values):
        """As :meth:`_note`, of an account or a contact.

        :rtype: recordset
        """
        who = "identity" if person._name == "social.crm.identity" else "partner"
        return self._note(event, code, company_id=company.id, **{who: person}, **values)

    @api.model
    def _open_of(self, domain):
        """The list of decisions.

        :rtype: dict
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_crm_gdpr.social_crm_consent_action"
        )
        return {**action, "domain": list(domain), "context": {}}


def fold(rows, term, now):
    """What follows from somebody's decisions on one purpose.

    An objection beats every consent, and only the account (or contact) it came from takes it back;
    a withdrawal from any of them ends what was given from any of them.

    :param list[Row] rows: oldest first
    :param Terms term: of the purpose
    :param datetime now: naive UTC
    :rtype: State
    """
    objections, agreed, last = {}, None, None
    for row in rows:
        key = row.identity or -row.partner
        if row.event in POSITIVE:
            holds = row.event == "confirmed" or not term.double
            if holds:  # a yes nobody confirmed lifts nothing
                objections.pop(key, None)
            if row.weak:
                continue
            if holds:
                agreed = row
        elif row.event == "objected":
            objections[key] = row
            agreed = None
        elif row.event in ("withdrawn", "expired"):
            agreed = None
        last = row
    if objections:
        row = max(objections.values(), key=lambda row: (row.happened_at, row.id))
        return State("objected", row.happened_at, None, row.id)
    if agreed and agreed.expires_at and agreed.expires_at <= now:
        return State("expired", agreed.expires_at, None, agreed.id)
    if agreed:
        return State("agreed", agreed.happened_at, agreed.expires_at, agreed.id)
    if not last:
        return NOTHING
    # an objection taken back leaves nothing, and a yes not confirmed yet waits
    status = {"confirmed": "none", "objected": "none"}.get(last.event, last.event)
    return State(status, last.happened_at, None, last.id)


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    consent_count = fields.Integer(compute="_compute_consent_count", compute_sudo=True)
    may_link = fields.Boolean(
        string="May Be Linked",
        compute="_compute_may_link",
        compute_sudo=True,
        help="Nobody objected to it. Whether the network allows it is another question.",
    )

    def _compute_may_link(self):
        """Read for all accounts at hand at once: links are decided one by one."""
        allowed = self._may("linking")
        for identity in self:
            identity.may_link = identity in allowed

    def _compute_consent_count(self):
        counts = dict(
            self.env["social.crm.consent"]._read_group(
                [("identity_id", "in", self.ids)], ["identity_id"], ["__count"]
            )
        )
        for identity in self:
            identity.consent_count = counts.get(identity._origin, 0)

    def _may(self, code, channel=None):
        """Those of these accounts whose data may be used for that purpose now.

        One query, whatever their number. Purposes nobody knows allow nothing.

        :param str code: of a ``social.crm.purpose``
        :param recordset channel: the ``social.crm.channel`` it is used on, if any
        :rtype: recordset
        """
        return self.env["social.crm.consent"]._allowed(self, code, channel)

    def _may_profile(self):
        """Override to leave out who objected to it."""
        return super()._may_profile()._may("profiling")

    def _to_match(self, again=False):
        """Override to leave out who objected to being linked."""
        return super()._to_match(again)._may("linking")

    def action_open_consents(self):
        """The decisions of these accounts."""
        return self.env["social.crm.consent"]._open_of([("identity_id", "in", self.ids)])

    def action_record_consent(self):
        """Write down what the person decided elsewhere."""
        self.ensure_one()
        return self.env["social.crm.consent.record"]._open_for(identity=self)


class SocialCrmIdentityLink(models.Model):
    _inherit = "social.crm.identity.link"

    @api.model
    def _gate(self, identities):
        """Override: who objected to it is not linked by anybody."""
        self.env["social.crm.consent"]._refuse(
            identities.filtered(lambda who: not who.may_link), "linking"
        )
        return super()._gate(identities)


class ResPartner(models.Model):
    _inherit = "res.partner"

    social_consent_count = fields.Integer(
        compute="_compute_social_consent_count", compute_sudo=True
    )

    def _compute_social_consent_count(self):
        for partner in self:
            partner.social_consent_count = self.env["social.crm.consent"].search_count(
                partner._social_consent_domain()
            )

    def _social_consent_domain(self):
        return fields.Domain("company_id", "in", self.env.companies.ids) & (
            fields.Domain("partner_id", "in", self.ids)
            | fields.Domain("identity_id.partner_id", "in", self.ids)
        )

    def _social_may(self, code):
        """Those of these contacts whose data may be used for that purpose in this company.

        :param str code: of a ``social.crm.purpose``
        :rtype: recordset
        """
        return self.env["social.crm.consent"]._allowed(self, code)

    def _social_profiled(self):
        """Override to leave out who objected to it."""
        return super()._social_profiled()._social_may("profiling")

    def action_social_consents(self):
        """The decisions of these contacts, with whatever account."""
        return self.env["social.crm.consent"]._open_of(self._social_consent_domain())

    def action_social_record_consent(self):
        """Write down what the person decided elsewhere."""
        self.ensure_one()
        return self.env["social.crm.consent.record"]._open_for(partner=self)
