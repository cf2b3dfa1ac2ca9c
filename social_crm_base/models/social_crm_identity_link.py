# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from ..const import LINK_STRENGTH_SELECTION
from ..tools.privacy import EMPLOYEE, IDENTITY, KEEP, ROW, classify, not_personal


class SocialCrmIdentityLink(models.Model):
    """An identity belongs to a contact, from then to then, as far as we know and why we do."""

    _name = "social.crm.identity.link"
    _inherit = ["social.crm.personal.data"]
    _description = "Link between a Social Identity and a Contact"
    _order = "state, score desc, id desc"

    identity_id = fields.Many2one(
        "social.crm.identity", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="identity_id.company_id", store=True)
    partner_id = fields.Many2one(
        "res.partner", string="Contact", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("later", "Later"),
            ("confirmed", "Confirmed"),
            ("refused", "Refused"),
            ("ended", "Ended"),
        ],
        required=True,
        default="proposed",
        index=True,
    )
    strength = fields.Selection(LINK_STRENGTH_SELECTION, required=True, default="supposed")
    score = fields.Float(help="0 to 1: how sure the evidence makes us.")
    evidence = fields.Text(help="Why we think so, in words.")
    evidence_code = fields.Char(help="Which rule found it.")
    date_from = fields.Datetime()
    date_to = fields.Datetime()
    remind_at = fields.Date(string="Ask Again On")
    proven_until = fields.Datetime()
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)

    def _personal_data_fields(self):
        return {
            **not_personal("company_id state strength"),
            **classify(
                IDENTITY,
                ROW,
                "identity_id partner_id score evidence evidence_code date_from date_to remind_at "
                "proven_until",
            ),
            **classify(
                EMPLOYEE,
                KEEP,
                "decided_by_id decided_at",
                ground="accountability, GDPR Art. 5(2): who decided on a link",
            ),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("identity_id", "in", identities.ids) | fields.Domain(
            "partner_id", "in", partners.ids
        )
