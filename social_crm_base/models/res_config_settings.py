# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from ..tools import keyring
from ..tools.privacy import not_personal

# How long a code proves that an account is a contact's.
PROVEN_DAYS = 180
PROVEN_DAYS_PARAMETER = "social_crm.proven_days"
# Raw network events are kept so long where the privacy rules of the company say nothing else.
RAW_EVENT_DAYS = 30


class ResConfigSettings(models.TransientModel):
    _name = "res.config.settings"
    _inherit = ["res.config.settings", "social.crm.personal.data"]

    social_crm_reopen_days = fields.Integer(
        related="company_id.social_crm_reopen_days", readonly=False
    )
    social_crm_raw_event_days = fields.Integer(
        string="Keep Raw Events (days)",
        config_parameter="social_crm.raw_event_days",
        default=RAW_EVENT_DAYS,
        help="What a network sent, word for word, kept for mending errors; then it is deleted.",
    )
    social_crm_proven_days = fields.Integer(
        string="A Proof Holds (days)",
        config_parameter=PROVEN_DAYS_PARAMETER,
        default=PROVEN_DAYS,
        help="After a code proved that an account is a contact's, orders and addresses may be told "
        "to it for so long.",
    )
    social_crm_key_state = fields.Selection(
        [
            ("configured", "Configured"),
            ("provisional", "Provisional"),
            ("broken", "Not readable"),
        ],
        compute="_compute_social_crm_key",
    )
    social_crm_key_note = fields.Char(compute="_compute_social_crm_key")

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **not_personal("social_crm_raw_event_days social_crm_proven_days"),
        }

    def _compute_social_crm_key(self):
        try:
            ring = keyring.current()
        except keyring.KeyringError as error:
            self.social_crm_key_state = "broken"
            self.social_crm_key_note = str(error)
            return
        self.social_crm_key_state = "provisional" if ring.is_provisional else "configured"
        self.social_crm_key_note = ring.source
