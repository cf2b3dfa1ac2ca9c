# Part of Social CRM. See LICENSE file for full copyright and licensing details.
{
    "name": "Social CRM Privacy",
    "version": "19.0.1.0.0",
    "summary": "Where personal data is, on what ground, and what erasure does with it",
    "category": "Sales/CRM",
    "author": "Social CRM contributors",
    "website": "https://github.com/social-crm-odoo/social-crm",
    "license": "LGPL-3",
    "depends": ["social_crm_channels", "portal"],
    "data": [
        "security/ir.model.access.csv",
        "security/social_crm_gdpr_security.xml",
        "data/ir_cron_data.xml",
        "data/social_crm_processing_activity_data.xml",
        "views/public_templates.xml",
        "views/social_crm_gdpr_menus.xml",
        "views/social_crm_evidence_views.xml",
        "views/social_crm_access_log_views.xml",
        "views/social_crm_processing_activity_views.xml",
    ],
    "auto_install": True,
}
