# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from ..tools.action import RELOAD, notice
from ..tools.privacy import CONTACT, EMPLOYEE, KEEP, ROW, classify, not_personal

#: Fields of a contact that may be filled from an account, and what of the account fills them.
FILLED = {
    "name": "name",
    "email": "verified_email",
    "phone": "verified_phone",
    "website": "profile_url",
}


class SocialCrmPartnerOrigin(models.Model):
    """Where a contact's field came from, when a network filled it: to empty it by origin."""

    _name = "social.crm.partner.origin"
    _inherit = ["social.crm.personal.data"]
    _description = "Origin of a Contact's Field"
    _order = "date desc, id desc"

    partner_id = fields.Many2one(
        "res.partner", string="Contact", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    identity_id = fields.Many2one(
        "social.crm.identity", string="Account", index="btree_not_null", ondelete="set null"
    )
    platform_id = fields.Many2one(
        "social.crm.platform", string="Network", required=True, ondelete="restrict"
    )
    field_name = fields.Char(required=True)
    field_label = fields.Char(string="Field", compute="_compute_field_label")
    value = fields.Char(help="As the network gave it.")
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    rule = fields.Char(help="What allowed it: the rulebook's reason, or nothing forbade it.")
    user_id = fields.Many2one("res.users", string="Filled By", default=lambda self: self.env.user)
    state = fields.Selection(
        [("filled", "In use"), ("changed", "Changed since"), ("emptied", "Emptied")],
        compute="_compute_state",
    )
    emptied_at = fields.Datetime(readonly=True)

    @api.depends_context("lang")
    @api.depends("field_name")
    def _compute_field_label(self):
        known = self.env["res.partner"]._fields
        for origin in self:
            field = known.get(origin.field_name)
            origin.field_label = field._description_string(self.env) if field else False

    @api.depends("emptied_at", "value")
    def _compute_state(self):
        for origin in self:
            if origin.emptied_at:
                origin.state = "emptied"
            elif origin.partner_id[origin.field_name] == origin.value:
                origin.state = "filled"
            else:
                origin.state = "changed"

    def action_empty(self):
        """Empty the fields that still hold what the network gave; what was changed since stays."""
        self.check_access("write")
        in_use = self.filtered(lambda origin: origin.state == "filled")
        for origin in in_use:
            # A contact must keep a name; it gets one that says nothing
            value = self.env._("Contact %(number)s", number=origin.partner_id.id)
            origin.partner_id[origin.field_name] = value if origin.field_name == "name" else False
        in_use.write({"value": False, "emptied_at": fields.Datetime.now()})
        (self - in_use).filtered(lambda origin: not origin.emptied_at).value = False
        return notice(
            self.env._(
                "%(count)s fields emptied; %(kept)s had been changed since and stay.",
                count=len(in_use), kept=len(self - in_use),
            ),
            "info",
            then=RELOAD,
        )

    def _personal_data_fields(self):
        return {
            **not_personal("company_id platform_id field_name rule"),
            **classify(CONTACT, ROW, "partner_id identity_id value date emptied_at"),
            **classify(
                EMPLOYEE, KEEP, "user_id",
                ground="accountability, GDPR Art. 5(2): who filled a contact from a network",
            ),
        }  # fmt: skip

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("identity_id", "in", identities.ids) | fields.Domain(
            "partner_id", "in", partners.ids
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    social_origin_ids = fields.One2many(
        "social.crm.partner.origin", "partner_id", string="Filled From Networks",
        groups="social_crm_base.group_viewer",
    )

    def action_social_empty_origins(self):
        """Empty everything of this contact that came from networks."""
        self.check_access("write")
        return self.social_origin_ids.action_empty()

    def _social_fill_from(self, identity, only=None):
        """Fill this contact's empty fields with what a network says of an account.

        :param recordset identity: the account, one
        :param set only: names of contact fields, all of ``FILLED`` by default
        :raise RulebookRefusal: where the network forbids combining its data with others
        """
        self.ensure_one()
        verdicts = self.env["social.crm.platform.rule"]._check(
            identity.platform_id, "combine", flow=identity._told_flow(),
            consent=identity._gave_consent(), company=identity.company_id, decision=True,
        )  # fmt: skip
        known = {
            name: identity[source]
            for name, source in FILLED.items()
            if identity[source] and not self[name] and (not only or name in only)
        }
        self.write(known)
        self._social_note_origin(identity, known, verdicts[identity.platform_id.id].reason)

    def _social_note_origin(self, identity, values, rule=""):
        """Keep where values of this contact came from.

        :param dict values: contact field -> value, as written
        """
        self.env["social.crm.partner.origin"].create(
            [
                {
                    "partner_id": self.id,
                    "company_id": identity.company_id.id,
                    "identity_id": identity.id,
                    "platform_id": identity.platform_id.id,
                    "field_name": name,
                    "value": self[name],
                    "rule": rule or self.env._("No rule of the network forbids it."),
                }
                for name, value in values.items()
                if value
            ]
        )
