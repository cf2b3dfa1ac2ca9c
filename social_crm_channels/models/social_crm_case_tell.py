# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from markupsafe import Markup

from odoo import models


class SocialCrmCase(models.Model):
    """Telling colleagues that a case wants them: in Odoo, by mail, on the phone, as they chose."""

    _inherit = "social.crm.case"

    def _tell(self, users, subject, body=""):
        """Notify colleagues through Odoo's own notifications, web push included.

        What customers said has no place in it: a notification cannot be taken back when somebody
        deletes their words. Who may not read the case hears nothing, and nobody hears of what they
        did themselves.

        :param recordset users: ``res.users``
        :param str subject: one line, what happened
        :param str body: plain text or Markup; the subject again where empty
        :return: those who were told
        :rtype: recordset
        """
        self.ensure_one()
        told = users.filtered(
            lambda user: user.active
            and not user.share
            and user != self.env.user
            and self.with_user(user).has_access("read")
        )
        if told:
            # sudo: a colleague's address and devices are no business of whoever causes the news
            self.sudo().message_notify(
                partner_ids=told.partner_id.ids,
                subject=subject,
                body=Markup("<p>%s</p><p>%s</p>")
                % (body or subject, self._get_html_link(title=self._told_name())),
                force_record_name=self._told_name(),
                author_id=self.env.user.partner_id.id,
                email_layout_xmlid="mail.mail_notification_layout",
            )
        return told

    def _told_name(self):
        """How a case is called where its subject, which the customer wrote, must not go."""
        self.ensure_one()
        return self.env._("Case %(number)s", number=self.id)

    def _message_auto_subscribe_notify(self, partner_ids, template):
        """Odoo would send the subject of the case to the new assignee, which the customer wrote."""
        if self.env.context.get("mail_auto_subscribe_no_notify") or not self.env.registry.ready:
            return
        users = self.env["res.users"].search([("partner_id", "in", partner_ids)])
        for case in self:
            case._tell(users, self.env._("A case was assigned to you"))
