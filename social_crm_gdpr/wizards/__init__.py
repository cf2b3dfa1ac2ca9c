# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import social_crm_connect, social_crm_data_map, social_crm_lead_create_line
