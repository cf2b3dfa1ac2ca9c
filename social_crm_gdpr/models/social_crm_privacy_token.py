# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import hmac
import secrets
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.social_crm_base.tools.keyring import keyed_hash
from odoo.addons.social_crm_base.tools.privacy import (
    CONTACT,
    EMPLOYEE,
    IDENTITY,
    KEEP,
    ROW,
    TECHNICAL,
    classify,
    not_personal,
)

from .social_crm_privacy_request_proof import masked

SELECTOR_BYTES = 9
SECRET_BYTES = 32
MAX_TOKEN = 200
DIGITS = 6
MAX_TRIES = 5
MAX_SENDS_A_DAY = 5


class SocialCrmPrivacyToken(models.Model):
    """A link or code that works once and for a time; only its keyed hash is kept.

    A link has a selector, by which its row is found, and a secret, which is compared in constant
    time: neither the database nor the time an answer takes tells a valid one.
    """

    # No access: read by the public pages and the steps themselves
    # No company: it belongs to a request, which has one
    _name = "social.crm.privacy.token"
    _inherit = ["social.crm.personal.data"]
    _description = "One-Time Link of a Privacy Request"
    _order = "id desc"

    request_id = fields.Many2one(
        "social.crm.privacy.request", required=True, index=True, ondelete="cascade"
    )
    purpose = fields.Selection(
        [("email", "Link by e-mail"), ("code", "Code on the channel"), ("package", "Download")],
        required=True,
    )
    selector = fields.Char(required=True)
    secret_hash = fields.Char(required=True)
    sent_to = fields.Char(help="Where it went: the account, or the address, masked.")
    email = fields.Char(help="The address whose reader it proves, until it was used.")
    identity_id = fields.Many2one(
        "social.crm.identity", index="btree_not_null", ondelete="cascade",
        help="The account whose owner it proves.",
    )
    sent_at = fields.Datetime(required=True, default=fields.Datetime.now)
    expires_at = fields.Datetime(required=True)
    tries = fields.Integer()
    used_at = fields.Datetime()
    state = fields.Selection(
        [
            ("open", "Open"),
            ("used", "Used"),
            ("replaced", "Replaced by a newer one"),
            ("locked", "Locked: too many wrong codes"),
        ],
        required=True, default="open",
    )
    user_id = fields.Many2one("res.users", string="Sent By")

    _selector_unique = models.Constraint("UNIQUE(selector)", "This link is taken.")

    @api.model
    def _issue(self, request, purpose, hours, email=""):
        """Make a link; the ones before it no longer work.

        :param str purpose: ``email`` or ``package``
        :param int hours: for how long it works
        :param str email: the address it goes to
        :return: the token, which is nowhere else
        :rtype: str
        """
        selector = secrets.token_hex(SELECTOR_BYTES)
        secret = secrets.token_urlsafe(SECRET_BYTES)
        self._make(
            request, purpose, selector, secret, hours, email=email,
            sent_to=email and masked(email),
        )  # fmt: skip
        return f"{selector}.{secret}"

    @api.model
    def _issue_code(self, request, hours, account):
        """Make a code short enough to be told back.

        :param recordset account: the ``social.crm.identity`` it goes to
        :rtype: str
        """
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        self._make(
            request, "code", secrets.token_hex(SELECTOR_BYTES), code, hours,
            identity_id=account.id, sent_to=account.display_name,
        )  # fmt: skip
        return code

    @api.model
    def _make(self, request, purpose, selector, secret, hours, **where):
        tokens_sudo = self.sudo()  # sudo: nobody but this method makes tokens
        tokens_sudo.search(
            [
                ("request_id", "=", request.id),
                ("purpose", "=", purpose),
                ("state", "=", "open"),
            ]
        ).write({"state": "replaced", "email": False})
        now = fields.Datetime.now()
        tokens_sudo.create(
            {
                "request_id": request.id,
                "purpose": purpose,
                "selector": selector,
                "secret_hash": self._hash(purpose, selector, secret),
                "sent_at": now,
                "expires_at": now + timedelta(hours=hours),
                "user_id": self.env.uid,
                **where,
            }
        )

    @api.model
    def _hash(self, purpose, selector, secret):
        return keyed_hash("privacy-token", purpose, selector, secret)

    @api.model
    def _look(self, token, purpose):
        """The row of a link that would work now, without using it up.

        :return: with the system's rights; empty for anything else, whatever is wrong with it
        :rtype: recordset
        """
        tokens_sudo = self.sudo()  # sudo: a stranger shows a link; only it says who they are
        selector, dot, secret = token.partition(".") if isinstance(token, str) else ("", "", "")
        if not dot or len(token) > MAX_TOKEN or not token.isascii() or "\0" in token:
            selector = secret = ""
        found = tokens_sudo.search([("selector", "=", selector), ("purpose", "=", purpose)])
        # compared also where there is none, so that both take as long
        right = hmac.compare_digest(
            self._hash(purpose, selector, secret), found.secret_hash or "0" * 32
        )
        if not found or not right or found.state != "open":
            return tokens_sudo.browse()
        return found if fields.Datetime.now() < found.expires_at else tokens_sudo.browse()

    @api.model
    def _redeem(self, token, purpose):
        """As :meth:`_look`, and it is used up.

        Two who come at once meet at the row: the later one finds it used.
        """
        found = self._look(token, purpose)
        if found:
            found.lock_for_update()
            found.invalidate_recordset(["state"])
            if found.state != "open":
                return found.browse()
            found.write({"state": "used", "used_at": fields.Datetime.now()})
        return found

    @api.model
    def _enter(self, request, code):
        """Compare a code that was told back. Never raises: the count of tries must survive.

        :return: the code's row if it is right, and what to tell whoever typed it
        :rtype: tuple[recordset, str]
        """
        # sudo: hashes are for this comparison only
        found_sudo = self.sudo().search(
            [("request_id", "=", request.id), ("purpose", "=", "code")], limit=1
        )
        wrong = found_sudo.browse()
        if not found_sudo or found_sudo.state in ("used", "replaced"):
            return wrong, self.env._("Send a code first.")
        found_sudo.lock_for_update()
        found_sudo.invalidate_recordset(["state", "tries"])
        if found_sudo.state == "locked":
            return wrong, self.env._("Too many wrong codes: send a new one.")
        if fields.Datetime.now() >= found_sudo.expires_at:
            return wrong, self.env._("The code is too old: send a new one.")
        typed = "".join(char for char in code or "" if char in "0123456789")
        right = hmac.compare_digest(
            self._hash("code", found_sudo.selector, typed), found_sudo.secret_hash
        )
        found_sudo.tries += 1
        if right:
            found_sudo.write({"state": "used", "used_at": fields.Datetime.now()})
            return found_sudo, ""
        if found_sudo.tries >= MAX_TRIES:
            found_sudo.state = "locked"
            return wrong, self.env._("Wrong code. This one is locked now: send a new one.")
        return wrong, self.env._(
            "Wrong code. %(left)s tries are left.", left=MAX_TRIES - found_sudo.tries
        )

    @api.model
    def _sent_enough(self, request):
        """Whether no more may be sent for this request today.

        :rtype: bool
        """
        since = fields.Datetime.now() - timedelta(days=1)
        # sudo: nobody reads tokens; they are counted
        return self.sudo().search_count(
            [("request_id", "=", request.id), ("sent_at", ">", since)]
        ) >= MAX_SENDS_A_DAY

    def _personal_data_fields(self):
        return {
            **not_personal("request_id purpose sent_at expires_at tries used_at state"),
            **classify(CONTACT, ROW, "sent_to email"),
            **classify(IDENTITY, ROW, "identity_id"),
            **classify(TECHNICAL, ROW, "selector secret_hash"),
            **classify(
                EMPLOYEE, KEEP, "user_id", ground="GDPR Art. 5(2): who checked the identity"
            ),
        }

    def _personal_data_domain(self, identities, partners):
        requests = self.env["social.crm.privacy.request"]._search(
            self.env["social.crm.privacy.request"]._personal_data_domain(identities, partners)
        )
        return fields.Domain("request_id", "in", requests)
