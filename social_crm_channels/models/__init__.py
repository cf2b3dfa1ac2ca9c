# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import (
    ir_websocket,
    mail_activity,
    mail_message,
    mail_thread,
    res_company,
    social_crm_app,
    social_crm_case_inbox,
    social_crm_case_look,
    social_crm_case_note,
    social_crm_case_presence,
    social_crm_case_talk,
    social_crm_case_tell,
    social_crm_case_timeline,
    social_crm_channel,
    social_crm_channel_health,
    social_crm_channel_sync,
    social_crm_connector,
    social_crm_connector_reply,
    social_crm_conversation,
    social_crm_interaction_talk,
    social_crm_macro,
    social_crm_macro_step,
    social_crm_outbox,
    social_crm_question,
    social_crm_worker,
)

from . import social_crm_event  # isort: skip  the worker's methods come first
from . import social_crm_channel_fetch, social_crm_event_process, social_crm_event_relate
