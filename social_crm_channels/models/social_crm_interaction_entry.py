# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.social_crm_base.const import PRIVATE_VISIBILITY

GONE = ("deleted", "expired")
# What nobody said in words: shown, but nothing can be done with it.
WORDLESS = ("reaction", "follow", "system")


class SocialCrmInteraction(models.Model):
    """What people do with an entry of the inbox's time line. Moderation stands apart."""

    _inherit = "social.crm.interaction"

    def _talk_abilities(self):
        """What the user may do with each of these, as far as that is known without trying.

        :return: interaction id to names: ``reply``, ``private``, ``like``, ``unlike``, ``lead``,
            ``log``, ``edit``, ``delete``, ``outbox``; moderation adds its operations
        :rtype: dict[int, list[str]]
        """
        if not self._may_work():
            return {}
        able = self._channel_capabilities()
        liked = self._liked_by_us()
        makes_leads = self.env["crm.lead"].has_access("create")
        return {
            item.id: item._talk_ability(able[item.channel_id.id], item.id in liked, makes_leads)
            for item in self
        }

    def _talk_ability(self, able, is_liked, makes_leads):
        self.ensure_one()
        if self.state in GONE or self.kind in WORDLESS:
            return ["outbox"]
        by_hand = self.channel_id.connector == "manual"
        names = ["outbox"]
        if self.direction == "in":
            names += ["reply"] + ["lead"] * makes_leads + ["log"] * by_hand
            if self._may_answer_privately(able, by_hand):
                names.append("private")
        elif (by_hand or self.external_id) and self.kind != "post":
            names += [name for name in ("edit", "delete") if by_hand or name in able]
        if self.direction == "in" and "react" in able and self.external_id:
            names.append("unlike" if is_liked else "like")
        return names

    def _may_answer_privately(self, able, by_hand):
        """Whether a public word can be answered in private, as the network's rules have it."""
        days = self.platform_id.private_reply_days
        return (
            self.visibility not in PRIVATE_VISIBILITY
            and (by_hand or "send_direct" in able)
            and (not days or self.date >= fields.Datetime.now() - timedelta(days=days))
        )

    def _may_work(self):
        return self.env.su or self.env.user.has_group("social_crm_base.group_agent")

    def _channel_capabilities(self):
        """What each of the channels here can do.

        :rtype: dict[int, frozenset]
        """
        return {
            channel.id: channel._connector()._capabilities(channel) for channel in self.channel_id
        }

    def _liked_by_us(self):
        rows = self.env["social.crm.interaction"]._read_group(
            [
                ("parent_id", "in", self.ids),
                ("kind", "=", "reaction"),
                ("direction", "=", "out"),
                ("state", "!=", "deleted"),
            ],
            ["parent_id"],
        )
        return {parent.id for (parent,) in rows}

    # === CALLED FROM THE SCREEN === #

    def talk_react(self, reaction, remove=False):
        """Like it, or take the like back.

        :param str reaction: the reaction's name
        :param bool remove: take it back
        :raise UserError: where the network knows no reactions
        """
        self.ensure_one()
        self._check_entry("unlike" if remove else "like")
        self._queue_operation("unreact" if remove else "react", reaction=reaction)

    def talk_edit(self, text):
        """Change what we said.

        :param str text: the new words
        :raise UserError: in words, where that cannot be done
        """
        self.ensure_one()
        self._check_entry("edit")
        text = (text or "").strip()
        if not text:
            raise UserError(self.env._("There is nothing to send yet: write the words first."))
        measure = self.channel_id._connector()._measure(self.channel_id, text)
        if not measure.fits:
            raise UserError(
                self.env._(
                    "Too long for this network: %(used)s of %(limit)s %(unit)s.",
                    used=measure.used,
                    limit=measure.limit,
                    unit=measure.unit,
                )
            )
        self._queue_operation("edit", text=text)

    def talk_delete(self):
        """Take down what we said.

        :raise UserError: in words, where that cannot be done
        """
        self.ensure_one()
        self._check_entry("delete")
        self._queue_operation("delete")

    def talk_log_answer(self):
        """Open the dialogue that writes down an answer given on the network itself."""
        self.ensure_one()
        self._check_entry("log")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log an Answer"),
            "res_model": "social.crm.interaction.log",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_channel_id": self.channel_id.id,
                "default_direction": "out",
                "default_kind": "message" if self.kind == "message" else "reply",
                "default_parent_id": self.id,
                "default_identity_id": self.conversation_id.identity_id.id,
                "social_crm_stay": True,
            },
        }

    def _check_entry(self, ability):
        """The screen offers only what can be done; whoever calls past it is told why not.

        :raise AccessError, UserError:
        """
        if not self._may_work():
            raise AccessError(self.env._("Only agents may do this: ask a manager for the role."))
        self.check_access("write")
        if ability not in self._talk_abilities()[self.id]:
            raise UserError(
                self.env._(
                    "This cannot be done here: it is gone, or %(network)s does not allow it "
                    "through its interface.",
                    network=self.platform_id.name,
                )
            )
