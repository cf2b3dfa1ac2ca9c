# Part of Social CRM. See LICENSE file for full copyright and licensing details.
# Mixins are there before the models that inherit them.
from . import personal_data, social_crm_export_gate, social_crm_measure

# isort: split
from . import (
    crm_lead,
    res_company,
    res_partner,
    res_users,
    social_crm_access_log,
    social_crm_age_limit,
    social_crm_breach,
    social_crm_case,
    social_crm_case_mask,
    social_crm_conversation,
    social_crm_evidence,
    social_crm_form_cap,
    social_crm_identity,
    social_crm_identity_mask,
    social_crm_identity_minor,
    social_crm_interaction,
    social_crm_interaction_mask,
    social_crm_interaction_special,
    social_crm_journey,
    social_crm_jurisdiction,
    social_crm_legal_hold,
    social_crm_platform,
    social_crm_privacy_request,
    social_crm_privacy_request_check,
    social_crm_privacy_request_term,
    social_crm_processing_activity,
    social_crm_restriction,
    social_crm_retention_rule,
    social_crm_rule,
    social_crm_special_term,
    social_crm_subject,
)
