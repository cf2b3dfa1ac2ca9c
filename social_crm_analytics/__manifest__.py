# Part of Social CRM. See LICENSE file for full copyright and licensing details.
{
    "name": "Social CRM Analytics",
    "version": "19.0.1.0.0",
    "summary": "Meaning and proof: how long customers wait, with sample and spread",
    "category": "Sales/CRM",
    "author": "Social CRM contributors",
    "website": "https://github.com/social-crm-odoo/social-crm",
    "license": "LGPL-3",
    "depends": ["social_crm_channels", "rating"],
    "data": [
        "security/ir.model.access.csv",
        "security/social_crm_analytics_security.xml",
        "views/social_crm_service_figure_views.xml",
    ],
}
