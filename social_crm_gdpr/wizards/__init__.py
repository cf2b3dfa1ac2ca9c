# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import social_crm_connect
from . import social_crm_consent_import
from . import social_crm_consent_record
from . import social_crm_data_map
from . import social_crm_interaction_retain
from . import social_crm_lead_create_line
from . import social_crm_privacy_check
from . import social_crm_privacy_start
from . import social_crm_privacy_tell
from . import social_crm_unmask
