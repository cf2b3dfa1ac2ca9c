# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models
from odoo.exceptions import UserError

from ..tools import placeholders, sensitive

PRIVATE_KINDS = ("direct", "group")
# Of a contact, nobody else may read these in public.
CONTACT_FIELDS = ("email", "phone", "street", "vat")


class SocialCrmConversation(models.Model):
    """What stops an answer: whatever the way it was written, here it is looked at last."""

    _inherit = "social.crm.conversation"

    def _check_reply(
        self, body, attachments, visibility, answer_type, *, override_reason="", **facts
    ):
        """Add what must not be said: private data in public, open places, and against our rules."""
        super()._check_reply(body, attachments, visibility, answer_type, **facts)
        if left := placeholders.names(body):
            raise UserError(
                self.env._(
                    "Not filled yet: %(names)s. Write the words yourself or take them out.",
                    names=", ".join(f"{{{{ {name} }}}}" for name in left),
                )
            )
        if not self._leaves_public(visibility):
            self._check_sensitive(body, override_reason)
        self._check_brand(body)
        if answer_type == "human":
            self._check_protocols()

    # === SENSITIVE DATA === #

    def _check_sensitive(self, body, override_reason=""):
        """Stop private data in public.

        :param str override_reason: why a team leader lets it through, which is noted on the case
        :raise UserError: with what was found and what to do
        """
        found = self._sensitive_findings(body)
        if not found:
            return
        if override_reason.strip() and self._may_override():
            self._note_override(found, override_reason.strip())
            return
        raise UserError(
            self.env._(
                "Everybody can read this answer, and it holds private data: %(found)s. Answer "
                "privately instead, or take it out.",
                found=", ".join(f"{self._finding_words(one)} ({one.value})" for one in found),
            )
        )

    def _sensitive_findings(self, body):
        """What of an answer must not be said in this place.

        :rtype: list[Finding]
        """
        self.ensure_one()
        if self.kind in PRIVATE_KINDS:
            return []
        # sudo: an answer must not tell what the writer may not even see
        place_sudo = self.sudo()
        partner_sudo, company_sudo = place_sudo.identity_id.partner_id, place_sudo.company_id
        case_sudo = place_sudo._reply_case(place_sudo._last_said())
        return sensitive.find(
            body,
            region=(partner_sudo.country_id or company_sudo.country_id).code,
            values=[partner_sudo[name] for name in CONTACT_FIELDS if partner_sudo[name]],
            orders=self._orders_named(body) + [case_sudo.order_ref or ""],
            order_patterns=self._order_patterns(),
            own=[company_sudo.email, company_sudo.phone, self.env.user.email],
        )

    def _orders_named(self, body):
        """Which words of a text are the number of an order of ours."""
        words = sensitive.tokens(body)
        if not words or "sale.order" not in self.env:
            return []
        # sudo: whether a number is an order's must not depend on who writes
        orders_sudo = self.env["sale.order"].sudo().search(
            [("name", "in", words + [word.upper() for word in words])]
        )
        return orders_sudo.mapped("name")

    def _order_patterns(self):
        """How numbers of orders look: as the sequence of Sales makes them.

        :rtype: list[str]
        """
        if "sale.order" not in self.env:
            return []
        # sudo: settings of the company
        sequences_sudo = self.env["ir.sequence"].sudo().search(
            [("code", "=", "sale.order"), ("company_id", "in", (False, self.company_id.id))]
        )
        return [
            f"{sequence.prefix}\\d{{{sequence.padding},}}"
            for sequence in sequences_sudo
            if (sequence.prefix or "").isalnum()
        ]

    def _finding_words(self, finding):
        return {
            "email": self.env._("e-mail address"),
            "iban": self.env._("bank account"),
            "phone": self.env._("phone number"),
            "order": self.env._("order number"),
            "contact": self.env._("from the customer's contact"),
        }[finding.kind]

    def _may_override(self):
        return self.env.user.has_group("social_crm_base.group_team_leader")

    def _note_override(self, found, reason):
        """Who let private data through and why; the data itself is not written down again."""
        case = self._reply_case(self._last_said())
        kinds = ", ".join(dict.fromkeys(map(self._finding_words, found)))
        case.message_post(
            body=self.env._(
                "%(user)s answered in public with private data (%(kinds)s). Reason: %(reason)s",
                user=self.env.user.name,
                kinds=kinds,
                reason=reason,
            )
        )

    # === RULES OF OUR OWN === #

    def _check_brand(self, body):
        """Stop what our rules forbid.

        :raise UserError: in the rule's own words
        """
        stops = [rule.message for rule, _w in self._brand_findings(body) if rule.level == "stop"]
        if stops:
            raise UserError("\n".join(stops))

    def _brand_rules(self):
        """The brand rules for an answer here.

        :rtype: recordset
        """
        said = self._last_said()
        teams = self.env.user.social_crm_team_ids | said.case_id.team_id
        return self.env["social.crm.brand.rule"]._of(self, self._answer_language(said), teams)

    def _brand_findings(self, body):
        """Which brand rules an answer does not keep: (rule, the word it is about).

        Rules of level "approval" are for whoever decides on approval.

        :rtype: list[tuple[recordset, str]]
        """
        return self._brand_rules()._found_in(body, self._answer_language(self._last_said()))

    def _answer_language(self, said=None):
        """In which language one answers here: theirs, as far as we know it.

        :rtype: str
        """
        said = self._last_said() if said is None else said
        partner_sudo = self.sudo().identity_id.partner_id  # sudo: a language, whoever may read
        found = said.language or self.identity_id.language or partner_sudo.lang
        return (found or self.channel_id.lang_id.code or "").replace("-", "_")

    def _check_protocols(self):
        """Whoever answers has confirmed how we answer.

        :raise UserError: naming what to read
        """
        unread = self.env["social.crm.protocol"]._of(self)._unread()
        if unread:
            raise UserError(
                self.env._(
                    "Read and confirm first how we answer here: %(names)s.",
                    names=", ".join(unread.mapped("name")),
                )
            )
