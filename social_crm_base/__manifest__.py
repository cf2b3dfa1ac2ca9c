# Part of Social CRM. See LICENSE file for full copyright and licensing details.
{
    "name": "Social CRM",
    "version": "19.0.1.0.0",
    "summary": "People, conversations and cases from social networks in the CRM",
    "category": "Sales/CRM",
    "author": "Social CRM contributors",
    "website": "https://github.com/social-crm-odoo/social-crm",
    "license": "LGPL-3",
    "depends": ["crm", "utm", "phone_validation", "resource"],
    "external_dependencies": {"python": ["cryptography", "idna", "phonenumbers", "requests"]},
    "data": [
        "security/social_crm_groups.xml",
        "security/ir.model.access.csv",
        "security/social_crm_security.xml",
        "data/social_crm_answer_type_data.xml",
        "views/social_crm_menus.xml",
    ],
    "application": True,
}
