# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import ROLE_SELECTION
from ..tools.privacy import (
    BEHAVIOUR,
    CLEAR,
    CONTACT,
    IDENTITY,
    PROFILING,
    classify,
    not_personal,
)


class SocialCrmIdentity(models.Model):
    """An account somebody else owns. A stranger is only this; a contact is made for a reason."""

    _name = "social.crm.identity"
    _inherit = ["mail.thread", "social.crm.export.gate", "social.crm.personal.data"]
    _description = "Social Identity"
    _order = "last_seen desc, id desc"
    _rec_names_search = ["handle", "name"]

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    platform_id = fields.Many2one(
        "social.crm.platform", required=True, index=True, ondelete="restrict"
    )
    platform_icon = fields.Char(related="platform_id.icon_url", string="Network Icon")
    scope = fields.Char(
        required=True,
        default="",
        help="Within what the id is unique, where the network's ids are not global.",
    )
    external_id = fields.Char(string="Network ID")
    handle = fields.Char(help="The name the account goes by now, without the leading @.")
    handle_key = fields.Char(help="The handle in the network's normal form.", copy=False)
    name = fields.Char(string="Displayed Name")
    profile_url = fields.Char(string="Profile")
    avatar_url = fields.Char()
    language = fields.Char()
    followers = fields.Integer(string="Audience", help="Followers of the account on its network.")
    state = fields.Selection(
        [("active", "Active"), ("suspended", "Suspended"), ("deleted", "Deleted")],
        required=True,
        default="active",
    )
    verified_email = fields.Char(help="An address the network itself vouches for.")
    verified_phone = fields.Char(help="A number the network itself vouches for, in E.164.")
    is_own = fields.Boolean(string="Ours", help="One of our own accounts.")
    role = fields.Selection(ROLE_SELECTION, tracking=True)
    role_reason = fields.Char(tracking=True)
    role_user_id = fields.Many2one("res.users", string="Role Set By", readonly=True)
    consent_basis = fields.Selection(
        [
            ("none", "None"),
            ("wrote_to_us", "Wrote to us"),
            ("given", "Gave us the data directly"),
            ("opt_in", "Express opt-in"),
        ],
        required=True,
        default="none",
        help="On what ground it may be linked to a contact, where a network asks for one.",
    )
    first_seen = fields.Datetime(readonly=True)
    last_seen = fields.Datetime(readonly=True)
    profile_at = fields.Datetime(
        readonly=True, help="How old the name, handle and picture are: older news never win."
    )
    alias_ids = fields.One2many("social.crm.identity.alias", "identity_id", string="Former Names")
    link_ids = fields.One2many("social.crm.identity.link", "identity_id", string="Links")
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        compute="_compute_partner_id",
        store=True,
        index="btree_not_null",
        ondelete="set null",
        help="The contact of the link in force, for lists and rules; the links say how we know.",
    )
    is_shared = fields.Boolean(
        string="Shared Account",
        tracking=True,
        help="Several people write from this account, for example a family: it may have several "
        "contacts at once, each from a day and to a day.",
    )
    matched_at = fields.Datetime(
        readonly=True, copy=False, help="When we last looked for the contact of this account."
    )
    conversation_ids = fields.One2many("social.crm.conversation", "identity_id")

    _external_unique = models.UniqueIndex(
        "(company_id, platform_id, scope, external_id) WHERE external_id IS NOT NULL",
        "This account is known already.",
    )
    _handle_unique = models.UniqueIndex(
        "(company_id, platform_id, scope, handle_key) "
        "WHERE external_id IS NULL AND handle_key IS NOT NULL",
        "This handle is known already.",
    )
    _handle_index = models.Index("(platform_id, handle_key) WHERE handle_key IS NOT NULL")
    _list_index = models.Index("(last_seen DESC, id DESC)")
    _named = models.Constraint(
        "CHECK(external_id IS NOT NULL OR handle_key IS NOT NULL OR name IS NOT NULL)",
        "An identity needs a network id, a handle or a name.",
    )

    @api.depends("handle", "name", "external_id", "platform_id.name")
    def _compute_display_name(self):
        for identity in self:
            said = identity.name or identity.handle or identity.external_id or ""
            if identity.name and identity.handle:
                said = f"{identity.name} (@{identity.handle})"
            identity.display_name = said

    @api.depends(
        "link_ids.state", "link_ids.partner_id", "link_ids.date_from", "link_ids.date_to"
    )
    def _compute_partner_id(self):
        """The confirmed link in force; of a shared account's several, the latest."""
        now = fields.Datetime.now()
        for identity in self:
            identity.partner_id = identity.link_ids._in_force(now)[:1].partner_id

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_bare_partner(vals)
            self._fill_handle_key(vals)
        self._gate_store(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_bare_partner(vals)
        if "handle" in vals and "handle_key" not in vals:
            for platform, identities in self.grouped("platform_id").items():
                key = self._handle_key(platform, vals["handle"])
                super(SocialCrmIdentity, identities).write({"handle_key": key})
        if vals.get("role") and "role_user_id" not in vals:
            vals = dict(vals, role_user_id=self.env.uid)
        return super().write(vals)

    @api.model
    def _refuse_bare_partner(self, vals):
        """No way in may name the contact without a link that says why."""
        if vals.get("partner_id"):
            raise UserError(
                self.env._(
                    "The contact of an account follows from its links. Link the account to the "
                    "contact instead, so that it is known why and can be undone."
                )
            )

    @api.model
    def _fill_handle_key(self, vals):
        """Every way in leaves the normal form, or the unique index would see two people."""
        if vals.get("handle") and not vals.get("handle_key"):
            platform = self.env["social.crm.platform"].browse(vals["platform_id"])
            vals["handle_key"] = self._handle_key(
                platform, vals["handle"], bool(vals.get("external_id"))
            )

    @api.model
    def _handle_key(self, platform, handle, has_id=False):
        """The handle in the network's normal form, by which an account is found.

        What the network would not allow never matches anybody (Bluesky calls many people
        ``handle.invalid``), unless it is all there is: then it is one name, however often it comes.

        :param bool has_id: whether the account has an id besides
        :rtype: str | bool
        """
        handle = (handle or "").strip()
        if not handle:
            return False
        return platform._normalize_handle(handle) or (not has_id and handle.casefold()) or False

    @api.model
    def _gate_store(self, vals_list):
        """Ask the rulebook (and what other addons add) before people are stored.

        :raise RulebookRefusal: when a network forbids storing its accounts at all
        """
        platforms = self.env["social.crm.platform"].browse(
            {vals["platform_id"] for vals in vals_list}
        )
        self.env["social.crm.platform.rule"]._check(platforms, "store")

    def _may_profile(self):
        """Those of these accounts of whom more may be learnt than an answer needs.

        Matching, segments, listening and feedback ask this first; other addons take some out by
        ``super()``.

        :rtype: recordset
        """
        return self

    def _customer_key(self):
        """What cases of one customer have in common: the contact, else the account.

        Two cases of one key cannot both take new messages.

        :rtype: str
        """
        self.ensure_one()
        return f"p{self.partner_id.id}" if self.partner_id else f"i{self.id}"

    def _personal_data_fields(self):
        return {
            **not_personal("company_id platform_id scope is_own state is_shared matched_at"),
            **classify(
                IDENTITY,
                CLEAR,
                "external_id handle handle_key name profile_url avatar_url",
            ),
            **classify(CONTACT, CLEAR, "verified_email verified_phone partner_id"),
            **classify(BEHAVIOUR, CLEAR, "language followers first_seen last_seen profile_at"),
            **classify(PROFILING, CLEAR, "role role_reason role_user_id consent_basis"),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("id", "in", identities.ids) | fields.Domain(
            "partner_id", "in", partners.ids
        )
