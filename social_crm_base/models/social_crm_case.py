# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from ..const import CASE_STATE_SELECTION, MOOD_SELECTION, PRIORITY_SELECTION
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


class SocialCrmCase(models.Model):
    """The matter, over all of a person's conversations, and the row of the queue."""

    _name = "social.crm.case"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "utm.mixin",
        "social.crm.personal.data",
    ]
    _description = "Social Case"
    _order = "priority desc, last_date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Subject", required=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, index=True)
    identity_id = fields.Many2one(
        "social.crm.identity", string="Customer", index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Contact", index="btree_not_null", ondelete="set null"
    )
    channel_id = fields.Many2one(
        "social.crm.channel", string="First Channel", index=True, ondelete="restrict"
    )
    team_id = fields.Many2one(
        "social.crm.team", index=True, tracking=True, check_company=True, ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users", string="Assigned To", index="btree_not_null", tracking=True,
        check_company=True,
    )
    state = fields.Selection(
        CASE_STATE_SELECTION, required=True, default="open", tracking=True
    )
    substate_id = fields.Many2one(
        "social.crm.case.substate", tracking=True, ondelete="set null",
        domain="[('team_id', '=', team_id), ('state', '=', state)]",
    )
    snoozed_until = fields.Datetime()
    priority = fields.Selection(PRIORITY_SELECTION, required=True, default="0", tracking=True)
    risk_score = fields.Float(readonly=True, help="0 to 100: mood, reach and waiting time.")
    tag_ids = fields.Many2many("social.crm.tag", string="Tags")
    case_properties = fields.Properties(
        "Properties", definition="team_id.case_properties", copy=True
    )
    reason_id = fields.Many2one(
        "social.crm.case.reason", string="Contact Reason", domain="[('kind', '=', 'reason')]",
        ondelete="restrict",
    )
    outcome_id = fields.Many2one(
        "social.crm.case.reason", domain="[('kind', '=', 'outcome')]",
        ondelete="restrict",
    )
    product_ref = fields.Char(string="Product")
    order_ref = fields.Char(string="Order")
    lead_ids = fields.Many2many("crm.lead", string="Leads")
    confidential = fields.Boolean(tracking=True, help="For the people named here only.")
    confidential_user_ids = fields.Many2many(
        "res.users", "social_crm_case_confidential_rel", string="Visible To"
    )

    # One new message, one case: see the unique index
    customer_key = fields.Char(readonly=True, copy=False)
    takes_new = fields.Boolean(
        default=True, copy=False,
        help="The customer's next message comes here. One case of a person at a time does.",
    )

    # Computed from rows by the ingest and the second stage
    opened_at = fields.Datetime(readonly=True)
    counts_from = fields.Datetime(
        readonly=True,
        copy=False,
        help="Earlier words were history when the case was opened: nobody waited for an answer.",
    )
    closed_at = fields.Datetime(readonly=True)
    last_date = fields.Datetime(string="Last Word", readonly=True)
    last_in_date = fields.Datetime(string="Last Word of Theirs", readonly=True)
    waiting_since = fields.Datetime(readonly=True, help="The oldest word not answered yet.")
    deadline_first = fields.Datetime(string="First Answer Due", readonly=True)
    deadline_next = fields.Datetime(string="Next Answer Due", readonly=True)
    deadline_resolution = fields.Datetime(string="Resolution Due", readonly=True)
    mood = fields.Selection(MOOD_SELECTION, readonly=True)
    mood_score = fields.Float(readonly=True)

    interaction_ids = fields.One2many("social.crm.interaction", "case_id")
    cycle_ids = fields.One2many("social.crm.case.cycle", "case_id")
    response_ids = fields.One2many("social.crm.case.response", "case_id")

    _customer_unique = models.UniqueIndex(
        "(company_id, customer_key) WHERE takes_new AND customer_key IS NOT NULL",
        "Another case of this customer already takes new messages.",
    )
    _list_index = models.Index("(priority DESC, last_date DESC, id DESC)")
    _open_index = models.Index("(waiting_since) WHERE state != 'closed'")
    _open_list_index = models.Index(
        "(priority DESC, last_date DESC, id DESC) WHERE state != 'closed'"
    )

    def _personal_data_fields(self):
        return {
            **not_personal(
                "company_id channel_id team_id state substate_id snoozed_until priority tag_ids "
                "reason_id outcome_id confidential takes_new opened_at counts_from closed_at "
                "waiting_since deadline_first deadline_next deadline_resolution campaign_id "
                "source_id medium_id"
            ),
            **classify(
                CONTENT, CLEAR, "name case_properties product_ref order_ref lead_ids"
            ),
            **classify(BEHAVIOUR, CLEAR, "last_date last_in_date customer_key"),
            **classify(BEHAVIOUR, PSEUDONYM, "identity_id partner_id"),
            **classify(PROFILING, CLEAR, "risk_score mood mood_score"),
            **classify(
                EMPLOYEE, KEEP, "user_id confidential_user_ids",
                ground="employment: who works on a case",
            ),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("identity_id", "in", identities.ids) | fields.Domain(
            "partner_id", "in", partners.ids
        )
