# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import TransactionCase, new_test_user, tagged

from .role_matrix import RIGHTS, ROLES, SHARED

PLAIN = {"public": "base.group_public", "portal": "base.group_portal", "user": "base.group_user"}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}


@tagged("post_install", "-at_install")
class TestRoleMatrix(TransactionCase):
    """Every model of the suite against every role, and against a second company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(
                cls.env,
                f"matrix_{role}",
                groups=PLAIN.get(role, f"social_crm_base.group_{role}"),
            )
            for role in ROLES
        }
        cls.expected = {
            model: rights.split() for rights, models in RIGHTS.items() for model in models.split()
        }
        cls.models = sorted(
            name
            for name, model in cls.env.registry.items()
            if name.startswith("social.crm.") and not model._abstract
        )

    def test_every_model_stands_in_the_table_once(self):
        self.assertEqual(
            len(self.expected), sum(len(models.split()) for models in RIGHTS.values())
        )
        missing = sorted(set(self.models) - set(self.expected))
        self.assertFalse(
            missing,
            "Decide who may do what with these models, and add them to role_matrix.py with the "
            "rights their access list gives:\n"
            + "\n".join(f"{' '.join(self._rights(name))}: {name}" for name in missing),
        )

    def test_no_role_may_do_more_or_less_than_the_table_says(self):
        for name in self.models:
            with self.subTest(model=name):
                if name in self.expected:
                    found = dict(zip(ROLES, self._rights(name), strict=True))
                    wanted = dict(zip(ROLES, self.expected[name], strict=True))
                    self.assertEqual(found, wanted)

    def _rights(self, name):
        return [
            "".join(
                letter
                for letter, operation in OPERATIONS.items()
                if self.env[name].with_user(self.users[role]).has_access(operation)
            )
            or "-"
            for role in ROLES
        ]

    def test_strangers_and_customers_may_nothing(self):
        for rights in RIGHTS:
            self.assertEqual(rights.split()[:2], ["-", "-"], rights)

    def test_the_officer_executes_nothing(self):
        own = {"social.crm.draft", "social.crm.inbox.filter", "social.crm.question"}
        for name, rights in self.expected.items():
            model = self.env.get(name)
            if model is None or model._transient or name in own:
                continue
            self.assertIn(rights[ROLES.index("privacy_officer")], ("r", "-"), name)

    def test_who_may_less_than_read_all_is_kept_to_own_companies(self):
        """The rules of each role name the company wherever the model is not shared by all."""
        shared = set(SHARED.split())
        for name in self.models:
            model = self.env[name]
            if model._transient or not model._auto or name in shared:
                continue
            for role, user in self.users.items():
                if not model.with_user(user).has_access("read"):
                    continue
                rule = self.env["ir.rule"].with_user(user)._compute_domain(name, "read")
                with self.subTest(model=name, role=role):
                    self.assertIn("company_id", str(rule))

    def test_nothing_of_another_company_is_reached(self):
        """With real rows: whatever the example shop holds belongs to the first company."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        shared = set(SHARED.split())
        rows = {}
        for name in self.models:
            model = self.env[name].with_context(active_test=False)
            if not model._transient and name not in shared and model._auto:
                found = model.search([], limit=20)
                if "company_id" in model._fields:
                    found = found.filtered("company_id")
                rows[name] = found
        if self.env.ref("social_crm_base.channel_fb_demo", raise_if_not_found=False):
            self.assertGreater(sum(map(bool, rows.values())), 25, "too few rows to prove it")
        for role in ROLES[3:]:
            user = new_test_user(
                self.env,
                f"elsewhere_{role}",
                groups=f"social_crm_base.group_{role}",
                company_id=other.id,
                company_ids=[(6, 0, other.ids)],
            )
            for name, found in rows.items():
                model = found.with_user(user)
                if not model.has_access("read"):
                    continue
                with self.subTest(model=name, role=role):
                    seen = model.browse().search([], limit=50)
                    # sudo: to see whose it is, should it be seen at all
                    whose = seen.sudo().company_id if "company_id" in model._fields else seen
                    self.assertFalse(whose - other if whose._name == other._name else whose)
                    for operation in ("read", "write", "unlink"):
                        if model.browse().has_access(operation):
                            self.assertFalse(model._filtered_access(operation))
