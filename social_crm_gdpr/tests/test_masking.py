# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .test_restriction import MeasureCommon

#: As a form asks.
FORM = dict.fromkeys(
    ("display_name", "name", "handle", "platform_id", "state", "language", "followers"), {}
)


@tagged("post_install", "-at_install")
class TestMasking(MeasureCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.social_crm_mask_viewers = True
        cls.bo.name = "Bojana Bojić"
        cls.seen = cls.bo.with_user(cls.viewer)

    def log(self, action, user=None):
        return self.env["social.crm.access.log"].search(
            [("user_id", "=", (user or self.viewer).id), ("action", "=", action)]
        )

    def test_a_viewer_sees_initials_in_lists_forms_and_references(self):
        [row] = self.seen.web_read(
            {"name": {}, "handle": {}, "external_id": {}, "display_name": {}}
        )
        self.assertEqual((row["name"], row["handle"]), ("B•••", "b•••"))
        self.assertNotIn("Bojana", str(row))
        self.assertNotIn("Bojana", self.seen.display_name)
        said = self.said("c2").with_user(self.viewer)
        rows = said.web_read({"identity_id": {"fields": {"display_name": {}}}})
        self.assertNotIn("Bojana", str(rows))
        self.assertNotIn("Bojana", str(said.read(["identity_id", "display_name"])))

    def test_grouping_by_name_is_refused_and_by_anything_else_not(self):
        identities = self.env["social.crm.identity"].with_user(self.viewer)
        for name in ("name", "handle"):
            with self.assertRaises(UserError):
                identities.formatted_read_group([], [name], ["__count"])
            with self.assertRaises(UserError):
                self.interactions.with_user(self.viewer).formatted_read_group(
                    [], [f"identity_id.{name}"], ["__count"]
                )
        rows = identities.formatted_read_group([], ["partner_id"], ["__count"])
        self.assertNotIn("Ana Anić", str(rows))
        self.assertTrue(identities.formatted_read_group([], ["platform_id"], ["__count"]))

    def test_what_is_exported_is_masked_too(self):
        self.viewer.group_ids += self.env.ref("base.group_allow_export")
        self.assertNotIn("Bojana", str(self.seen.export_data(["display_name"])))
        self.assertNotIn("Bojana", str(self.seen.export_data(["name", "handle"])))

    def test_the_inbox_masks_for_viewers_and_not_for_agents(self):
        case = self.said("c2").case_id
        for user, shown in ((self.viewer, False), (self.agent, True)):
            self.env.invalidate_all()
            data = case.with_user(user).inbox_open()
            self.assertEqual("Bojana" in str(data), shown, user.login)
            rows = self.env["social.crm.case"].with_user(user).inbox_queue({"view": "all"})
            self.assertEqual("Bojana" in str(rows), shown, user.login)

    def test_who_says_why_sees_the_person_for_a_while_and_it_is_logged(self):
        wizard = self.env["social.crm.unmask"].with_user(self.viewer)
        with self.assertRaises(UserError):
            self.seen.action_unmask(" ")
        with freeze_time(fields.Datetime.now()) as clock:
            wizard.create({"identity_id": self.bo.id, "purpose": "She called"}).action_confirm()
            self.assertIn("Bojana", self.seen.read(["name"])[0]["name"])
            self.assertEqual(self.log("unmask").purpose, "She called")
            self.assertEqual(self.log("unmask").identity_id, self.bo)
            clock.tick(timedelta(minutes=16))
            self.assertNotIn("Bojana", self.seen.read(["name"])[0]["name"])

    def test_one_persons_reason_shows_nobody_else(self):
        self.seen.action_unmask("She called")
        other = self.ana.with_user(self.viewer)
        self.assertNotIn(self.ana.name, str(other.read(["name"])))
        colleague = new_test_user(
            self.env, "second_viewer", groups="social_crm_base.group_viewer"
        )
        self.assertNotIn("Bojana", str(self.bo.with_user(colleague).read(["name"])))

    def test_roles_that_need_names_and_companies_that_do_not_mask_see_them(self):
        for user in (self.agent, self.clerk, self.officer, self.manager):
            self.assertIn("Bojana", str(self.bo.with_user(user).read(["name"])))
        self.company.social_crm_mask_viewers = False
        self.assertIn("Bojana", str(self.seen.read(["name"])))

    def test_opening_a_person_is_noted_once_in_a_while(self):
        case = self.said("c2").case_id.with_user(self.agent)
        case.inbox_open()
        case.inbox_open()
        self.bo.with_user(self.agent).web_read(FORM)
        self.assertEqual(self.log("open", self.agent).identity_id, self.bo)
        self.assertEqual(len(self.log("open", self.agent)), 1)

    def test_names_of_colleagues_are_masked_by_the_clerk_only(self):
        colleague = new_test_user(
            self.env, "vesna", name="Vesna Vesić", groups="social_crm_base.group_agent"
        )
        said = self.said("c2")
        said.body = "Vesna Vesić je bila neljubazna, VESNA VESIĆ!"
        with self.assertRaises(AccessError):
            said.with_user(colleague).action_mask_staff()
        said.with_user(self.clerk).action_mask_staff()
        self.assertEqual(said.body, "••• je bila neljubazna, •••!")

    def test_colleagues_are_masked_by_what_they_are_also_called(self):
        new_test_user(
            self.env, "milan_dj", name="Milan Đorđević", groups="social_crm_base.group_agent"
        ).social_also_called = "Milan, Žuća; @milan.shop, X"
        cases = {
            "Милан Ђорђевић i MILAN DJORDJEVIC": "••• i •••",
            "Pitajte Милана ili Милан😀": "Pitajte Милана ili •••😀",
            "Milan,Zuca! milane, zuca": "•••,•••! milane, zuca",
            "@milan.shop i @zuca, X nije niko": "@••• i @•••, X nije niko",
            "Milano je grad; 🌻Žuća🌻": "Milano je grad; 🌻•••🌻",
            "Z\u030cuc\u0301a, mila nije tu": "•••, mila nije tu",
            "Milan Đorđević Milan": "••• •••",
        }
        said = self.said("c2")
        for text, masked in cases.items():
            with self.subTest(text=text):
                said.write({"body": text, "body_html": f"<p>{text}</p>"})
                said.with_user(self.clerk).action_mask_staff()
                self.assertEqual((said.body, said.body_html), (masked, f"<p>{masked}</p>"))

    def test_a_first_name_nobody_listed_stays(self):
        new_test_user(self.env, "mila", name="Mila Savić", groups="social_crm_base.group_agent")
        said = self.said("c2")
        said.body = "Mila moja, savić"
        said.with_user(self.clerk).action_mask_staff()
        self.assertEqual(said.body, "Mila moja, savić")

    def test_colleagues_say_themselves_what_they_are_called(self):
        colleague = new_test_user(self.env, "veki", groups="social_crm_base.group_viewer")
        colleague.with_user(colleague).social_also_called = "Veki"
        self.assertEqual(colleague._also_called(), ["Veki"])
