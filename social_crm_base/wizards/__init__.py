# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import (
    social_crm_case_close,
    social_crm_case_join,
    social_crm_case_snooze,
    social_crm_case_split,
    social_crm_identity_connect,
    social_crm_interaction_log,
    social_crm_lead_create,
    social_crm_lead_create_line,
    social_crm_proof_enter,
    social_crm_reply,
    social_crm_share,
)
