# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..exceptions import RulebookRefusal
from ..tools.activity import Activity, Target
from .common import SocialCrmCommon, at, comment, know, message, person


@tagged("post_install", "-at_install")
class TestLead(SocialCrmCommon):
    """From what somebody said to a lead, and back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env,
            "social_seller",
            groups="sales_team.group_sale_salesman_all_leads,social_crm_base.group_agent",
        )
        cls.linkedin = cls.env["social.crm.channel"].create(
            {
                "name": "Company page",
                "platform_id": cls.env.ref("social_crm_base.platform_linkedin").id,
            }
        )

    def ask(self, *external_ids, user=None, channel=None, text="Do you sell chairs? 😀"):
        """Ana asks in public; what she said, as a colleague sees it."""
        ids = external_ids or ("q1",)
        self.ingest(
            *(comment(i, person("ana"), minutes=n, text=text) for n, i in enumerate(ids)),
            channel=channel,
        )
        said = self.interactions.union(*(self.said(i, channel) for i in ids))
        return said.with_user(user or self.seller)

    def dialog(self, said):
        action = said.action_create_lead()
        return said.env[action["res_model"]].browse(action["res_id"])

    def confirm(self, said):
        action = self.dialog(said).action_confirm()
        return said.env["crm.lead"].browse(action.get("res_id"))

    def test_a_lead_knows_who_said_what_where_and_from_which_campaign(self):
        said = self.ask()
        said.permalink = "https://example.social/@ana/1"
        campaign = self.env["utm.campaign"].create({"name": "Spring"})
        said.case_id.sudo().campaign_id = campaign
        lead = self.confirm(said)
        self.assertEqual(lead.name, "Do you sell chairs? 😀")
        self.assertEqual(lead.contact_name, "Ana")
        self.assertEqual(lead.medium_id.name, "Social")
        self.assertEqual(lead.source_id.name, "Mastodon")
        self.assertEqual(lead.campaign_id, campaign)
        self.assertEqual(lead.user_id, self.seller)
        self.assertIn("Do you sell chairs? 😀", lead.description)
        self.assertIn("https://example.social/@ana/1", lead.description)
        # Both ways
        self.assertEqual(lead.social_identity_id, said.identity_id)
        self.assertEqual(lead.social_interaction_ids, said)
        self.assertEqual(said.lead_ids, lead)
        self.assertEqual(said.case_id.lead_ids, lead)
        self.assertEqual(said.conversation_id.lead_count, 1)

    def test_the_same_medium_and_source_are_used_again(self):
        first, second = self.confirm(self.ask("q1")), self.env["crm.lead"]
        dialog = self.dialog(self.ask("q2"))
        dialog.action = "create"
        second = second.browse(dialog.action_confirm()["res_id"])
        self.assertNotEqual(first, second)
        self.assertEqual(first.medium_id, second.medium_id)
        self.assertEqual(first.source_id, second.source_id)

    def test_an_open_lead_of_the_same_account_is_offered_and_added_to(self):
        lead = self.confirm(self.ask("q1"))
        dialog = self.dialog(self.ask("q2"))
        self.assertEqual(dialog.action, "add")
        self.assertEqual(dialog.lead_id, lead)
        dialog.action_confirm()
        self.assertEqual(lead.social_interaction_ids, self.said("q1") | self.said("q2"))
        self.assertIn("Added from Ana", lead.message_ids[0].body)
        self.assertNotIn("chairs", lead.message_ids[0].body)

    def test_open_leads_are_found_by_contact_mail_phone_and_another_account(self):
        partner = self.env["res.partner"].create(
            {"name": "Ana", "email": "Ana@Example.com", "phone": "+381641234567"}
        )
        said = self.ask()
        other_account = self.env["social.crm.identity"].create(
            {"platform_id": self.platform.id, "external_id": "other"}
        )
        know(said.identity_id | other_account, partner)
        for values in (
            {"partner_id": partner.id},
            {"email_from": "ana@example.com"},
            {"phone": "+381 64 123 4567"},
            {"social_identity_id": other_account.id},
        ):
            with self.subTest(by=list(values)):
                lead = self.env["crm.lead"].create(
                    {"name": "Open", "user_id": self.seller.id, "team_id": False, **values}
                )
                self.assertEqual(self.dialog(said).duplicate_lead_ids, lead)
                lead.action_set_lost()
                self.assertFalse(self.dialog(said).duplicate_lead_ids)

    def test_a_colleagues_lead_one_may_not_open_is_told_without_its_content(self):
        own_only = new_test_user(
            self.env,
            "own_only",
            groups="sales_team.group_sale_salesman,social_crm_base.group_agent",
        )
        self.confirm(self.ask("q1"))
        dialog = self.dialog(self.ask("q2", user=own_only))
        self.assertFalse(dialog.duplicate_lead_ids)
        self.assertIn(self.seller.name, dialog.duplicate_note)
        self.assertEqual(dialog.action, "create")

    def test_several_people_selected_make_one_lead_each(self):
        self.ingest(
            comment("a1", person("ana"), minutes=1),
            comment("a2", person("ana"), minutes=2),
            comment("b1", person("bob"), minutes=3),
        )
        said = self.said("a1") | self.said("a2") | self.said("b1")
        dialog = self.dialog(said.with_user(self.seller))
        self.assertFalse(dialog.is_single)
        self.assertEqual(len(dialog.line_ids), 2)
        action = dialog.action_confirm()
        leads = self.env["crm.lead"].search(action["domain"])
        self.assertEqual(sorted(leads.mapped("contact_name")), ["Ana", "Bob"])
        ana = leads.filtered(lambda lead: lead.contact_name == "Ana")
        self.assertEqual(ana.social_interaction_ids, self.said("a1") | self.said("a2"))

    def test_a_person_with_two_accounts_gets_one_lead(self):
        self.ingest(comment("a1", person("ana")), comment("b1", person("anna")))
        partner = self.env["res.partner"].create({"name": "Ana"})
        said = self.said("a1") | self.said("b1")
        know(said.identity_id, partner)
        self.assertEqual(len(self.dialog(said.with_user(self.seller)).line_ids), 1)

    def test_linkedin_refuses_with_reason_source_and_what_is_allowed(self):
        said = self.ask("l1", channel=self.linkedin)
        dialog = self.dialog(said)
        self.assertEqual(dialog.action, "refused")
        self.assertFalse(dialog.can_create)
        self.assertIn("LinkedIn", dialog.refusal)
        self.assertIn("Source:", dialog.refusal)
        self.assertIn("href=", dialog.refusal)
        with self.assertRaises(UserError):
            dialog.action_confirm()

    def test_no_way_around_the_rulebook(self):
        said = self.ask("l1", channel=self.linkedin)
        lead = self.env["crm.lead"].create({"name": "Sneaky", "user_id": self.seller.id})
        for name, attempt in {
            "lead": lambda: lead.write({"social_interaction_ids": [Command.set(said.ids)]}),
            "new lead": lambda: self.env["crm.lead"].create(
                {"name": "x", "social_interaction_ids": [Command.set(said.ids)]}
            ),
            "interaction": lambda: said.write({"lead_ids": [Command.link(lead.id)]}),
            "case": lambda: said.case_id.write({"lead_ids": [Command.link(lead.id)]}),
            "account": lambda: lead.write({"social_identity_id": said.identity_id.id}),
        }.items():
            with (
                self.subTest(by=name),
                self.assertRaises(RulebookRefusal),
                self.env.cr.savepoint(),
            ):
                attempt()

    def test_press_and_bots_are_no_leads(self):
        said = self.ask()
        said.identity_id.role = "press"
        dialog = self.dialog(said)
        self.assertEqual(dialog.action, "refused")
        self.assertIn("Press", dialog.refusal)

    def test_words_that_may_not_be_kept_are_not_copied(self):
        youtube = self.env["social.crm.channel"].create(
            {"name": "Tube", "platform_id": self.env.ref("social_crm_base.platform_youtube").id}
        )
        said = self.ask("y1", channel=youtube)
        description = said._lead_description()
        self.assertNotIn("chairs", description)
        self.assertIn("Ana", description)
        self.assertNotIn("chairs", self.dialog(said).name)

    def test_words_taken_back_on_the_network_vanish_from_the_lead(self):
        lead = self.confirm(self.ask("q1", "q2"))
        lead.description = lead.description.replace("</p>", "</p><p>My own note</p>", 1)
        self.ingest(Activity("delete", at(30), target=Target("q1")))
        self.assertEqual(lead.description.count("Do you sell chairs?"), 1)
        self.assertIn("My own note", lead.description)
        self.assertIn("no longer on the network", lead.description)
        self.assertEqual(lead.name, "Lead from Mastodon")

    def test_markup_in_somebodys_words_stays_text(self):
        lead = self.confirm(self.ask(text='<img src=x onerror="alert(1)"> <b>hi</b>'))
        self.assertNotIn("<img", lead.description)
        self.assertIn("&lt;b&gt;hi", lead.description)

    def test_an_agent_of_service_hands_a_lead_to_sales(self):
        said = self.ask(user=self.agent)
        dialog = self.dialog(said)
        with Form(dialog) as form:  # as the screen reads it, with the agent's rights
            self.assertEqual(form.contact_name, "Ana")
        action = dialog.action_confirm()
        self.assertEqual(action["tag"], "display_notification")
        lead = said.sudo().lead_ids
        self.assertEqual(lead.name, "Do you sell chairs? 😀")
        self.assertFalse(lead.user_id)

    def test_a_viewer_makes_no_leads(self):
        with self.assertRaises(AccessError):
            self.ask(user=self.viewer).action_create_lead()

    def test_nobody_outside_the_company_is_no_lead(self):
        self.ingest(
            Activity("create", at(1), kind="post", external_id="p", direction="out", text="Hello")
        )
        with self.assertRaises(UserError):
            self.said("p").with_user(self.seller).action_create_lead()

    def test_our_answer_leads_to_the_person_it_was_for(self):
        self.ingest(
            message("m1", person("ana")), message("m2", person("ana"), 2, direction="out")
        )
        dialog = self.dialog(self.said("m2").with_user(self.seller))
        self.assertEqual(dialog.line_id.identity_id, self.said("m1").identity_id)

    def test_merged_leads_keep_what_they_were_made_from(self):
        first = self.confirm(self.ask("q1"))
        other = self.env["crm.lead"].create({"name": "By mail", "user_id": self.seller.id})
        merged = (first | other)._merge_opportunity()
        self.assertEqual(merged.social_interaction_ids, self.said("q1"))
        self.assertEqual(merged.social_identity_id, self.said("q1").identity_id)

    def test_cards_show_where_the_person_speaks_with_one_query_for_all(self):
        said = self.ask()
        partner = self.env["res.partner"].create({"name": "Ana"})
        know(said.identity_id, partner)
        leads = self.env["crm.lead"].create(
            [
                {"name": f"Lead {n}", "partner_id": partner.id, "user_id": self.seller.id}
                for n in range(5)
            ]
        )
        cards = leads.with_user(self.seller).mapped("social_presence")
        self.assertEqual([c[0]["network"] for c in cards], ["Mastodon"] * 5)
        self.assertEqual(partner.with_user(self.seller).social_presence, cards[0])
        plain = new_test_user(self.env, "plain", groups="sales_team.group_sale_salesman_all_leads")
        self.assertFalse(leads[0].with_user(plain).social_presence)

    def test_twenty_people_cost_no_more_queries_than_two(self):
        def queries(names):
            self.ingest(*(comment(f"c-{n}", person(n)) for n in names))
            said = self.interactions.union(*(self.said(f"c-{n}") for n in names))
            said = said.with_user(self.seller)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.dialog(said)
            return self.cr.sql_log_count - before

        queries(["warm"])
        few = queries(["x1", "x2"])
        many = queries([f"y{n}" for n in range(20)])
        self.assertLessEqual(many - few, 18)
