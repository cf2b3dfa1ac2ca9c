# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestPersonalData(TransactionCase):
    def test_every_stored_field_of_the_suite_says_what_erasure_does_with_it(self):
        forgotten = {}
        for name in self.env.registry:
            model = self.env[name]
            if model._abstract or not model._auto:
                continue
            ours = [
                field
                for field in model._fields.values()
                if field.store
                and field.type != "one2many"
                and any(module.startswith("social_crm_") for module in field._modules)
            ]
            if not ours:
                continue
            if not hasattr(model, "_personal_data_unclassified"):
                forgotten[name] = "does not declare personal data"
            elif missing := model._personal_data_unclassified():
                forgotten[name] = missing
        self.assertFalse(forgotten)

    def test_declarations_name_only_fields_that_exist(self):
        wrong = {
            name: unknown
            for name in self.env.registry
            if hasattr(model := self.env[name], "_personal_data_fields")
            and not model._abstract
            and (unknown := set(model._personal_data_fields()) - set(model._fields))
        }
        self.assertFalse(wrong)

    def test_who_of_us_worked_on_something_is_found_too(self):
        self.assertIn("user_id", self.env["social.crm.case"]._personal_data_users())
        self.assertIn("create_uid", self.env["social.crm.case"]._personal_data_users())
