# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import SocialCrmCommon, know, message, person


@tagged("post_install", "-at_install")
class TestSubject(SocialCrmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ingest(message("1", person("ada")), message("2", person("bob"), minutes=2))
        cls.ada = cls.said("1").identity_id
        cls.bob = cls.said("2").identity_id
        cls.contact = cls.env["res.partner"].create(
            {"name": "Ada", "email": "Ada.L@Example.org", "phone": "+49 171 2345678"}
        )

    def find(self, **said):
        return self.env["social.crm.subject"].with_user(self.clerk)._find(**said)

    def test_by_handle_however_it_is_written(self):
        for handle in ("ada@example.social", "@ADA@Example.Social", " @ada@example.social "):
            self.assertEqual(self.find(handle=handle).identities, self.ada, handle)
        self.assertFalse(self.find(handle="ada@elsewhere.social"))

    def test_by_link_to_the_profile(self):
        found = self.find(url="https://example.social/@ada")
        self.assertEqual((found.identities, found.ambiguous), (self.ada, ()))

    def test_by_address_in_any_writing_and_number(self):
        know(self.ada, self.contact)
        for said in (
            {"email": "ada.l@example.ORG"}, {"phone": "+491712345678"}, {"partner": self.contact},
            {"identity": self.ada},
        ):  # fmt: skip
            found = self.find(**said)
            self.assertEqual((found.identities, found.partners), (self.ada, self.contact), said)

    def test_all_accounts_of_the_contact_are_the_persons(self):
        know(self.ada | self.bob, self.contact)
        found = self.find(handle="ada@example.social")
        self.assertEqual(found.identities, self.ada | self.bob)

    def test_a_former_name_is_for_a_person_to_decide(self):
        self.ada.alias_ids.create(
            {"identity_id": self.ada.id, "kind": "handle", "value": "Countess@example.social"}
        )
        found = self.find(handle="@countess@example.social")
        self.assertFalse(found.identities)
        self.assertEqual(found.ambiguous, (("former_name", self.ada),))

    def test_nothing_is_guessed_from_patterns_in_what_is_said(self):
        self.ada.alias_ids.create(
            {"identity_id": self.ada.id, "kind": "handle", "value": "countess@example.social"}
        )
        for said in ("count%@example.social", "countes_@example.social", "%", "_"):
            self.assertFalse(self.find(handle=said).ambiguous, said)
            self.assertFalse(self.find(email=said), said)

    def test_one_name_on_two_networks_may_be_two_people(self):
        other = self.env["social.crm.identity"].create(
            {
                "platform_id": self.env.ref("social_crm_base.platform_x").id,
                "handle": "grace", "external_id": "x1",
            }
        )  # fmt: skip
        second = self.env["social.crm.identity"].create(
            {
                "platform_id": self.env.ref("social_crm_base.platform_instagram").id,
                "handle": "grace", "external_id": "i1",
            }
        )  # fmt: skip
        found = self.find(handle="grace")
        self.assertFalse(found)
        self.assertEqual(found.ambiguous, (("several_networks", other | second),))
        found = self.find(handle="grace", platform=other.platform_id)
        self.assertEqual((found.identities, found.ambiguous), (other, ()))

    def test_an_address_of_two_contacts_is_for_a_person_to_decide(self):
        twin = self.contact.copy({"email": "ada.l@example.org"})
        found = self.find(email="ada.l@example.org")
        self.assertFalse(found.partners)
        self.assertEqual(found.ambiguous, (("several_contacts", self.contact | twin),))

    def test_a_name_and_an_address_said_together_are_one_person_only_where_links_say_so(self):
        said = {"handle": "bob@example.social", "email": "ada.l@example.org"}
        found = self.find(**said)
        self.assertFalse(found)
        self.assertEqual(
            found.ambiguous, (("said_together", self.bob), ("said_together", self.contact))
        )
        beside = self.find(identity=self.ada, **said)
        self.assertEqual((beside.identities, beside.partners), (self.ada, self.contact.browse()))
        self.assertEqual(beside.ambiguous, found.ambiguous)
        know(self.bob, self.contact)
        found = self.find(**said)
        self.assertEqual((found.identities, found.partners), (self.bob, self.contact))
        self.assertFalse(found.ambiguous)

    def test_an_address_whose_accounts_lead_to_several_contacts_is_a_familys(self):
        (self.ada | self.bob).verified_email = "family@example.org"
        found = self.find(email="family@example.org")
        self.assertEqual(found.identities, self.ada | self.bob, "nobody says they are two")
        child = self.env["res.partner"].create({"name": "Her child"})
        know(self.bob, child)
        know(self.ada, self.contact)
        found = self.find(email="family@example.org")
        self.assertFalse(found)
        self.assertEqual(found.ambiguous, (("several_contacts", self.ada | self.bob),))

    def test_two_who_share_an_account_are_not_one_by_it(self):
        self.ada.is_shared = True
        brother = self.env["res.partner"].create({"name": "Brother", "email": "bro@example.org"})
        know(self.ada, self.contact)
        know(self.ada, brother)
        one = {"handle": "ada@example.social", "email": "bro@example.org"}
        self.assertEqual(self.find(**one).partners, brother)
        found = self.find(**one, phone="+491712345678")
        self.assertFalse(found)
        self.assertEqual(len(found.ambiguous), 4)
        self.assertFalse(self.find(identity=self.ada, email="bro@example.org").partners)

    def test_a_shared_account_is_found_and_leads_to_nobody_else(self):
        self.ada.is_shared = True
        know(self.ada, self.contact)
        other = self.env["res.partner"].create({"name": "Her brother"})
        know(self.ada | self.bob, other)
        found = self.find(partner=self.contact)
        self.assertEqual((found.identities, found.shared), (self.ada, self.ada))
        self.assertEqual(found.partners, self.contact)

    def test_our_own_accounts_and_other_companies_people_are_nobody(self):
        self.ada.is_own = True
        self.assertFalse(self.find(handle="ada@example.social"))
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertFalse(self.find(handle="bob@example.social", company=elsewhere))
        self.assertTrue(self.find(handle="bob@example.social"))

    def test_nobody_is_found_by_nothing(self):
        for said in ({}, {"handle": "  "}, {"email": "no address"}, {"phone": "-"}, {"url": "x"}):
            found = self.find(**said)
            self.assertFalse(found, said)
            self.assertFalse(found.ambiguous, said)
