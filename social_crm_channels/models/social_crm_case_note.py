# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import plaintext2html


class SocialCrmCase(models.Model):
    """Notes for colleagues: on the case itself, never for the customer."""

    _inherit = "social.crm.case"

    def inbox_note(self, body, mentions=None):
        """Write a note, and call colleagues to it.

        :param str body: plain text
        :param list mentions: ids of ``res.users``
        :return: id of the message
        :rtype: int
        :raise UserError: when somebody named cannot open the case
        """
        self.ensure_one()
        if not (body or "").strip():
            raise UserError(self.env._("The note is empty: write something first."))
        users = self.env["res.users"].browse(mentions or ()).exists()
        self._check_may_be_mentioned(users)
        called = users - self.env.user
        message = self.message_post(
            body=plaintext2html(body.strip()),
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            partner_ids=called.partner_id.ids,
            force_record_name=self._told_name(),
        )
        if called:
            self.write({"mention_user_ids": [Command.link(user.id) for user in called]})
        self._tell_screens()
        return message.id

    def _check_may_be_mentioned(self, users):
        """Who is called here must be able to open the case.

        :raise UserError: in words, with what to do
        """
        blind = users.filtered(
            lambda user: user.share or not self.with_user(user).has_access("read")
        )
        if not blind:
            return
        names = ", ".join(blind.mapped("name"))
        if self.confidential:
            raise UserError(
                self.env._(
                    "This case is confidential and %(names)s may not read it. Name them among the "
                    "people it is visible to first.",
                    names=names,
                )
            )
        raise UserError(
            self.env._(
                "%(names)s cannot open this case. Transfer it to their team, or ask them a "
                "question instead.",
                names=names,
            )
        )

    def inbox_colleagues(self, search="", limit=8):
        """Colleagues who may be called to this case, for the completion of names.

        :param str search: part of a name
        :rtype: list[dict]
        """
        self.ensure_one()
        self.check_access("read")
        viewer = self.env.ref("social_crm_base.group_viewer")
        domain = [
            ("all_group_ids", "in", viewer.ids),
            ("share", "=", False),
            ("id", "!=", self.env.uid),
            ("company_ids", "in", self.company_id.ids),
        ]
        if search:
            domain.append(("name", "ilike", search))
        if self.confidential:
            domain.append(("id", "in", self.confidential_user_ids.ids))
        # sudo: names of colleagues only; an agent may be no user administrator
        users_sudo = self.env["res.users"].sudo().search(domain, limit=3 * limit, order="name, id")
        users = users_sudo.filtered(lambda user: self.with_user(user).has_access("read"))[:limit]
        return [{"id": user.id, "name": user.name} for user in users]

    def inbox_open(self, names=None):
        """Who was called and looks now was called successfully."""
        data = super().inbox_open(names)
        if data and names is None:
            self._mark_mention_seen()
        return data

    def _mark_mention_seen(self):
        # sudo: only one's own mark goes, which a viewer may remove too
        case_sudo = self.sudo().with_context(tracking_disable=True)
        if self.env.uid in case_sudo.mention_user_ids.ids:
            case_sudo.mention_user_ids = [Command.unlink(self.env.uid)]
