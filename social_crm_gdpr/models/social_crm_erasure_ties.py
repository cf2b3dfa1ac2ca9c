# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Whatever points at a contact or account, found in the database itself: each has a fate.

What nobody has decided on fails closed: the preview lists it as to be looked at, and the proof
withholds the certificate until a clerk has.
"""

from dataclasses import dataclass

from psycopg2 import IntegrityError

from odoo import api, models
from odoo.tools import SQL

#: The suite's declarations, or a method of the erasure, see to it.
OWN = "own"
#: The row says no more than that the person has to do with something: it goes.
DELETE = "delete"
#: The row stays, and no longer says whom it was about.
UNTIE = "untie"
#: A document or figure that may point at the emptied contact.
POINT = "point"


@dataclass(frozen=True, slots=True)
class Tie:
    """What becomes of rows that point at an erased contact.

    :param str fate: one of the above
    :param str blank: columns that are emptied in any case
    :param str off_books: columns that are emptied unless tax law keeps the contact's documents
    """

    fate: str
    blank: str = ""
    off_books: str = ""


#: Of Odoo's own models; the suite's and those of wizards need no entry.
TIES = {
    "crm_lead.partner_id": Tie(OWN),
    "crm_lead.social_identity_id": Tie(OWN),
    "res_company.partner_id": Tie(OWN),
    "res_partner.commercial_partner_id": Tie(OWN),
    "res_partner.parent_id": Tie(OWN),
    "res_partner_bank.partner_id": Tie(OWN),
    "res_users.partner_id": Tie(OWN),
    "calendar_attendee.partner_id": Tie(OWN),
    "calendar_event_res_partner_rel.res_partner_id": Tie(OWN),
    "discuss_channel_member.partner_id": Tie(OWN),
    "mail_message.author_id": Tie(OWN),
    # who follows, was told, reacted, may enter
    "calendar_filters.partner_id": Tie(DELETE),
    "discuss_channel_rtc_session.partner_id": Tie(DELETE),
    "ir_act_server_res_partner_rel.res_partner_id": Tie(DELETE),
    "mail_followers.partner_id": Tie(DELETE),
    "mail_mail_res_partner_rel.res_partner_id": Tie(OWN),
    "mail_message_reaction.partner_id": Tie(DELETE),
    "mail_message_res_partner_rel.res_partner_id": Tie(DELETE),
    "mail_message_res_partner_starred_rel.res_partner_id": Tie(DELETE),
    "mail_notification.author_id": Tie(UNTIE),
    "mail_notification.res_partner_id": Tie(DELETE),
    "mail_push_device.partner_id": Tie(DELETE),
    "mail_scheduled_message.author_id": Tie(DELETE),
    "mail_scheduled_message_res_partner_rel.res_partner_id": Tie(DELETE),
    "project_collaborator.partner_id": Tie(DELETE),
    "res_partner_res_partner_category_rel.partner_id": Tie(DELETE),
    "res_users_settings_volumes.guest_id": Tie(DELETE),
    "res_users_settings_volumes.partner_id": Tie(DELETE),
    "slide_channel_partner.partner_id": Tie(DELETE),
    "sms_sms.partner_id": Tie(DELETE),
    "snailmail_letter.partner_id": Tie(DELETE),
    "website_visitor.partner_id": Tie(DELETE),
    # the figure stays, the words go
    "event_registration.partner_id": Tie(UNTIE, "name email phone company_name"),
    "rating_rating.partner_id": Tie(UNTIE, "feedback publisher_comment res_name"),
    "rating_rating.publisher_id": Tie(UNTIE),
    "rating_rating.rated_partner_id": Tie(UNTIE),
    "survey_user_input.partner_id": Tie(UNTIE, "email nickname"),
    # our own lists and plans
    "account_analytic_account.partner_id": Tie(UNTIE),
    "account_analytic_distribution_model.partner_id": Tie(DELETE),
    "account_analytic_line.partner_id": Tie(UNTIE),
    "account_reconcile_model.mapped_partner_id": Tie(UNTIE),
    "account_reconcile_model_line.partner_id": Tie(UNTIE),
    "account_reconcile_model_res_partner_rel.res_partner_id": Tie(DELETE),
    "loyalty_card.partner_id": Tie(UNTIE),
    "product_supplierinfo.partner_id": Tie(DELETE),
    "project_project.partner_id": Tie(UNTIE),
    "project_task.partner_id": Tie(UNTIE, "partner_phone email_from email_cc"),
    # documents
    "account_bank_statement_line.partner_id": Tie(POINT),
    "account_move.commercial_partner_id": Tie(POINT),
    "account_move.partner_id": Tie(POINT),
    "account_move.partner_shipping_id": Tie(POINT),
    "account_move_line.partner_id": Tie(POINT),
    "account_payment.partner_id": Tie(POINT),
    "payment_token.partner_id": Tie(DELETE),
    "payment_transaction.partner_id": Tie(
        POINT, "partner_email partner_phone",
        "partner_name partner_address partner_zip partner_city partner_state_id",
    ),
    "pos_order.partner_id": Tie(POINT),
    "purchase_order.dest_address_id": Tie(POINT),
    "purchase_order.partner_id": Tie(POINT),
    "sale_order.partner_id": Tie(POINT),
    "sale_order.partner_invoice_id": Tie(POINT),
    "sale_order.partner_shipping_id": Tie(POINT),
    "sale_order_line.order_partner_id": Tie(POINT),
    "stock_move.partner_id": Tie(POINT),
    "stock_picking.partner_id": Tie(POINT),
}  # fmt: skip
#: Talks of two in Odoo's own chat.
PRIVATE_TALKS = ("chat", "livechat", "whatsapp")


class SocialCrmErasure(models.Model):
    _inherit = "social.crm.erasure"

    # === WHAT POINTS WHERE === #

    @api.model
    def _references(self, table):
        """All columns that point at a table, as the database knows them.

        :return: (table, column, what deleting does: a letter of PostgreSQL)
        :rtype: list[tuple[str, str, str]]
        """
        self.env.cr.execute(
            """
            SELECT c.conrelid::regclass::text, a.attname::text, c.confdeltype::text
              FROM pg_constraint c
              JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
             WHERE c.contype = 'f' AND c.confrelid = %s::regclass
             ORDER BY 1, 2
            """,
            [table],
        )
        return self.env.cr.fetchall()

    @api.model
    def _ties(self, table):
        """What becomes of each column that points at contacts or accounts.

        :param str table: ``res_partner`` or ``social_crm_identity``
        :return: (table, column) to its fate, or to None where nobody decided
        :rtype: dict[tuple[str, str], Tie | None]
        """
        sides = {}
        for model in self.env.registry.values():
            for field in model._fields.values():
                if field.type == "many2many" and field.store and field.relation:
                    sides.setdefault(field.relation, set()).update(
                        {model._name, field.comodel_name}
                    )
        found = {}
        for owner, column, _deletes in self._references(table):
            models_of = sides.get(owner) or {self._model_of(owner)}
            if any(name.startswith("social.crm.") for name in models_of):
                tie = Tie(OWN)
            elif any(name in self.env and self.env[name]._transient for name in models_of):
                tie = Tie(DELETE)
            else:
                tie = TIES.get(f"{owner}.{column}")
            found[owner, column] = tie
        return found

    def _undecided_ties(self):
        """Columns that point at the person, of which nobody has decided what becomes of them.

        :return: table and column to how many rows
        :rtype: dict[tuple[str, str], int]
        """
        found = {}
        for table, people in (("res_partner", self.partner_ids),
                              ("social_crm_identity", self.identity_ids)):  # fmt: skip
            for (owner, column), tie in self._ties(table).items() if people else ():
                if tie:
                    continue
                self.env.cr.execute(
                    SQL("SELECT count(*) FROM %s WHERE %s = ANY(%s)", SQL.identifier(owner),
                        SQL.identifier(column), people.ids)
                )  # fmt: skip
                if count := self.env.cr.fetchone()[0]:
                    found[owner, column] = count
        return found

    def _scan_ties(self, grounds):
        """Put on the clerk's list whatever still points at the contacts and has no fate."""
        for owner, column in self._undecided_ties():
            facts = sorted({"id", "company_id", "create_date"} & self._columns_of(owner))
            self.env.cr.execute(
                SQL(
                    "SELECT ctid::text AS place, %s FROM %s WHERE %s = ANY(%s)",
                    SQL(", ").join(map(SQL.identifier, [*facts, column])),
                    SQL.identifier(owner), SQL.identifier(column), self.partner_ids.ids,
                )
            )  # fmt: skip
            for row in self.env.cr.dictfetchall():
                self._judge(owner, column, row, {"contact"}, grounds)

    # === CUTTING === #

    def _cut_ties(self, partners, kept):
        """Let nothing in Odoo say what contacts have to do with, beyond what the law keeps.

        :param recordset kept: those whose documents tax law keeps
        """
        if not partners:
            return
        self.env.flush_all()
        self._leave_meetings(partners)
        self._leave_talks(partners)
        columns = {}
        for (table, column), tie in self._ties("res_partner").items():
            if not tie or tie.fate == OWN:
                continue
            known = columns.setdefault(table, self._columns_of(table))
            self._blank_tied(table, column, known & {*tie.blank.split()}, partners)
            self._blank_tied(table, column, known & {*tie.off_books.split()}, partners - kept)
            if tie.off_books and (
                rows := self.env[self._model_of(table)].search([(column, "in", kept.ids)])
            ):
                self._keep(rows._name, "tax", rows.ids)
            if tie.fate == DELETE:
                self._delete_tied(table, column, partners)
            elif tie.fate == UNTIE:
                self._blank_tied(table, column, {column}, partners)
        self.env.invalidate_all()

    def _blank_tied(self, table, column, names, partners):
        if names and partners:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s WHERE %s = ANY(%s)", SQL.identifier(table),
                    SQL(", ").join(
                        SQL("%s = NULL", SQL.identifier(name)) for name in sorted(names)
                    ),
                    SQL.identifier(column), partners.ids,
                )
            )  # fmt: skip

    def _delete_tied(self, table, column, partners):
        """Delete rows; those a document needs stay on its ground."""
        rows = SQL("%s WHERE %s = ANY(%s)", SQL.identifier(table), SQL.identifier(column),
                   partners.ids)  # fmt: skip
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(SQL("DELETE FROM %s", rows))
        except IntegrityError:
            self.env.cr.execute(SQL("SELECT id FROM %s", rows))
            self._keep(
                self._model_of(table), "tax", [row for (row,) in self.env.cr.fetchall()]
            )

    def _leave_meetings(self, partners):
        """Nobody reads any more that the person met us; see :meth:`_erase_meetings`."""
        if "calendar.event" not in self.env:
            return
        self.env.cr.execute(
            """
            SELECT calendar_event_id FROM calendar_event_res_partner_rel
             WHERE res_partner_id = ANY(%(people)s)
             UNION SELECT event_id FROM calendar_attendee WHERE partner_id = ANY(%(people)s)
             UNION SELECT id FROM calendar_event
                    WHERE res_model = 'res.partner' AND res_id = ANY(%(people)s)
            """,
            {"people": partners.ids},
        )
        self._erase_meetings(
            self.env["calendar.event"].browse(row for (row,) in self.env.cr.fetchall())
        )

    def _erase_meetings(self, meetings):
        """The person no longer took part. A meeting of nobody else but us says nothing any more
        but when it was; what others from outside met about stays theirs.
        """
        if not meetings:
            return
        for table, column, meeting in (
            ("calendar_event_res_partner_rel", "res_partner_id", "calendar_event_id"),
            ("calendar_attendee", "partner_id", "event_id"),
        ):
            self.env.cr.execute(
                SQL("DELETE FROM %s WHERE %s = ANY(%s) AND %s = ANY(%s)", SQL.identifier(table),
                    SQL.identifier(column), self.partner_ids.ids,
                    SQL.identifier(meeting), meetings.ids)
            )  # fmt: skip
        meetings.invalidate_recordset()
        ours = meetings.filtered(
            lambda meeting: all(map(self._is_colleague, meeting.partner_ids))
        )
        self._erase_threads(ours)
        self._blank_core(ours, ())

    def _leave_talks(self, partners):
        """Chats with the person go whole; in talks of many they were never a member."""
        members = self.env["discuss.channel.member"].search([("partner_id", "in", partners.ids)])
        talks = members.channel_id
        self.env.cr.execute("DELETE FROM discuss_channel_member WHERE id = ANY(%s)", [members.ids])
        self.env.invalidate_all()
        ours = talks.filtered(
            lambda talk: talk.channel_type in PRIVATE_TALKS
            and not any(talk.channel_member_ids.mapped("guest_id"))
            and all(map(self._is_colleague, talk.channel_member_ids.partner_id))
        )
        self._erase_threads(ours)
        ours.unlink()

    @api.model
    def _is_colleague(self, partner):
        users = partner.with_context(active_test=False).user_ids
        return bool(users) and any(user._is_internal() for user in users)
