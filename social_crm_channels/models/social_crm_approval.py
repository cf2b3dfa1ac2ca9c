# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.social_crm_base.tools.privacy import (
    CLEAR,
    CONTENT,
    EMPLOYEE,
    KEEP,
    classify,
    not_personal,
)

STATES = [
    ("pending", "Waiting"),
    ("approved", "Approved"),
    ("changed", "Changed and approved"),
    ("rejected", "Rejected"),
    ("expired", "Expired"),
    ("withdrawn", "Taken back"),
]
APPROVED = frozenset({"approved", "changed"})
EXPIRY_BATCH = 100


class SocialCrmApproval(models.Model):
    """Words that leave only after somebody else has read them."""

    _name = "social.crm.approval"
    _inherit = ["mail.thread", "mail.activity.mixin", "social.crm.personal.data"]
    _description = "Approval of an Answer"
    _order = "asked_at desc, id desc"
    _mail_post_access = "read"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    outbox_id = fields.Many2one(
        "social.crm.outbox", required=True, readonly=True, index=True, ondelete="cascade"
    )
    interaction_id = fields.Many2one(
        "social.crm.interaction", string="Words", readonly=True, ondelete="cascade"
    )
    conversation_id = fields.Many2one(
        "social.crm.conversation", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    case_id = fields.Many2one(
        "social.crm.case", readonly=True, index="btree_not_null", ondelete="set null"
    )
    channel_id = fields.Many2one("social.crm.channel", readonly=True, ondelete="restrict")
    author_id = fields.Many2one("res.users", readonly=True, required=True, ondelete="restrict")
    approver_id = fields.Many2one(
        "res.users", string="Decided By", readonly=True, ondelete="restrict"
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="pending")
    asked_reason = fields.Char(string="Why It Needs Approval", readonly=True)
    body = fields.Text(string="Words as Written", readonly=True)
    changed_body = fields.Text(string="Words as Changed", readonly=True)
    reason = fields.Char(string="What the Approver Said", readonly=True)
    fingerprint = fields.Char(
        readonly=True, help="Keyed hash of what was approved: only just that is sent."
    )
    asked_at = fields.Datetime(readonly=True, required=True, default=fields.Datetime.now)
    expires_at = fields.Datetime(readonly=True)
    decided_at = fields.Datetime(readonly=True)
    log_ids = fields.One2many("social.crm.approval.log", "approval_id")

    _one_pending = models.UniqueIndex("(outbox_id) WHERE state = 'pending'")
    _expiry_index = models.Index("(expires_at) WHERE state = 'pending'")
    _never_the_author = models.Constraint(
        "CHECK (approver_id IS NULL OR approver_id != author_id)",
        "Nobody approves their own words.",
    )

    # === WHY === #

    @api.model
    def _needs_approval(self, conversation, user, body):
        """Why these words of this person must be approved, in words; empty when they need not be.

        Whoever has other reasons (rules about brands, about topics) adds them by ``super()``.

        :param recordset conversation: where it is said
        :param recordset user: who says it
        :param str body:
        :rtype: str
        """
        if conversation.channel_id.needs_approval:
            return self.env._(
                "Answers on %(channel)s are approved.", channel=conversation.channel_id.name
            )
        if self._is_marked(user):
            return self.env._("Answers of %(user)s are approved.", user=user.name)
        found = conversation._brand_findings(body)
        return " ".join(rule.message for rule, _word in found if rule.level == "approval")

    @api.model
    def _is_marked(self, user):
        """Whether this person's answers need approval, as their record as an agent says.

        :rtype: bool
        """
        # sudo: a trainee need not see who is marked, but is all the same
        return bool(
            self.env["social.crm.agent"]
            .sudo()
            .search_count([("user_id", "=", user.id), ("needs_approval", "=", True)], limit=1)
        )

    # === WHO === #

    def _decidable(self):
        """Those of these over which the person at the keyboard may decide: never own words.

        It asks for the real user, so ``sudo`` changes nothing.

        :rtype: recordset
        """
        user = self.env.user
        # sudo: the author's name must be read to be compared
        readable_sudo = self.with_user(user)._filtered_access("read").sudo()
        return self.browse(
            approval.id for approval in readable_sudo if approval._is_approver(user)
        )

    def _wrote(self):
        """Whose words these are: who asked, and who wrote them before.

        :rtype: recordset (``res.users``)
        """
        return self.author_id | self.outbox_id.user_id | self.interaction_id.author_id

    def _is_approver(self, user):
        """Whether this person may decide here: a leader on the channel's teams, or a manager.

        :rtype: bool
        """
        self.ensure_one()
        if (
            not user.active
            or user.id == api.SUPERUSER_ID
            or user in self._wrote()
            or self.company_id not in user.company_ids
        ):
            return False
        teams = self.channel_id.team_ids
        return user.has_group("social_crm_base.group_manager") or (
            user.has_group("social_crm_base.group_team_leader")
            and (not teams or user in teams.user_id | teams.member_ids)
        )

    def _asked_first(self):
        """Whose activity it becomes: leaders of the channel's teams, else everybody who may."""
        # Managers are team leaders too
        leaders = self.env.ref("social_crm_base.group_team_leader").all_user_ids
        may = leaders.filtered(
            lambda user: self._is_approver(user) and self.with_user(user).has_access("read")
        )
        return (may & self.channel_id.team_ids.user_id) or may

    # === ASKING === #

    @api.model
    def _ask(self, row, user, reason):
        """Ask for approval of what a row of the outbox would say.

        :param recordset row: ``social.crm.outbox``, in state approval
        :param recordset user: who wrote it
        :param str reason: why it is asked
        :return: the approval
        """
        now = fields.Datetime.now()
        hours = row.company_id.social_crm_approval_hours
        # sudo: people ask by writing an answer, and write no approvals
        approval_sudo = self.sudo().create(
            {
                "company_id": row.company_id.id,
                "outbox_id": row.id,
                "interaction_id": row.interaction_id.id,
                "conversation_id": row.conversation_id.id,
                "case_id": row.interaction_id.case_id.id,
                "channel_id": row.channel_id.id,
                "author_id": user.id,
                "asked_reason": reason,
                "body": row._words(),
                "fingerprint": row._fingerprint(),
                "asked_at": now,
                "expires_at": now + timedelta(hours=hours) if hours else False,
            }
        )
        approval_sudo._note("asked")
        approval_sudo._schedule_approvers()
        approval_sudo.case_id._tell_screens()
        return approval_sudo

    def _schedule_approvers(self):
        todo = self.env.ref(
            "social_crm_channels.mail_activity_type_approval", raise_if_not_found=False
        ) or self.env.ref("mail.mail_activity_data_todo")
        self.env["mail.activity"].create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": self.id,
                    "user_id": user.id,
                    "activity_type_id": todo.id,
                    "automated": True,
                    "summary": self._in_language_of(user)._asked_words(),
                    "date_deadline": (self.expires_at or self.asked_at).date(),
                }
                for user in self._asked_first()
            ]
        )

    def _asked_words(self):
        return self.env._("An answer of %(author)s waits for you", author=self.author_id.name)

    # === DECIDING === #

    def _decide(self, state, *, text=None, reason=None):
        """Decide over words that wait.

        :param str state: approved, changed or rejected
        :param str text: the new wording, for changed
        :param str reason: why, for rejected
        :raise AccessError: where one may not decide
        :raise UserError: where it is too late, in words
        """
        self.ensure_one()
        if not self._decidable():
            raise AccessError(
                self.env._(
                    "You may not decide over this: a team leader of the channel or a manager "
                    "does, and never over own words."
                )
            )
        # sudo: the rights were asked for above, of the real user
        approval_sudo = self.sudo()
        text, reason = (text or "").strip(), (reason or "").strip()
        approval_sudo._check_decidable(state, text, reason)
        if state == "rejected":
            approval_sudo._refuse(state, reason)
        else:
            approval_sudo._let_go(state, text, reason)

    def _check_decidable(self, state, text, reason):
        row = self.outbox_id
        row._lock(("approval",), self.env._("This no longer waits: somebody was quicker."))
        self.invalidate_recordset(["state"])
        if self.state != "pending":
            raise UserError(self.env._("This no longer waits: somebody was quicker."))
        if state == "rejected" and not reason:
            raise UserError(self.env._("Say why, so that it can be written better."))
        if state == "changed" and not text:
            raise UserError(self.env._("Write the words as they shall be sent."))
        if state == "changed" and (row.payload or {}).get("template"):
            raise UserError(
                self.env._("The network approved this template as it is: only yes or no is left.")
            )
        if state != "rejected":
            if row._fingerprint() != self.fingerprint:
                raise UserError(
                    self.env._(
                        "It was changed since you were asked. Reject it, so that it is asked anew."
                    )
                )
            said = row.interaction_id
            row.conversation_id._check_reply(
                text if state == "changed" else self.body,
                said.attachment_ids,
                said.visibility if row.operation == "send" else None,
                said.answer_type_id.code,
            )

    def _let_go(self, state, text, reason):
        """Send it, as it was read."""
        row = self.outbox_id
        if state == "changed":
            row._reword(text)
        self.write(
            {
                "state": state,
                "approver_id": self.env.uid,
                "changed_body": text if state == "changed" else False,
                "reason": reason,
                "decided_at": fields.Datetime.now(),
                "fingerprint": row._fingerprint(),
            }
        )
        self._note(state)
        by_hand = self.channel_id.connector == "manual"
        row.write({"state": "by_hand" if by_hand else "queued", "not_before": False})
        row._wake_sending()
        if state == "changed":
            speaks = self._in_language_of(self.author_id)
            speaks._tell(
                self.author_id,
                speaks.env._(
                    "Your answer was changed and approved by %(user)s", user=self.env.user.name
                ),
                reason,
            )
        self._finish()

    def _refuse(self, state, reason):
        """It does not go out, and its author sees why where it was written."""
        self.write(
            {
                "state": state,
                "approver_id": self.env.uid if state == "rejected" else False,
                "reason": reason,
                "decided_at": fields.Datetime.now(),
            }
        )
        self._note(state)
        if state == "rejected":
            self.outbox_id._mark_failed(
                self.env._("Not approved: %(reason)s", reason=reason)
            )
            speaks = self._in_language_of(self.author_id)
            speaks._tell(
                self.author_id,
                speaks.env._(
                    "Your answer was not approved by %(user)s", user=self.env.user.name
                ),
                reason,
            )
        self._finish()

    def _withdraw(self):
        """Its author took it back."""
        pending = self.filtered(lambda approval: approval.state == "pending")
        pending.write({"state": "withdrawn", "decided_at": fields.Datetime.now()})
        pending._note("withdrawn")
        pending._finish()

    def _finish(self):
        """Nobody is asked any more, and open screens hear of it."""
        self.activity_ids.unlink()
        self.case_id._tell_screens()

    def _in_language_of(self, user):
        return self.with_context(lang=user.lang or "en_US")

    def _tell(self, users, subject, body=""):
        if self.case_id:
            self.case_id._tell(users, subject, body)

    def _note(self, event):
        """Write down what happened, by whom; the log only grows."""
        self.env["social.crm.approval.log"].create(
            [
                {
                    "approval_id": approval.id,
                    "company_id": approval.company_id.id,
                    "event": event,
                    "user_id": self.env.uid,
                }
                for approval in self
            ]
        )

    # === EXPIRY === #

    @api.model
    def _cron_expire(self, batch_size=EXPIRY_BATCH):
        """What nobody decided over in time does not go out, and everybody concerned is told."""
        seconds_left = 1
        while seconds_left > 0:
            due = self.search(
                [("state", "=", "pending"), ("expires_at", "<=", fields.Datetime.now())],
                order="expires_at",
                limit=batch_size,
            ).try_lock_for_update()
            if not due:
                self.env["ir.cron"]._commit_progress(0, remaining=0)
                return
            for approval in due:
                approval._expire()
            seconds_left = self.env["ir.cron"]._commit_progress(len(due), remaining=1)
            self.env.invalidate_all(flush=False)

    def _expire(self):
        approvers = self.activity_ids.user_id
        self._refuse("expired", "")
        if self.outbox_id.state == "approval":
            self.outbox_id._mark_failed(
                self.env._("Nobody approved it in time. Try again to ask once more.")
            )
        for user in self.author_id | approvers:
            speaks = self._in_language_of(user)
            speaks._tell(
                user,
                speaks.env._(
                    "An answer of %(author)s was not approved in time", author=self.author_id.name
                ),
            )

    def _personal_data_fields(self):
        return {
            **not_personal(
                "company_id outbox_id interaction_id conversation_id case_id channel_id state "
                "asked_reason asked_at expires_at decided_at"
            ),
            **classify(CONTENT, CLEAR, "body changed_body reason fingerprint"),
            **classify(
                EMPLOYEE, KEEP, "author_id approver_id",
                ground="accountability: who wrote and who approved an answer",
            ),
        }

    def _personal_data_domain(self, identities, partners):
        conversations = self.env["social.crm.conversation"]._search(
            [("identity_id", "in", identities.ids)]
        )
        return fields.Domain("conversation_id", "in", conversations)
