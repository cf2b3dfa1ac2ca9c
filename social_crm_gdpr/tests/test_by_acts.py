# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..models.social_crm_privacy_request import SETTLED
from .privacy_common import PrivacyCommon

REFUSED = "follows from what is done"
#: A value each type takes, as an import writes it.
SAMPLES = {
    "char": "x", "text": "x", "html": "x", "integer": "7", "float": "7", "boolean": "True",
    "date": "2020-02-02", "datetime": "2020-02-02 02:02:02",
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestByActs(PrivacyCommon):
    """What follows from acts is set by nobody, on no way in, in any model that says so."""

    def all_of_them(self):
        """(model as a clerk, name of a field), over all models that inherit the mixin."""
        mixin = self.env.registry["social.crm.by.acts"]
        for name, model in self.env.registry.items():
            if issubclass(model, mixin) and not model._abstract:
                records = self.env[name].with_user(self.clerk)
                for field in sorted(records._fields_by_acts()):
                    yield records, field

    def sample(self, model, name):
        """A value for an import, and one for a default; None where an import takes none."""
        field = model._fields[name]
        if field.type == "selection":
            keys = field.get_values(self.env)
            return next((key for key in keys if key != model.default_get([name]).get(name)), None)
        if field.type == "many2one":
            return self.env[field.comodel_name].sudo().search([], limit=1).id
        return SAMPLES.get(field.type)

    def test_nobody_creates_or_writes_it(self):
        for model, name in self.all_of_them():
            with self.subTest(f"{model._name}.{name}"):
                with self.assertRaisesRegex(AccessError, REFUSED):
                    model.create([{}, {name: False}])
                with self.assertRaisesRegex(AccessError, REFUSED):
                    model.write({name: False})

    def test_nobody_imports_it(self):
        for model, name in self.all_of_them():
            value = self.sample(model, name)
            if not value:
                continue
            column = f"{name}/.id" if model._fields[name].type == "many2one" else name
            with self.subTest(f"{model._name}.{name}"):
                result = model.load([column], [[str(value)]])
                self.assertFalse(result["ids"])
                self.assertIn(REFUSED, result["messages"][0]["message"])

    def test_no_default_begins_with_it_whoever_gives_it(self):
        for model, name in self.all_of_them():
            value = self.sample(model, name)
            if not value:
                continue
            with self.subTest(f"{model._name}.{name}"):
                usual = model.default_get([name])
                with_context = model.with_context(**{f"default_{name}": value})
                for asked in (with_context, with_context.sudo()):
                    found = asked.default_get([name])
                    self.assertEqual(found.keys(), usual.keys())
                    self.assertNotIn(value, found.values())

    def test_a_request_begins_at_its_beginning(self):
        self.env["ir.default"].with_user(self.clerk).create(
            {
                "field_id": self.env["ir.model.fields"]
                ._get("social.crm.privacy.request", "check_method").id,
                "user_id": self.clerk.id,
                "json_value": json.dumps("document"),
            }
        )  # fmt: skip
        asked = self.env["social.crm.privacy.request"].with_user(self.clerk).with_context(
            default_state="in_progress", default_checked_by_id=self.second.id
        )
        request = asked.create({"kind": "access", "subject_identity_ids": [(6, 0, self.ada.ids)]})
        self.assertEqual(request.state, "received")
        self.assertFalse(request.check_method or request.checked_by_id)
        request.action_check_document()
        copied = request.copy({"state": "answered"})
        self.assertEqual((copied.state, copied.check_method), ("received", False))
        self.assertNotEqual((copied.uuid, copied.name), (request.uuid, request.name))

    def test_what_the_check_and_the_clock_rest_on_stays_once_they_began(self):
        request = self.request("access")
        request.action_check_document()
        steps = {"identified": "Check Anew", "in_progress": "has begun"}
        for state, words in steps.items():
            self.assertEqual(request.state, state)
            for name in SETTLED:
                value = request[name]
                value = [(6, 0, value.ids)] if name.startswith("subject") else value
                value = value.id if name.endswith("_id") else value
                with self.assertRaisesRegex(UserError, words, msg=name):
                    request.write({name: value})
            if state == "identified":
                request.action_execute()

    def test_nobody_asks_in_the_future(self):
        with self.assertRaisesRegex(ValidationError, "future"):
            self.request(received_at="2099-01-01 00:00:00")
