# Part of Social CRM. See LICENSE file for full copyright and licensing details.
{
    "name": "Social CRM Channels",
    "version": "19.0.1.0.0",
    "summary": "Networks in and out: connections, webhooks, sending",
    "category": "Sales/CRM",
    "author": "Social CRM contributors",
    "website": "https://github.com/social-crm-odoo/social-crm",
    "license": "LGPL-3",
    "depends": ["social_crm_base", "link_tracker"],
    "external_dependencies": {"python": ["regex"]},
    "data": [
        "security/ir.model.access.csv",
        "security/social_crm_security.xml",
        "security/social_crm_together_security.xml",
        "data/social_crm_cron.xml",
        "views/social_crm_person_views.xml",
        "data/mail_activity_type_data.xml",
        "views/social_crm_event_views.xml",
        "views/social_crm_connect_views.xml",
        "views/social_crm_app_views.xml",
        "views/social_crm_channel_views.xml",
        "views/social_crm_response_policy_views.xml",
        "views/social_crm_deadline_notice_views.xml",
        "views/social_crm_case_deadline_views.xml",
        "connectors/sandbox/sandbox.xml",
        "views/social_crm_inbox_views.xml",
        "views/res_config_settings_views.xml",
        "data/social_crm_together_cron.xml",
        "views/social_crm_macro_views.xml",
        "views/social_crm_question_views.xml",
        "wizards/social_crm_together_views.xml",
    ],
    "demo": [
        "demo/social_crm_sandbox_demo.xml",
        "demo/social_crm_response_policy_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "social_crm_channels/static/src/**/*",
        ],
        "web.assets_unit_tests": [
            "social_crm_channels/static/tests/**/*.test.js",
        ],
        "web.assets_tests": [
            "social_crm_channels/static/tests/tours/**/*.js",
        ],
    },
}
