# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import html2plaintext

NOTE_LIMIT = 500
# Changes that tell how the work went on; the subject is the customer's own words.
TOLD = frozenset({"state", "substate_id", "user_id", "team_id", "priority", "confidential"})


class SocialCrmCase(models.Model):
    """What colleagues did and said, between the words of the talk."""

    _inherit = "social.crm.case"

    question_ids = fields.One2many("social.crm.question", "case_id", string="Questions")
    goodwill_ids = fields.One2many("social.crm.goodwill", "case_id")

    def _inbox_sections(self):
        return {**super()._inbox_sections(), "together": "_inbox_together"}

    def _inbox_together(self):
        """What the head of the talk needs to know of colleagues.

        :rtype: dict
        """
        questions = self.env["social.crm.question"].search(
            [("case_id", "=", self.id), ("state", "=", "open")]
        )
        return {
            "questions": [question._talk_entry() for question in questions],
            "can_give": self.env["social.crm.goodwill"]._has_loyalty(),
            "newest_id": self.env["social.crm.interaction"]
            .search([("case_id", "=", self.id)], limit=1, order="id desc")
            .id,
        }

    def _inbox_talk_entries(self, since, until):
        return [
            *super()._inbox_talk_entries(since, until),
            *self._message_entries(since, until),
            *self._question_entries(since, until),
            *self._goodwill_entries(since, until),
        ]

    def _message_entries(self, since, until):
        """Notes, and what happened to the case: both are messages of its chatter.

        :rtype: list[dict]
        """
        domain = Domain(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("message_type", "in", ("comment", "notification")),
            ]
        ) & _between("date", since, until)
        # sudo: who may read a case reads its notes, as in the chatter below its form
        messages_sudo = self.env["mail.message"].sudo().search_fetch(
            domain,
            ["body", "date", "author_id", "message_type", "subtype_id", "tracking_value_ids"],
            order="date desc, id desc",
            limit=NOTE_LIMIT,
        )
        changes = _changes(messages_sudo.tracking_value_ids)
        entries = [
            self._message_entry(message, changes.get(message.id, ())) for message in messages_sudo
        ]
        return [entry for entry in entries if entry["text"]]

    def _message_entry(self, message, changes):
        text = html2plaintext(message.body or "", include_references=False).strip()
        return {
            "kind": "note" if message.message_type == "comment" else "event",
            "id": message.id,
            "date": fields.Datetime.to_string(message.date),
            "who": message.author_id.name or "",
            "author_id": message.author_id.id,
            "is_mine": message.author_id == self.env.user.partner_id,
            "text": "\n".join(filter(None, [*changes, text])),
        }

    def _question_entries(self, since, until):
        """Questions where they were asked, and again where they were answered."""
        asked = _between("create_date", since, until)
        answered = _between("answered_at", since, until) & Domain("answered_at", "!=", False)
        questions = self.env["social.crm.question"].search(
            Domain("case_id", "=", self.id) & (asked | answered)
        )
        entries = [question._talk_entry() for question in questions.filtered_domain(asked)]
        entries += [
            question._talk_entry(is_answer=True) for question in questions.filtered_domain(answered)
        ]
        return entries

    def _goodwill_entries(self, since, until):
        given = self.env["social.crm.goodwill"].search(
            Domain("case_id", "=", self.id) & _between("create_date", since, until)
        )
        return [goodwill._talk_entry() for goodwill in given]


class SocialCrmQuestion(models.Model):
    _inherit = "social.crm.question"

    def _talk_entry(self, is_answer=False):
        """A question as an entry of the time line."""
        self.ensure_one()
        date = self.answered_at if is_answer else self.create_date
        return {
            "kind": "question",
            "id": f"{self.id}-answer" if is_answer else self.id,
            "question_id": self.id,
            "date": fields.Datetime.to_string(date.replace(microsecond=0)),
            "is_answer": is_answer,
            "who": self.answered_by if is_answer else self.asker_id.name,
            "whom": self.asked_name,
            "text": self.text,
            "answer": self.answer or "",
            "state": self.state,
            "due": fields.Date.to_string(self.date_deadline),
            "is_late": self.state == "open"
            and self.date_deadline < fields.Date.context_today(self),
            "can_cancel": self.state == "open" and self.asker_id == self.env.user,
        }


def _between(name, since, until):
    domain = Domain.TRUE
    if since:
        domain &= Domain(name, ">=", since)
    if until:
        domain &= Domain(name, "<", until)
    return domain


def _changes(values):
    """What was changed, in words, by message.

    :param recordset values: ``mail.tracking.value``
    :rtype: dict[int, list[str]]
    """
    told = values.filtered(lambda value: value.field_id.name in TOLD)
    messages = {value.id: value.mail_message_id.id for value in told}
    changes = {}
    for change in told._tracking_value_format():
        changes.setdefault(messages[change["id"]], []).append(
            f"{change['fieldInfo']['changedField']}: {change['oldValue'] or '–'} → "
            f"{change['newValue'] or '–'}"
        )
    return changes
