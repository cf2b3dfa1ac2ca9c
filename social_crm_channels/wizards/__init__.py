# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import (
    social_crm_approval_decide,
    social_crm_ask,
    social_crm_case_close,
    social_crm_connect,
    social_crm_connect_rows,
    social_crm_connect_setup,
    social_crm_goodwill_give,
    social_crm_idea_collect,
    social_crm_idea_tell,
    social_crm_idea_tell_line,
    social_crm_macro_run,
    social_crm_moderate,
    social_crm_rule_test,
    social_crm_transfer,
)
