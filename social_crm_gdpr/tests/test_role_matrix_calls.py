# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import inspect
import json
import re
from contextlib import suppress
from unittest.mock import patch

from psycopg2.errors import RaiseException

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw, get_public_method
from odoo.sql_db import Cursor
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .role_matrix import ROLES

OURS = "odoo.addons.social_crm"
STRANGERS = ("base.group_public", "base.group_portal", "base.group_user")
#: What a call is given by the name of its parameter; the rest gets a number.
ARGUMENTS = {"text": "x", "words": "x", "reaction": "x", "res_model": "social.crm.identity"}
CHANGES = re.compile(r"\s*(INSERT|UPDATE|DELETE)", re.IGNORECASE)


def models_of_ours(env):
    for name, cls in sorted(env.registry.items()):
        if name.startswith("social.crm.") and not cls._abstract:
            yield name, env[name]


@tagged("post_install", "-at_install")
class TestStrangersCall(TransactionCase):
    """Whatever of the suite can be called from outside, called by who has no role in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = [
            new_test_user(cls.env, f"calls_{group[11:]}", groups=group) for group in STRANGERS
        ]
        people = cls.env["social.crm.identity"].search([("is_own", "=", False)])
        words = cls.env["social.crm.interaction"].search([("body", "!=", False)], limit=200)
        needles = people.mapped("name") + people.mapped("handle")
        needles += people.partner_id.mapped("name") + [said.body[:40] for said in words]
        cls.needles = {text for text in needles if text and len(text) > 5}

    def methods(self):
        """Public methods the suite's addons bring to any model, with a row to call them on."""
        for name, cls in sorted(self.env.registry.items()):
            known = {
                method
                for base in cls.mro()
                if base.__module__.startswith(OURS)
                for method, function in vars(base).items()
                if inspect.isfunction(function) and not method.startswith("_")
            }
            known -= {  # those of Odoo ask the rights themselves
                method
                for base in cls.mro()
                if not base.__module__.startswith(OURS)
                for method in vars(base)
            }
            if not known:
                continue
            model = self.env[name]
            row = model
            if cls._auto and not (cls._abstract or cls._transient):
                row = model.search([], limit=1)
            for method in sorted(known):
                try:
                    yield row, method, get_public_method(model, method)
                except AccessError:
                    continue

    def arguments(self, function):
        parameters = list(inspect.signature(function).parameters.values())[1:]
        for one in parameters:
            if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD:
                if one.name in ARGUMENTS:
                    yield ARGUMENTS[one.name]
                elif one.name.endswith("_ids"):
                    yield [1]
                else:
                    yield {} if one.name in ("query", "values") else 1

    def called(self, row, method, function, user):
        """What came of a call: its result and the changes it made, or the refusal."""
        arguments = list(self.arguments(function))
        if not getattr(function, "_api_model", False):
            arguments.insert(0, row.ids)
        changes = []
        execute = Cursor.execute

        def noting(cursor, query, *args, **kwargs):
            code = query.code if isinstance(query, SQL) else query
            if CHANGES.match(code):
                changes.append(code[:90])
            return execute(cursor, query, *args, **kwargs)

        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(), patch.object(
                Cursor, "execute", noting
            ):
                result = call_kw(row.with_user(user), method, arguments, {})
                self.env.flush_all()
        except (AccessError, UserError):
            return None, []
        except Exception:  # noqa: BLE001  what was asked makes no sense: nothing was answered
            return None, changes
        finally:
            self.env.invalidate_all()
        return result, changes

    def test_nobody_without_a_role_changes_or_learns_anything_by_any_method(self):
        pattern = re.compile("|".join(map(re.escape, self.needles)))
        calls = 0
        for row, method, function in self.methods():
            for user in self.users:
                calls += 1
                result, changes = self.called(row, method, function, user)
                with self.subTest(model=row._name, method=method, user=user.login):
                    self.assertFalse(changes)
                    told = json.dumps(result, default=str, ensure_ascii=False)
                    self.assertFalse(pattern.findall(told))
                    is_action = isinstance(result, dict) and "type" in result
                    self.assertTrue(is_action or not result or self.is_form(result), told[:200])
        self.assertGreater(calls, 400)

    def is_form(self, result):
        """Templates of Odoo's own import screen hold no data."""
        return isinstance(result, list) and {"label", "template"} == set(result[0])


@tagged("post_install", "-at_install")
class TestCompaniesApart(TransactionCase):
    """Who works for one company makes, changes and links nothing of another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.ref("base.main_company")
        cls.other = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.users = {
            role: new_test_user(
                cls.env,
                f"apart_{role}",
                groups=f"social_crm_base.group_{role}",
                company_id=cls.company.id,
                company_ids=[(6, 0, cls.company.ids)],
            )
            for role in ROLES[4:]
        }
        cls.foreign = {}
        for name, model in models_of_ours(cls.env):
            if "company_id" in model._fields and not model._transient and model._auto:
                field = model._fields["company_id"]
                rows = model.with_context(active_test=False).search([], order="id desc", limit=2)
                if field.store and len(rows) == 2:  # one stays here, to be linked from
                    cls.foreign[name] = rows[0]
        cls.env.flush_all()
        for name in [*cls.foreign]:
            rows = cls.foreign[name]
            # of ledgers the database itself lets nobody change a row
            with suppress(RaiseException), mute_logger("odoo.sql_db"), cls.env.cr.savepoint():
                cls.env.cr.execute(
                    SQL(
                        "UPDATE %s SET company_id = %s WHERE id = %s",
                        SQL.identifier(rows._table), cls.other.id, rows.id,
                    )
                )  # fmt: skip
                continue
            del cls.foreign[name]
        cls.env.invalidate_all()
        cls.foreign["res.partner"] = cls.env["res.partner"].create(
            {"name": "Theirs", "company_id": cls.other.id}
        )

    def roles(self, model, *operations):
        for role, user in self.users.items():
            seen = model.with_user(user)
            if all(seen.has_access(operation) for operation in operations):
                yield role, seen

    def needed(self, model):
        """What a model looks up by before it asks whether it may."""
        if "platform_id" in model._fields:
            return {"platform_id": self.env["social.crm.platform"].search([], limit=1).id}
        return {}

    def test_nobody_makes_changes_or_deletes_rows_of_another_company(self):
        tried = 0
        for name, row in self.foreign.items():
            if not name.startswith("social.crm."):
                continue
            for operation in ("create", "write", "unlink"):
                for role, model in self.roles(self.env[name], operation):
                    tried += 1
                    with self.subTest(model=name, role=role, operation=operation):
                        allowed = row.with_user(model.env.user)._filtered_access(operation)
                        self.assertFalse(allowed)
        self.assertGreater(tried, 60)

    def test_nobody_gives_a_row_to_another_company(self):
        for name, model in models_of_ours(self.env):
            field = model._fields.get("company_id")
            if field is None or not field.store or not model._auto or field.related:
                continue
            for role, seen in self.roles(model, "create"):
                with self.subTest(model=name, role=role), self.assertRaises(UserError):
                    seen.create([{**self.needed(model), "company_id": self.other.id}])

    def test_nobody_links_a_row_to_one_of_another_company(self):
        tried = set()
        for name, model in models_of_ours(self.env):
            if "company_id" not in model._fields or not model._auto:
                continue
            for field in model._fields.values():
                target = self.foreign.get(field.comodel_name)
                if target is None or not field.store or field.related:
                    continue
                if field.type not in ("many2one", "many2many"):
                    continue
                value = target.id if field.type == "many2one" else [(4, target.id)]
                for role, seen in self.roles(model, "create", "write"):
                    with self.subTest(model=name, field=field.name, role=role):
                        tried.add((name, field.name))
                        with self.assertRaises(UserError):
                            seen.create([{**self.needed(model), field.name: value}])
                        row = seen if model._transient else seen.search([], limit=1)
                        if row:
                            with self.assertRaises(UserError):
                                row.write({field.name: value})
        self.assertGreater(len(tried), 60)

    def test_a_colleague_of_both_companies_may(self):
        user = self.users["agent"]
        user.company_ids += self.other
        talk = self.env["social.crm.identity"].with_user(user)
        talk._refuse_foreign_links([{"partner_id": self.foreign["res.partner"].id}])
