# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.social_crm_base.tools.action import dialog_for
from odoo.addons.social_crm_base.tools.privacy import CONTENT, IDENTITY, ROW, classify, not_personal

from ..models.social_crm_consent import NEGATIVE
from ..models.social_crm_preferences import half_hidden
from ..tools import token


class SocialCrmConsentRecord(models.TransientModel):
    """Write down what a person decided on the phone, on paper or in a shop."""

    _name = "social.crm.consent.record"
    _inherit = ["social.crm.personal.data"]
    _description = "Write Down a Consent"

    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    identity_id = fields.Many2one("social.crm.identity", string="Account", ondelete="cascade")
    partner_id = fields.Many2one("res.partner", string="Contact", ondelete="cascade")
    purpose_id = fields.Many2one(
        "social.crm.purpose", required=True, domain="[('is_asked', '=', True)]",
        ondelete="cascade",
    )
    event = fields.Selection(
        [("withdrawn", "They want it no more"), ("given", "They agree")],
        string="What They Decided",
        required=True,
        default="withdrawn",
    )
    happened_at = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    text_id = fields.Many2one(
        "social.crm.purpose.text",
        string="Words They Read or Heard",
        compute="_compute_text_id",
        store=True,
        readonly=False,
        ondelete="cascade",
        domain="[('purpose_id', '=', purpose_id), ('state', '!=', 'draft')]",
    )
    statement = fields.Text(related="text_id.statement")
    note = fields.Char(string="Evidence", help="Where and how the person said it.")
    confirm_by = fields.Selection(
        [("email", "E-mail with a link"), ("none", "Later")],
        string="Ask Them to Confirm",
        default="email",
    )
    email = fields.Char(compute="_compute_email")
    needs_confirmation = fields.Boolean(compute="_compute_needs_confirmation")

    @api.depends("purpose_id")
    def _compute_text_id(self):
        for wizard in self:
            who = wizard.identity_id.language or wizard._contact().lang
            wizard.text_id = wizard.purpose_id._text(who) if wizard.purpose_id else False

    @api.depends("identity_id", "partner_id")
    @api.depends_context("company")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = (
                wizard.identity_id.company_id or wizard.partner_id.company_id or self.env.company
            )

    @api.depends("identity_id", "partner_id")
    def _compute_email(self):
        """Addresses known before only: whoever could name one could confirm in their place."""
        for wizard in self:
            wizard.email = wizard.identity_id.verified_email or wizard._contact().email

    @api.depends("purpose_id", "event")
    def _compute_needs_confirmation(self):
        for wizard in self:
            wizard.needs_confirmation = (
                wizard.event == "given" and wizard.purpose_id.double_opt_in
            )

    def _contact(self):
        return self.partner_id or self.identity_id.partner_id

    @api.model
    def _open_for(self, identity=None, partner=None):
        """The dialogue about that person.

        :rtype: dict
        """
        return dialog_for(
            self._name,
            self._description,
            identity_id=identity.id if identity else False,
            partner_id=partner.id if partner else False,
        )

    def action_record(self):
        """Into the ledger, and ask for the confirmation where one is needed."""
        self.ensure_one()
        if not self.identity_id and not self.partner_id:
            raise UserError(self.env._("Say who decided: an account or a contact."))
        self.identity_id.check_access("read")
        self.partner_id.check_access("read")
        confirms = self.needs_confirmation and self.confirm_by == "email"
        if confirms and not self.email:
            raise UserError(
                self.env._(
                    "No e-mail address of theirs is known. Write it on the contact first, or ask "
                    "for the confirmation later."
                )
            )
        if self.happened_at > fields.Datetime.now():
            raise ValidationError(self.env._("Nobody decides tomorrow: mend the time."))
        event = self.event
        if event in NEGATIVE and self.purpose_id.legal_basis == "interest":
            event = "objected"
        row_sudo = self.env["social.crm.consent"]._note(
            event,
            self.purpose_id.code,
            identity=self.identity_id,
            partner=self.partner_id if not self.identity_id else None,
            way="hand",
            company_id=self.company_id.id,
            happened_at=self.happened_at,
            text_id=self.text_id.id,
            note=self._evidence(confirms),
        )
        if confirms:
            self._mail_confirmation(row_sudo)
        return {"type": "ir.actions.act_window_close"}

    def _evidence(self, confirms):
        """How one knows, with where the second step went; no whole address.

        :rtype: str
        """
        if not confirms or not self.note:
            return self.note
        return self.env._(
            "%(note)s (asked at %(address)s to confirm)",
            note=self.note,
            address=half_hidden(self.email),
        )

    def _mail_confirmation(self, row_sudo):
        """The second step of a double opt-in: a link only the owner of the address gets."""
        page = self.env["social.crm.preferences"]
        words = page._words(self.text_id.lang)
        url = row_sudo.get_base_url() + page._path("consent", token.make("c", row_sudo))
        company = self.company_id
        # sudo: the mail is the system's, whoever asked for it
        self.env["mail.mail"].sudo().create(
            {
                "subject": words["confirm_subject"].replace("{company}", company.name),
                "body_html": Markup("<p>%s</p><p>%s</p><p><a href='%s'>%s</a></p><p>%s</p>")
                % (
                    words["confirm_mail"].replace("{company}", company.name),
                    row_sudo.wording,
                    url,
                    words["confirm_button"],
                    words["confirm_ignore"],
                ),
                "email_from": company.email_formatted,
                "email_to": self.email,
                "auto_delete": True,
            }
        ).send()

    def _personal_data_fields(self):
        return {
            **not_personal("purpose_id event happened_at text_id confirm_by"),
            **classify(IDENTITY, ROW, "identity_id partner_id"),
            **classify(CONTENT, ROW, "note"),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("identity_id", "in", identities.ids) | fields.Domain(
            "partner_id", "in", partners.ids
        )
