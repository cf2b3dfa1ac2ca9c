# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from collections import Counter
from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.social_crm_base.const import KINDS_OPENING_CASE, PRIVATE_VISIBILITY

from ..tools.routing import COPY_LENGTH, Facts, language_of, spam_signs

# Words of these are never taken for spam, nor are those of a known contact.
TRUSTED_ROLES = frozenset({"customer", "press", "partner", "employee"})
COPIED_WITHIN = timedelta(days=1)


class SocialCrmCase(models.Model):
    """What rules look at: read for many cases at once."""

    _inherit = "social.crm.case"

    def _words_unanswered(self):
        """What the customers said since our last answer, oldest first; at least their last word.

        :return: case to ``social.crm.interaction``
        :rtype: dict
        """
        since = {case: case.waiting_since or case.last_in_date for case in self}
        moments = list(filter(None, since.values()))
        if not moments:
            return dict.fromkeys(self, self.env["social.crm.interaction"])
        said = self.env["social.crm.interaction"].search(
            [
                ("case_id", "in", self.ids),
                ("date", ">=", min(moments)),
                ("direction", "=", "in"),
                ("kind", "in", list(KINDS_OPENING_CASE)),
                ("state", "not in", ("deleted", "expired")),
            ],
            order="date, id",
        )
        by_case = said.grouped("case_id")
        return {
            case: by_case.get(case, said.browse()).filtered(
                lambda word, start=since[case]: start and word.date >= start
            )
            for case in self
        }

    def _routing_facts(self, words, rules):
        """What these rules are to look at, of cases of one company.

        :param dict words: case to ``social.crm.interaction``, see :meth:`_words_unanswered`
        :param recordset rules: ``social.crm.rule``
        :return: case to :class:`odoo.addons.social_crm_channels.tools.routing.Facts`
        :rtype: dict
        """
        said = self.env["social.crm.interaction"].union(*words.values())
        spam = said._spam_signs() if any(rule.looks_like_spam for rule in rules) else {}
        moments = {
            case: words[case][:1].date or case.last_in_date or fields.Datetime.now()
            for case in self
        }
        at_work = rules._at_work(moments.values())
        fits = rules._fitting(self)
        lead_owners = self._lead_owners()
        return {
            case: Facts(
                **words[case]._facts_of_words(case),
                **case._facts_of_person(),
                lead_owners=lead_owners.get(case, frozenset()),
                moment=moments[case],
                at_work=at_work[moments[case]],
                fits=fits[case.id],
                spam=tuple({sign for word in words[case] for sign in spam.get(word, ())}),
                case=case.id,
            )
            for case in self
        }

    def _facts_of_person(self):
        """Who the customer of this case is, as rules look at it."""
        self.ensure_one()
        partner = self.partner_id.with_company(self.company_id)
        return {
            "role": self.identity_id.role or "",
            "followers": self.identity_id.followers,
            "relation": partner.social_relation or "",
            "loyalty": partner.social_loyalty or "",
            "categories": frozenset(partner.category_id.ids),
            "owners": frozenset(partner.user_id.ids),
        }

    def _lead_owners(self):
        """Who sells to the customers on an open lead.

        :return: case to frozenset of user ids
        :rtype: dict
        """
        leads = self.env["crm.lead"].search(
            (
                Domain("social_identity_id", "in", self.identity_id.ids)
                | Domain("partner_id", "in", self.partner_id.ids)
            )
            & Domain("won_status", "=", "pending")
            & Domain("user_id", "!=", False)
            & Domain("company_id", "in", [False, *self.company_id.ids])
        )
        return {
            case: frozenset(
                lead.user_id.id
                for lead in leads
                if (case.identity_id and lead.social_identity_id == case.identity_id)
                or (case.partner_id and lead.partner_id == case.partner_id)
            )
            for case in self
        }


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    def _facts_of_words(self, case):
        """Where and how something was said: the first of these words decides, all are read.

        :param recordset case: where nothing was said that could be asked about
        """
        first = self[:1]
        return {
            "channel": (first.channel_id or case.channel_id).id,
            "platform": (first.platform_id or case.channel_id.platform_id).id,
            "kind": first.kind or "",
            "is_private": first.visibility in PRIVATE_VISIBILITY,
            "text": "\n".join(filter(None, (word._words() for word in self))),
            "language": language_of(first.language or case.identity_id.language),
        }

    def _words(self):
        return "\n".join(filter(None, (self.title, self.body)))

    def _spam_signs(self):
        """What makes words of strangers look like advertisement; one query for any number.

        :return: interaction to codes, see :func:`..tools.routing.spam_signs`
        :rtype: dict
        """
        strangers = self.filtered(
            lambda word: word.direction == "in"
            and not word.identity_id.partner_id
            and word.identity_id.role not in TRUSTED_ROLES
        )
        copies = strangers._copies()
        return {
            word: spam_signs(word._words(), copies[word.company_id.id, word.body])
            for word in strangers
        }

    def _copies(self):
        """To how many places the same words went within a day of these.

        :return: (company id, words) to number
        :rtype: Counter
        """
        bodies = {word.body for word in self if len(word.body or "") >= COPY_LENGTH}
        if not bodies:
            return Counter()
        self.flush_model(["body", "date", "company_id", "conversation_id", "direction"])
        dates = self.mapped("date")
        return Counter(
            {
                (company_id, body): count
                for company_id, body, count in self.env.execute_query(
                    SQL(
                        """
                        SELECT company_id, body, count(DISTINCT conversation_id)
                          FROM social_crm_interaction
                         WHERE date BETWEEN %s AND %s AND direction = 'in'
                           AND company_id = ANY(%s) AND body = ANY(%s)
                         GROUP BY company_id, body
                        """,
                        min(dates) - COPIED_WITHIN,
                        max(dates) + COPIED_WITHIN,
                        self.company_id.ids,
                        list(bodies),
                    )
                )
            }
        )
