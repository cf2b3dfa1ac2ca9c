# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import hashlib
import hmac
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.tools.keyring import current
from odoo.addons.social_crm_base.tools.privacy import CLEAR, TECHNICAL, classify, not_personal

#: So long an erasure waits for its last message to leave, and for a clerk if it cannot.
LAST_WORD_HOURS = 24
NOT_SENT = ("failed", "cancelled")


class SocialCrmPrivacyRequest(models.Model):
    """Who is erased is told all the same (Art. 12(3)): nobody can be written to afterwards.

    On a channel a last private message goes before the account does, and the erasure waits for it.
    It carries the address of a page without login, which tells how far the erasure is and shows
    the certificate, and names nobody. An e-mail address stays with the request until the answer is
    out, and is emptied with it.
    """

    _inherit = "social.crm.privacy.request"

    last_word = fields.Selection(
        [
            ("waiting", "On its way"),
            ("told", "Sent"),
            ("failed", "Could not be sent"),
        ],
        string="Last Message", readonly=True, copy=False,
        help="The private message that tells the person before their account goes.",
    )
    last_word_at = fields.Datetime(string="Last Message Asked For", readonly=True, copy=False)
    last_word_id = fields.Many2one(
        "social.crm.outbox", readonly=True, copy=False, ondelete="set null",
        index="btree_not_null",
    )
    answer_route = fields.Char(
        string="How the Answer Goes", compute="_compute_answer_route", compute_sudo=True
    )

    # === IN WORDS === #

    @api.depends(
        "kind", "answer_way", "answer_email", "last_word", "state", "erasure_id.state",
        "proved_email", "proved_identity_id", "checked_at",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_answer_route(self):
        """What hinders it stands in ``way_note``."""
        for request in self:
            asked = request.kind == "erasure" and request.checked_at and not request.closed_at
            request.answer_route = asked and not request._way_refusal() and request._answer_route()

    def _answer_route(self):
        """Which way who is erased will be told, and what to do where none is left.

        :rtype: str
        """
        if self.answer_way == "email":
            return self.env._(
                "By e-mail to %(address)s. The address stays with this request, and nowhere else, "
                "until the answer is out.",
                address=self.answer_email,
            )
        if self.answer_way == "hand":
            return self.env._(
                "By hand: note now where a letter reaches the person, for their data goes. The "
                "drafted answer names the page that shows the certificate."
            )
        if self.last_word == "told":
            return self.env._(
                "The person was told on the channel before their account went, and sees the "
                "certificate on a page that needs no login."
            )
        if self.last_word == "waiting":
            return self.env._(
                "The last message is on its way. The erasure waits for it, %(hours)s hours at "
                "most.",
                hours=LAST_WORD_HOURS,
            )
        return self._no_place() or self.env._(
            "A last private message goes on the channel before the account does. The erasure waits "
            "for it, %(hours)s hours at most.",
            hours=LAST_WORD_HOURS,
        )

    def _no_way(self):
        return self.env._(
            "The account cannot be reached. Choose By e-mail or By hand: on the channel there is "
            "no way left."
        )

    def _no_place(self):
        """What to do where the account proven has no place we could write to; empty if it has.

        :rtype: str
        """
        if self.answer_way != "channel" or self._place(self.proved_identity_id):
            return ""
        return self._no_way()

    # === THE PAGE === #

    def _status_link(self):
        """The address of the page that tells how far it is, without a login or a name.

        :return: "" where the network that told us gave out a code of its own
        :rtype: str
        """
        self.ensure_one()
        key = current().derive("privacy-status")
        code = hmac.new(key, self.uuid.encode(), hashlib.sha256).hexdigest()[:32]
        hashed = self._confirmation_hash(code)
        request_sudo = self.sudo()  # sudo: written by the step itself
        if not request_sudo.confirmation_hash:
            request_sudo.confirmation_hash = hashed
        if request_sudo.confirmation_hash != hashed:
            return ""
        return f"{self.company_id.get_base_url()}/privacy/status/{code}"

    def _status_rows(self):
        """What the page shows of an erasure that is done: counts and grounds.

        :return: what was erased, what stays, as on the certificate; empty before
        :rtype: tuple[list, list]
        """
        erasure_sudo = self.sudo().erasure_id  # sudo: nobody's data, see the certificate
        if self.kind != "erasure" or erasure_sudo.state != "done":
            return [], []
        return erasure_sudo._certificate_rows()

    # === THE LAST MESSAGE === #

    def _check_executable(self):
        """Override: nobody is erased without a way to tell them."""
        super()._check_executable()
        if self.kind != "erasure":
            return
        if refusal := self._way_refusal() or self._no_place():
            raise UserError(refusal)

    def _say_last_word(self):
        """Put the last message into the outbox.

        :raise UserError: where the network does not let us
        """
        self.ensure_one()
        _subject, body = self._text("last_word", link=self._status_link())
        row_sudo = self._send_on_channel(body, self.proved_identity_id)
        # sudo: written by the step itself
        self.sudo().write(
            {
                "last_word": "waiting",
                "last_word_at": fields.Datetime.now(),
                "last_word_id": row_sudo.id,
            }
        )

    def _last_word_is_over(self):
        """Whether the erasure may begin: the person was told, or is told another way.

        :rtype: bool
        """
        self.ensure_one()
        if self.kind != "erasure" or self.answer_way != "channel" or self.closed_at:
            return True
        if not self.last_word:
            self._say_last_word()
            return False
        request_sudo = self.sudo()  # sudo: written by the step itself
        row = request_sudo.last_word_id
        if row.state == "done" and request_sudo.last_word != "told":
            request_sudo.last_word = "told"
            self._told("told_before_erasure")
        elif request_sudo.last_word == "waiting" and (not row or row.state in NOT_SENT):
            request_sudo._last_word_failed()
        late = fields.Datetime.now() >= self.last_word_at + timedelta(hours=LAST_WORD_HOURS)
        if late and request_sudo.last_word == "waiting":
            request_sudo._last_word_failed()
        return request_sudo.last_word == "told" or late

    def _last_word_failed(self):
        """Ask the clerk for another way while the account is still known."""
        self.last_word = "failed"
        for user in self.user_id or self._clerks():
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("The last message did not go: choose another way to answer"),
                user_id=user.id,
            )

    # === ANSWERING === #

    def action_draft_answer(self):
        """Override: who is erased finds the certificate on a page without login."""
        super().action_draft_answer()
        for request in self:
            if request.kind != "erasure" or not request.erasure_id:
                continue
            if link := request._status_link():
                localized = request.with_context(lang=request._person_lang())
                request.answer_text += "\n\n" + localized.env._(
                    "What was erased and what stays, without your name: %(link)s", link=link
                )

    def _check_answerable(self):
        """Override: who got the last message is told; else the account is no way any more."""
        if self._is_told():
            if self.erasure_state != "done":
                raise UserError(self._next_step_in_progress())
            return
        if self.kind == "erasure" and self.erasure_id and self.answer_way == "channel":
            raise UserError(self._no_way())
        super()._check_answerable()

    def _is_told(self):
        """Whether the last message was the answer.

        :rtype: bool
        """
        return (
            self.kind == "erasure" and self.answer_way == "channel" and self.last_word == "told"
        )

    def _send_answer(self):
        """Override: what was told before the account went is not said again."""
        if not self._is_told():
            super()._send_answer()

    def _close(self, state):
        """Override: the message went with the account."""
        super()._close(state)
        self.sudo().last_word_id = False  # sudo: written by the step itself

    def _next_step_in_progress(self):
        """Override: told on the channel, or waiting for that."""
        if self.kind == "erasure" and self.erasure_state == "telling":
            return self._way_refusal() or self._answer_route()
        if self._is_told() and self.erasure_state == "done":
            return self.env._(
                "Erased and proven, and the person was told before their account went: press "
                "Answered."
            )
        return super()._next_step_in_progress()

    @api.depends("last_word", "kind")
    def _compute_way_note(self):
        """Override: it also follows from the last message."""
        return super()._compute_way_note()

    def _way_refusal(self):
        """Override: once the last message is asked for, it tells whether that way is open."""
        if self.kind == "erasure" and self.answer_way == "channel" and self.last_word:
            return self._no_way() if self.last_word == "failed" else ""
        return super()._way_refusal()

    @api.depends("last_word", "answer_way")
    def _compute_next_step(self):
        """Override: it also follows from how the person is told."""
        return super()._compute_next_step()

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **not_personal("last_word last_word_at"),
            **classify(TECHNICAL, CLEAR, "last_word_id"),
        }
