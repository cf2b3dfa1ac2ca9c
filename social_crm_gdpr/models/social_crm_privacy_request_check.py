# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from odoo.addons.social_crm_base.tools.action import dialog_for
from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify, not_personal

from ..const import UNCHECKED
from .social_crm_subject import SEVERAL_CONTACTS

CODE_HOURS = 24
LINK_HOURS = 72
BY_ITSELF = frozenset({"email_link", "network"})


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

    check_note = fields.Char(string="Check Under Way", compute="_compute_check_note")
    waits_for_code = fields.Boolean(compute="_compute_check_note")

    @api.depends("state")
    def _compute_check_note(self):
        """What was sent and is waited for."""
        # sudo: nobody reads tokens; where they went is told masked
        tokens_sudo = self.env["social.crm.privacy.token"].sudo().search(
            [
                ("request_id", "in", self.ids),
                ("purpose", "in", ("code", "email")),
                ("state", "=", "open"),
            ]
        )
        for request in self:
            open_sudo = tokens_sudo.filtered(lambda row, r=request: row.request_id == r._origin)
            request.waits_for_code = request.state == "received" and "code" in open_sudo.mapped(
                "purpose"
            )
            request.check_note = ", ".join(
                self.env._(
                    "%(what)s sent to %(address)s, valid until %(until)s",
                    what=dict(row._fields["purpose"]._description_selection(self.env))[row.purpose],
                    address=row.sent_to,
                    until=format_datetime(self.env, row.expires_at),
                )
                for row in open_sudo
            ) if request.state == "received" else False  # fmt: skip

    def _identified(self, method, account=None, email=""):
        """The person is who they say.

        :param str method: how that is known
        :param recordset account: the ``social.crm.identity`` that was proven
        :param str email: the address that was proven
        """
        for request in self:
            if not (request.subject_identity_ids or request.subject_partner_ids):
                raise UserError(
                    self.env._(
                        "Find the person first: add the accounts and contacts it is about, or "
                        "answer that nothing is known of them."
                    )
                )
        for request in self:
            # whoever wrote from their account, and is known by a document, reads there too
            proved = account or request._covering_accounts(request._asking_account())
            values = {}
            if method in ("account", "channel_code"):
                values["answer_way"] = "channel"
            elif email:
                values.update(answer_way="email", answer_email=email)
            request._move(
                "identified",
                check_method=method,
                checked_at=fields.Datetime.now(),
                # nobody of us looked where a link or the network tells
                checked_by_id=False if method in BY_ITSELF else self.env.uid,
                checked_people=request._people(),
                proved_identity_id=proved.id,
                proved_email=email,
                **values,
            )

    def action_check_document(self):
        """I saw a document; nothing of it is kept, also what came with a mail."""
        self.check_access("write")
        self._identified("document")
        # sudo: what proves an identity is looked at and not stored (Art. 5(1)(c) GDPR), whoever
        # put it there
        self.sudo().message_ids.attachment_ids.unlink()

    def action_check_account(self):
        """The message itself came from the account, and links lead to all else it is about.

        :raise UserError: where more is concerned than that account proves
        """
        self.ensure_one()
        self.check_access("write")
        account = self._covering_accounts(self._asking_account())
        if not account:
            raise UserError(
                self.env._(
                    "This holds only where the message came from an account of the one person it "
                    "is about. Here more is concerned, or several people write from it: send a "
                    "code or a link, or ask for a document."
                )
            )
        self._identified("account", account=account)

    def _refuse_more_concerned(self):
        raise UserError(
            self.env._(
                "More is concerned than this proves: no link leads from there to all accounts and "
                "contacts named under Who It Is. Take out what is somebody else's, link what is "
                "one person's, or ask for a document."
            )
        )

    # === CODE AND LINK === #

    def _check_may_send(self):
        """Whether a code or link may go out for this request now.

        :raise UserError: in words
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "received":
            raise UserError(self.env._("Who it is was checked already."))
        if not (self.subject_identity_ids or self.subject_partner_ids):
            raise UserError(self.env._("Find the person first: press Find."))
        if self.env["social.crm.privacy.token"]._sent_enough(self):
            raise UserError(
                self.env._("Enough codes and links were sent for this today. Try again tomorrow.")
            )

    def action_check_send_code(self):
        """Send a code to the very account; whoever reads it there tells it back."""
        self._check_may_send()
        accounts = self.subject_identity_ids.filtered(lambda account: not account.is_shared)
        if self.subject_identity_ids and not accounts:
            raise UserError(
                self.env._(
                    "Several people write from this account: a code sent there proves nothing. "
                    "Use the e-mail address, or ask for a document."
                )
            )
        if accounts and not (accounts := self._covering_accounts(accounts)):
            self._refuse_more_concerned()
        place_sudo = accounts and self._place(accounts)
        if not place_sudo:
            raise UserError(
                self.env._("There is no talk with this account to send a code to.")
            )
        code = self.env["social.crm.privacy.token"]._issue_code(
            self, CODE_HOURS, place_sudo.identity_id
        )
        _subject, body = self._text("check_code", code=code, hours=CODE_HOURS)
        self._send_on_channel(body, identities=place_sudo.identity_id)
        return self._action_enter_code()

    def _action_enter_code(self, message=""):
        """The little screen in which a clerk types what the person told."""
        self.ensure_one()
        return dialog_for(
            "social.crm.privacy.check",
            self.env._("Code From the Person"),
            request_id=self.id,
            message=message,
        )

    def action_check_enter_code(self):
        """Type the code the person told."""
        self.check_access("write")
        return self._action_enter_code()

    def action_check_send_link(self):
        """Send a link to the address we knew before; whoever opens it there is the person.

        :raise UserError: where no address is known, or several people share it
        """
        self._check_may_send()
        if not self._known_emails():
            raise UserError(
                self.env._(
                    "We knew no e-mail address of this person before. An address given with the "
                    "request proves nothing: send a code to the account, or ask for a document."
                )
            )
        if not (covering := self._covering_emails()):
            subjects = self.env["social.crm.subject"]
            if any(
                why == SEVERAL_CONTACTS
                for email in self._known_emails()
                for why, _who in subjects._find(email=email, company=self.company_id).ambiguous
            ):
                raise UserError(
                    self.env._(
                        "Several contacts share this address: a link sent there proves nothing."
                    )
                )
            self._refuse_more_concerned()
        self._mail_link(covering[0])
        return True

    def _mail_link(self, address):
        token = self.env["social.crm.privacy.token"]._issue(
            self, "email", LINK_HOURS, address
        )
        until = fields.Datetime.add(fields.Datetime.now(), hours=LINK_HOURS)
        lang = self._person_lang()
        zone = str(self.jurisdiction_id._zone(self.company_id))
        subject, body = self._text(
            "check_link",
            link=f"{self.get_base_url()}/privacy/confirm/{token}",
            until=format_datetime(self.with_context(lang=lang).env, until, tz=zone),
        )
        self._send_by_email(subject, body, address)

    def _confirmed_by_link(self, token):
        """The person opened the link and pressed the button.

        :param recordset token: the ``social.crm.privacy.token`` that was used up
        """
        # sudo: a stranger's click, which proves itself
        request_sudo, address = self.sudo(), token.sudo().email  # sudo: as above
        if request_sudo.state != "received":
            return
        # who it is about may have been changed since the link was sent
        if address not in request_sudo._covering_emails():
            request_sudo.message_post(
                body=self.env._(
                    "The link was confirmed, but more is concerned now than it proves. Look at "
                    "Who It Is, then send a new one."
                )
            )
            return
        request_sudo._identified("email_link", email=address)
        request_sudo._ask_clerks()

    def _confirmed_by_code(self, token):
        """The person told back what only their account could read.

        :param recordset token: the ``social.crm.privacy.token`` that was used up
        :raise UserError: where more is concerned now than it proves
        """
        account = self._covering_accounts(token.sudo().identity_id)  # sudo: nobody reads tokens
        if not account:
            self._refuse_more_concerned()
        self._identified("channel_code", account=account)

    def action_check_anew(self):
        """Whom it is about changes: the check and the approval are gone."""
        self.check_access("write")
        packed = self.filtered(
            lambda request: request.state == "in_progress" and request.package_state
        )
        packed._drop_package()
        packed.sudo().package_state = "gone"  # sudo: written by the steps
        (packed | self.filtered(lambda request: request.state in ("identified", "approved")))._move(
            "received", **UNCHECKED
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

