# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Finding the contact of an account. One query a batch; what it finds is evidence, in words.

Exact evidence (an address or number the network vouches for, a profile link on the contact) links
by itself, if it points at exactly one contact. Everything else is a proposal that a person answers.
"""
import logging
from collections import defaultdict
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.tools import SQL, email_normalize

from odoo.addons.iap.tools.iap_tools import mail_prepare_for_domain_search

from ..const import CONSENTED, ROLES_WITHOUT_CASE
from ..tools import handles, names
from ..tools.action import RELOAD, notice
from .social_crm_identity_evidence import MAX_NAMESAKES

_logger = logging.getLogger(__name__)

#: Names less alike than this are not worth a person's time (pg_trgm's similarity, 0 to 1).
NAME_SIMILARITY = 0.6
#: A handle shorter than this is many people's.
MIN_HANDLE = 5
BATCH = 500
#: Unmatched accounts seen in so many days are looked at again each night.
REMATCH_DAYS = 90
#: The part of a handle that one person tends to use everywhere; equals the index on identities.
STEM_SQL = r"regexp_replace(handle_key, '(@.*|:.*|\.bsky\.social)$', '')"


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    _stem_index = models.Index(
        f"(({STEM_SQL})) WHERE handle_key IS NOT NULL AND partner_id IS NOT NULL"
    )
    _unmatched_index = models.Index(
        "(matched_at, id) WHERE partner_id IS NULL AND state = 'active'"
    )

    # === ACTION METHODS === #

    def action_match(self):
        """Look for the contact now, also where we looked before."""
        self.check_access("write")
        before = self.link_ids
        self._match_people(again=True)
        found = len(self.link_ids - before)
        if self.partner_id:
            message = self.env._("The contact was found by exact evidence.")
        elif found:
            message = self.env._("%(count)s new proposals wait for your answer.", count=found)
        else:
            message = self.env._("Nothing new was found.")
        return notice(message, "info", then=RELOAD)

    # === BUSINESS METHODS === #

    def _match_people(self, again=False):
        """Find the contacts of these accounts: link by exact evidence, propose by other.

        One query finds all candidates. Where the rulebook forbids linking, nothing is computed.

        :param bool again: also accounts looked at before
        :return: links made or changed
        :rtype: recordset
        """
        # sudo: proposals are made by the system, whoever's message started it; refusals of
        # other people are respected also by those who may not read them
        sought = self.sudo()._to_match(again)
        links_sudo = sought.env["social.crm.identity.link"]
        if not sought:
            return links_sudo
        verdicts = sought._link_verdicts()
        allowed = sought.filtered(lambda identity: identity.id in verdicts)
        # Also a note to a second worker on the same account: its write fails, and is done again
        sought.write({"matched_at": fields.Datetime.now()})
        found = allowed._find_candidates() if allowed else {}
        return links_sudo._propose(found, verdicts)

    def _to_match(self, again=False):
        """Accounts that have no contact yet and news since we last looked."""
        found = self.filtered(
            lambda identity: not identity.partner_id
            and not identity.is_own
            and identity.state == "active"
            and identity.role not in ROLES_WITHOUT_CASE
            and (
                again
                or not identity.matched_at
                or (identity.profile_at and identity.profile_at > identity.matched_at)
            )
        )
        return found._may_profile()

    def _gave_consent(self):
        """Whether the person opted in to be linked, or gave us the data directly."""
        self.ensure_one()
        return self.consent_basis in CONSENTED

    def _told_flow(self):
        """How we know the account, as the rulebook asks: from the person, or from anywhere."""
        return "by_hand" if all(identity._gave_consent() for identity in self) else "any"

    def _link_verdicts(self):
        """What the rulebook says on linking, of the accounts where it may be thought of at all.

        :return: identity id -> whether a machine may link by itself
        :rtype: dict[int, bool]
        """
        Rule = self.env["social.crm.platform.rule"]
        automatic = {}
        for company, identities in self.grouped("company_id").items():
            verdicts = Rule._verdicts(identities.platform_id, "link", company=company)
            for identity in identities:
                verdict = verdicts[identity.platform_id.id]
                consent = identity._gave_consent()
                if verdict.permits(consent=consent, decision=True):
                    automatic[identity.id] = verdict.permits(consent=consent)
        return automatic

    def _find_candidates(self):
        """Ask the database once for everything that speaks for a contact.

        :return: identity id -> partner id -> code of the evidence -> likeness
        :rtype: dict
        """
        rows = [identity._sought_values() for identity in self]
        self.env["res.partner"].flush_model(
            ["email_normalized", "phone_sanitized", "social_profile_key", "social_name_key",
             "active", "company_id", "is_company"]  # fmt: skip
        )
        self.flush_model(["handle_key", "partner_id", "platform_id", "scope", "company_id"])
        with self._search_settings():
            candidates = self.env.execute_query(self._candidates_sql(rows))
        found = defaultdict(lambda: defaultdict(dict))
        for identity_id, partner_id, code, likeness in candidates:
            found[identity_id][partner_id][code] = likeness
        return found

    def _sought_values(self):
        """What is known of one account, in the order of ``_candidates_sql``."""
        self.ensure_one()
        platform = self.platform_id
        email = email_normalize(self.verified_email) if self.verified_email else None
        phone = self.verified_phone or None
        if platform.handle_form == handles.FORM_PHONE and not phone:
            phone = self.handle_key or None  # the network gives its accounts by their number
        folded = names.fold(self.name)
        domain = mail_prepare_for_domain_search(email) if email else None
        return (
            self.id,
            self.company_id.id,
            platform.id,
            self.scope or "",
            email or None,
            phone,
            platform._profile_key(handle=self.handle_key, scope=self.scope),
            platform._profile_key(external_id=self.external_id, scope=self.scope),
            self.handle_key or None,
            folded if names.says_who(folded) else None,
            domain[1:] if domain and domain.startswith("@") else None,
        )

    def _candidates_sql(self, rows):
        """Every branch reads one index for one account: no scan, whatever the number of contacts.

        :param list rows: one tuple of ``_sought_values`` an account
        :rtype: SQL
        """
        columns = [list(column) for column in zip(*rows, strict=True)]
        visible = SQL("p.active AND (p.company_id IS NULL OR p.company_id = s.company_id)")
        return SQL(
            """
            WITH sought AS MATERIALIZED (
                SELECT u.*, %(stem)s AS stem
                  FROM unnest(%(ids)s::int[], %(companies)s::int[], %(platforms)s::int[],
                              %(scopes)s::text[], %(emails)s::text[], %(phones)s::text[],
                              %(handle_links)s::text[], %(id_links)s::text[],
                              %(handle_keys)s::text[], %(names)s::text[], %(domains)s::text[])
                    AS u(id, company_id, platform_id, scope, email, phone, handle_link, id_link,
                         handle_key, name_key, domain)
            )
            SELECT s.id, f.partner_id, f.code, f.likeness
              FROM sought s
        CROSS JOIN LATERAL (
                (SELECT p.id AS partner_id, 'email' AS code, 1.0::float AS likeness
                   FROM res_partner p
                  WHERE p.email_normalized = s.email AND %(visible)s
                  LIMIT %(limit)s)
              UNION ALL
                (SELECT p.id, 'phone', 1.0 FROM res_partner p
                  WHERE p.phone_sanitized = s.phone AND %(visible)s
                  LIMIT %(limit)s)
              UNION ALL
                (SELECT p.id, 'profile', 1.0 FROM res_partner p
                  WHERE p.social_profile_key IN (s.handle_link, s.id_link) AND %(visible)s
                  LIMIT %(limit)s)
              UNION ALL
                (SELECT i.partner_id,
                        CASE WHEN i.platform_id = s.platform_id THEN 'returned' ELSE 'handle' END,
                        1.0
                   FROM social_crm_identity i
                  WHERE %(other_stem)s = s.stem AND i.handle_key IS NOT NULL
                    AND i.partner_id IS NOT NULL AND i.company_id = s.company_id AND i.id != s.id
                    AND (i.platform_id != s.platform_id
                         OR (i.handle_key = s.handle_key AND i.scope = s.scope))
                  LIMIT %(limit)s)
              UNION ALL
                (%(by_name)s)
              UNION ALL
                (SELECT p.id, 'domain', %(likeness)s FROM res_partner p
                  WHERE split_part(p.email_normalized, '@', 2) = s.domain
                    AND p.email_normalized IS NOT NULL AND %(visible)s
                  ORDER BY p.is_company DESC NULLS LAST, 3 DESC NULLS LAST
                  LIMIT %(limit)s)
            ) f
            """,
            stem=SQL(
                "CASE WHEN length(%(stem)s) >= %(least)s THEN %(stem)s END",
                stem=SQL(STEM_SQL.replace("%", "%%")), least=MIN_HANDLE,
            ),
            other_stem=SQL(STEM_SQL.replace("handle_key", "i.handle_key").replace("%", "%%")),
            by_name=self._by_name_sql(visible),
            likeness=self._likeness_sql(),
            visible=visible,
            limit=MAX_NAMESAKES + 1,
            **dict(
                zip(
                    ("ids", "companies", "platforms", "scopes", "emails", "phones",
                     "handle_links", "id_links", "handle_keys", "names", "domains"),
                    columns, strict=True,
                )
            ),
        )  # fmt: skip

    def _by_name_sql(self, visible):
        """Contacts whose folded name is alike; without pg_trgm those whose folded name is equal."""
        if not self.env.registry.has_trigram:
            _logger.info("PostgreSQL has no pg_trgm: only equal names are found, not similar ones")
            return SQL(
                "SELECT p.id, 'name', 1.0 FROM res_partner p "
                "WHERE p.social_name_key = s.name_key AND %(visible)s LIMIT %(limit)s",
                visible=visible, limit=MAX_NAMESAKES + 1,
            )  # fmt: skip
        return SQL(
            "SELECT p.id, 'name', similarity(p.social_name_key, s.name_key)::float "
            "FROM res_partner p "
            "WHERE p.social_name_key %% s.name_key AND %(visible)s "
            "ORDER BY 3 DESC, 1 LIMIT %(limit)s",
            visible=visible, limit=MAX_NAMESAKES + 1,
        )  # fmt: skip

    def _likeness_sql(self):
        if not self.env.registry.has_trigram:
            return SQL("CASE WHEN p.social_name_key = s.name_key THEN 1.0 ELSE 0.0 END")
        return SQL("COALESCE(similarity(p.social_name_key, s.name_key), 0)::float")

    @contextmanager
    def _search_settings(self):
        """Settings for the one query: which names are alike, and what the planner misjudges.

        It takes comparing two names for as cheap as comparing two numbers, so it would read all
        contacts up to some 100,000 of them; and it takes similar names for many, so it would
        compile the query, which alone takes 1.5 s.
        """
        wanted = {
            "jit": "off",
            "random_page_cost": "1.1",
            "pg_trgm.similarity_threshold": str(NAME_SIMILARITY),
        }
        [before] = self.env.execute_query(
            SQL(
                "SELECT %s",
                SQL(", ").join(SQL("current_setting(%s, true)", name) for name in wanted),
            )
        )
        self._set_config(wanted)
        # No finally: after an error the transaction rolls back, and settings with it
        yield
        self._set_config({name: value for name, value in zip(wanted, before, strict=True) if value})

    def _set_config(self, settings):
        self.env.execute_query(
            SQL(
                "SELECT %s",
                SQL(", ").join(
                    SQL("set_config(%s, %s, true)", name, value)
                    for name, value in settings.items()
                ),
            )
        )

    # === SECOND STAGE AND CRON === #

    @api.model
    def _cron_match(self):
        """Look again, at night, for accounts whose contact may have come since."""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=REMATCH_DAYS)
        yesterday = fields.Datetime.subtract(fields.Datetime.now(), hours=20)
        domain = [
            ("partner_id", "=", False),
            ("state", "=", "active"),
            ("is_own", "=", False),
            ("last_seen", ">=", since),
            "|",
            ("matched_at", "=", False),
            ("matched_at", "<", yesterday),
        ]
        batch = self.search(domain, limit=BATCH, order="matched_at nulls first, id")
        while batch:
            batch._match_people(again=True)
            batch.filtered(lambda identity: not identity.matched_at).matched_at = (
                fields.Datetime.now()
            )
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                break
            batch = self.search(domain, limit=BATCH, order="matched_at nulls first, id")
