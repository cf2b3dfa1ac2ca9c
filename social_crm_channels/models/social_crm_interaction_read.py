# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from psycopg2.errors import UniqueViolation

from odoo import fields, models
from odoo.tools import SQL, mute_logger

from odoo.addons.social_crm_base.models.social_crm_conversation_send import AUTOMATIC
from odoo.addons.social_crm_base.tools.privacy import not_personal

from .social_crm_interaction_entry import WORDLESS

READ_MARKS = [
    ("never", "Never"),
    ("looked", "When an agent looked at it"),
    ("answered", "When it was answered"),
]


class SocialCrmChannel(models.Model):
    _inherit = "social.crm.channel"

    read_marks = fields.Selection(
        READ_MARKS,
        string="Show as Read",
        required=True,
        default="answered",
        help="When the network is told that a message was read. The other side may see that.",
    )
    can_mark_read = fields.Boolean(compute="_compute_can_mark_read")

    def _compute_can_mark_read(self):
        for channel in self:
            channel.can_mark_read = bool(channel.id) and channel._can("mark_read")

    def _marks_read(self, kind):
        """Whether its network is to be told what was read in such a conversation."""
        return (
            self.read_marks != "never"
            and self.is_connected
            and not self.is_training
            and self._can("mark_read")
            and kind in self._connector()._marks_read_in
        )

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("read_marks")}


class SocialCrmCase(models.Model):
    _inherit = "social.crm.case"

    def inbox_looked(self):
        """Add: tell the network, where the channel says so. Who only reads along does not."""
        super().inbox_looked()
        if self.env["social.crm.interaction"]._may_work():
            cases = self._filtered_access("write")
            talks = cases.conversation_ids
            talks.filtered(lambda talk: talk.channel_id.read_marks == "looked")._mark_read()


class SocialCrmConversation(models.Model):
    _inherit = "social.crm.conversation"

    def _mark_read(self, until=None):
        """Mark the newest word of the other side in each of these as read, once.

        :param datetime until: only what had reached us by then
        :return: rows of ``social.crm.outbox``
        :rtype: recordset
        """
        outbox = self.env["social.crm.outbox"]
        talks = self.filtered(lambda talk: talk.channel_id._marks_read(talk.kind))
        keys = {f"read-{said.id}": said for said in talks._last_heard(until)}
        # sudo: a colleague's mark counts as well, whoever may see it
        known_sudo = outbox.sudo().search([("idempotency_key", "in", list(keys))])
        new = [
            {**said._prepare_operation("mark_read"), "idempotency_key": key}
            for key, said in keys.items()
            if key not in known_sudo.mapped("idempotency_key")
        ]
        if not new:
            return outbox
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                rows = outbox.create(new)
        except UniqueViolation:
            return outbox  # a colleague looked at the same moment
        rows._wake_sending()
        return rows

    def _last_heard(self, until=None):
        """The newest word of the other side in each of these, as the network knows it.

        :rtype: recordset (``social.crm.interaction``)
        """
        said = self.env["social.crm.interaction"]
        if not self:
            return said
        domain = fields.Domain(
            [
                ("conversation_id", "in", self.ids),
                ("direction", "=", "in"),
                ("external_id", "!=", False),
                ("kind", "not in", WORDLESS),
                ("archive_id", "=", False),
            ]
        )
        if until:
            domain &= fields.Domain("date_received", "<=", until)
        query = said._search(domain, order="date DESC, id DESC")
        talk, moment, row = (
            SQL.identifier(query.table, name) for name in ("conversation_id", "date", "id")
        )
        query.order = SQL("%s, %s DESC, %s DESC", talk, moment, row)
        rows = self.env.execute_query(query.select(SQL("DISTINCT ON (%s) %s", talk, row)))
        return said.browse(row_id for (row_id,) in rows)


class SocialCrmOutbox(models.Model):
    _inherit = "social.crm.outbox"

    def _mark_done(self, receipt):
        """Add: what a person answered was read, up to where it had come when they wrote."""
        super()._mark_done(receipt)
        answer_type = self.interaction_id.answer_type_id
        if self.operation == "send" and answer_type.code not in AUTOMATIC:
            # sudo: follows from the answer, whoever brings it on its way
            talk_sudo = self.with_user(self.user_id or self.env.user).sudo().conversation_id
            talk_sudo._mark_read(self.create_date)
