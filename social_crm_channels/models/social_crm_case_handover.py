# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models
from odoo.exceptions import UserError

PRIVATE_KINDS = ("direct", "group")


class SocialCrmCase(models.Model):
    """From public to private, in one case."""

    _inherit = "social.crm.case"

    def inbox_handover(self):
        """Prepare to go on in private with who spoke in public last.

        Where the network lets us answer a public word in private, that; else, where the two of us
        talk in private already, there; else words that ask them to write to us.

        :return: ``mode`` (private, direct or public), ``interaction_id`` (what to answer),
            ``text`` (a beginning), ``note`` (in words, why this way)
        :rtype: dict
        :raise UserError: when nobody spoke in public here
        """
        self.ensure_one()
        self.check_access("write")
        said = self.env["social.crm.interaction"].search(
            [
                ("case_id", "=", self.id),
                ("direction", "=", "in"),
                ("conversation_id.kind", "not in", PRIVATE_KINDS),
                ("kind", "not in", ("reaction", "follow", "system")),
                ("state", "not in", ("deleted", "expired")),
            ],
            limit=1,
        )
        if not said:
            raise UserError(
                self.env._("Nobody spoke in public here: this case is private already.")
            )
        place = said.conversation_id
        if "private_reply" in place._reply_options().modes:
            return {
                "mode": "private",
                "interaction_id": said.id,
                "text": "",
                "note": self.env._("This goes to %(who)s alone.", who=said.identity_id.name or ""),
            }
        direct = self._private_word(said)
        if direct:
            return {
                "mode": "direct",
                "interaction_id": direct.id,
                "text": "",
                "note": self.env._("You talk in private already: go on there."),
            }
        self._log_event(self.env._("Asked the customer to go on in private."))
        link = self._message_link(place)
        return {
            "mode": "public",
            "interaction_id": said.id,
            "text": self.env._(
                "Please write us a private message, so that we can help you with the details."
            )
            + (f" {link}" if link else ""),
            "note": self.env._(
                "This network lets nobody answer a public word in private: ask them to write to us."
            ),
        }

    def _private_word(self, said):
        """Their last private word on the same network, where one can answer it."""
        direct = self.env["social.crm.conversation"].search(
            [
                ("channel_id", "=", said.channel_id.id),
                ("identity_id", "=", said.identity_id.id),
                ("kind", "=", "direct"),
            ],
            limit=1,
        )
        if not direct or direct._reply_refusal():
            return self.env["social.crm.interaction"]
        return direct._last_said()

    def _message_link(self, place):
        """Where they find us on the network; "" where nobody knows."""
        channel = place.channel_id
        return place.platform_id._profile_url(channel.handle, channel.external_id) or ""

    def _log_event(self, words):
        """Note what happened to the case, as an entry of its time line."""
        self._message_log_batch(bodies={case.id: words for case in self})
        self._tell_screens()


class SocialCrmConversation(models.Model):
    _inherit = "social.crm.conversation"

    def _queue_reply(self, body, **options):
        """Colleagues at the case see at once that somebody answers, long before it is sent; an
        answer that leaves the public is noted."""
        outbox = super()._queue_reply(body, **options)
        case = outbox.interaction_id.case_id
        if case and self._leaves_public(options.get("visibility")):
            case._log_event(
                self.env._("Went on in private on %(network)s.", network=self.platform_id.name)
            )
        elif case:
            case._tell_screens()
        return outbox
