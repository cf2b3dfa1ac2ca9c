# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.action import form_of
from ..tools.privacy import CONTACT, IDENTITY, ROW, classify


class SocialCrmIdentityConnect(models.TransientModel):
    """Links an account to a contact by hand, or makes the contact."""

    _name = "social.crm.identity.connect"
    _inherit = ["social.crm.personal.data"]
    _description = "Link an Account to a Contact"

    identity_id = fields.Many2one(
        "social.crm.identity", string="Account", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", string="Contact", ondelete="cascade")
    note = fields.Char(string="Reason", help="How you know, for whoever asks later.")
    proposal_ids = fields.Many2many(
        "social.crm.identity.link", compute="_compute_proposal_ids", string="Found"
    )

    @api.depends("identity_id")
    def _compute_proposal_ids(self):
        for wizard in self:
            wizard.proposal_ids = wizard.identity_id.link_ids.filtered(
                lambda link: link.state in ("proposed", "later")
            )

    def action_connect(self):
        """Link to the contact chosen."""
        self.ensure_one()
        if not self.partner_id:
            raise UserError(self.env._("Choose a contact, or make a new one."))
        self.identity_id._connect(self.partner_id, self.note)
        return {"type": "ir.actions.act_window_close"}

    def action_create_partner(self):
        """Make a contact of what the account says, and link it."""
        self.ensure_one()
        partner = self.identity_id._create_partner(self.note)
        return form_of(partner)

    def _personal_data_fields(self):
        return classify(IDENTITY, ROW, "identity_id partner_id note")

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("identity_id", "in", identities.ids) | fields.Domain(
            "partner_id", "in", partners.ids
        )


class SocialCrmIdentityAdd(models.TransientModel):
    """Writes down an account that a contact told us of."""

    _name = "social.crm.identity.add"
    _inherit = ["social.crm.personal.data"]
    _description = "Add an Account to a Contact"

    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
    profile = fields.Char(
        string="Profile Link or Handle", required=True,
        help="Paste the address of the profile, or write the handle.",
    )
    platform_id = fields.Many2one(
        "social.crm.platform", string="Network", compute="_compute_platform_id",
        store=True, readonly=False,
    )
    given = fields.Boolean(
        string="The person gave it to us", default=True,
        help="Some networks allow a link only then.",
    )
    note = fields.Char(string="Reason")

    @api.depends("profile")
    def _compute_platform_id(self):
        for wizard in self:
            platform, _handle = self.env["social.crm.platform"]._parse_profile_url(
                wizard.profile or ""
            )
            wizard.platform_id = platform or wizard.platform_id

    def action_add(self):
        """Find or make the account, and link it."""
        self.ensure_one()
        if not self.platform_id:
            raise UserError(self.env._("Choose the network this account is on."))
        identity = self._find_or_create()
        if self.given and identity.consent_basis != "opt_in":
            identity.consent_basis = "given"
        identity._connect(self.partner_id, self.note)
        return {"type": "ir.actions.act_window_close"}

    def _find_or_create(self):
        handle_key = self.platform_id._normalize_handle(self.profile)
        if not handle_key:
            raise UserError(
                self.env._(
                    "“%(text)s” is no profile link and no handle of %(network)s.",
                    text=self.profile, network=self.platform_id.name,
                )
            )  # fmt: skip
        company = self.partner_id.company_id or self.env.company
        found = self.env["social.crm.identity"].search(
            [
                ("company_id", "=", company.id),
                ("platform_id", "=", self.platform_id.id),
                ("handle_key", "=", handle_key),
            ],
            order="external_id nulls last, id",
            limit=1,
        )
        return found or found.create(
            {
                "company_id": company.id,
                "platform_id": self.platform_id.id,
                "handle": handle_key,
                "handle_key": handle_key,
                "profile_url": self.platform_id._profile_url(handle_key),
                "consent_basis": "given" if self.given else "none",
            }
        )

    def _personal_data_fields(self):
        return {
            **classify(IDENTITY, ROW, "profile platform_id note given"),
            **classify(CONTACT, ROW, "partner_id"),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("partner_id", "in", partners.ids)
