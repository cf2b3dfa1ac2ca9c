# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import uuid

from psycopg2.errors import UniqueViolation

from odoo import fields, models
from odoo.exceptions import ConcurrencyError, UserError

HOLD_SECONDS = 10
MAX_KEY = 64


class SocialCrmCase(models.Model):
    """Sending from the inbox: once, held for a moment, and nothing lost when it is refused."""

    _inherit = "social.crm.case"

    def inbox_send(self, values):
        """Say something in one of the places of this case.

        :param dict values: ``conversation_id``, ``parent_id``, ``body``, ``mode`` (reply, private,
            edit or template), ``attachment_ids``, ``mentions`` (ids), ``purpose``,
            ``template_key``, ``template_params``, ``seen_id`` (newest interaction on the screen;
            left out: whatever was said meanwhile does not matter), ``key`` (the same at every try
            of the same sending), ``override_reason``, ``release`` (send at once)
        :return: ``state`` (of the outbox row; "stopped" or "meanwhile" when nothing was sent),
            ``outbox_id``, ``not_before``, ``words``, see ``outbox._held_data``
        :rtype: dict
        :raise UserError: why not, in words
        """
        self.ensure_one()
        self.check_access("write")
        place = self._composer_place(values.get("conversation_id"))
        key = self._sending_key(values.get("key"))
        if known := self.env["social.crm.outbox"].search([("idempotency_key", "=", key)]):
            return known._sent_data()
        if stopped := self._sending_stopped(place, values):
            return stopped
        try:
            with self.env.cr.savepoint():
                outbox = self._queue_words(place, values, key)
        except UniqueViolation as error:
            raise ConcurrencyError("sent by another try of the same") from error
        self.env["social.crm.draft"]._keep(self, {})
        return outbox._sent_data()

    def _sending_key(self, key):
        """The outbox's key for a try of this user's screen; nobody can guess another's."""
        if not key:
            return self.env["social.crm.outbox"]._new_key()
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.env.uid}:{self.id}:{key[:MAX_KEY]}"))

    def _sending_stopped(self, place, values):
        """What the writer has to decide first; nothing is sent.

        :rtype: dict | None
        """
        seen_id = values.get("seen_id")
        if seen_id is not None and (meanwhile := self._answered_meanwhile(seen_id)):
            if meanwhile["answers"]:
                return {"state": "meanwhile", **meanwhile}
        if values.get("mode") != "reply" or values.get("override_reason"):
            return None
        words, _missing = place._fill_words(values.get("body"), self)
        found = place._sensitive_findings(words)
        if not found:
            return None
        return {
            "state": "stopped",
            "findings": [
                {"kind": one.kind, "label": place._finding_words(one), "value": one.value}
                for one in found
            ],
            "can_override": place._may_override(),
            "can_private": "private_reply" in place._reply_options().modes,
        }

    def _queue_words(self, place, values, key):
        hold = 0 if values.get("release") else HOLD_SECONDS
        mode = values.get("mode") or "reply"
        words, _missing = place._fill_words(values.get("body"), self)
        if mode == "edit":
            return self._queue_edit(values, words, key, hold)
        template = None
        if mode == "template":
            template, words = self._chosen_template(place, values)
        parent = self.env["social.crm.interaction"].browse(values.get("parent_id") or ()).exists()
        if parent and parent.conversation_id != place:
            raise UserError(self.env._("What you answer was not said in the place you chose."))
        mentions = None
        if values.get("mentions"):
            mentions = self.env["social.crm.identity"].browse(values["mentions"]).exists()
            mentions |= (parent or place._last_said()).identity_id
        files = self.env["ir.attachment"]._social_own_files(values)
        outbox = place._queue_reply(
            words,
            parent=parent or None,
            purpose=values.get("purpose") or "answer",
            attachments=files,
            visibility="direct" if mode == "private" else None,
            mentions=mentions,
            hold_seconds=hold,
            template=template,
            key=key,
            override_reason=values.get("override_reason") or "",
        )
        # Who may read the answer may see its files, not only who uploaded them.
        said = outbox.interaction_id
        files.filtered(lambda file: not file.res_id and file.create_uid == self.env.user).write(
            {"res_model": said._name, "res_id": said.id}
        )
        return outbox

    def _queue_edit(self, values, words, key, hold):
        """Change what we said; the earlier wording is kept."""
        item = self.env["social.crm.interaction"].browse(values.get("parent_id") or ()).exists()
        if item.case_id != self or item.direction != "out" or not words.strip():
            raise UserError(self.env._("Only an answer of ours can be changed, into some words."))
        channel = item.channel_id
        if channel.connector != "manual" and not channel._can("edit"):
            raise UserError(self.env._("This network does not let us change what was said."))
        item.conversation_id._check_words(words, item.visibility)
        outbox = item._queue_operation("edit", text=words)
        outbox.write(
            {"idempotency_key": key, **item.conversation_id._holding(outbox, hold)}
        )
        return outbox

    def _chosen_template(self, place, values):
        """A template as it goes out, and what it reads like.

        :raise UserError: when a value is missing
        """
        templates = place._templates_offered(place._reply_options())
        template = next((one for one in templates if one.key == values.get("template_key")), None)
        if not template:
            raise UserError(self.env._("Choose a template first."))
        params = {
            name: str((values.get("template_params") or {}).get(name) or "").strip()
            for name in template.placeholders
        }
        if empty := [name for name, value in params.items() if not value]:
            raise UserError(
                self.env._("Fill in first: %(names)s.", names=", ".join(empty))
            )
        words = template.body
        for name, value in params.items():
            words = words.replace(f"{{{{ {name} }}}}", value)
        return {"key": template.key, "language": template.language, "params": params}, words

    # === TAKING BACK === #

    def inbox_take_back(self, outbox_id):
        """Take back what has not left yet; its words are the draft again.

        :raise UserError: when it is too late
        """
        self.ensure_one()
        row = self.env["social.crm.outbox"].browse(outbox_id).exists()
        if row.conversation_id not in self.conversation_ids:
            raise UserError(self.env._("It is too late to take this back."))
        item = row.interaction_id
        text = (row.payload or {}).get("text") or item.body or ""
        mode = "edit" if row.operation == "edit" else "reply"
        place = row.conversation_id
        if mode == "reply" and item.parent_id.conversation_id not in (place, place.browse()):
            mode, place = "private", item.parent_id.conversation_id
        row.action_take_back()
        draft = self.env["social.crm.draft"].search(
            [("case_id", "=", self.id), ("user_id", "=", self.env.uid)]
        )
        self.env["social.crm.draft"]._keep(
            self,
            {
                "conversation_id": place.id,
                "parent_id": item.id if mode == "edit" else item.parent_id.id,
                "mode": mode,
                "purpose": item.purpose or "answer",
                "body": "\n\n".join(filter(None, (text, draft.body))),
                "attachment_ids": (item.attachment_ids | draft.attachment_ids).ids,
            },
        )


class SocialCrmConversation(models.Model):
    _inherit = "social.crm.conversation"

    def _check_words(self, words, visibility):
        """What an edit must keep to as well: private data, rules and length.

        :raise UserError: in words
        """
        if not self._leaves_public(visibility):
            self._check_sensitive(words)
        self._check_brand(words)
        self._check_length(words)


class SocialCrmOutbox(models.Model):
    _inherit = "social.crm.outbox"

    def _sent_data(self):
        """What becomes of what was just sent.

        :rtype: dict
        """
        self.ensure_one()
        return {
            **self._held_data(),
            "outbox_id": self.id,
            "words": self._state_in_words(),
            "by_hand": self._by_hand_data() if self.state == "by_hand" else False,
        }

    def _held_data(self):
        """A row that can be taken back, and for how long.

        :rtype: dict
        """
        left = (self.not_before - fields.Datetime.now()).total_seconds() if self.not_before else 0
        said = self.interaction_id
        return {
            "id": self.id,
            "state": self.state,
            "not_before": fields.Datetime.to_string(self.not_before) or "",
            "seconds": max(0, round(left)),
            "text": ((self.payload or {}).get("text") or said.body or "")[:140],
            "case_id": said.case_id.id,
        }

    def _by_hand_data(self):
        """What a person needs to say it on the network themselves.

        :rtype: dict
        """
        said = self.interaction_id
        return {
            "id": self.id,
            "text": (self.payload or {}).get("text") or said.body or "",
            "place": self.conversation_id._place_label(),
            "link": said.parent_id.permalink or self.conversation_id.identity_id.profile_url or "",
        }
