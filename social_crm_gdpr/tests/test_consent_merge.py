# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import know

from .test_consent import ConsentCommon

NOW = fields.Datetime.now()
BEFORE, MEANWHILE, AFTER = (NOW + timedelta(days=day) for day in (1, 2, 3))


@tagged("post_install", "-at_install")
class TestConsentMerge(ConsentCommon):
    """Two contacts are merged by mistake, decide, and are taken apart again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stays, cls.goes = cls.contact, cls.env["res.partner"].create({"name": "Bo Bić"})
        know(cls.bo, cls.goes)
        cls.leader.group_ids += cls.env.ref("base.group_partner_manager")

    def note(self, event, code="feedback", when=BEFORE, **who):
        with freeze_time(when):
            return self.consents._note(event, code, way="hand", note="In the shop", **who)

    def merge(self):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        with freeze_time(MEANWHILE):
            wizard._merge((self.stays | self.goes).ids, self.stays)
        return self.env["social.crm.partner.merge"].search([("partner_id", "=", self.stays.id)])

    def undo(self, merge):
        with freeze_time(AFTER):
            merge.with_user(self.leader).action_undo()
        return merge.restored_partner_id

    def test_an_undo_gives_each_contact_its_own_decisions_back(self):
        theirs = self.note("given", partner=self.goes)
        ours = self.note("objected", "profiling", partner=self.stays)
        by_account = self.note("given", "segment", identity=self.bo)
        merge = self.merge()
        self.assertEqual((theirs.partner_id, ours.partner_id), (self.stays, self.stays))
        self.assertFalse(self.bo._may_profile(), "while they are one, an objection counts for both")
        self.assertEqual(self.ana._may("feedback"), self.ana)
        back = self.undo(merge)
        self.assertEqual((theirs.partner_id, ours.partner_id), (back, self.stays))
        self.assertEqual(by_account.identity_id, self.bo)
        self.assertEqual((self.ana + self.bo)._may("feedback"), self.bo)
        self.assertEqual((self.ana + self.bo)._may_profile(), self.bo)
        self.assertTrue(theirs.wording)

    def test_a_no_said_while_they_were_one_counts_for_both_and_a_yes_for_who_stayed(self):
        self.note("given", partner=self.goes)
        merge = self.merge()
        self.note("withdrawn", when=MEANWHILE, partner=self.stays)
        self.note("given", "linking", when=MEANWHILE, partner=self.stays)
        back = self.undo(merge)
        self.assertFalse((self.stays | back)._social_may("feedback"))
        states = self.consents._states(self.stays | back)
        self.assertEqual(states[self.stays.id]["linking"].status, "agreed")
        self.assertNotIn("linking", states[back.id])
        copied = self.consents.search([("partner_id", "=", back.id), ("event", "=", "withdrawn")])
        self.assertEqual((copied.way, copied.happened_at), ("system", MEANWHILE))

    def test_what_an_account_decided_meanwhile_goes_where_the_account_goes(self):
        self.note("given", partner=self.goes)
        merge = self.merge()
        self.note("withdrawn", when=MEANWHILE, identity=self.bo)
        self.assertFalse(self.stays._social_may("feedback"))
        back = self.undo(merge)
        self.assertFalse(back._social_may("feedback"))
        self.assertNotIn(self.stays.id, self.consents._states(self.stays))

    def test_a_restriction_follows_and_one_decided_meanwhile_is_about_both(self):
        restrict = self.env["social.crm.restriction"].sudo()
        with freeze_time(BEFORE):
            theirs = restrict.create({"reason": "R-1", "partner_ids": [(6, 0, self.goes.ids)]})
            ours = restrict.create({"reason": "R-2", "partner_ids": [(6, 0, self.stays.ids)]})
        merge = self.merge()
        self.assertEqual(theirs.partner_ids, self.stays)
        self.assertNotIn("Restriction", merge.our_text)
        with freeze_time(MEANWHILE):
            both = restrict.create({"reason": "R-3", "partner_ids": [(6, 0, self.stays.ids)]})
        (ours | both).write({"end_reason": "Put right"})
        (ours | both).action_end()
        back = self.undo(merge)
        self.assertEqual((theirs.partner_ids, ours.partner_ids), (back, self.stays))
        self.assertEqual(both.partner_ids, self.stays | back)
        self.assertEqual((self.stays | back)._is_restricted(), back)
