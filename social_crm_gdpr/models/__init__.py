# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import (
    social_crm_access_log,
    social_crm_evidence,
    social_crm_form_cap,
    social_crm_processing_activity,
)
