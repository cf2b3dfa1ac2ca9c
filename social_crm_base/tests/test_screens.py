# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from ..tools.activity import Activity, Target
from .common import SocialCrmCommon, at, comment, message, person, post

ROLES = ("viewer", "agent", "team_leader", "manager", "privacy_clerk", "privacy_officer")


@tagged("post_install", "-at_install")
class TestScreens(SocialCrmCommon):
    """Every window of the suite opens for everybody who sees its menu, with every filter."""

    def _windows(self, user):
        """The window actions of the menus this user sees, by their own rights."""
        Menu = self.env["ir.ui.menu"].with_user(user)
        root = self.env.ref("social_crm_base.social_crm_menu_root")
        visible = Menu._visible_menu_ids()
        menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id)])
        actions = [menu.action for menu in menus if menu.id in visible and menu.action]
        return [
            action
            for action in actions
            if action._name == "ir.actions.act_window"
            and action.res_model.startswith("social.crm.")
            and not self.env[action.res_model]._transient
        ]

    def test_every_window_opens_for_every_role(self):
        for role in ROLES:
            user = self._user(role, login=f"screens_{role}")
            windows = self._windows(user)
            self.assertTrue(windows, f"a {role} sees nothing")
            for action in windows:
                with self.subTest(role=role, action=action.xml_id):
                    self._open(action, user)

    def _open(self, action, user):
        Model = self.env[action.res_model].with_user(user)
        kinds = [(False, kind) for kind in action.view_mode.split(",")]
        views = Model.get_views([*kinds, (False, "search")])["views"]
        search = etree.fromstring(views["search"]["arch"])
        context = safe_eval(action.context or "{}", {"uid": user.id, "active_id": False})
        named = {node.get("name") for node in search.iter("filter", "field")}
        for key in context:
            if key.startswith("search_default_"):
                self.assertIn(key.removeprefix("search_default_"), named)
        domain = safe_eval(action.domain or "[]", {"uid": user.id})
        for node in search.iter("filter"):
            if node.get("domain"):
                Model.search_count(
                    domain + safe_eval(node.get("domain"), {"uid": user.id}), limit=1
                )
            group_by = safe_eval(node.get("context") or "{}").get("group_by")
            if group_by and "propert" not in group_by:
                Model.formatted_read_group(domain, [group_by], ["__count"], limit=2)

    def test_every_window_says_what_to_do_when_it_is_empty(self):
        for action in self._windows(self.env.ref("base.user_admin")):
            if action.xml_id.startswith("social_crm_base."):
                self.assertTrue(action.help, action.xml_id)

    def test_a_page_of_cases_costs_the_same_for_one_as_for_twenty(self):
        people = [person(f"p{number}") for number in range(20)]
        self.ingest(*(message(f"m{number}", who) for number, who in enumerate(people)))
        names = ["customer_name", "last_text", "deadline", "platform_icon", "interaction_count"]
        cases = self.said("m0").case_id.search([("channel_id", "=", self.channel.id)])
        self.assertEqual(len(cases), 20)
        counts = []
        for page in (cases[:1], cases):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            page.with_user(self.agent).read(names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_the_last_words_are_words_not_likes(self):
        ana = person("ana")
        self.ingest(
            message("m1", ana, text="Ćao!\nIma li   mesta? 🚲"),
            Activity(
                "react", at(9), kind="reaction", actor=ana, reaction="❤", visibility="direct",
                target=Target("m1"),
            ),
        )
        self.assertEqual(self.said("m1").case_id.last_text, "Ćao! Ima li mesta? 🚲")
        self.assertEqual(self.said("m1").conversation_id.last_text, "Ćao! Ima li mesta? 🚲")

    def test_last_words_of_channels_one_may_not_read_stay_hidden(self):
        self.channel.team_ids = self.env["social.crm.team"].create({"name": "Others"})
        self.ingest(message("m1", person("ana"), text="for others"))
        case = self.said("m1").case_id
        case.team_id = False
        self.env.invalidate_all()
        self.assertEqual(case.with_user(self.viewer).last_text, "")
        self.assertEqual(case.with_user(self.manager).last_text, "for others")

    def test_a_post_is_folded_above_its_people(self):
        self.ingest(
            post("p1"),
            comment("c1", person("ana"), "p1"),
            comment("c2", person("ben"), "p1"),
            comment("c3", person("ben"), "p1", minutes=3),
        )
        threads = self.env["social.crm.conversation"].search(
            self.said("p1").action_open_thread()["domain"]
        )
        self.assertEqual(len(threads.filtered("identity_id")), 2)
        self.assertEqual(self.said("c1").conversation_id.root_text, "Our post p1")

    def test_what_was_said_before_an_edit_is_shown_as_it_was_written(self):
        ana = person("ana")
        self.ingest(
            comment("r1", ana, kind="review", rating=5.0, text="Great <b>shop</b>"),
            Activity(
                "edit", at(9), kind="review", external_id="r1", actor=ana, text="Bad",
                rating=1.0, edited_at=at(9),
            ),
        )
        said = self.said("r1")
        self.assertEqual((said.body, said.rating), ("Bad", 1.0))
        self.assertIn("★★★★★", said.earlier_wordings)
        self.assertIn("Great &lt;b&gt;shop&lt;/b&gt;", said.earlier_wordings)

    def test_what_is_gone_says_why(self):
        self.ingest(message("m1", person("ana")))
        said = self.said("m1")
        said._blank_content("deleted")
        self.assertIn("Deleted", said.excerpt)
        self.assertTrue(said.said_by)

    def test_cases_of_other_teams_do_not_break_a_conversation(self):
        self.ingest(message("m1", person("ana")))
        case = self.said("m1").case_id
        case.team_id = self.env["social.crm.team"].create({"name": "Others"})
        conversation = self.said("m1").conversation_id.with_user(self.viewer)
        self.env.invalidate_all()
        self.assertFalse(conversation.case_ids)
        self.assertEqual(conversation.with_user(self.manager).case_ids, case)

    def test_a_networks_icon_can_be_read_wherever_a_view_shows_it(self):
        views = self.env["ir.ui.view"].search([("arch_db", "ilike", "social_platform_icon")])
        self.assertTrue(views)
        for view in views:
            arch = etree.fromstring(view.get_combined_arch())
            for node in arch.iterfind(".//field[@widget='social_platform_icon']"):
                model = self.env[view.model]
                for outer in reversed(list(node.iterancestors("field"))):
                    model = self.env[model._fields[outer.get("name")].comodel_name]
                with self.subTest(view=view.xml_id, model=model._name):
                    self.assertIn("platform_icon", model._fields)


@tagged("post_install", "-at_install")
class TestAnswering(SocialCrmCommon):
    """The small composer, on a channel that speaks by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ana = person("ana")
        cls.ingest(
            post("p1"),
            comment("c1", cls.ana, "p1", minutes=5),
            message("m1", cls.ana, minutes=9),
        )
        cls.case = cls.said("c1").case_id

    def _composer(self, record, user=None):
        action = record.with_user(user or self.agent).action_reply()
        return Form(
            self.env["social.crm.reply"]
            .with_user(user or self.agent)
            .with_context(**action["context"])
        )

    def test_a_case_is_answered_where_they_spoke_last(self):
        composer = self._composer(self.case)
        self.assertEqual(composer.conversation_id, self.said("m1").conversation_id)
        self.assertFalse(composer.is_public)
        composer.body = "Rado! 🚲"
        action = composer.save().action_send()
        outbox = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((outbox.state, outbox.text), ("by_hand", "Rado! 🚲"))
        self.assertEqual(outbox.interaction_id.case_id, self.case)
        self.assertEqual(outbox.interaction_id.author_id, self.agent)
        outbox.with_user(self.agent).action_done_by_hand()
        self.assertEqual(outbox.state, "done")
        self.assertFalse(self.case.waiting_since, "they have been answered")

    def test_public_words_say_that_they_are_public(self):
        composer = self._composer(self.said("c1"))
        self.assertTrue(composer.is_public)
        self.assertEqual(composer.parent_id, self.said("c1"))

    def test_changing_the_place_forgets_what_was_answered_there(self):
        composer = self._composer(self.case)
        composer.conversation_id = self.said("c1").conversation_id
        composer.parent_id = self.said("c1")
        composer.conversation_id = self.said("m1").conversation_id
        self.assertFalse(composer.parent_id)

    def test_nothing_is_not_sent(self):
        composer = self._composer(self.case)
        composer.body = "   "
        with self.assertRaises(UserError):
            composer.save().action_send()

    def test_an_account_that_is_gone_says_so(self):
        self.said("m1").identity_id.state = "deleted"
        self.assertIn("no longer active", self._composer(self.case).refusal)

    def test_a_viewer_answers_nobody(self):
        with self.assertRaises(AccessError):
            self._composer(self.case, self.viewer)
