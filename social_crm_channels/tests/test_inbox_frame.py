# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.social_crm_base.models.social_crm_interaction_hooks import BUS_NOTIFICATION
from odoo.addons.social_crm_base.tests.common import SocialCrmCommon, message, person


@tagged("post_install", "-at_install")
class TestInboxFrame(SocialCrmCommon):
    """What opens a case in the inbox, and what tells open screens of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls.ingest(message("m1", person("eva"), text="Hello")).interactions.case_id

    def as_user(self, user):
        return self.case.with_user(user)

    # === OPENING === #

    def test_the_head_tells_where_the_case_stands(self):
        self.case.write({"user_id": self.agent.id, "state": "waiting"})
        head = self.as_user(self.agent).inbox_open(["head"])["head"]
        self.assertEqual(
            (head["name"], head["state"], head["user"]["id"], head["writable"]),
            ("Hello", "waiting", self.agent.id, True),
        )
        self.assertEqual(head["state_label"], "Waiting for customer")
        self.assertFalse(self.as_user(self.viewer).inbox_open(["head"])["head"]["writable"])

    def test_what_one_may_not_read_opens_empty(self):
        self.case.write(
            {"confidential": True, "confidential_user_ids": [Command.set(self.leader.ids)]}
        )
        self.assertEqual(self.as_user(self.manager).inbox_open(), {})
        self.assertTrue(self.as_user(self.leader).inbox_open()["head"])
        self.case.unlink()
        self.assertEqual(self.as_user(self.leader).inbox_open(), {})

    def test_opening_costs_the_same_queries_however_much_was_said(self):
        def cost():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.as_user(self.agent).inbox_open()
            return self.env.cr.sql_log_count - before

        cost()
        few = cost()
        self.ingest(*(message(f"x{n}", person("eva"), n + 2) for n in range(40)))
        self.env["social.crm.interaction"]._run_second_stage()
        self.env.flush_all()
        self.assertLessEqual(cost(), few + 3)

    def test_cases_go_to_the_people_of_their_team(self):
        team = self.env["social.crm.team"].create(
            {"name": "Care", "user_id": self.leader.id, "member_ids": [(4, self.agent.id)]}
        )
        choices = self.as_user(self.agent).inbox_choices()
        self.assertIn(self.manager.id, [user["id"] for user in choices["users"]])
        self.assertNotIn(self.viewer.id, [user["id"] for user in choices["users"]])
        self.case.team_id = team
        choices = self.as_user(self.agent).inbox_choices()
        self.assertCountEqual(
            [user["id"] for user in choices["users"]], [self.agent.id, self.leader.id]
        )
        self.assertIn(team.id, [found["id"] for found in choices["teams"]])

    def test_the_form_leads_into_the_inbox(self):
        action = self.as_user(self.agent).action_open_in_inbox()
        self.assertEqual(action["tag"], "social_crm_inbox")
        self.assertEqual(action["params"], {"case_id": self.case.id})

    def test_the_app_opens_with_the_inbox(self):
        menus = self.env["ir.ui.menu"].with_user(self.agent).load_menus(False)
        root = menus[self.env.ref("social_crm_base.social_crm_menu_root").id]
        action = self.env.ref("social_crm_channels.social_crm_inbox_action")
        first = menus[root["children"][0]]
        self.assertEqual((first["action_model"], first["action_id"]), (action._name, action.id))

    # === TELLING SCREENS === #

    def told(self):
        """The cases told of since the last call, one list a message."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        bus = self.env["bus.bus"].sudo().search([("message", "like", BUS_NOTIFICATION)])
        told = [json.loads(message)["payload"]["case_ids"] for message in bus.mapped("message")]
        bus.unlink()
        return [ids for ids in told if ids]

    def test_what_colleagues_do_is_told_gathered_and_with_ids_only(self):
        other = self.ingest(message("m2", person("ana"))).interactions.case_id
        self.told()
        self.case._tell_screens()
        (self.case | other)._tell_screens()
        self.assertEqual(self.told(), [sorted((self.case | other).ids)])
        self.assertEqual(self.told(), [])

    def test_an_assignment_is_told(self):
        self.told()
        self.case.user_id = self.agent
        self.assertIn(self.case.ids, self.told())

    def test_what_no_screen_shows_is_not_told(self):
        self.told()
        self.case.write({"product_ref": "X-100"})
        self.assertEqual(self.told(), [])
