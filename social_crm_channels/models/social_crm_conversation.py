# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import human_size

from odoo.addons.social_crm_base.models.social_crm_conversation_send import AUTOMATIC

from ..tools.contract import MediaLimits, ReplyOptions

BY_HAND_FILES = 20


class SocialCrmConversation(models.Model):
    _inherit = "social.crm.conversation"

    def _reply_options(self):
        """Whether and how one may answer here now, in the network's own rules.

        :rtype: ReplyOptions
        """
        self.ensure_one()
        channel = self.channel_id
        if channel.connector == "manual":
            public = self.kind not in ("direct", "group")
            return ReplyOptions(
                True,
                modes=frozenset({"free_text", *(["private_reply"] if public else [])}),
                reason=self.env._("By hand: copy the text and say it on the network."),
            )
        if not channel.is_connected:
            return ReplyOptions(
                False,
                modes=frozenset(),
                reason=self.env._("%(channel)s is not connected.", channel=channel.name),
            )
        return channel._connector()._reply_options(channel, self)

    def _media_limits(self):
        """What files an answer here may have.

        :rtype: MediaLimits
        """
        if self.channel_id.connector == "manual":
            return MediaLimits(count=BY_HAND_FILES)
        return self.channel_id._connector()._media_limits(self.channel_id)

    def _reply_refusal(self, mode="free_text"):
        """Add what the network and our connection to it allow."""
        if reason := super()._reply_refusal(mode):
            return reason
        options = self._reply_options()
        if mode == "free_text" and options.can_reply or mode in options.modes:
            return ""
        if mode == "private_reply" and options.can_reply:
            return self.env._(
                "This network does not let us answer in private what was said here, or it was "
                "answered so already. Answer in public and invite them to write to you."
            )
        return options.reason or self.env._("One cannot answer here.")

    def _check_reply(self, body, attachments, visibility, answer_type, **facts):
        """Add how long a text and what files this network takes, and until when machines speak."""
        super()._check_reply(body, attachments, visibility, answer_type, **facts)
        self._check_length(body)
        if attachments:
            self._check_files(attachments)
        until = answer_type in AUTOMATIC and self._reply_options().automatic_deadline
        if until and until < fields.Datetime.now():
            raise UserError(
                self.env._("The window for machines is over: here only a person may still answer.")
            )

    def _check_length(self, body):
        """:raise UserError: when the text is too long for the network, in its own unit"""
        measure = self.channel_id._connector()._measure(self.channel_id, body)
        if not measure.fits:
            raise UserError(
                self.env._(
                    "Too long for this network: %(used)s of %(limit)s %(unit)s.",
                    used=measure.used,
                    limit=measure.limit,
                    unit=measure.unit,
                )
            )

    def _check_files(self, attachments):
        """Refuse what the network would refuse, before it is on its way.

        :raise UserError: in words
        """
        limits = self._media_limits()
        if not limits.count:
            raise UserError(self.env._("No files can be sent here."))
        if len(attachments) > limits.count:
            raise UserError(
                self.env._(
                    "Too many files: %(count)s, and this network takes %(limit)s.",
                    count=len(attachments),
                    limit=limits.count,
                )
            )
        for file in attachments:
            if not limits.accepts(file.mimetype):
                raise UserError(
                    self.env._("This network takes no such file: %(name)s.", name=file.name)
                )
            if limits.size and file.file_size > limits.size:
                raise UserError(
                    self.env._(
                        "%(name)s is too large: at most %(size)s.",
                        name=file.name,
                        size=human_size(limits.size),
                    )
                )
