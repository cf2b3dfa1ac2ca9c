# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from ..tools import names
from ..tools.action import dialog_for
from ..tools.privacy import CLEAR, IDENTITY, classify


class ResPartner(models.Model):
    """The person behind the accounts: where they speak, and how to find them from there."""

    _name = "res.partner"
    _inherit = ["res.partner", "social.crm.personal.data"]

    social_name_key = fields.Char(
        compute="_compute_social_name_key",
        store=True,
        help="The name in small Latin letters without diacritics, to find similar ones.",
    )
    social_profile_key = fields.Char(
        compute="_compute_social_profile_key",
        store=True,
        index="btree_not_null",
        help="The account the website link points at, where it is a profile on a network.",
    )
    social_identity_ids = fields.One2many(
        "social.crm.identity", "partner_id", string="Accounts",
        groups="social_crm_base.group_viewer",
    )
    social_link_ids = fields.One2many(
        "social.crm.identity.link", "partner_id", string="Links",
        groups="social_crm_base.group_viewer",
    )
    social_identity_count = fields.Integer(
        string="Accounts (number)", compute="_compute_social_counts",
        groups="social_crm_base.group_viewer",
    )
    social_conversation_count = fields.Integer(
        string="Conversations", compute="_compute_social_counts",
        groups="social_crm_base.group_viewer",
    )
    social_interaction_count = fields.Integer(
        string="Interactions", compute="_compute_social_counts",
        groups="social_crm_base.group_viewer",
    )
    social_case_count = fields.Integer(
        string="Open Cases", compute="_compute_social_counts",
        groups="social_crm_base.group_viewer",
    )
    social_first_contact = fields.Datetime(
        string="First Contact", compute="_compute_social_contact",
        groups="social_crm_base.group_viewer",
    )
    social_last_contact = fields.Datetime(
        string="Last Contact", compute="_compute_social_contact",
        groups="social_crm_base.group_viewer",
    )
    is_social = fields.Boolean(
        string="Speaks on Networks", compute="_compute_social_counts",
        search="_search_is_social", groups="social_crm_base.group_viewer",
    )

    _social_name_index = models.Index(
        lambda registry: "USING gin (social_name_key gin_trgm_ops)"
        if registry.has_trigram
        else "(social_name_key)"
    )
    _social_email_index = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    _social_phone_index = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")
    _social_domain_index = models.Index(
        "(split_part(email_normalized, '@', 2)) WHERE email_normalized IS NOT NULL"
    )

    # === COMPUTE METHODS === #

    @api.depends("name")
    def _compute_social_name_key(self):
        for partner in self:
            partner.social_name_key = names.fold(partner.name) or False

    @api.depends("website")
    def _compute_social_profile_key(self):
        # sudo: reading a link needs the catalogue's patterns, which hold nothing personal
        Platform = self.env["social.crm.platform"].sudo()
        found = Platform._parse_profile_urls(filter(None, self.mapped("website")))
        for partner in self:
            platform_id, parts = found.get(partner.website, (False, None))
            partner.social_profile_key = platform_id and Platform.browse(platform_id)._profile_key(
                parts.handle, parts.external_id, parts.host
            )

    def _compute_social_counts(self):
        identities = self.env["social.crm.identity"]._read_group(
            [("partner_id", "in", self.ids)], ["partner_id"], ["id:recordset"]
        )
        of_partner = dict(identities)
        ids = [identity.id for _partner, group in identities for identity in group]
        conversations = self._count_by_identity("social.crm.conversation", ids)
        interactions = self._count_by_identity("social.crm.interaction", ids)
        cases = dict(
            self.env["social.crm.case"]._read_group(
                [("partner_id", "in", self.ids), ("state", "!=", "closed")],
                ["partner_id"], ["__count"],
            )
        )  # fmt: skip
        for partner in self:
            mine = of_partner.get(partner._origin, self.env["social.crm.identity"])
            partner.social_identity_count = len(mine)
            partner.is_social = bool(mine)
            partner.social_conversation_count = sum(conversations.get(i.id, 0) for i in mine)
            partner.social_interaction_count = sum(interactions.get(i.id, 0) for i in mine)
            partner.social_case_count = cases.get(partner._origin, 0)

    def _count_by_identity(self, model, identity_ids):
        groups = self.env[model]._read_group(
            [("identity_id", "in", identity_ids)], ["identity_id"], ["__count"]
        )
        return {identity.id: count for identity, count in groups}

    def _compute_social_contact(self):
        seen = {
            partner: (first, last)
            for partner, first, last in self.env["social.crm.identity"]._read_group(
                [("partner_id", "in", self.ids)],
                ["partner_id"],
                ["first_seen:min", "last_seen:max"],
            )
        }
        for partner in self:
            partner.social_first_contact, partner.social_last_contact = seen.get(
                partner._origin, (False, False)
            )

    def _search_is_social(self, operator, value):
        if operator != "in":
            return NotImplemented
        known = self.env["social.crm.identity"]._search([("partner_id", "!=", False)])
        domain = fields.Domain("social_identity_ids", "in", known)
        if set(value) == {True, False}:
            return fields.Domain.TRUE
        return domain if True in value else ~domain

    # === CRUD METHODS === #

    def unlink(self):
        """Cases of a deleted contact are the account's again, or its next message gets lost."""
        # sudo: cases of all teams and companies
        cases_sudo = self.env["social.crm.case"].sudo().search([("partner_id", "in", self.ids)])
        identities_sudo = cases_sudo.identity_id
        done = super().unlink()
        if cases_sudo:
            self.env.add_to_compute(identities_sudo._fields["partner_id"], identities_sudo)
            cases_sudo.exists()._recompute_customer_key()
        return done

    # === ACTION METHODS === #

    def action_social_identities(self):
        """The accounts of this contact."""
        return self._social_action(
            "social_crm_base.social_crm_identity_action", [("partner_id", "in", self.ids)]
        )

    def action_social_conversations(self):
        """The places where this contact speaks with us."""
        return self._social_list(
            "social.crm.conversation",
            self.env._("Conversations"),
            [("identity_id.partner_id", "in", self.ids)],
        )

    def action_social_interactions(self):
        """What this contact said."""
        return self._social_list(
            "social.crm.interaction",
            self.env._("Interactions"),
            [("identity_id.partner_id", "in", self.ids)],
        )

    def action_social_cases(self):
        """All cases of this contact, closed ones included."""
        return self._social_list(
            "social.crm.case", self.env._("Cases"), [("partner_id", "in", self.ids)]
        )

    def action_social_add_account(self):
        """Write down an account of this contact."""
        self.ensure_one()
        return dialog_for(
            "social.crm.identity.add", self.env._("Add an Account"), partner_id=self.id
        )

    def _social_action(self, xml_id, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        return {**action, "domain": domain, "context": {"create": False}}

    def _social_list(self, model, name, domain):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": domain,
            "context": {"create": False},
        }

    # === PRIVACY === #

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **classify(IDENTITY, CLEAR, "social_name_key social_profile_key"),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("id", "in", partners.ids)
