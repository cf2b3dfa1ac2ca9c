# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import (
    social_crm_case_close,
    social_crm_case_join,
    social_crm_case_snooze,
    social_crm_case_split,
)
