# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from ast import literal_eval

from lxml import etree

from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import datetime as safe_datetime
from odoo.tools.safe_eval import safe_eval

from .common import SocialCrmCommon, comment, person, post

ROLES = (
    "viewer",
    "agent",
    "publisher",
    "team_leader",
    "manager",
    "privacy_clerk",
    "privacy_officer",
)
SUB_SPEC_DEPTH = 2


@tagged("post_install", "-at_install")
class TestEveryMenu(SocialCrmCommon):
    """Whoever sees a menu can open what is behind it: the views, the records, an empty form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ingest(post("p1"), comment("c1", person("ana"), "p1"))
        cls.users = {role: cls._user(role, login=f"menu_{role}") for role in ROLES}
        cls.users["salesperson"] = new_test_user(
            cls.env,
            "menu_salesperson",
            groups="social_crm_base.group_agent,sales_team.group_sale_salesman",
        )

    def test_every_role_opens_what_its_menus_show(self):
        for role, user in self.users.items():
            env = self.env(user=user, context={"lang": "en_US"})
            menus = self._shown(env)
            self.assertGreater(len(menus), 5, role)
            for menu in menus:
                # sudo: the client is given actions by the server, not by a right on them
                action = menu.sudo().action
                if action and action._name == "ir.actions.act_window":
                    with self.subTest(role=role, menu=menu.complete_name):
                        self._open(env, action)

    def _shown(self, env):
        """The suite's menus this user can reach, those in the CRM included."""
        roots = self.env.ref("social_crm_base.social_crm_menu_root")
        roots += self.env.ref("social_crm_base.crm_menu_social")
        visible = env["ir.ui.menu"]._visible_menu_ids()
        menus = env["ir.ui.menu"].search([("id", "child_of", roots.ids)])
        return menus.filtered(
            lambda menu: {int(part) for part in menu.parent_path.split("/")[:-1]} <= visible
        )

    def _open(self, env, action):
        model = env[action.res_model].with_context(**self._context_of(env, action))
        modes = action.view_mode.split(",")
        views = model.get_views([(False, mode) for mode in modes] + [(False, "search")])["views"]
        domain = safe_eval(
            action.domain or "[]",
            {"uid": env.uid, "context_today": safe_datetime.datetime.today},
        )
        for mode in set(modes) & {"list", "kanban"}:
            found = model.web_search_read(
                domain, self._specification(model, views[mode]["arch"]), limit=5
            )
            if "form" in views and found["records"]:
                record = model.browse(found["records"][0]["id"])
                record.web_read(self._specification(model, views["form"]["arch"]))
        if "form" in views and model.has_access("create"):
            model.onchange({}, [], self._specification(model, views["form"]["arch"]))

    def _context_of(self, env, action):
        context = literal_eval((action.context or "{}").replace("uid", str(env.uid)))
        return {key: value for key, value in context.items() if not key.startswith("search_")}

    def _specification(self, model, arch, depth=0):
        """What the client would ask for to show this view."""
        specification = {}
        nodes = etree.fromstring(arch) if isinstance(arch, str) else arch
        for node in self._own_fields(nodes):
            field = model._fields.get(node.get("name"))
            if field is None:
                continue
            wanted = specification.setdefault(field.name, {})
            if field.type in ("many2one", "reference"):
                wanted.setdefault("fields", {})["display_name"] = {}
            elif field.relational and depth < SUB_SPEC_DEPTH:
                below = wanted.setdefault("fields", {})
                for view in node:
                    if view.tag in ("list", "kanban", "form"):
                        below.update(self._specification(model[field.name], view, depth + 1))
                if not below:
                    below["display_name"] = {}
        return specification

    def _own_fields(self, view):
        """The fields of a view, not those of the views inside it."""
        for node in view:
            if not isinstance(node.tag, str):
                continue
            if node.tag == "field":
                yield node
            else:
                yield from self._own_fields(node)
