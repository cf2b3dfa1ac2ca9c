# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.social_crm_base.tests.common import (
    SocialCrmCommon,
    comment,
    know,
    message,
    person,
    post,
)


class MeasureCommon(SocialCrmCommon):
    """Ana writes from two accounts, which are one contact's; Bo is somebody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for model in ("social.crm.restriction", "social.crm.legal.hold"):  # the example shop's
            cls.env[model].search([("state", "=", "in_force")]).sudo().state = "ended"
        cls.ingest(
            post("p1"),
            message("m1", person("ana")),
            comment("c1", person("ana2"), "p1"),
            comment("c2", person("bo"), "p1", minutes=2),
        )
        cls.ana = cls.said("m1").identity_id
        cls.ana2 = cls.said("c1").identity_id
        cls.bo = cls.said("c2").identity_id
        cls.contact = cls.env["res.partner"].create({"name": "Ana Anić"})
        know(cls.ana + cls.ana2, cls.contact)

    @classmethod
    def measure(cls, model, identity=None, **values):
        return (
            cls.env[model]
            .with_user(cls.clerk)
            .create(
                {
                    "identity_ids": [Command.set(identity.ids)] if identity else [],
                    "reason": "She says the address is not hers",
                    **values,
                }
            )
        )

    @classmethod
    def evidence(cls, kind):
        return cls.env["social.crm.evidence"].search([("kind", "=", kind)])


@tagged("post_install", "-at_install")
class TestRestriction(MeasureCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.restriction = cls.measure("social.crm.restriction", cls.ana)

    def test_it_holds_over_all_accounts_and_links_and_for_nobody_else(self):
        people = self.ana + self.ana2 + self.bo
        self.assertEqual(people._is_restricted(), self.ana + self.ana2)
        self.assertEqual(self.contact._is_restricted(), self.contact)
        self.assertEqual(people.search([("is_restricted", "=", True)]), self.ana + self.ana2)
        self.assertIn(self.bo, people.search([("is_restricted", "=", False)]))

    def test_an_account_linked_later_is_held_too(self):
        know(self.bo, self.contact)
        self.assertEqual(self.bo._is_restricted(), self.bo)

    def test_an_account_of_several_people_does_not_lead_on_to_the_others(self):
        other = self.env["res.partner"].create({"name": "Bo"})
        self.ana2.is_shared = True
        know(self.ana2 + self.bo, other)
        self.assertEqual((self.ana + self.ana2 + self.bo)._is_restricted(), self.ana + self.ana2)

    def test_only_what_they_ask_is_answered(self):
        talk = self.said("m1").conversation_id.with_user(self.agent)
        for purpose in ("feedback", "marketing"):
            with self.assertRaisesRegex(UserError, "Art. 18"):
                talk._queue_reply("Kako ste zadovoljni?", purpose=purpose)
        for purpose in ("answer", "contract"):
            self.assertTrue(talk._queue_reply("Evo odgovora", purpose=purpose))

    def test_what_they_write_is_still_received(self):
        self.ingest(message("m2", person("ana"), minutes=5))
        self.assertTrue(self.said("m2"))

    def test_no_segment_is_computed_and_it_comes_back_afterwards(self):
        self.assertFalse(self.contact.social_relation)
        self.contact._social_refresh_relation()
        self.assertFalse(self.contact.social_relation)
        self.assertIn("No profile", self.contact.social_relation_reason)
        self.restriction.end_reason = "The address was right"
        self.restriction.action_end()
        self.assertEqual(self.contact.social_relation, "prospect")

    def test_a_segment_there_was_goes_when_it_begins(self):
        self.bo.env["res.partner"].browse()
        partner = self.env["res.partner"].create({"name": "Bo"})
        know(self.bo, partner)
        partner._social_refresh_relation()
        self.assertTrue(partner.social_relation)
        self.measure("social.crm.restriction", partner_ids=[Command.link(partner.id)])
        self.assertFalse(partner.social_relation)

    def test_it_is_not_exported(self):
        user = new_test_user(
            self.env,
            "exporter",
            groups="social_crm_base.group_agent,base.group_allow_export,base.group_partner_manager",
        )
        for records in (self.ana + self.bo, self.said("m1"), self.said("m1").conversation_id,
                        self.said("m1").case_id, self.contact):  # fmt: skip
            with self.assertRaisesRegex(UserError, "Art. 18"):
                records.with_user(user).export_data(["id"])
        self.assertTrue(self.bo.with_user(user).export_data(["id"])["datas"])
        log = self.env["social.crm.access.log"].search([("user_id", "=", user.id)])
        self.assertEqual((log.action, log.identity_id), ("export", self.bo))

    def test_its_lead_is_not_exported(self):
        seller = new_test_user(
            self.env,
            "seller",
            groups="social_crm_base.group_agent,base.group_allow_export,"
            "sales_team.group_sale_salesman_all_leads",
        )
        leads = self.env["crm.lead"].create(
            [{"name": "Bo asks", "social_identity_id": self.bo.id}, {"name": "Somebody"}]
        )
        self.assertTrue(leads.with_user(seller).export_data(["name"])["datas"])
        log = self.env["social.crm.access.log"].search([("user_id", "=", seller.id)])
        self.assertEqual(log.identity_id, self.bo)
        self.measure("social.crm.restriction", self.bo)
        with self.assertRaisesRegex(UserError, "Art. 18"):
            leads.with_user(seller).export_data(["name"])

    def test_reports_count_it_and_do_not_name_it(self):
        words = self.interactions.with_user(self.agent)
        groups = words.formatted_read_group(
            [("id", "in", (self.said("m1") + self.said("c2")).ids)], ["identity_id"], ["__count"]
        )
        labels = {group["identity_id"][1]: group["__count"] for group in groups}
        self.assertEqual(labels, {"Restricted person": 1, self.bo.display_name: 1})

    def test_neither_a_pivot_nor_an_old_client_names_it(self):
        cases = self.env["social.crm.case"].with_user(self.leader)
        for name in ("identity_id", "partner_id"):
            [rows] = cases.formatted_read_grouping_sets([], [[name]], ["__count"])
            labels = {row[name][1] for row in rows if row[name]}
            self.assertIn("Restricted person", labels)
            self.assertFalse(labels & {self.contact.name, self.ana.display_name})

    def test_what_speaks_of_it_is_not_exported_either(self):
        self.leader.group_ids += self.env.ref("base.group_allow_export")
        for records in (self.ana.link_ids, self.said("m1").case_id, self.said("m1")):
            with self.subTest(model=records._name), self.assertRaisesRegex(UserError, "Art. 18"):
                records.with_user(self.leader).export_data(["id"])

    def test_no_lead_is_made(self):
        said = self.said("m1").with_user(self.agent)
        dialog = self.env["social.crm.lead.create"].browse(said.action_create_lead()["res_id"])
        self.assertEqual(dialog.line_ids.action, "refused")
        self.assertIn("Art. 18", dialog.refusal)
        with self.assertRaisesRegex(UserError, "Art. 18"):
            said._gate_lead()
        with self.assertRaisesRegex(UserError, "Art. 18"):
            self.ana2.with_user(self.agent)._gate_lead()

    def test_no_machine_looks_for_their_contact(self):
        self.assertTrue(self.bo._to_match(again=True))
        self.measure("social.crm.restriction", self.bo)
        self.assertFalse(self.bo._to_match(again=True))

    def test_their_words_are_not_weighed(self):
        words = self.said("m1") + self.said("c1") + self.said("c2")
        self.assertEqual(words._may_profile(), self.said("c2"))

    def test_it_is_seen_before_one_writes(self):
        case = self.said("m1").case_id.with_user(self.agent)
        self.assertIn("Art. 18", case._inbox_person_notices()[0]["text"])
        self.assertEqual(case._inbox_person_habits(), [])
        page = self.env["social.crm.journey"].with_user(self.agent).get_page(
            "social.crm.identity", self.ana.id
        )
        self.assertIn("Art. 18", page["notice"])

    def test_it_ends_with_a_reason_only_and_leaves_evidence(self):
        with self.assertRaisesRegex(UserError, "why it ends"):
            self.restriction.action_end()
        self.restriction.end_reason = "The address was right"
        self.restriction.action_end()
        self.assertFalse(self.ana._is_restricted())
        self.assertEqual(self.restriction.ended_by_id, self.clerk)
        for kind in ("restriction.begun", "restriction.ended"):
            row = self.evidence(kind)[:1]
            self.assertEqual(row.reference, self.restriction.reference)
            self.assertNotIn("Ana", str(row.payload))

    def test_it_ends_by_itself_on_its_day(self):
        self.restriction.write(
            {"until": fields.Datetime.now() + timedelta(days=1), "end_reason": "Till he answers"}
        )
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            self.assertFalse(self.ana._is_restricted())
            self.env["social.crm.restriction"]._cron_end_due()
            self.assertEqual(self.restriction.state, "ended")
            self.assertTrue(self.evidence("restriction.lapsed"))

    def test_what_was_decided_stays_as_it_was(self):
        with self.assertRaises(UserError):
            self.restriction.reason = "Something else"
        with self.assertRaises(AccessError):
            self.restriction.unlink()
        with self.assertRaises(ValidationError):
            self.measure("social.crm.restriction", self.ana, reason=" ")
        with self.assertRaises(ValidationError):
            self.measure("social.crm.restriction")

    def test_the_officer_reads_it_and_nobody_else_touches_it(self):
        self.assertTrue(self.restriction.with_user(self.officer).reason)
        with self.assertRaises(AccessError):
            self.restriction.with_user(self.officer).action_end()
        for user in (self.agent, self.manager):
            with self.assertRaises(AccessError):
                self.restriction.with_user(user).read(["reason"])
            self.assertTrue(self.ana.with_user(user).is_restricted)

    def test_it_does_not_reach_into_another_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertFalse(self.contact.with_company(other)._is_restricted())

    def test_archiving_the_contact_ends_nothing(self):
        self.contact.action_archive()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((self.ana + self.ana2)._is_restricted(), self.ana + self.ana2)
        self.assertFalse(self.ana2._may_profile())
        archived = self.env["res.partner"].create({"name": "Long gone", "active": False})
        self.measure("social.crm.restriction", partner_ids=[Command.link(archived.id)])
        self.assertEqual(archived._is_restricted(), archived)

    def test_what_one_of_the_companies_at_work_restricts_is_not_exported(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        bo = self.env["res.partner"].create({"name": "Bo"})
        user = new_test_user(
            self.env,
            "carrier",
            groups="base.group_allow_export,base.group_partner_manager",
            company_id=self.company.id,
            company_ids=[Command.set((self.company + other).ids)],
        )
        self.env["social.crm.restriction"].sudo().create(
            {
                "company_id": other.id,
                "partner_ids": [Command.link(bo.id)],
                "reason": "He contests it",
            }
        )
        bo = bo.with_user(user)
        self.assertTrue(bo.with_context(allowed_company_ids=self.company.ids).export_data(["id"]))
        both = bo.with_context(allowed_company_ids=(self.company + other).ids)
        with self.assertRaisesRegex(UserError, "Art. 18"):
            both.export_data(["id"])
        self.assertTrue(both.social_is_restricted)
        with self.assertRaisesRegex(UserError, "Art. 18"):
            self.env["crm.lead"].with_user(self.seller()).create(
                {"name": "Bo", "partner_id": self.contact.id}
            )

    def seller(self):
        return new_test_user(self.env, "leads", groups="sales_team.group_sale_salesman")

    def test_where_nobody_is_restricted_asking_costs_one_query(self):
        self.restriction.end_reason = "done"
        self.restriction.action_end()
        people = self.ana + self.ana2 + self.bo
        self.env.flush_all()
        with self.assertQueryCount(1):
            people._is_restricted()
