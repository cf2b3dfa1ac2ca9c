# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import uuid

from odoo import api, fields, models

from ..const import OUTBOX_OPERATIONS, OUTBOX_STATES
from ..tools.privacy import CLEAR, CONTENT, EMPLOYEE, KEEP, classify, not_personal


class SocialCrmOutbox(models.Model):
    """What we are about to do on a network: a row before it is a call."""

    _name = "social.crm.outbox"
    _inherit = ["social.crm.personal.data"]
    _description = "Outgoing Operation"
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True)
    channel_id = fields.Many2one(
        "social.crm.channel", required=True, index=True, ondelete="restrict"
    )
    operation = fields.Selection(OUTBOX_OPERATIONS, required=True)
    interaction_id = fields.Many2one(
        "social.crm.interaction", index="btree_not_null", ondelete="cascade",
        help="What is sent, edited, deleted or reacted to.",
    )
    conversation_id = fields.Many2one(
        "social.crm.conversation", index="btree_not_null", ondelete="cascade"
    )
    payload = fields.Json(help="What the operation needs besides: a reaction, a new wording.")
    idempotency_key = fields.Char(required=True, readonly=True, copy=False)
    state = fields.Selection(OUTBOX_STATES, required=True, default="queued")
    attempts = fields.Integer(readonly=True)
    not_before = fields.Datetime()
    error = fields.Char(readonly=True)
    receipt = fields.Json(readonly=True)
    sent_at = fields.Datetime(readonly=True)
    user_id = fields.Many2one("res.users", string="Asked By", default=lambda self: self.env.uid)

    _key_unique = models.UniqueIndex("(idempotency_key)")
    _due_index = models.Index(
        "(channel_id, not_before, id) WHERE state IN ('queued', 'unknown', 'sending', 'held')"
    )

    @api.model
    def _new_key(self):
        """A key that makes a second try recognisable, wherever the network allows one.

        :rtype: str
        """
        return str(uuid.uuid4())

    def _personal_data_fields(self):
        return {
            **not_personal(
                "company_id channel_id operation interaction_id conversation_id idempotency_key "
                "state attempts not_before sent_at"
            ),
            **classify(CONTENT, CLEAR, "payload error receipt"),
            **classify(EMPLOYEE, KEEP, "user_id", ground="employment: who sent it"),
        }

    def _personal_data_domain(self, identities, partners):
        conversations = self.env["social.crm.conversation"]._search(
            [("identity_id", "in", identities.ids)]
        )
        return fields.Domain("conversation_id", "in", conversations)
