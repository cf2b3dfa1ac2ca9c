# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from ..const import (
    DELIVERY_SELECTION,
    DIRECTION_SELECTION,
    KIND_SELECTION,
    MODE_SELECTION,
    MOOD_SELECTION,
    PURPOSE_SELECTION,
    STATE_SELECTION,
    VISIBILITY_SELECTION,
)
from ..tools.privacy import (
    BEHAVIOUR,
    CLEAR,
    CONTENT,
    EMPLOYEE,
    KEEP,
    PROFILING,
    PSEUDONYM,
    classify,
    not_personal,
)


class SocialCrmInteraction(models.Model):
    """Everything said, in or out. There will be millions: plain columns, no stored computes."""

    _name = "social.crm.interaction"
    _inherit = ["social.crm.export.gate", "social.crm.personal.data"]
    _description = "Social Interaction"
    _order = "date desc, id desc"
    _rec_name = "body"

    # Where
    company_id = fields.Many2one("res.company", required=True)
    channel_id = fields.Many2one("social.crm.channel", required=True, ondelete="restrict")
    platform_id = fields.Many2one("social.crm.platform", required=True, ondelete="restrict")
    conversation_id = fields.Many2one(
        "social.crm.conversation", required=True, ondelete="restrict"
    )
    case_id = fields.Many2one("social.crm.case", ondelete="set null")
    confidential = fields.Boolean(help="Belongs to a case for named people only.")

    # Who and what
    identity_id = fields.Many2one(
        "social.crm.identity", string="Author", ondelete="restrict"
    )
    direction = fields.Selection(DIRECTION_SELECTION, required=True)
    kind = fields.Selection(KIND_SELECTION, required=True)
    mode = fields.Selection(MODE_SELECTION, required=True)
    visibility = fields.Selection(VISIBILITY_SELECTION, required=True, default="public")
    state = fields.Selection(STATE_SELECTION, required=True, default="normal")
    title = fields.Char()
    body = fields.Text()
    body_html = fields.Html(
        sanitize=False, help="Only where the network has markup; sanitised when it was read."
    )
    versions = fields.Json(help="Earlier wordings: a list of body and time.")
    media = fields.Json(help="A list of url, mimetype, name and alternative text.")
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    mention_ids = fields.Many2many(
        "social.crm.identity", "social_crm_interaction_mention_rel", string="Mentions"
    )
    rating = fields.Float(digits=(2, 1), help="Stars, 1 to 5; 0 means none were given.")
    reaction = fields.Char()
    language = fields.Char()
    permalink = fields.Char()

    # The tree
    parent_id = fields.Many2one("social.crm.interaction", string="In Answer To")
    parent_key = fields.Char(help="Keyed hash of what this answers, also before that arrived.")
    root_key = fields.Char(help="Keyed hash of the post the whole thread hangs on.")
    child_ids = fields.One2many("social.crm.interaction", "parent_id", string="Answers")

    # Names on the network
    external_id = fields.Char(string="Network ID")
    family = fields.Char(required=True, default="post")
    container = fields.Char()
    remote_ref = fields.Char(
        help="What the network's API is called with for this item, where that is not its ID."
    )
    dedup_key = fields.Char(required=True, copy=False)
    remote_key = fields.Char(help="An address that is the same for everybody on the network.")
    sibling_id = fields.Many2one(
        "social.crm.interaction",
        string="Counted As",
        help="The same post as it reached another account of ours: worked and counted there.",
    )

    # When
    date = fields.Datetime(required=True, help="When it was said, as the network tells.")
    date_notified = fields.Datetime()
    date_received = fields.Datetime(required=True, default=fields.Datetime.now)
    edited_at = fields.Datetime()
    deleted_at = fields.Datetime()
    hidden_at = fields.Datetime(
        help="When the network last said that the public sees this no longer, or again."
    )
    expires_at = fields.Datetime(
        help="Content is blanked then, by the network's rules or its own expiry."
    )

    # Figures and meaning; what nobody knows stays empty
    counters = fields.Json()
    counters_at = fields.Datetime()
    reach = fields.Integer()
    mood = fields.Selection(MOOD_SELECTION)
    mood_score = fields.Float()
    mood_source = fields.Char()

    # What we said
    author_id = fields.Many2one("res.users", string="Written By", ondelete="set null")
    purpose = fields.Selection(PURPOSE_SELECTION)
    answer_type_id = fields.Many2one("social.crm.answer.type", ondelete="restrict")
    delivery_state = fields.Selection(DELIVERY_SELECTION)
    delivery_note = fields.Char(help="Why it failed, in words.")
    is_by_hand = fields.Boolean(string="Logged by Hand")

    # Second stage
    hooks_pending = fields.Boolean()
    hook_errors = fields.Json(help="Which later step failed, and with what error.")

    lead_ids = fields.Many2many("crm.lead", string="Leads")

    _dedup_unique = models.UniqueIndex("(channel_id, dedup_key)")
    _list_index = models.Index("(date DESC, id DESC)")
    _conversation_index = models.Index("(conversation_id, date DESC, id DESC)")
    _case_index = models.Index("(case_id, date DESC, id DESC) WHERE case_id IS NOT NULL")
    _identity_index = models.Index("(identity_id, date DESC) WHERE identity_id IS NOT NULL")
    _remote_index = models.Index("(remote_key) WHERE remote_key IS NOT NULL")
    _parent_index = models.Index("(parent_id) WHERE parent_id IS NOT NULL")
    _orphan_index = models.Index(
        "(channel_id, parent_key) WHERE parent_key IS NOT NULL AND parent_id IS NULL"
    )
    _root_index = models.Index("(channel_id, root_key) WHERE root_key IS NOT NULL")
    _sibling_index = models.Index("(sibling_id) WHERE sibling_id IS NOT NULL")
    _pending_index = models.Index("(id) WHERE hooks_pending")
    _expiry_index = models.Index("(expires_at) WHERE expires_at IS NOT NULL")

    @api.depends("body", "title", "kind", "identity_id.display_name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for interaction in self:
            said = " ".join((interaction.title or interaction.body or "").split())
            who = interaction.identity_id.display_name or interaction.channel_id.name
            said = said if len(said) <= 60 else said[:57] + "…"
            interaction.display_name = f"{who}: {said or kinds.get(interaction.kind)}"

    def _personal_data_fields(self):
        return {
            **not_personal(
                "company_id channel_id platform_id conversation_id case_id confidential direction "
                "kind mode visibility state parent_id parent_key root_key family dedup_key "
                "sibling_id date_received counters counters_at reach purpose answer_type_id "
                "is_by_hand hooks_pending delivery_state expires_at"
            ),
            **classify(
                CONTENT,
                CLEAR,
                "title body body_html versions media attachment_ids mention_ids rating reaction "
                "permalink external_id container remote_ref remote_key lead_ids delivery_note "
                "hook_errors",
            ),
            **classify(
                BEHAVIOUR, CLEAR, "language date_notified edited_at deleted_at hidden_at"
            ),
            **classify(BEHAVIOUR, PSEUDONYM, "date identity_id"),
            **classify(PROFILING, CLEAR, "mood mood_score mood_source"),
            **classify(
                EMPLOYEE, KEEP, "author_id", ground="employment: who answered for the company"
            ),
        }

    def _personal_data_domain(self, identities, partners):
        # Ids, no subquery: beside another condition PostgreSQL would read the whole table for it
        talks = self.env["social.crm.conversation"].search([("identity_id", "in", identities.ids)])
        return fields.Domain("identity_id", "in", identities.ids) | fields.Domain(
            "conversation_id", "in", talks.ids
        )
