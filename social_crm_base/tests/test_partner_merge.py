# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .people_common import PeopleCommon

PIXEL = b"R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="


@tagged("post_install", "-at_install")
class TestPartnerMerge(PeopleCommon):
    def setUp(self):
        super().setUp()
        tag = self.env["res.partner.category"].create({"name": "VIP"})
        self.stays = self.partner("Mara Stays", email="mara@merge.example", city="Beograd")
        self.goes = self.partner(
            "Mara Goes", email="mara@merge.example", phone="+381641231231", ref="G-7",
            category_id=[(6, 0, tag.ids)], image_1920=PIXEL, comment="<p>likes tea</p>",
        )  # fmt: skip
        self.account_stays = self.identity("stays")
        self.account_goes = self.identity("goes")
        self.linked(self.account_stays, self.stays)
        self.linked(self.account_goes, self.goes)
        self.case_stays = self.case(self.account_stays, last_date="2026-01-01 08:00:00")
        self.case_goes = self.case(self.account_goes, last_date="2026-02-01 08:00:00")
        self.lead_ours = self.env["crm.lead"].create(
            {"name": "Ours", "partner_id": self.goes.id, "type": "opportunity"}
        )
        self.lead_other = self.env["crm.lead"].create(
            {"name": "Other", "partner_id": self.goes.id, "type": "opportunity"}
        )
        self.case_goes.lead_ids = self.lead_ours
        self.lead_ours.action_set_lost()

    def merge(self):
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.stays | self.goes).ids, self.stays
        )
        return self.env["social.crm.partner.merge"].search([("partner_id", "=", self.stays.id)])

    def test_our_rows_follow_the_merge_and_no_two_cases_take_new_messages(self):
        self.merge()
        self.assertFalse(self.goes.exists())
        self.assertEqual(self.account_goes.partner_id, self.stays)
        self.assertEqual(self.account_goes.link_ids.partner_id, self.stays)
        self.assertEqual(self.case_goes.partner_id, self.stays)
        self.assertEqual(
            {self.case_goes.customer_key, self.case_stays.customer_key}, {f"p{self.stays.id}"}
        )
        self.assertEqual((self.case_stays.takes_new, self.case_goes.takes_new), (False, True))

    def test_an_undo_gives_everything_of_ours_back(self):
        merge = self.merge()
        self.assertEqual(self.stays.phone, "+381641231231")
        self.assertEqual(merge.other_documents, {"crm.lead": self.lead_other.ids})
        self.assertIn("1 × Lead", merge.our_text)
        merge.with_user(self.leader).action_undo()
        back = merge.restored_partner_id
        self.assertEqual((back.name, back.phone, back.ref), ("Mara Goes", "+381641231231", "G-7"))
        self.assertEqual(back.category_id.name, "VIP")
        self.assertEqual(back.comment, "<p>likes tea</p>")
        self.assertEqual((bool(back.image_1920), self.stays.image_1920), (True, False))
        self.assertEqual(self.account_goes.partner_id, back)
        self.assertEqual(self.account_stays.partner_id, self.stays)
        self.assertEqual(self.case_goes.partner_id, back)
        self.assertEqual(self.case_goes.customer_key, f"p{back.id}")
        self.assertTrue(self.case_goes.takes_new)
        self.assertTrue(self.case_stays.takes_new)
        self.assertEqual(self.lead_ours.partner_id, back)
        self.assertEqual(self.lead_other.partner_id, self.stays)
        self.assertFalse(self.stays.phone)
        self.assertEqual((self.stays.name, self.stays.city), ("Mara Stays", "Beograd"))
        with self.assertRaisesRegex(UserError, "undone already"):
            merge.with_user(self.leader).action_undo()

    def test_what_was_changed_since_the_merge_stays_so(self):
        merge = self.merge()
        self.stays.phone = "+381649999999"
        later = self.case(self.identity("later"), partner_id=self.stays.id)
        self.case_goes.partner_id = self.partner("Chosen Since")
        merge.with_user(self.leader).action_undo()
        self.assertEqual(self.stays.phone, "+381649999999")
        self.assertEqual(later.partner_id, self.stays)
        self.assertEqual(self.case_goes.partner_id.name, "Chosen Since")

    def test_one_account_known_to_both_contacts_keeps_one_link_and_gets_both_back(self):
        rival = self.Link.create(
            {"identity_id": self.account_goes.id, "partner_id": self.stays.id}
        )
        mine = self.link_of(self.account_goes, self.goes)
        merge = self.merge()
        self.assertEqual((mine.state, rival.state), ("confirmed", "ended"))
        self.account_goes._match_people(again=True)
        merge.with_user(self.leader).action_undo()
        self.assertEqual((mine.state, rival.state), ("confirmed", "proposed"))
        self.assertEqual(rival.partner_id, self.stays)
        self.assertEqual(self.account_goes.partner_id, merge.restored_partner_id)

    def test_a_proof_is_not_carried_over_to_the_other_contact(self):
        link = self.link_of(self.account_goes, self.goes)
        link._prove()
        self.assertTrue(self.account_goes._is_proven_for_disclosure(self.goes))
        merge = self.merge()
        self.assertFalse(self.account_goes._is_proven_for_disclosure(self.stays))
        merge.with_user(self.leader).action_undo()
        self.assertTrue(
            self.account_goes._is_proven_for_disclosure(merge.restored_partner_id)
        )

    def test_a_merge_of_merges_is_undone_one_after_the_other(self):
        first = self.merge()
        third = self.partner("Mara Third", email="mara@merge.example")
        self.env["base.partner.merge.automatic.wizard"]._merge((self.stays | third).ids, third)
        self.assertEqual(self.account_goes.partner_id, third)
        self.assertEqual(first.partner_id, third)
        second = self.env["social.crm.partner.merge"].search(
            [("source_name", "=", "Mara Stays")]
        )
        second.with_user(self.leader).action_undo()
        self.assertEqual(self.account_stays.partner_id, second.restored_partner_id)
        self.assertEqual(self.account_goes.partner_id, second.restored_partner_id)

    def test_three_at_once_are_three_records(self):
        more = self.partner("Mara More", email="mara@merge.example")
        account = self.identity("more")
        self.linked(account, more)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.stays | self.goes | more).ids, self.stays
        )
        merges = self.env["social.crm.partner.merge"].search([("partner_id", "=", self.stays.id)])
        self.assertEqual(set(merges.mapped("source_name")), {"Mara Goes", "Mara More"})
        self.assertEqual(
            self.stays.social_identity_ids, self.account_goes | self.account_stays | account
        )
        merges.filtered(lambda merge: merge.source_name == "Mara More").action_undo()
        self.assertEqual(account.partner_id.name, "Mara More")
        self.assertEqual(self.account_goes.partner_id, self.stays)

    def test_a_deleted_survivor_cannot_be_undone_and_says_why(self):
        merge = self.merge()
        (self.lead_ours | self.lead_other).unlink()
        self.stays.unlink()
        with self.assertRaisesRegex(UserError, "deleted since"):
            merge.action_undo()

    def test_who_may_not_make_contacts_may_not_restore_one(self):
        merge = self.merge()
        with self.assertRaises(AccessError):
            merge.with_user(self.viewer).action_undo()
