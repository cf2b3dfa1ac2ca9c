# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import LockError, UserError, ValidationError

from odoo.addons.social_crm_base.tools.action import form_of
from odoo.addons.social_crm_base.tools.privacy import IDENTITY, ROW, classify, not_personal

from .social_crm_idea import STATUSES


class SocialCrmIdeaSupporter(models.Model):
    """Somebody wants an idea to come true, and said so."""

    _name = "social.crm.idea.supporter"
    _inherit = ["social.crm.personal.data"]
    _description = "Supporter of an Idea"
    _order = "since desc, id desc"
    _rec_name = "identity_id"

    idea_id = fields.Many2one("social.crm.idea", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="idea_id.company_id", store=True)
    identity_id = fields.Many2one(
        "social.crm.identity", string="Account", required=True, index=True, ondelete="cascade",
        domain="[('is_own', '=', False), ('company_id', '=', company_id)]",
    )
    platform_id = fields.Many2one(related="identity_id.platform_id", string="Network")
    platform_icon = fields.Char(related="identity_id.platform_id.icon_url", string="Network Icon")
    partner_id = fields.Many2one(related="identity_id.partner_id", string="Contact")
    interaction_id = fields.Many2one(
        "social.crm.interaction", string="Said In", index="btree_not_null", ondelete="set null"
    )
    words = fields.Char(compute="_compute_words")
    since = fields.Datetime(required=True, default=fields.Datetime.now)
    told_status = fields.Selection(STATUSES, string="Told", readonly=True, copy=False)
    told_at = fields.Datetime(string="Told On", readonly=True, copy=False)
    outbox_id = fields.Many2one(
        "social.crm.outbox", string="Told By", readonly=True, copy=False, ondelete="set null"
    )

    _once = models.UniqueIndex(
        "(idea_id, identity_id)", "This account supports the idea already."
    )

    @api.depends("interaction_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_words(self):
        """What they said, for those who may read it: a name of a message is its words."""
        readable = self.interaction_id._filtered_access("read")
        for supporter in self:
            said = supporter.interaction_id
            supporter.words = said.excerpt if said in readable else ""

    @api.constrains("identity_id")
    def _check_counts(self):
        for supporter in self:
            if reason := self.env["social.crm.idea"]._why_not_counted(supporter.identity_id):
                raise ValidationError(reason)

    def _lock_telling(self):
        """Make sure that no colleague is telling the same people at this moment.

        :raise UserError: when one is
        """
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("A colleague is telling these supporters. Look again in a moment.")
            ) from error
        self.invalidate_recordset(["told_status"])

    def action_open_said(self):
        """Open what they said."""
        self.ensure_one()
        return form_of(self.interaction_id)

    def _personal_data_fields(self):
        return {
            **not_personal("idea_id company_id"),
            **classify(
                IDENTITY,
                ROW,
                "identity_id interaction_id since told_status told_at outbox_id",
            ),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("identity_id", "in", identities.ids) | fields.Domain(
            "identity_id.partner_id", "in", partners.ids
        )


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    def _compute_partner_id(self):
        """Count a person's several accounts once as soon as they are known to be one person's.

        As a dependency of the count it would be searched for at each single link.
        """
        super()._compute_partner_id()
        # sudo: the count is the same for everybody
        supporters_sudo = self.env["social.crm.idea.supporter"].sudo().search(
            [("identity_id", "in", self.ids)]
        )
        ideas = supporters_sudo.idea_id
        self.env.add_to_compute(ideas._fields["supporter_count"], ideas)
