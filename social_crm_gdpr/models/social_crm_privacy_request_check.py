# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from odoo.addons.social_crm_base.tools.action import dialog_for
from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify, not_personal

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
            # nobody of us looked where a link or the network tells
            checked_by_id=False if method in BY_ITSELF else self.env.uid,
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
        accounts = self.subject_identity_ids
        if any(account.is_shared for account in accounts):
            raise UserError(
                self.env._(
                    "Several people write from this account: a code sent there proves nothing. "
                    "Use the e-mail address, or ask for a document."
                )
            )
        place_sudo = self._place(accounts)
        if not place_sudo:
            raise UserError(
                self.env._("There is no talk with this account to send a code to.")
            )
        code = self.env["social.crm.privacy.token"]._issue_code(
            self, CODE_HOURS, place_sudo.identity_id.display_name
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
        known = sorted(set(self._known_emails()))
        if not known:
            raise UserError(
                self.env._(
                    "We knew no e-mail address of this person before. An address given with the "
                    "request proves nothing: send a code to the account, or ask for a document."
                )
            )
        address = known[0]
        found = self.env["social.crm.subject"]._find(email=address, company=self.company_id)
        if found.ambiguous:
            raise UserError(
                self.env._("Several contacts share this address: a link sent there proves nothing.")
            )
        self._mail_link(address)
        return True

    def _mail_link(self, address):
        token = self.env["social.crm.privacy.token"]._issue(
            self, "email", LINK_HOURS, _masked(address)
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

    def _confirmed_by_link(self):
        """The person opened the link and pressed the button."""
        # sudo: a stranger's click, which proves itself
        request_sudo = self.sudo()
        if request_sudo.state == "received":
            request_sudo._identified("email_link")
            request_sudo._ask_clerks()

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


def _masked(address):
    """An address of which only its owner knows the rest: ``a***@example.org``."""
    user, _at, host = address.partition("@")
    return f"{user[:1]}***@{host}"
