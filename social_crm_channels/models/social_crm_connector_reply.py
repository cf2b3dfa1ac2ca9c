# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import fields, models

from ..tools.contract import MediaLimits, ReplyOptions

PRIVATE_KINDS = ("direct", "group")
PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp")
MEGABYTE = 1024 * 1024


class SocialCrmConnector(models.AbstractModel):
    """How one may answer: by the facts of the platform's record, unless a network knows better."""

    _inherit = "social.crm.connector"

    # Whether the network counts plain characters, so that a screen may count without asking.
    _counts_characters = True

    def _reply_options(self, channel, conversation):
        """Whether and how one may answer in this conversation now.

        The safe default reads the platform: windows after their last words, the one slot of a
        review, private replies to public words. A connector that knows more calls ``super()``
        and replaces what differs.

        :rtype: ReplyOptions
        """
        able = self._capabilities(channel)
        if conversation.kind in PRIVATE_KINDS:
            if "send_direct" in able:
                return self._private_options(channel, conversation)
        elif "send_public" in able:
            return self._public_options(channel, conversation, able)
        elif private := self._private_reply_until(channel, conversation):
            return ReplyOptions(
                False,
                modes=frozenset({"private_reply"}),
                reason=self.env._("This network lets us answer in private only."),
                private_deadline=None if private is True else private,
            )
        return ReplyOptions(
            False,
            modes=frozenset(),
            reason=self.env._("This network offers no way to answer from here."),
        )

    def _private_options(self, channel, conversation):
        """A talk of two: open for so long after their last words."""
        platform = channel.platform_id
        templates = {"template"} if self._reply_templates(channel, conversation) else set()
        hours = self._window_hours(channel)
        if not hours:
            return ReplyOptions(True, modes=frozenset({"free_text"} | templates))
        last, now = conversation.last_in_date, fields.Datetime.now()
        if last and now <= last + timedelta(hours=hours):
            return ReplyOptions(
                True,
                deadline=last + timedelta(hours=hours),
                modes=frozenset({"free_text"} | templates),
                reason=platform.reply_window_note or "",
                automatic_deadline=last + timedelta(hours=platform.reply_window_hours),
            )
        return ReplyOptions(
            False,
            deadline=last and last + timedelta(hours=hours),
            modes=frozenset(templates),
            reason=self._window_words(conversation, hours, bool(templates)),
        )

    def _window_hours(self, channel):
        """How long after their last words one may answer in private, on the clock; 0: no end.

        The longer window for people counts where the network granted it (capability
        ``human_window``), and where a person answers there by hand.

        :rtype: int
        """
        platform = channel.platform_id
        hours = platform.reply_window_hours
        granted = (
            channel.connector == "manual" or "human_window" in self._capabilities(channel)
        )
        return max(hours, platform.human_window_hours) if hours and granted else hours

    def _reply_until(self, channel, conversations):
        """Until when one may answer in these conversations of a channel, asked for many at once.

        What ``_reply_options`` tells as the deadline of one. Public answers have no window.

        :param recordset conversations: of ``channel``
        :return: conversation to naive UTC; None where nothing ends
        :rtype: dict
        """
        hours = self._window_hours(channel)
        return {
            place: place.last_in_date + timedelta(hours=hours)
            if hours and place.kind in PRIVATE_KINDS and place.last_in_date
            else None
            for place in conversations
        }

    def _window_words(self, conversation, hours, has_templates):
        """Why the window is closed, and what is possible instead."""
        if conversation.last_in_date:
            words = self.env._(
                "More than %(hours)s hours have passed since their last message: this network "
                "takes no free text any more.",
                hours=hours,
            )
        else:
            words = self.env._("On this network the customer writes first; nobody has written yet.")
        if has_templates:
            return words + " " + self.env._("Use an approved template.")
        return words + " " + self.env._("Wait until they write again, or use another way.")

    def _public_options(self, channel, conversation, able):
        """In public: a review may have one slot, a comment may be answered in private."""
        private = self._private_reply_until(channel, conversation)
        modes = {"free_text"} | ({"private_reply"} if private else {"public_only"})
        reason = ""
        if channel.platform_id.one_reply_slot and conversation.kind == "review":
            modes = (modes - {"free_text"}) | {"one_slot"}
            if conversation._taken_slot(conversation._last_said()):
                if "edit" not in able:
                    return ReplyOptions(
                        False,
                        modes=frozenset(modes - {"one_slot", "public_only"}),
                        reason=self.env._(
                            "This review is answered; the answer cannot be changed from here."
                        ),
                    )
                reason = self.env._("There is one answer only: what you write replaces it.")
        return ReplyOptions(
            True,
            modes=frozenset(modes),
            reason=reason,
            private_deadline=None if private is True else private or None,
        )

    def _private_reply_until(self, channel, conversation):
        """Until when the last public word here may be answered by a private message.

        :return: a moment; True: for ever; False: it may not
        :rtype: datetime | bool
        """
        days = channel.platform_id.private_reply_days
        if not days or "send_direct" not in self._capabilities(channel):
            return False
        said = conversation._last_said()
        until = said and said.date + timedelta(days=days)
        if not until or until < fields.Datetime.now() or said._is_answered_in_private():
            return False
        return until

    def _reply_templates(self, channel, conversation):
        """Approved wordings for when one may not write freely.

        :rtype: list[Template]
        """
        return []

    def _media_limits(self, channel):
        """What files an answer may have there.

        :rtype: MediaLimits
        """
        if "media" not in self._capabilities(channel):
            return MediaLimits()
        return MediaLimits(count=4, size=5 * MEGABYTE, types=PICTURES)


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    def _is_answered_in_private(self):
        """Whether this public word has had its private answer.

        :rtype: bool
        """
        self.ensure_one()
        return bool(
            self.search_count(
                [
                    ("parent_id", "=", self.id),
                    ("direction", "=", "out"),
                    ("visibility", "=", "direct"),
                    ("delivery_state", "not in", ("failed", "cancelled")),
                ],
                limit=1,
            )
        )
