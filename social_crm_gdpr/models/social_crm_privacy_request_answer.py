# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime

from odoo.addons.social_crm_base.tools.privacy import (
    CLEAR,
    CONTACT,
    CONTENT,
    KEEP,
    classify,
    not_personal,
)

from .social_crm_privacy_request_proof import masked


class SocialCrmPrivacyRequest(models.Model):
    """What the person is told, in their language, on the channel or by e-mail."""

    _inherit = "social.crm.privacy.request"

    answer_way = fields.Selection(
        [
            ("channel", "On the channel, in private"),
            ("email", "By e-mail"),
            ("hand", "By hand: letter, phone"),
        ],
        string="Answer Goes", compute="_compute_answer_way", store=True, readonly=False,
    )
    answer_email = fields.Char(
        string="Answer To", compute="_compute_answer_email", store=True, readonly=False,
    )
    answer_subject = fields.Char(copy=False)
    answer_text = fields.Text(string="Answer", copy=False)
    refusal_ground = fields.Selection(
        [
            ("unidentified", "We cannot tell who the person is (Art. 11, 12(6))"),
            ("unfounded", "Manifestly unfounded (Art. 12(5))"),
            ("excessive", "Excessive, in particular repeated (Art. 12(5))"),
            ("others_rights", "It would harm the rights of others (Art. 15(4), 20(4))"),
            ("legal_obligation", "The law makes us keep it (Art. 17(3)(b))"),
            ("claims", "Needed for legal claims (Art. 17(3)(e), 18(2), 21(1))"),
            ("freedom", "Freedom of expression and information (Art. 17(3)(a))"),
            ("not_applicable", "The right does not apply to this processing"),
        ],
        copy=False,
    )
    refusal_reason = fields.Text(
        string="Why Refused", copy=False, help="In words the person understands; they are told."
    )
    refusal_told_on = fields.Date(
        readonly=True, copy=False,
        help="A refusal counts once the person was told.",
    )

    is_told_by_hand = fields.Boolean(compute="_compute_is_told_by_hand")

    @api.depends("answer_way", "source")
    def _compute_is_told_by_hand(self):
        """A network shows the person a page of ours; everybody else is told by us."""
        for request in self:
            request.is_told_by_hand = request.answer_way == "hand" and request.source != "callback"

    @api.depends("interaction_id", "answer_email")
    def _compute_answer_way(self):
        for request in self:
            if request.answer_way:
                continue
            if request.interaction_id:
                request.answer_way = "channel"
            else:
                request.answer_way = "email" if request.answer_email else "hand"

    @api.depends("said_email", "subject_partner_ids.email", "proved_email", "source")
    def _compute_answer_email(self):
        """The address that was proven; until then where the asker wants to hear from us.

        The same whether the person is known or not: nobody learns it from where a receipt goes.
        """
        for request in self.filtered(lambda request: not request.closed_at):
            answer_email = request.proved_email or request.said_email
            if not answer_email and request.source != "web":
                known = request._known_emails()
                answer_email = known[0] if len(known) == 1 else False
            request.answer_email = answer_email

    def write(self, vals):
        """Override: to where answers go is written down when somebody changes it, masked."""
        changed = self if "answer_email" in vals else self.browse()
        before = {request: request.answer_email for request in changed}
        done = super().write(vals)
        for request, address in before.items():
            if not self.env.su and request.answer_email != address:
                request.message_post(
                    body=self.env._(
                        "Answers go to %(address)s now.",
                        address=masked(request.answer_email) if request.answer_email
                        else self.env._("no address"),
                    )
                )
        return done

    # === TEXTS === #

    def _text_values(self, **more):
        """What the placeholders of texts mean for this request.

        Nothing the asker typed is among them: a form is no way to send others words of one's own.

        :rtype: dict
        """
        self.ensure_one()
        localized = self.with_context(lang=self._person_lang())
        law = localized.jurisdiction_id
        kinds = dict(localized._fields["kind"]._description_selection(localized.env))
        grounds = dict(localized._fields["refusal_ground"]._description_selection(localized.env))
        company_sudo = self.company_id.sudo()  # sudo: how to reach us
        return {
            "number": self.name,
            "kind": kinds[self.kind],
            "article": law._article(self.kind),
            "extension_article": law.extension_article or "",
            "complaint_article": law.complaint_article,
            "deadline": self._deadline_words(self.due_at),
            "authority": law.authority or "",
            "company": company_sudo.name,
            "contact": company_sudo.email or company_sudo.phone or "",
            "reason": self.refusal_reason or self.extension_reason or "",
            "ground": grounds.get(self.refusal_ground, ""),
            **more,
        }

    def _deadline_words(self, due_at):
        """By when the person is answered, in their language.

        :param datetime due_at: the end of the term
        :rtype: str
        """
        law, env = self.jurisdiction_id, self.with_context(lang=self._person_lang()).env
        if law.answer_unit == "hour":
            return format_datetime(env, due_at, tz=str(law._zone(self.company_id)))
        return format_date(env, law._last_day(due_at, self.company_id))

    def _person_lang(self):
        """The language the person is written to in.

        :rtype: str
        """
        # sudo: the person's own language
        lang = self.language or self.sudo().subject_partner_ids[:1].lang
        return lang or self.company_id.sudo().partner_id.lang or "en_US"  # sudo: as above

    def _text(self, moment, **more):
        """Subject and body of what is told now, in the person's language.

        :rtype: tuple[str, str]
        """
        return self.env["social.crm.privacy.text"]._render(
            moment, self.kind, self._person_lang(), self._text_values(**more)
        )

    def action_draft_answer(self):
        """Write the answer from the template, to be read over before it goes."""
        self.check_access("write")
        for request in self:
            # an erasure that has run leaves nobody to name: that it ran says they were known
            known = (
                request.subject_identity_ids or request.subject_partner_ids or request.erasure_id
            )
            moment = "refusal" if request.refusal_ground else "answer" if known else "unknown"
            request.answer_subject, request.answer_text = request._text(moment)

    # === SENDING === #

    def _tell_person(self, moment, **more):
        """Tell the person something on the way; never raises: a step is not lost for it.

        :param str moment: of a ``social.crm.privacy.text``
        :return: whether it went out
        :rtype: bool
        """
        told = False
        for request in self:
            if request.answer_way == "hand":
                continue
            try:
                with self.env.cr.savepoint():
                    request._send(moment, *request._text(moment, **more))
                    told = True
            except UserError as error:
                request.message_post(
                    body=self.env._(
                        "The person could not be told (%(moment)s): %(error)s",
                        moment=dict(
                            self.env["social.crm.privacy.text"]
                            ._fields["moment"]
                            ._description_selection(self.env)
                        )[moment],
                        error=error,
                    )
                )
        return told

    def _send(self, moment, subject, body):
        """Send on the way chosen.

        :param str moment: of a ``social.crm.privacy.text``
        :raise UserError: in words, where that way is closed, or nobody proved that the person
            reads there and this is not for anybody's eyes
        """
        self.ensure_one()
        if self.answer_way not in ("channel", "email"):
            raise UserError(
                self.env._("This person is answered by hand: copy the text, then press Answered.")
            )
        if not self._tells_nothing(moment) and (refusal := self._way_refusal()):
            raise UserError(refusal)
        if self.answer_way == "channel":
            self._send_on_channel(body, self.proved_identity_id)
        else:
            self._send_by_email(subject, body, self.answer_email)

    def _place(self, identities=None):
        """Where the person can be told something in private on their network.

        :param recordset identities: accounts of the person; all by default
        :rtype: recordset
        """
        identities = identities or self.interaction_id.identity_id or self.subject_identity_ids
        # sudo: a clerk answers rights in every place, whatever team works there
        places_sudo = self.env["social.crm.conversation"].sudo()
        here = [("identity_id", "in", identities.ids), ("company_id", "=", self.company_id.id)]
        latest = {"order": "last_date desc, id desc", "limit": 1}
        return places_sudo.search([*here, ("kind", "=", "direct")], **latest) or (
            places_sudo.search(here, **latest)
        )

    def _send_on_channel(self, body, identities=None):
        """Say it in private where the person wrote; what is public never sees it.

        :return: the row of ``social.crm.outbox``
        :rtype: recordset
        :raise UserError: where the network does not let us
        """
        place_sudo = self._place(identities)
        if not place_sudo:
            raise UserError(
                self.env._("We have no talk with this account: answer by e-mail or by hand.")
            )
        outbox_sudo = place_sudo._queue_reply(body, visibility="direct", purpose="answer")
        self.sudo().told_outbox_id = outbox_sudo  # sudo: written by the step itself
        return outbox_sudo

    def _send_by_email(self, subject, body, address):
        """A mail that leaves no copy of its words here once it is sent.

        :raise UserError: without an address
        """
        if not address:
            raise UserError(self.env._("There is no e-mail address to answer to: add one."))
        company_sudo = self.company_id.sudo()  # sudo: who we are
        paragraphs = Markup("").join(
            Markup("<p>%s</p>") % Markup("<br/>").join(escape(part).split("\n"))
            for part in body.split("\n\n")
        )
        # sudo: mails are the system's; the words were checked by who sends them
        mail_sudo = self.env["mail.mail"].sudo().create(
            {
                "subject": subject,
                "body_html": paragraphs,
                "email_to": address,
                "email_from": company_sudo.email_formatted or self.env.user.email_formatted,
                "auto_delete": True,
            }
        )
        self.sudo().told_mail_id = mail_sudo  # sudo: written by the step itself
        mail_sudo.send_after_commit()

    # === CLOSING === #

    def action_answer(self):
        """Send the answer and close the request."""
        self.check_access("write")
        for request in self:
            request._check_answerable()
            request._send_answer()
            request._close("answered")

    def _send_answer(self):
        """Let the answer go on the way chosen; by hand it went already."""
        if self.answer_way != "hand":
            self._send("answer", self.answer_subject or self.name, self.answer_text)

    def _check_answerable(self):
        if not (self.answer_text or "").strip():
            raise UserError(
                self.env._("Write the answer first: Draft the Answer fills in the template.")
            )
        if self.state != "in_progress":
            raise UserError(self.env._("Carry the request out first, then answer."))

    def action_answer_unknown(self):
        """Tell the person that nothing is known of them, and close the request.

        :raise UserError: where somebody is named
        """
        self.check_access("write")
        for request in self:
            if request.subject_identity_ids or request.subject_partner_ids:
                raise UserError(
                    self.env._("Somebody was found: carry the request out, or refuse it.")
                )
            request.refusal_ground = "unidentified"
            request.refusal_reason = self.env._("Nothing was found with what the person told us.")
        return self._refuse("unknown")

    def action_refuse(self):
        """Refuse, on a ground and for a reason the person is told.

        :return: where the person is told by hand, the screen with the text to be told
        :raise UserError: without them, or where the person cannot be told
        """
        self.check_access("write")
        for request in self:
            if not request.refusal_ground or not (request.refusal_reason or "").strip():
                raise UserError(
                    self.env._("Choose the ground and write down why: the person is told both.")
                )
        return self._refuse("refusal")

    def _refuse(self, moment):
        """Tell the person, then close: a refusal nobody was told is none (Art. 12(4)).

        :param str moment: ``refusal`` or ``unknown``
        """
        if self.filtered("is_told_by_hand"):
            self.ensure_one()
            return self._action_tell_by_hand(moment)
        for request in self:
            if request.answer_way != "hand":
                request._send(moment, *request._text(moment))
            request._close_refused()
        return True

    def _close_refused(self, told_on=None):
        """The person was told.

        :param date told_on: when, where they were told by hand; today by default
        """
        # sudo: written by the step itself, whose rights were checked
        self.sudo().refusal_told_on = told_on or fields.Date.context_today(self)
        self._close("refused")

    def _action_tell_by_hand(self, moment, **more):
        """The screen with the words to be told, which asks when the person was told them.

        :param str moment: ``extension``, ``refusal`` or ``unknown``
        :rtype: dict
        """
        subject, body = self._text(moment, **more)
        # sudo: the words follow from the texts; who may tell them was checked by the step
        tell_sudo = self.env["social.crm.privacy.tell"].sudo().create(
            {"request_id": self.id, "moment": moment, "subject": subject, "body": body}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tell the Person"),
            "res_model": tell_sudo._name,
            "res_id": tell_sudo.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _close(self, state):
        """Override: of an erased person nothing said stays with the request either."""
        super()._close(state)
        # sudo: what people sent to be known by, or to show what is meant, is needed no more
        mails_sudo = self.sudo().message_ids.filtered(lambda said: said.message_type == "email")
        mails_sudo.attachment_ids.unlink()
        done = self.filtered(lambda request: request.kind == "erasure" and state == "answered")
        # sudo: also whom it was about is nobody's to write any more
        done.sudo().write(
            {
                **dict.fromkeys(
                    (
                        "said_name", "said_handle", "said_url", "said_email", "said_phone",
                        "description", "interaction_id", "case_id", "answer_email", "answer_text",
                        "refusal_reason", "proved_email", "proved_identity_id", "checked_people",
                    ),
                    False,
                ),
                "subject_identity_ids": [fields.Command.clear()],
                "subject_partner_ids": [fields.Command.clear()],
            }
        )  # fmt: skip
        done.message_ids.filtered(lambda message: message.message_type == "email").sudo().unlink()

    def _told(self, what, **facts):
        """Override: a refusal's ground is part of what happened."""
        if what != "refused":
            return super()._told(what, **facts)
        for ground, requests in self.grouped("refusal_ground").items():
            super(SocialCrmPrivacyRequest, requests)._told(what, ground=ground or None, **facts)
        return None

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **not_personal("answer_way answer_subject refusal_ground refusal_told_on"),
            **classify(CONTENT, CLEAR, "answer_text refusal_reason"),
            **classify(
                CONTACT,
                KEEP,
                "answer_email",
                ground="GDPR Art. 12(3): the answer must arrive; emptied with the answer",
            ),
        }
