# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models
from odoo.exceptions import ValidationError

PRESENCE = "presence"
PRESENCE_NOTIFICATION = "social_crm/presence"
# asking: looking, and who else is here?
PRESENCE_STATES = ("asking", "looking", "typing", "left")


class SocialCrmCase(models.Model):
    """Two people at one case: who is here now, and what was said while somebody wrote."""

    _inherit = "social.crm.case"

    def inbox_presence(self, state):
        """Tell those who have this case open that I look at it, write in it or have left.

        Nothing is stored. The channel is joined by those only who may read the case, see
        ``ir.websocket``, and carries ids only.

        :param str state: asking, looking, typing or left
        """
        self.ensure_one()
        self.check_access("read")
        if state not in PRESENCE_STATES:
            raise ValidationError(self.env._("Nobody can be %(state)s a case.", state=state))
        # sudo: the bus is the system's; the channel is the record and its reader was checked
        self.env["bus.bus"].sudo()._sendone(
            (self, PRESENCE),
            PRESENCE_NOTIFICATION,
            {"case_id": self.id, "user_id": self.env.uid, "state": state},
        )

    def _answered_meanwhile(self, seen_id, user=None):
        """What was said here after the last word somebody saw, their own words left out.

        :param int seen_id: id of the newest interaction on the screen; 0 when it was empty
        :param recordset user: who is about to answer; the current user by default
        :return: ``answers`` of colleagues and ``news`` from the customer, each a list of
            {id, who, date, text, queued}, oldest first; None when nothing was said
        :rtype: dict | None
        """
        self.ensure_one()
        user = user or self.env.user
        said = self.env["social.crm.interaction"].search(
            [
                ("case_id", "=", self.id),
                ("id", ">", seen_id or 0),
                ("kind", "not in", ("reaction", "follow", "system")),
                ("state", "not in", ("deleted", "expired")),
                "|",
                ("delivery_state", "=", False),
                ("delivery_state", "not in", ("failed", "cancelled")),
            ],
            order="id desc",
            limit=10,
        ).sorted("id")
        said = said.filtered(lambda one: one.direction == "in" or one.author_id != user)
        if not said:
            return None
        return {
            "answers": [one._meanwhile_word() for one in said if one.direction == "out"],
            "news": [one._meanwhile_word() for one in said if one.direction == "in"],
        }

    def inbox_meanwhile(self, seen_id):
        """What was said while I wrote, asked by the composer; see :meth:`_answered_meanwhile`."""
        self.check_access("read")
        return self._answered_meanwhile(seen_id) or False


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    def _meanwhile_word(self):
        self.ensure_one()
        who = self.author_id.name or self.identity_id.display_name or self.channel_id.name
        return {
            "id": self.id,
            "who": who,
            "date": self.date.isoformat(" "),
            "text": (self.body or "")[:200],
            "queued": self.delivery_state == "queued",
        }
