# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import hmac
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.action import dialog_for
from ..tools.keyring import keyed_hash
from ..tools.privacy import CONTACT, EMPLOYEE, KEEP, ROW, TECHNICAL, classify, not_personal
from .res_config_settings import PROVEN_DAYS, PROVEN_DAYS_PARAMETER

DIGITS = 6
MINUTES = 15
MAX_TRIES = 5
MAX_SENDS_A_DAY = 5


class SocialCrmProof(models.Model):
    """A code sent to the address we know, to be told back from the account: the same person.

    Orders and addresses are shown to an account only after this. The code itself is never stored.
    """

    _name = "social.crm.proof"
    _inherit = ["social.crm.personal.data"]
    _description = "Proof That an Account Is a Contact's"
    _order = "id desc"
    _rec_name = "sent_to"

    link_id = fields.Many2one(
        "social.crm.identity.link", required=True, index=True, ondelete="cascade", readonly=True
    )
    identity_id = fields.Many2one(related="link_id.identity_id")
    partner_id = fields.Many2one(related="link_id.partner_id")
    company_id = fields.Many2one(related="link_id.company_id", store=True)
    kind = fields.Selection(
        [("email", "E-mail"), ("phone", "Phone")], required=True, readonly=True
    )
    sent_to = fields.Char(readonly=True, help="The address, masked.")
    nonce = fields.Char(groups="base.group_system", readonly=True)
    code_hash = fields.Char(groups="base.group_system", readonly=True)
    sent_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    expires_at = fields.Datetime(required=True, readonly=True)
    tries = fields.Integer(readonly=True)
    state = fields.Selection(
        [
            ("open", "Waiting for the code"),
            ("passed", "Proven"),
            ("failed", "Locked: too many wrong codes"),
            ("replaced", "Replaced by a newer code"),
        ],
        required=True, default="open", readonly=True,
    )
    user_id = fields.Many2one("res.users", string="Asked By", readonly=True)
    passed_at = fields.Datetime(readonly=True)

    # === BUSINESS METHODS === #

    @api.model
    def _send(self, link, kind):
        """Make a code, send it to the address we know, and keep its keyed hash.

        :param recordset link: a confirmed link
        :param str kind: ``email`` or ``phone``
        :raise UserError: where the address proves nothing, or too many codes were sent
        """
        self._check_may_send(link, kind)
        address = link.partner_id.email_normalized if kind == "email" else (
            link.partner_id.phone_sanitized
        )
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        nonce = secrets.token_hex(16)
        # sudo: nobody but this method makes proofs, and nobody reads their hashes
        self_sudo = self.sudo()
        self_sudo.search([("link_id", "=", link.id), ("state", "=", "open")]).state = "replaced"
        proof_sudo = self_sudo.create(
            {
                "link_id": link.id,
                "kind": kind,
                "sent_to": _masked(address),
                "nonce": nonce,
                "code_hash": keyed_hash("proof", nonce, code),
                "expires_at": fields.Datetime.now() + timedelta(minutes=MINUTES),
                "user_id": self.env.uid,
            }
        )
        if kind == "email":
            proof_sudo._send_by_email(address, code)
        else:
            proof_sudo._send_by_phone(address, code)
        return proof_sudo.sudo(False)

    @api.model
    def _check_may_send(self, link, kind):
        """Look whether a code to this address would prove anything."""
        partner = link.partner_id
        address = partner.email_normalized if kind == "email" else partner.phone_sanitized
        column = "email_normalized" if kind == "email" else "phone_sanitized"
        if link.state != "confirmed":
            raise UserError(self.env._("Link the account to the contact first."))
        if not address:
            raise UserError(
                self.env._(
                    "%(partner)s has no valid e-mail address or phone number we know.",
                    partner=partner.display_name,
                )
            )
        # sudo: whether an address proves anything does not depend on what the agent may read
        if self.env["social.crm.partner.origin"].sudo().search_count(
            [
                ("partner_id", "=", partner.id),
                ("field_name", "=", "email" if kind == "email" else "phone"),
                ("emptied_at", "=", False),
            ],
            limit=1,
        ):
            raise UserError(
                self.env._(
                    "The address of %(partner)s came from a network itself, so it proves nothing. "
                    "Use one the person gave us another way.",
                    partner=partner.display_name,
                )
            )
        if partner.sudo().search_count(  # sudo: see above
            [(column, "=", address), ("id", "!=", partner.id)], limit=1
        ):
            raise UserError(
                self.env._(
                    "Several contacts share this address, so a code sent there proves nothing."
                )
            )
        since = fields.Datetime.now() - timedelta(days=1)
        if self.sudo().search_count(  # sudo: see above
            [("link_id", "=", link.id), ("sent_at", ">", since)]
        ) >= MAX_SENDS_A_DAY:
            raise UserError(
                self.env._(
                    "%(count)s codes were sent for this account within a day. Try again tomorrow.",
                    count=MAX_SENDS_A_DAY,
                )
            )

    def _send_by_email(self, address, code):
        """Send the code, without a trace of it in any chatter."""
        partner = self.partner_id
        language = partner.lang or self.env.lang
        localized = self.with_context(lang=language)
        body = localized.env["ir.qweb"]._render(
            "social_crm_base.proof_code_mail",
            {
                "code": code,
                "minutes": MINUTES,
                "company": self.company_id.name,
                "network": self.identity_id.platform_id.name,
            },
            minimal_qcontext=True,
        )
        # Gone from the queue once sent: who may read outgoing mail must not read codes
        self.env["mail.mail"].create(
            {
                "subject": localized.env._(
                    "Your code for %(company)s", company=self.company_id.name
                ),
                "body_html": body,
                "email_to": address,
                "email_from": self.company_id.email_formatted or self.env.user.email_formatted,
                "auto_delete": True,
            }
        ).send_after_commit()

    def _send_by_phone(self, number, code):
        """Hand the code to Odoo's SMS app, which sends within the minute and then deletes it."""
        if "sms.sms" not in self.env:
            raise UserError(
                self.env._(
                    "Odoo's SMS app is not installed. Use the e-mail address, or install it."
                )
            )
        localized = self.with_context(lang=self.partner_id.lang or self.env.lang)
        # sudo: text messages are the system's; nobody else may read the code in one
        self.env["sms.sms"].sudo().create(
            {
                "number": number,
                "body": localized.env._(
                    "%(code)s is your code for %(company)s. Tell it only where you asked about "
                    "yourself on %(network)s. It holds for %(minutes)s minutes.",
                    code=code,
                    company=self.company_id.name,
                    network=self.identity_id.platform_id.name,
                    minutes=MINUTES,
                ),
            }
        )
        # sudo: whoever sends a code may wake the job that sends text messages
        self.env.ref("sms.ir_cron_sms_scheduler_action").sudo()._trigger()

    def _enter(self, code):
        """Compare what the person told with the code that was sent.

        Never raises on a wrong code: the count of tries must survive.

        :return: whether the account is proven now, and what to tell the agent
        :rtype: tuple[bool, str]
        """
        self.ensure_one()
        self.link_id.check_access("write")
        self.lock_for_update()
        proof_sudo = self.sudo()  # sudo: hashes are for this comparison only
        if proof_sudo.state != "open":
            return False, dict(self._fields["state"]._description_selection(self.env))[self.state]
        if fields.Datetime.now() > proof_sudo.expires_at:
            return False, self.env._("The code is too old. Send a new one.")
        typed = "".join(char for char in code or "" if char.isdigit())
        right = hmac.compare_digest(
            keyed_hash("proof", proof_sudo.nonce, typed), proof_sudo.code_hash
        )
        proof_sudo.tries += 1
        if not right:
            left = MAX_TRIES - proof_sudo.tries
            if left <= 0:
                proof_sudo.state = "failed"
                return False, self.env._("Wrong code. This one is locked now; send a new one.")
            return False, self.env._("Wrong code. %(left)s tries are left.", left=left)
        proof_sudo.write(
            {"state": "passed", "passed_at": fields.Datetime.now(), "code_hash": False}
        )
        proof_sudo.link_id._prove()
        return True, self.env._("Proven: orders and addresses may be shown to this account.")

    def _action_enter(self, message=""):
        """The little screen in which the agent types what the person told."""
        self.ensure_one()
        return dialog_for(
            "social.crm.proof.enter",
            self.env._("Code From the Person"),
            proof_id=self.id,
            message=message,
        )

    def _personal_data_fields(self):
        return {
            **not_personal("company_id kind state"),
            **classify(
                CONTACT, ROW, "link_id sent_to sent_at expires_at tries passed_at"
            ),
            **classify(TECHNICAL, ROW, "nonce code_hash"),
            **classify(
                EMPLOYEE, KEEP, "user_id",
                ground="accountability, GDPR Art. 5(2): who proved an identity",
            ),
        }  # fmt: skip

    def _personal_data_domain(self, identities, partners):
        links = self.env["social.crm.identity.link"]._search(
            [
                "|",
                ("identity_id", "in", identities.ids),
                ("partner_id", "in", partners.ids),
            ]
        )
        return fields.Domain("link_id", "in", links)


class SocialCrmIdentityLink(models.Model):
    _inherit = "social.crm.identity.link"

    proof_ids = fields.One2many("social.crm.proof", "link_id", string="Codes")

    def action_send_code(self):
        """Send a code to the contact's known e-mail address and ask for it."""
        self.ensure_one()
        self.check_access("write")
        proof = self.env["social.crm.proof"]._send(self, "email")
        return proof._action_enter()

    def action_send_code_by_phone(self):
        """Send a code to the contact's known phone number and ask for it."""
        self.ensure_one()
        self.check_access("write")
        proof = self.env["social.crm.proof"]._send(self, "phone")
        return proof._action_enter()

    def action_enter_code(self):
        """Enter the code that was sent last."""
        self.ensure_one()
        proof = self.proof_ids.filtered(lambda proof: proof.state == "open")[:1]
        if not proof:
            raise UserError(self.env._("Send a code first."))
        return proof._action_enter()

    def _prove(self):
        """The account is the contact's, proven for disclosure until the setting's day."""
        self_sudo = self.sudo()  # sudo: a system parameter, and fields that only decisions write
        days = int(
            self_sudo.env["ir.config_parameter"].get_param(PROVEN_DAYS_PARAMETER, PROVEN_DAYS)
        )
        self_sudo.write(
            {
                "strength": "proven",
                "proven_until": fields.Datetime.now() + timedelta(days=days),
            }
        )
        self._tell(self.env._("Proven by a code that this account is %(partner)s."))

    @api.model
    def _cron_remind(self):
        super()._cron_remind()
        self.search(
            [("strength", "=", "proven"), ("proven_until", "<=", fields.Datetime.now())]
        ).write({"strength": "evidenced"})


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    def _is_proven_for_disclosure(self, partner):
        """Whether orders and addresses of a contact may be told to this account.

        :param recordset partner: the contact, one
        :rtype: bool
        """
        self.ensure_one()
        now = fields.Datetime.now()
        return bool(partner) and self.state == "active" and any(
            link.is_proven and link.partner_id == partner for link in self.link_ids._in_force(now)
        )


def _masked(address):
    """An address of which only its owner knows the rest: ``a***@example.org``, ``+4917***23``."""
    user, at, host = address.partition("@")
    return f"{user[:1]}***@{host}" if at else f"{address[:4]}***{address[-2:]}"
