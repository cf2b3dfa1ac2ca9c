# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import BEHAVIOUR, CLEAR, classify, not_personal

from ..tools import page_words

NOT_TOLD = ("failed", "cancelled")


class SocialCrmChannel(models.Model):
    _inherit = "social.crm.channel"

    privacy_link = fields.Boolean(
        string="Privacy Link in the First Answer",
        default=True,
        help="The first private answer to each person carries the link to the public notice once, "
        "as soon as that is published (Art. 13 and 14 GDPR).",
    )

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("privacy_link")}


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    notice_interaction_id = fields.Many2one(
        "social.crm.interaction",
        string="Privacy Link Sent With",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The answer that told this person how their data is handled.",
    )

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **classify(BEHAVIOUR, CLEAR, "notice_interaction_id"),
        }


class SocialCrmConversation(models.Model):
    """The first private answer tells how data is handled, once a person and company."""

    _inherit = "social.crm.conversation"

    def _queue_reply(self, body, **options):
        """Override to add the link; it counts as the words of whoever answers do."""
        line = self._notice_line(options.get("visibility"), options.get("template"))
        outbox = super()._queue_reply(with_line(body, line), **options)
        if line and outbox.operation == "send":
            # sudo: what was told to a person follows from what was sent
            self.identity_id.sudo().notice_interaction_id = outbox.interaction_id
        return outbox

    def _notice_line(self, visibility=None, template=None):
        """The line with the link, where it is still to be told; empty otherwise.

        Never in public, where others would read it, and not in a template, whose words are fixed.

        :rtype: str
        """
        self.ensure_one()
        person, channel = self.identity_id, self.channel_id
        private = self.kind == "direct" or self._leaves_public(visibility)
        if not private or template or not person or person.is_own:
            return ""
        if not channel.privacy_link or channel.is_training:
            return ""
        told_sudo = person.sudo().notice_interaction_id  # sudo: whatever case it belongs to
        if told_sudo and told_sudo.delivery_state not in NOT_TOLD:
            return ""
        lang = page_words.language(self._answer_language())
        path = self.company_id._social_notice_path(lang)
        if not path:
            return ""
        return self.env["social.crm.consent.phrase"]._ours(
            "link", lang, link=self.company_id.get_base_url() + path, company=self.company_id.name
        )


class SocialCrmCase(models.Model):
    _inherit = "social.crm.case"

    def inbox_measure(self, conversation_id, text, mode="reply", purpose="answer"):
        """Override: the line that is added counts too."""
        line = self._notice_line_of(conversation_id, mode) if (text or "").strip() else ""
        found = super().inbox_measure(conversation_id, with_line(text, line), mode, purpose)
        return {**found, "simple": found["simple"] and not line, "added": line}

    def inbox_preview(self, conversation_id, text, mode="reply", parent_id=None):
        """Override: the line that is added is seen too."""
        line = self._notice_line_of(conversation_id, mode)
        return super().inbox_preview(conversation_id, with_line(text, line), mode, parent_id)

    def _notice_line_of(self, conversation_id, mode):
        if mode not in ("reply", "private"):
            return ""
        place = self._composer_place(conversation_id)
        return place._notice_line("direct" if mode == "private" else None)


def with_line(text, line):
    """The words and, below them, the line.

    :rtype: str
    """
    text = (text or "").rstrip() if line else text
    return "\n\n".join(filter(None, (text, line))) if line else text
