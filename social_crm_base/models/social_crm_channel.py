# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from ..tools.privacy import EMPLOYEE, KEEP, classify, not_personal


class SocialCrmChannel(models.Model):
    """One account we own: a page, a number, a bot, a forum, a feed."""

    _name = "social.crm.channel"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "social.crm.cached",
        "social.crm.personal.data",
    ]
    _description = "Social Channel"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    platform_id = fields.Many2one(
        "social.crm.platform", required=True, index=True, ondelete="restrict"
    )
    app_id = fields.Many2one(
        "social.crm.app", index="btree_not_null", ondelete="restrict", check_company=True
    )
    connector = fields.Selection(
        selection=[("manual", "By hand")],
        required=True,
        default="manual",
        ondelete={},
        help="What speaks with the network. By hand: people log what was said.",
    )
    external_id = fields.Char(
        string="Account ID", help="The network's id of our account, by which items find their way."
    )
    handle = fields.Char(help="The name by which people address us, without the leading @.")
    own_identity_id = fields.Many2one(
        "social.crm.identity",
        index="btree_not_null",
        ondelete="restrict",
        help="Our account as others see it, so that our pages are known as ours everywhere.",
    )
    team_ids = fields.Many2many("social.crm.team", string="Teams", check_company=True)
    lang_id = fields.Many2one("res.lang", string="Language")

    # What the account is for
    purpose = fields.Char()
    audience = fields.Char()
    topics = fields.Char()
    tone = fields.Char()
    goals = fields.Text()
    user_id = fields.Many2one("res.users", string="Owner", index="btree_not_null")

    _external_unique = models.UniqueIndex(
        "(company_id, platform_id, external_id) WHERE external_id IS NOT NULL AND active",
        "This account is connected already in this company.",
    )

    def _touches_cache(self, vals):
        # record rules cache who may read which channel
        return bool(vals.keys() & {"team_ids", "active"})

    def _personal_data_fields(self):
        return {
            **not_personal(
                "name sequence active company_id platform_id app_id connector external_id handle "
                "own_identity_id team_ids lang_id purpose audience topics tone goals"
            ),
            **classify(EMPLOYEE, KEEP, "user_id", ground="employment: who answers for an account"),
        }
