# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from ..const import CONVERSATION_SELECTION
from ..tools.privacy import BEHAVIOUR, CLEAR, PSEUDONYM, classify, not_personal


class SocialCrmConversation(models.Model):
    """A place where something is said: one per counterpart, or one per person under a post.

    It has no owner and no work state: the matter is the case.
    """

    _name = "social.crm.conversation"
    _inherit = ["social.crm.export.gate", "social.crm.personal.data"]
    _description = "Social Conversation"
    _order = "last_date desc, id desc"

    company_id = fields.Many2one("res.company", required=True)
    channel_id = fields.Many2one(
        "social.crm.channel", required=True, index=True, ondelete="restrict"
    )
    platform_id = fields.Many2one("social.crm.platform", required=True, ondelete="restrict")
    kind = fields.Selection(CONVERSATION_SELECTION, required=True)
    dedup_key = fields.Char(
        required=True, readonly=True, help="Keyed hash of the place, the same at every replay."
    )
    root_key = fields.Char(
        readonly=True, help="Keyed hash of the post the thread hangs on: folds a post's talk."
    )
    external_id = fields.Char(string="Network ID")
    title = fields.Char()
    identity_id = fields.Many2one(
        "social.crm.identity",
        string="With",
        ondelete="restrict",
        help="The other side; empty in a group.",
    )
    participant_ids = fields.Many2many("social.crm.identity", string="Participants")
    root_id = fields.Many2one(
        "social.crm.interaction", string="Post", index="btree_not_null", ondelete="set null"
    )
    interaction_ids = fields.One2many("social.crm.interaction", "conversation_id")
    partner_id = fields.Many2one(related="identity_id.partner_id", string="Contact")
    first_date = fields.Datetime(readonly=True)
    last_date = fields.Datetime(readonly=True)
    last_in_date = fields.Datetime(string="Last Word of Theirs", readonly=True)
    last_out_date = fields.Datetime(string="Last Word of Ours", readonly=True)
    read_up_to = fields.Datetime(
        readonly=True, help="The other side has read everything of ours up to then."
    )

    _dedup_unique = models.UniqueIndex("(channel_id, dedup_key)")
    _list_index = models.Index("(last_date DESC, id DESC)")
    _identity_index = models.Index("(identity_id, last_date DESC) WHERE identity_id IS NOT NULL")
    _root_index = models.Index("(channel_id, root_key) WHERE root_key IS NOT NULL")

    @api.depends("title", "identity_id.display_name", "channel_id.name")
    def _compute_display_name(self):
        for conversation in self:
            who = conversation.title or conversation.identity_id.display_name
            conversation.display_name = " · ".join(
                filter(None, (who, conversation.channel_id.name))
            )

    def _personal_data_fields(self):
        return {
            **not_personal("company_id channel_id platform_id kind dedup_key root_key root_id"),
            **classify(
                BEHAVIOUR,
                CLEAR,
                "external_id title participant_ids first_date last_date last_in_date "
                "last_out_date read_up_to",
            ),
            **classify(BEHAVIOUR, PSEUDONYM, "identity_id"),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("identity_id", "in", identities.ids)
