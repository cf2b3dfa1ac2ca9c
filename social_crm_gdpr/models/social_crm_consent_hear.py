# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.exceptions import ConnectorError

from ..const import OPEN_PURPOSES
from .social_crm_consent import NEGATIVE, POSITIVE
from .social_crm_consent_state import NOTHING

PRIVATE = frozenset({"direct", "group"})
ARRIVED = frozenset({"sent", "delivered", "read"})
#: A question stays open for so long.
ASKED_DAYS = 30
#: What a row says that a message meant.
SAID = {**dict.fromkeys(POSITIVE, "yes"), **dict.fromkeys(NEGATIVE, "stop"), "refused": "no"}
#: Names our answer to a decision, so that it is said once.
ANSWER_SPACE = uuid.UUID("0f7c3a52-5d2e-4b8e-9a37-51d0c1f4a6be")


class SocialCrmInteraction(models.Model):
    """People stop, agree and refuse by a word on the channel; it holds as soon as it is stored."""

    _inherit = "social.crm.interaction"

    @api.model
    def _ingest(self, channel, activities, *args, **options):
        """Override: a word of consent counts in the transaction that stores it.

        So nothing that is sent afterwards goes past it.
        """
        activities = list(activities)
        result = super()._ingest(channel, activities, *args, **options)
        phrases = self.env["social.crm.consent.phrase"]
        if any(phrases._meaning(activity.text) for activity in activities):
            # sudo: what people decide holds, whoever logged or fetched it
            self.browse(result.interactions.ids).sudo()._hear()
        return result

    def _hear(self):
        """Write down what people decided by these messages, once each time they mean another."""
        phrases = self.env["social.crm.consent.phrase"]
        heard = {
            item: meaning
            for item in self.sorted(lambda item: (item.date, item.id))
            if item.direction == "in"
            and item.identity_id
            and not item.identity_id.is_own
            and item.state in ("normal", "edited")
            and (meaning := phrases._meaning(item.body))
        }
        rows = self.env["social.crm.consent"].search(
            [("interaction_id", "in", [item.id for item in heard])]
        )
        known = {(row.interaction_id, SAID.get(row.event)) for row in rows}
        for item, meaning in heard.items():
            if (item, meaning) in known:
                continue
            if meaning == "stop":
                item._hear_stop()
            else:
                item._hear_answer(meaning)

    def _hear_stop(self):
        """Stop what STOP ends. In public only in answer to such words of ours."""
        purpose = self.parent_id.purpose
        told = self.parent_id.direction == "out" and purpose and purpose not in OPEN_PURPOSES
        if self.visibility not in PRIVATE and not told:
            return
        self.identity_id._stop_all(
            way="message",
            interaction_id=self.id,
            channel_id=self.channel_id.id,
            happened_at=self._meant_at(),
            lang=self._consent_language(),
        )

    def _hear_answer(self, meaning):
        """Take a yes or no for the answer to our question, where it surely is one."""
        asked = self._question_open()
        if not asked:
            return
        values = {
            "identity": self.identity_id,
            "way": "message",
            "interaction_id": self.id,
            "channel_id": self.channel_id.id,
            "happened_at": max(self._meant_at(), asked.happened_at),
            "text_id": asked.text_id.id,
            "wording": asked.wording,
        }
        consents, code = self.env["social.crm.consent"], asked.purpose_id.code
        if meaning == "no":
            consents._note("refused", code, **values)
            return
        consents._note("given", code, **values)
        if asked.purpose_id.double_opt_in:
            # answered from the very account we asked: nobody else could have
            consents._note("confirmed", code, **values)

    def _meant_at(self):
        """When they wrote the words that stand there now.

        :rtype: datetime
        """
        return max(self.date, self.edited_at or self.date)

    def _question_open(self):
        """The question this answers: it arrived, and was our last word before it.

        :return: the row ``asked`` of the ledger, or none
        :rtype: recordset
        """
        none = self.env["social.crm.consent"]
        if self.visibility not in PRIVATE:
            return none
        said = self.env["social.crm.interaction"].search(
            [
                ("conversation_id", "=", self.conversation_id.id),
                ("direction", "=", "out"),
                ("kind", "not in", ("reaction", "system")),
                ("delivery_state", "in", list(ARRIVED)),
                # networks' clocks and ours differ by a little
                ("date", "<=", self.date + timedelta(minutes=1)),
            ],
            order="date desc, id desc",
            limit=1,
        )
        if self.parent_id.direction == "out":
            said = self.parent_id
        asked = none.search([("interaction_id", "=", said.id), ("event", "=", "asked")], limit=1)
        if not asked or asked.identity_id != self.identity_id:
            return none
        if self.date > asked.happened_at + timedelta(days=ASKED_DAYS):
            return none
        later = none.search_count(
            [
                ("identity_id", "=", asked.identity_id.id),
                ("purpose_id", "=", asked.purpose_id.id),
                ("id", ">", asked.id),
            ],
            limit=1,
        )
        return none if later else asked

    def _consent_language(self):
        return self.language or self.conversation_id._answer_language(self)

    # === OUR ANSWER === #

    @api.model
    def _second_stage_hooks(self):
        return [*super()._second_stage_hooks(), (46, "consent", "_hook_consent")]

    def _hook_consent(self):
        """Say once that we understood, in private, where a machine may speak."""
        rows = self.env["social.crm.consent"].search(
            [("interaction_id", "in", self.ids), ("event", "in", [*POSITIVE, *NEGATIVE])]
        )
        for item, decided in rows.grouped("interaction_id").items():
            if item.visibility == "direct" and item.direction == "in":
                item._answer_decision(decided)

    def _answer_decision(self, decided):
        """Confirm what somebody decided, and where they can see and change it."""
        key = str(uuid.uuid5(ANSWER_SPACE, min(decided.mapped("reference"))))
        if self.env["social.crm.outbox"].search_count([("idempotency_key", "=", key)], limit=1):
            return
        lang, company = self._consent_language(), self.company_id
        stopped = bool(set(decided.mapped("event")) & NEGATIVE)
        titles = [
            purpose._text(lang)._say("title", company) or purpose.name
            for purpose in decided.purpose_id
        ]
        words = self.env["social.crm.consent.phrase"]._ours(
            "stopped" if stopped else "agreed",
            lang,
            company=company.name,
            purposes=", ".join(titles),
            link=self.identity_id._preferences_url(lang),
        )
        try:
            with self.env.cr.savepoint():
                self.conversation_id.with_user(api.SUPERUSER_ID)._queue_reply(
                    words, parent=self, answer_type="automatic", key=key
                )
        except (UserError, ConnectorError):
            # The network lets no machine speak, or no window is open: it holds all the same, and
            # whoever answers next sees it beside the composer.
            return


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    def _stop_all(self, *, way, lang="", **values):
        """End everything that STOP ends, once.

        What was agreed to is withdrawn; what was not is objected to, so that no older consent
        taken over later comes before it.

        :param str way: see ``social.crm.consent``
        :return: the rows written
        :rtype: recordset
        """
        self.ensure_one()
        return self.env["social.crm.consent"]._stop(
            self, self.company_id, way=way, lang=lang, **values
        )


class SocialCrmConversation(models.Model):
    _inherit = "social.crm.conversation"

    def _ask_refusal(self, code):
        """Why this person is not asked for that consent here; empty when they may be.

        :rtype: str
        """
        self.ensure_one()
        purpose = self.env["social.crm.purpose"].sudo()._of(code)  # sudo: its terms
        if not purpose or purpose.legal_basis != "consent":
            return self.env._("There is nothing to ask for here.")
        if self.kind != "direct" or not self.identity_id:
            return self.env._("Ask in private: nobody else needs to know what they agree to.")
        if self.identity_id._minors():
            return self.identity_id._minor_words()
        if self.identity_id._is_restricted():
            return self._purpose_refusal("marketing")
        term = purpose._terms()[code]
        if (term.platform_ids and self.platform_id.id not in term.platform_ids) or (
            term.channel_ids and self.channel_id.id not in term.channel_ids
        ):
            return self._consent_refusal(code)
        if not purpose._text(self._answer_language()).question:
            return self.env._("No question is written for “%(purpose)s”.", purpose=purpose.name)
        state = (
            self.env["social.crm.consent"]
            ._states(self.identity_id, {code})
            .get(self.identity_id.id, {})
            .get(code, NOTHING)
        )
        if state.status == "agreed":
            return self.env._("They agreed already.")
        if state.status in ("objected", "refused", "withdrawn"):
            return self.env._("They said no. Nobody is asked again until they speak of it.")
        since = fields.Datetime.now() - timedelta(days=ASKED_DAYS)
        if state.status == "asked" and state.since > since and not self._question_lost(state.row):
            return self.env._("They were asked already and have not answered yet.")
        return ""

    def _question_lost(self, row):
        asked = self.env["social.crm.consent"].sudo().browse(row)  # sudo: our own question
        return asked.interaction_id.delivery_state in ("failed", "cancelled")

    def _ask_consent(self, code):
        """Ask this person for that consent, in their language.

        :return: the row of ``social.crm.outbox``
        :rtype: recordset
        :raise UserError: why not, in words
        """
        if reason := self._ask_refusal(code):
            raise UserError(reason)
        lang = self._answer_language()
        text = self.env["social.crm.purpose"].sudo()._of(code)._text(lang)  # sudo: words we ask
        outbox = self._queue_reply(text._say("question", self.company_id))
        self.env["social.crm.consent"]._note(
            "asked",
            code,
            identity=self.identity_id,
            way="message",
            text_id=text.id,
            wording=outbox.interaction_id.body,
            interaction_id=outbox.interaction_id.id,
            channel_id=self.channel_id.id,
            user_id=self.env.uid,
        )
        return outbox
