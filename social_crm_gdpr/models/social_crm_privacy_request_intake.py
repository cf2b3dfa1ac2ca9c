# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import (
    clean_context,
    email_normalize,
    format_date,
    format_datetime,
    html2plaintext,
)
from odoo.tools.mail import email_split_tuples

from odoo.addons.social_crm_base.tools.action import CLOSE, form_of, notice

from .social_crm_subject import literal

#: What is older was answered or not long ago, for example in an imported archive.
PROPOSE_DAYS = 100
MAX_WORDS = 10000
#: How long servers hold up a mail at most, so that its own date can be true.
MAIL_DELAY = timedelta(days=2)
SAID = ("said_name", "said_handle", "said_url", "said_email", "said_phone")


class SocialCrmPrivacyRequest(models.Model):
    """The ways in: web form, mail, messages, networks; and joining what is asked twice."""

    _inherit = "social.crm.privacy.request"

    ambiguous_note = fields.Text(
        string="Perhaps Meant", compute="_compute_found", compute_sudo=True
    )
    shared_note = fields.Text(string="Shared Accounts", compute="_compute_found", compute_sudo=True)
    possible_duplicate_id = fields.Many2one(
        "social.crm.privacy.request", compute="_compute_possible_duplicate_id"
    )

    @api.depends(*SAID, "subject_identity_ids", "subject_partner_ids", "company_id")
    def _compute_found(self):
        """What a search by everything said finds, besides whom it is surely about."""
        words = self.env["social.crm.privacy.request"]._why_words()
        for request in self:
            if request.closed_at or not request.id:
                request.ambiguous_note = request.shared_note = False
                continue
            subject = request._find_subject()
            lines = []
            known = {
                "social.crm.identity": request.subject_identity_ids,
                "res.partner": request.subject_partner_ids,
            }
            for why, records in subject.ambiguous:
                left = records - known[records._name]._origin
                lines += [f"{record.display_name}: {words[why]}" for record in left]
            request.ambiguous_note = "\n".join(lines)
            request.shared_note = ", ".join(subject.shared.mapped("display_name"))

    @api.model
    def _why_words(self):
        return {
            "former_name": self.env._("once had this name; somebody else may have it now"),
            "several_networks": self.env._("the name exists on several networks"),
            "several_contacts": self.env._("several contacts share this address"),
            "said_together": self.env._("said together with somebody nothing links it to"),
        }

    @api.depends("kind", "state", "subject_identity_ids", "subject_partner_ids", "said_email")
    def _compute_possible_duplicate_id(self):
        for request in self:
            # one that is not saved yet is nobody's duplicate
            origin = request._origin
            request.possible_duplicate_id = origin and origin._same_open()

    # === FINDING === #

    def _find_subject(self):
        """Look for the person by everything said and known so far.

        :rtype: odoo.addons.social_crm_gdpr.models.social_crm_subject.Subject
        """
        self.ensure_one()
        return self.env["social.crm.subject"]._find(
            handle=self.said_handle,
            url=self.said_url,
            email=self.said_email,
            phone=self.said_phone,
            identity=self.subject_identity_ids | self.interaction_id.identity_id,
            partner=self.subject_partner_ids,
            company=self.company_id,
        )

    def action_find(self):
        """Look for the person, and name whom that surely finds."""
        self.check_access("write")
        for request in self:
            if request.state not in ("proposed", "received"):
                raise UserError(
                    self.env._("Who it is was checked already. Press Check Anew first.")
                )
            subject = request._find_subject()
            request._set_subject(subject)
            self.env["social.crm.access.log"]._note(
                "open", subject.identities, purpose=request.name
            )
        if len(self) == 1 and not subject:
            return notice(
                self.env._(
                    "Nobody is surely found. Look at who is perhaps meant, ask for another "
                    "name, or answer that nothing is known."
                ),
                "warning",
                then=CLOSE,
            )
        return True

    # === RECEIVING === #

    @api.model
    def _receive(self, kind, source, *, company=None, state="received", **values):
        """Take a request in, whoever brings it: find the person, join what is asked twice, tell.

        :param str kind: what is asked
        :param str source: the way it came
        :param recordset company: asked; the current one by default
        :param str state: ``received``, or ``proposed`` where a person decides whether it is one
        :param values: further fields
        :return: the request it became, or was joined into, with the system's rights
        :rtype: recordset
        """
        # sudo: strangers, the mail gateway and agents bring requests; only clerks work on them
        requests_sudo = self.sudo().with_company(company or self.env.company)
        # whoever calls from outside says what the context is
        requests_sudo = requests_sudo.with_context(clean_context(self.env.context))
        request_sudo = requests_sudo.create(
            {
                "kind": kind,
                "source": source,
                "state": state,
                "company_id": (company or self.env.company).id,
                **values,
            }
        )
        request_sudo._set_subject(request_sudo._find_subject())
        same = request_sudo._same_open()
        joins = bool(same) and request_sudo._asks_the_same(same)
        if joins:
            request_sudo._join_into(same)
        else:
            request_sudo._ask_clerks()
        if state == "received":  # joined or not: who asks does not learn that somebody else did
            request_sudo._tell_person("receipt")
        return same if joins else request_sudo

    def _ask_clerks(self):
        """One task for whoever handles it, else for every clerk; it takes the last one's place."""
        for request in self:
            users, summary = request.user_id or request._clerks(), {
                "proposed": self.env._("Is this a privacy request?"),
                "identified": self.env._("Privacy request: the person is checked, carry it out"),
            }.get(request.state, self.env._("New privacy request: find and check the person"))
            if request.state == "identified" and request.needs_second_person:
                users = request._clerks() - request.checked_by_id
                summary = self.env._("Privacy request: look it over and approve")
            # sudo: tasks of every clerk
            request.sudo().activity_ids.filtered("automated").unlink()
            for user in users:
                request.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=fields.Date.context_today(request),
                    summary=summary,
                    user_id=user.id,
                )

    def _same_open(self):
        """An open request of the same person for the same thing, the oldest.

        :rtype: recordset
        """
        self.ensure_one()
        people = Domain.OR(
            domain
            for domain in (
                Domain("subject_identity_ids", "in", self.subject_identity_ids.ids),
                Domain("subject_partner_ids", "in", self.subject_partner_ids.ids),
            )
        )
        if email := email_normalize(self.said_email or ""):
            people |= Domain("said_email", "=ilike", literal(email))
        if not self.id or self.state not in ("proposed", "received", "identified"):
            return self.browse()
        return self.search(
            self._open_domain()
            & Domain("kind", "=", self.kind)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("id", "!=", self.id)
            & Domain("duplicate_of_id", "=", False)
            & people,
            order="received_at, id",
            limit=1,
        )

    def _asks_the_same(self, other):
        """Whether two requests are surely the same person's, so that no clerk need look.

        Equal words or an equal address do not make two people one: a family has one address, and
        anybody can say another's name. What is less than sure is offered to a clerk.

        :param recordset other: an open request for the same thing
        :rtype: bool
        """
        mine, theirs = self._said_keys(), other._said_keys()
        if mine["email"] and theirs["email"] and mine["email"] != theirs["email"]:
            return False
        if self._people() == other._people() and (
            self.subject_identity_ids or self.subject_partner_ids
        ):
            return True
        about_nobody = not all(
            request.subject_identity_ids or request.subject_partner_ids
            for request in (self, other)
        )
        return about_nobody and bool(mine["email"]) and all(
            not mine[name] or not theirs[name] or mine[name] == theirs[name] for name in mine
        )

    def _said_keys(self):
        """What was said of themselves, so that it can be compared.

        :rtype: dict[str, str]
        """
        keys = {
            name.removeprefix("said_"): (self[name] or "").strip().lower().lstrip("@")
            for name in SAID
        }
        return {**keys, "email": email_normalize(self.said_email or "") or ""}

    def _join_into(self, other):
        """The same was asked before: one answer, by the earlier term.

        Where work began, nothing is added any more. An address that comes along is written down,
        but is not where answers go: nobody proved it.

        :param recordset other: the one that stays
        """
        self._move("joined", duplicate_of_id=other.id, closed_at=fields.Datetime.now(),
                   closed_by_id=self.env.uid)  # fmt: skip
        other_sudo = other.sudo()  # sudo: steps write what nobody writes by hand
        if other.state in ("proposed", "received"):
            values = {name: self[name] for name in SAID if self[name] and not other[name]}
            values["answer_way"] = other.answer_way
            values["answer_email"] = other.answer_email
            values["subject_identity_ids"] = [
                Command.link(i) for i in self.subject_identity_ids.ids
            ]
            values["subject_partner_ids"] = [Command.link(i) for i in self.subject_partner_ids.ids]
            if self.source != "email":  # a mail dates itself
                values["received_at"] = min(self.received_at, other.received_at)
            other_sudo.write(values)
        if other.state == "proposed" and self.source != "message":
            other_sudo._move("received")
        other_sudo.message_post(
            body=self.env._("Asked again: %(request)s was joined into this.", request=self.name)
        )
        self.sudo().activity_ids.unlink()  # sudo: reminders of others, too

    def action_join(self):
        """Join this into the earlier request for the same."""
        self.ensure_one()
        self.check_access("write")
        other = self._same_open()
        if not other:
            raise UserError(self.env._("No other open request asks the same."))
        self._join_into(other)
        return other._action_show()

    def action_confirm(self):
        """Yes, this message is a request."""
        self.check_access("write")
        self._move("received", user_id=self.user_id.id or self.env.uid)
        self._tell_person("receipt")

    def action_dismiss(self):
        """No, this message asks for nothing of the kind."""
        self.check_access("write")
        self._close("dismissed")

    def _action_show(self):
        self.ensure_one()
        return form_of(self)

    # === MAIL === #

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Override: a mail to the address for privacy requests is one."""
        # mails come from anybody: what a header or body claims is only what somebody says
        body = html2plaintext(msg_dict.get("body") or "")[:MAX_WORDS].strip()
        subject = (msg_dict.get("subject") or "")[:200]
        [(name, address)] = email_split_tuples(msg_dict.get("email_from") or "")[:1] or [("", "")]
        kind = self.env["social.crm.privacy.trigger"]._kind_of(f"{subject}\n{body}")
        claimed = fields.Datetime.to_datetime(msg_dict.get("date") or fields.Datetime.now())
        received = self._mail_received_at(claimed)
        request = self._receive(
            kind or "access",
            "email",
            company=self._company_of_mail(msg_dict),
            said_name=name or False,
            said_email=address or False,
            description=f"{subject}\n\n{body}".strip(),
            received_at=received,
        )
        if received != claimed:
            request.message_post(
                body=self.env._(
                    "The mail says it was written on %(moment)s. The clock starts when it "
                    "arrived.",
                    moment=format_datetime(self.env, claimed),
                )
            )
        if not kind:
            request.message_post(
                body=self.env._("What is asked was not understood: read it and choose the kind.")
            )
        return request

    @api.model
    def _mail_received_at(self, claimed):
        """When a mail's clock starts: its own date, as far as a server may have held it up.

        :param datetime claimed: of the header, which says whatever its writer wants
        :rtype: datetime
        """
        now = fields.Datetime.now()
        return claimed if now - MAIL_DELAY <= claimed <= now else now

    @api.model
    def _company_of_mail(self, msg_dict):
        """The company whose domain the mail was sent to."""
        recipients = f"{msg_dict.get('to') or ''},{msg_dict.get('cc') or ''}"
        domains = {address.rpartition("@")[2] for _name, address in email_split_tuples(recipients)}
        # sudo: the gateway's user need not be one of ours
        found_sudo = self.env["res.company"].sudo().search(
            [("alias_domain_id.name", "in", sorted(domains))], limit=1
        )
        return found_sudo or self.env.company

    # === MESSAGES === #

    @api.model
    def _propose(self, interactions):
        """Propose requests for messages that read like one; their clocks began with them.

        :param recordset interactions: of one batch
        """
        kind_of = self.env["social.crm.privacy.trigger"]._kind_of
        since = fields.Datetime.now() - timedelta(days=PROPOSE_DAYS)
        asked = [
            (said, kind)
            for said in interactions
            if said.direction == "in"
            and said.body
            and said.date >= since
            and said.identity_id
            and not said.identity_id.is_own
            and (kind := kind_of(said.body[:MAX_WORDS]))
        ]
        if not asked:
            return
        # sudo: the second stage works for everybody
        known_sudo = self.sudo().search(
            [("interaction_id", "in", [said.id for said, _kind in asked])]
        )
        for said, kind in asked:
            if said not in known_sudo.interaction_id:
                self._receive(kind, "message", state="proposed", **self._of_interaction(said))

    @api.model
    def _of_interaction(self, said):
        return {
            "company": said.company_id,
            "interaction_id": said.id,
            "case_id": said.case_id.id,
            "received_at": said.date,
            "description": said.body and said.body[:MAX_WORDS],
            "language": self._installed(said.language or said.identity_id.language),
            "subject_identity_ids": [Command.link(said.identity_id.id)],
        }

    @api.model
    def _installed(self, language):
        """The installed language nearest to one a network names.

        :rtype: str | bool
        """
        root = (language or "").replace("-", "_").split("_")[0].lower()
        if not root:
            return False
        codes = [code for code, _name in self.env["res.lang"].get_installed()]
        exact = [code for code in codes if code.lower() == language.replace("-", "_").lower()]
        near = [code for code in codes if code.split("_")[0].split("@")[0] == root]
        return next(iter(exact + near), False)



class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    @api.model
    def _second_stage_hooks(self):
        """Override to look for privacy requests."""
        return [*super()._second_stage_hooks(), (45, "privacy_words", "_hook_privacy_words")]

    def _hook_privacy_words(self):
        """Propose a request where somebody writes like asking for their rights."""
        self.env["social.crm.privacy.request"]._propose(self)

    def _talk_ability(self, able, is_liked, makes_leads):
        """Override: what somebody wrote can be a privacy request."""
        names = super()._talk_ability(able, is_liked, makes_leads)
        if self.direction == "in" and self.identity_id and not self.identity_id.is_own:
            names = [*names, "privacy_request"]
        return names


class SocialCrmCase(models.Model):
    _inherit = "social.crm.case"

    def _inbox_person_notices(self):
        """Override: whoever writes to the person knows what they asked by right."""
        notices = super()._inbox_person_notices()
        if not self.identity_id:
            return notices
        partner = self.partner_id or self.identity_id.partner_id
        # sudo: agents may not read requests; that one runs concerns whoever answers the person
        requests_sudo = self.env["social.crm.privacy.request"].sudo()
        open_sudo = requests_sudo.search(
            requests_sudo._open_domain()
            & Domain("state", "!=", "proposed")
            & requests_sudo._personal_data_domain(self.identity_id, partner)
        )
        return [
            *(
                {
                    "level": "info",
                    "text": self.env._(
                        "Privacy request %(request)s: the privacy clerks answer it by %(day)s. "
                        "Go on answering everything else.",
                        request=request.display_name,
                        day=format_date(self.env, request.due_date),
                    ),
                }
                for request in open_sudo
            ),
            *notices,
        ]
