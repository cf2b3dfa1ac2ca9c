# Part of Social CRM. See LICENSE file for full copyright and licensing details.
{
    "name": "Social CRM Analytics",
    "version": "19.0.1.0.0",
    "summary": "Meaning and proof: mood, response times, conversion",
    "category": "Sales/CRM",
    "author": "Social CRM contributors",
    "website": "https://github.com/social-crm-odoo/social-crm",
    "license": "LGPL-3",
    "depends": ["social_crm_channels", "rating"],
    "data": [
    ],
}
