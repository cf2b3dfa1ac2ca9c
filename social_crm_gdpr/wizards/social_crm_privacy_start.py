# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tools import format_date

from odoo.addons.social_crm_base.tools.action import CLOSE, dialog_of, notice
from odoo.addons.social_crm_base.tools.privacy import (
    CONTENT,
    IDENTITY,
    ROW,
    classify,
    not_personal,
)

from ..models.social_crm_privacy_request import KIND_SELECTION


class SocialCrmPrivacyStart(models.TransientModel):
    """One click on a message, an account, a contact or a case: a privacy request begins."""

    _name = "social.crm.privacy.start"
    _inherit = ["social.crm.personal.data"]
    _description = "New Privacy Request"

    kind = fields.Selection(KIND_SELECTION, required=True, default="access")
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    interaction_id = fields.Many2one("social.crm.interaction")
    case_id = fields.Many2one("social.crm.case")
    identity_id = fields.Many2one("social.crm.identity")
    partner_id = fields.Many2one("res.partner")
    said = fields.Text(string="What the Person Asks")
    received_at = fields.Datetime(string="Clock Starts", compute="_compute_received_at")
    answer_by = fields.Date(compute="_compute_answer_by")

    @api.depends("interaction_id", "identity_id", "case_id", "partner_id")
    @api.depends_context("company")
    def _compute_company_id(self):
        """Whose people these are: nobody chooses a company."""
        for start in self:
            companies = [record.company_id for record in start._about() if record.company_id]
            start.company_id = companies[0] if companies else self.env.company

    @api.depends("interaction_id")
    def _compute_received_at(self):
        for start in self:
            start.received_at = (
                start.interaction_id.date or start.create_date or fields.Datetime.now()
            )

    @api.depends("received_at", "company_id")
    def _compute_answer_by(self):
        for start in self:
            law = self.env["social.crm.jurisdiction"]._of(start.company_id)
            due_at = law._due(start.received_at, start.company_id)
            start.answer_by = law._last_day(due_at, start.company_id)

    @api.model
    def _open_for(self, **about):
        """The little form, filled in.

        :param about: records by field name
        :rtype: dict
        """
        said = about.get("interaction_id")
        kind = self.env["social.crm.privacy.trigger"]._kind_of(said.body) if said else ""
        start = self.create(
            {
                "kind": kind or "access",
                "said": said.body if said else False,
                **{name: record.id for name, record in about.items()},
            }
        )
        return dialog_of(start, self.env._("Privacy Request"))

    def action_start(self):
        """Make the request; who works on requests sees it, everybody else is told its number."""
        self.ensure_one()
        if not self.env.user.has_group("social_crm_base.group_agent") and not self._is_clerk():
            raise AccessError(self.env._("Ask an agent or a privacy clerk to do this."))
        request = self._receive()
        if self._is_clerk():
            return request.with_user(self.env.user)._action_show()
        return notice(
            self.env._(
                "%(number)s is with the privacy clerks, who answer by %(day)s. There is "
                "nothing more for you to do.",
                number=request.name,
                day=format_date(self.env, request.due_date),
            ),
            then=CLOSE,
        )

    def _is_clerk(self):
        return self.env.user.has_group("social_crm_base.group_privacy_clerk")

    def _about(self):
        """The records this began with, of different models.

        :rtype: list[recordset]
        """
        named = (self.interaction_id, self.identity_id, self.case_id, self.partner_id)
        return [record for record in named if record]

    def _check_about(self):
        """Whether whoever makes the request sees what it is about, in a company of theirs.

        :raise AccessError: in words
        """
        for record in self._about():
            record.check_access("read")
        companies = {record.company_id for record in self._about() if record.company_id}
        if companies - {self.company_id} or self.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "This belongs to a company you do not work in now. Choose it above, and begin "
                    "again."
                )
            )

    def _receive(self):
        requests = self.env["social.crm.privacy.request"]
        self._check_about()
        if said := self.interaction_id:
            # sudo: agents may not read requests; whether this message is one already is counted
            known_sudo = requests.sudo().search(
                [("interaction_id", "=", said.id), ("state", "=", "proposed")], limit=1
            )
            if known_sudo:
                known_sudo.kind = self.kind
                known_sudo._move("received")
                known_sudo._tell_person("receipt")
                return known_sudo
            values = {**requests._of_interaction(said), "description": self.said}
            return requests._receive(self.kind, "message", **values)
        partner = self.partner_id or self.identity_id.partner_id
        return requests._receive(
            self.kind,
            "hand",
            company=self.company_id,
            received_at=self.received_at,
            description=self.said,
            case_id=self.case_id.id,
            subject_identity_ids=[Command.set(self.identity_id.ids)],
            subject_partner_ids=[Command.set(partner.ids)],
        )

    def _personal_data_fields(self):
        return {
            **not_personal("kind"),
            **classify(IDENTITY, ROW, "interaction_id case_id identity_id partner_id"),
            **classify(CONTENT, ROW, "said"),
        }


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    def action_privacy_request(self):
        """Begin a privacy request with this message: its clock started when it was written."""
        self.ensure_one()
        self.check_access("read")
        return self.env["social.crm.privacy.start"]._open_for(interaction_id=self)


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    def action_privacy_request(self):
        """Begin a privacy request of whoever has this account."""
        self.ensure_one()
        self.check_access("read")
        return self.env["social.crm.privacy.start"]._open_for(identity_id=self)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_social_privacy_request(self):
        """Begin a privacy request of this contact."""
        self.ensure_one()
        self.check_access("read")
        return self.env["social.crm.privacy.start"]._open_for(partner_id=self)


class SocialCrmCase(models.Model):
    _inherit = "social.crm.case"

    def action_privacy_request(self):
        """Begin a privacy request of this case's customer, with their last word."""
        self.ensure_one()
        self.check_access("read")
        said = self.env["social.crm.interaction"].search(
            [("case_id", "=", self.id), ("direction", "=", "in"), ("body", "!=", False)], limit=1
        )
        if said:
            return said.action_privacy_request()
        return self.env["social.crm.privacy.start"]._open_for(
            case_id=self, identity_id=self.identity_id, partner_id=self.partner_id
        )
