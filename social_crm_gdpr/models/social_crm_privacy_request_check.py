# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify, not_personal


class SocialCrmPrivacyRequest(models.Model):
    """Whether the one who asks is the one it is about: no more is asked than the matter needs.

    GDPR Art. 12(6), Rec. 64. Of a document only who saw it and when is kept.
    """

    _inherit = "social.crm.privacy.request"

    check_method = fields.Selection(
        [
            ("account", "Wrote from the account itself"),
            ("channel_code", "Code told back on the channel"),
            ("email_link", "Link in an e-mail to the known address"),
            ("document", "Document seen, not stored"),
            ("network", "The network vouches for it"),
        ],
        string="Identity Checked By", readonly=True, copy=False,
    )
    checked_at = fields.Datetime(string="Identity Checked", readonly=True, copy=False)
    checked_by_id = fields.Many2one(
        "res.users", string="Identity Checked By Whom", readonly=True, copy=False
    )

    def _identified(self, method):
        """The person is who they say.

        :param str method: how that is known
        """
        for request in self:
            if not (request.subject_identity_ids or request.subject_partner_ids):
                raise UserError(
                    self.env._(
                        "Find the person first: add the accounts and contacts it is about, or "
                        "answer that nothing is known of them."
                    )
                )
        self._move(
            "identified",
            check_method=method,
            checked_at=fields.Datetime.now(),
            checked_by_id=self.env.uid,
        )

    def action_check_document(self):
        """I saw a document; nothing of it is kept."""
        self.check_access("write")
        self._identified("document")

    def action_check_account(self):
        """The message itself came from the account, and nothing else is touched.

        :raise UserError: where more than that account is concerned
        """
        self.check_access("write")
        for request in self:
            wrote = request.interaction_id.identity_id
            if not wrote or wrote.is_shared or request.subject_identity_ids != wrote:
                raise UserError(
                    self.env._(
                        "This holds only where the message came from the one account it is "
                        "about. Here more is concerned: send a code, or ask for a document."
                    )
                )
            if request.subject_partner_ids - wrote.partner_id:
                raise UserError(
                    self.env._("Contacts are concerned that the account is not linked to.")
                )
        self._identified("account")

    def action_check_anew(self):
        """Whom it is about changes: the check and the approval are gone."""
        self.check_access("write")
        self.filtered(lambda request: request.state in ("identified", "approved"))._move(
            "received",
            check_method=False,
            checked_at=False,
            checked_by_id=False,
            approved_at=False,
            approved_by_id=False,
        )

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **not_personal("check_method checked_at"),
            **classify(
                EMPLOYEE,
                KEEP,
                "checked_by_id",
                ground="GDPR Art. 5(2), 12(6): who checked the identity",
            ),
        }
