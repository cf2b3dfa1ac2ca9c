# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.social_crm_base.tools.privacy import (
    CONTENT,
    EMPLOYEE,
    KEEP,
    classify,
    not_personal,
)

#: Hours before the end at which whoever handles it is reminded.
REMIND_HOURS = (24 * 10, 24 * 3, 24)


class SocialCrmPrivacyRequest(models.Model):
    """By when a request is to be answered: the clock, its extension and reminders."""

    _inherit = "social.crm.privacy.request"

    received_at = fields.Datetime(
        string="Received", required=True, default=fields.Datetime.now, tracking=True,
        help="The clock starts when the person wrote, not when we saw it.",
    )
    due_at = fields.Datetime(string="Answer By", compute="_compute_due", store=True)
    due_date = fields.Date(
        string="Last Day", compute="_compute_due", store=True,
        help="Weekends and the holidays of the company's working hours move it on, as the law "
        "says.",
    )
    first_due_at = fields.Datetime(
        string="Without Extension", compute="_compute_due", store=True
    )
    extended_at = fields.Datetime(readonly=True, copy=False)
    extended_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    extension_told_on = fields.Date(
        readonly=True, copy=False,
        help="An extension counts once the person was told, within the first term.",
    )
    extension_reason = fields.Text(
        copy=False, help="Complex, or many requests; the person is told it within the first term."
    )
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    days_left = fields.Integer(compute="_compute_is_late")
    reminded_hours = fields.Integer(readonly=True, copy=False)

    @api.depends("received_at", "jurisdiction_id", "company_id", "extended_at")
    def _compute_due(self):
        for request in self:
            law, start = request.jurisdiction_id, request.received_at
            if not law or not start:
                request.due_at = request.due_date = request.first_due_at = False
                continue
            request.first_due_at = law._due(start, request.company_id)
            request.due_at = (
                law._due(start, request.company_id, extended=True)
                if request.extended_at
                else request.first_due_at
            )
            request.due_date = law._last_day(request.due_at, request.company_id)

    @api.depends("due_at", "state", "closed_at")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for request in self:
            until = request.closed_at or now
            request.is_late = bool(request.due_at) and until > request.due_at
            request.days_left = (request.due_at - until).days if request.due_at else 0

    @api.constrains("received_at")
    def _check_received_at(self):
        # clocks of two machines differ a little
        soon = fields.Datetime.now() + timedelta(minutes=5)
        if any(request.received_at > soon for request in self):
            raise ValidationError(self.env._("Nobody asks in the future: look at Received again."))

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = self._open_domain() & fields.Domain("due_at", "<", fields.Datetime.now())
        if set(value) == {True, False}:
            return fields.Domain.TRUE
        return late if True in value else ~late

    def action_extend(self):
        """Take the longest extension the law allows, for the reason written down, and tell it.

        :return: where the person is told by hand, the screen with the text to be told
        :raise UserError: without a reason, too late, where the law knows no extension, or where
            the person cannot be told
        """
        self.ensure_one()
        self.check_access("write")
        self._check_extendable()
        until = self.jurisdiction_id._due(self.received_at, self.company_id, extended=True)
        words = {"deadline": self._deadline_words(until), "reason": self.extension_reason}
        if self.is_told_by_hand:
            return self._action_tell_by_hand("extension", **words)
        if self.answer_way != "hand":
            self._send("extension", *self._text("extension", **words))
        self._extend()
        return True

    def _check_extendable(self):
        """:raise UserError: where the term cannot be extended, or not any more"""
        law = self.jurisdiction_id
        if not law.extension_amount:
            raise UserError(
                self.env._("%(law)s knows no extension: answer in time.", law=law.name)
            )
        if self.extended_at or self.closed_at:
            raise UserError(self.env._("This was extended or answered already."))
        if not (self.extension_reason or "").strip():
            raise UserError(
                self.env._(
                    "Write down why it takes longer (%(article)s): the person is told.",
                    article=law.extension_article,
                )
            )
        if fields.Datetime.now() > self.first_due_at:
            raise UserError(
                self.env._(
                    "The first term is over: an extension must be told within it "
                    "(%(article)s). Answer now.",
                    article=law.extension_article,
                )
            )

    def _extend(self, told_on=None):
        """The term is extended as from the moment the person is told.

        :param date told_on: when, where they were told by hand; today by default
        """
        # sudo: written by the step itself, whose rights were checked
        self.sudo().write(
            {
                "extended_at": fields.Datetime.now(),
                "extended_by_id": self.env.uid,
                "extension_told_on": told_on or fields.Date.context_today(self),
            }
        )
        self._told("extended")

    @api.model
    def _cron_remind(self):
        """Remind whoever handles a request when its time runs short, once a step."""
        now = fields.Datetime.now()
        horizon = now + timedelta(hours=max(REMIND_HOURS))
        for request in self.search(self._open_domain() & fields.Domain("due_at", "<", horizon)):
            left = (request.due_at - now).total_seconds() / 3600
            whole = (request.due_at - request.received_at).total_seconds() / 3600
            step = min((hours for hours in REMIND_HOURS if left <= hours < whole), default=0)
            if not step or (request.reminded_hours and request.reminded_hours <= step):
                continue
            request.reminded_hours = step
            request._remind(left)

    def _remind(self, hours):
        """One reminder for whoever handles it, else for every clerk."""
        for user in self.user_id or self._clerks():
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self.due_date,
                summary=self.env._(
                    "Answer %(request)s: %(days)s days left",
                    request=self.name,
                    days=max(0, int(hours // 24)),
                ),
                user_id=user.id,
            )

    def _clerks(self):
        """The privacy clerks of this request's company.

        :rtype: recordset
        """
        # sudo: a clerk may not read who belongs to a group
        clerks_sudo = self.env.ref("social_crm_base.group_privacy_clerk").sudo().all_user_ids
        return clerks_sudo.filtered(
            lambda user: self.company_id in user.company_ids and not user.share and user.active
        )

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **not_personal(
                "received_at due_at due_date first_due_at extended_at reminded_hours "
                "extension_told_on"
            ),
            **classify(
                CONTENT,
                KEEP,
                "extension_reason",
                ground="GDPR Art. 5(2): why an answer took longer",
            ),
            **classify(
                EMPLOYEE, KEEP, "extended_by_id", ground="GDPR Art. 5(2): who extended it"
            ),
        }
