# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..const import PRIVATE_VISIBILITY
from ..ingest import client_row_key

AUTOMATIC = frozenset({"automatic", "away"})
CONSENTED = frozenset({"given", "opt_in"})
MODES = {"direct": "one_to_one", "group": "group"}


class SocialCrmConversation(models.Model):
    """Answering: a row of what we said and a row of what is to be done, before any call."""

    _inherit = "social.crm.conversation"

    def _queue_reply(
        self,
        body,
        *,
        parent=None,
        purpose="answer",
        answer_type="human",
        attachments=None,
        visibility=None,
        mentions=None,
        hold_seconds=0,
        template=None,
        key=None,
        override_reason="",
    ):
        """Say something here, as soon as the network takes it.

        :param str body: plain text
        :param recordset parent: the ``social.crm.interaction`` it answers; by default the other
            side's last word
        :param str purpose: answer, contract, feedback or marketing
        :param str answer_type: code of a ``social.crm.answer.type``
        :param recordset attachments: ``ir.attachment``
        :param str visibility: by default as the parent's; a private talk stays private; "direct"
            in a public place answers in private, where the network lets one
        :param recordset mentions: ``social.crm.identity`` the text names; by default, in public,
            whom it answers
        :param int hold_seconds: for so long it can be taken back
        :param dict template: ``key``, ``language`` and ``params`` of a template the network knows
        :param str override_reason: why a team leader says in public what is usually stopped
        :param str key: recognises a second try of the same sending; a new one by default
        :return: the row of ``social.crm.outbox``; an edit where the one answer is given already
        :rtype: recordset
        :raise UserError: why one may not answer, in words
        """
        self.ensure_one()
        attachments = attachments or self.env["ir.attachment"]
        body = (body or "").strip()
        self._check_reply(
            body,
            attachments,
            visibility,
            answer_type,
            purpose=purpose,
            template=template,
            override_reason=override_reason,
        )
        if not parent:
            parent = self._last_said()
        key = key or self.env["social.crm.outbox"]._new_key()
        if slot := self._taken_slot(parent):
            outbox = slot._queue_operation("edit", text=body)
            outbox.write({"idempotency_key": key, **self._holding(outbox, hold_seconds)})
            return outbox
        place = self._private_place() if self._leaves_public(visibility) else self
        under = place._parent_allowed(parent)
        if mentions is None and under != parent:
            mentions = parent.identity_id
        interaction = self.env["social.crm.interaction"].create(
            {
                **place._prepare_reply(body, under, visibility, mentions),
                "dedup_key": client_row_key(key),
                "attachment_ids": [fields.Command.set(attachments.ids)],
                "purpose": purpose,
                "answer_type_id": self.env["social.crm.answer.type"]._by_code().get(answer_type),
            }
        )
        sending = place._prepare_sending(interaction, key, hold_seconds)
        if template:
            sending["payload"] = {"template": template}
        outbox = self.env["social.crm.outbox"].create(sending)
        outbox._wake_sending(outbox.not_before or None)
        return outbox

    def _check_reply(
        self,
        body,
        attachments,
        visibility,
        answer_type,
        *,
        purpose="answer",
        template=None,
        override_reason="",
    ):
        """Whether this may be said here now, see also :meth:`_reply_refusal`.

        :raise UserError: in words
        """
        if not body and not attachments:
            raise UserError(self.env._("There is nothing to send yet: write an answer first."))
        mode = "private_reply" if self._leaves_public(visibility) else "free_text"
        if reason := self._reply_refusal("template" if template else mode):
            raise UserError(reason)
        if reason := self._purpose_refusal(purpose):
            raise UserError(reason)
        if self.kind in MODES and visibility and visibility != self.kind:
            raise UserError(
                self.env._("This talk is private: an answer to it cannot be made public.")
            )
        if answer_type in AUTOMATIC:
            self.env["social.crm.platform.rule"]._check(
                self.platform_id,
                "automatic_answer",
                flow="private" if self.kind in MODES else "public",
                consent=self.identity_id.consent_basis in CONSENTED,
                company=self.company_id,
            )

    def _leaves_public(self, visibility):
        """Whether such an answer goes from this public place into a private one."""
        return self.kind not in MODES and visibility == "direct"

    def _private_place(self):
        """Where the two of us talk in private, made where we never did.

        :rtype: recordset
        """
        self.ensure_one()
        key = f"d:{self.identity_id.id}"  # as the ingest names it, see ingest/talk.py place_of
        place = self.search([("channel_id", "=", self.channel_id.id), ("dedup_key", "=", key)])
        return place or self.create(
            {
                "company_id": self.company_id.id,
                "channel_id": self.channel_id.id,
                "platform_id": self.platform_id.id,
                "kind": "direct",
                "dedup_key": key,
                "identity_id": self.identity_id.id,
            }
        )

    def _parent_allowed(self, parent):
        """What an answer hangs on where the network has so many levels of answers only.

        :param recordset parent: what somebody wants to answer
        :rtype: recordset
        """
        levels = self.platform_id.max_reply_depth
        if not levels or self.kind in MODES:
            return parent
        line = parent
        while line[-1:].parent_id:  # a network with few levels has short lines
            line += line[-1:].parent_id
        above = len(line) - 1 if line[-1:].kind in ("post", "story", "share") else len(line)
        return line[max(above - levels, 0)] if line else parent

    def _last_said(self):
        """The other side's last word here that can be answered.

        :rtype: recordset
        """
        return self.env["social.crm.interaction"].search(
            [
                ("conversation_id", "=", self.id),
                ("direction", "=", "in"),
                ("kind", "not in", ("reaction", "follow", "system")),
                ("state", "not in", ("deleted", "expired")),
            ],
            limit=1,
        )

    def _taken_slot(self, parent):
        """Our answer, where the network has room for one: a second one replaces its words.

        :rtype: recordset
        """
        if not self.platform_id.one_reply_slot or parent.kind != "review":
            return self.env["social.crm.interaction"]
        return self.env["social.crm.interaction"].search(
            [
                ("parent_id", "=", parent.id),
                ("direction", "=", "out"),
                ("state", "!=", "deleted"),
                ("delivery_state", "not in", ("failed", "cancelled")),
            ],
            limit=1,
        )

    def _prepare_reply(self, body, parent, visibility, mentions):
        visibility = visibility or self._reply_visibility(parent)
        private = visibility in PRIVATE_VISIBILITY
        if mentions is None:
            mentions = parent.identity_id if parent and not private else self.identity_id.browse()
        now = fields.Datetime.now()
        hours = self.env["social.crm.interaction"]._content_lifetimes(self.channel_id)[
            "out", private
        ]
        return {
            "company_id": self.company_id.id,
            "channel_id": self.channel_id.id,
            "platform_id": self.platform_id.id,
            "conversation_id": self.id,
            "case_id": self._reply_case(parent).id,
            "confidential": self._reply_case(parent).confidential,
            "identity_id": self.channel_id.own_identity_id.id,
            "direction": "out",
            "kind": "message" if self.kind in MODES else "reply",
            "mode": MODES.get(visibility, "one_to_one_to_many"),
            "visibility": visibility,
            "body": body,
            "mention_ids": [fields.Command.set(mentions.ids)],
            "parent_id": parent.id,
            "parent_key": parent.dedup_key,
            "root_key": False if private else parent.root_key or self.root_key,
            "date": now,
            "expires_at": now + timedelta(hours=hours) if hours else False,
            "author_id": self.env.uid,
            "delivery_state": "queued",
            "hooks_pending": True,
        }

    def _reply_visibility(self, parent):
        if self.kind in MODES:
            return self.kind
        return parent.visibility or "public"

    def _reply_case(self, parent):
        """The matter the answer belongs to: the parent's, else the last one spoken of here."""
        if parent.case_id:
            return parent.case_id
        said = self.env["social.crm.interaction"].search(
            [("conversation_id", "=", self.id), ("case_id", "!=", False)], limit=1
        )
        return said.case_id

    def _holding(self, outbox, hold_seconds):
        """What keeps a row back for so long; nothing where a person does it anyway."""
        if outbox.state != "queued" or not hold_seconds:
            return {}
        moment = fields.Datetime.now() + timedelta(seconds=hold_seconds)
        return {"state": "held", "not_before": moment}

    def _prepare_sending(self, interaction, key, hold_seconds):
        state, not_before = "queued", False
        if self.channel_id.connector == "manual":
            state = "by_hand"
        elif hold_seconds:
            state = "held"
            not_before = fields.Datetime.now() + timedelta(seconds=hold_seconds)
        return {
            "company_id": self.company_id.id,
            "channel_id": self.channel_id.id,
            "conversation_id": self.id,
            "interaction_id": interaction.id,
            "operation": "send",
            "idempotency_key": key,
            "state": state,
            "not_before": not_before,
        }
