# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .people_common import PeopleCommon


@tagged("post_install", "-at_install")
class TestIdentityLink(PeopleCommon):
    def proposal(self, name="Mara Proposalova"):
        partner = self.partner(name)
        account = self.identity(name)
        account._match_people()
        return account, partner, account.link_ids.with_user(self.agent)

    # === DECISIONS === #

    def test_yes_links_and_says_who_decided(self):
        account, partner, link = self.proposal()
        link.action_confirm()
        self.assertEqual(account.partner_id, partner)
        self.assertEqual(link.decided_by_id, self.agent)
        self.assertFalse(link.is_automatic)

    def test_no_is_remembered_for_ever_for_the_same_evidence(self):
        account, _partner, link = self.proposal()
        link.action_refuse()
        account._match_people(again=True)
        self.assertEqual(account.link_ids.state, "refused")

    def test_new_evidence_asks_again_but_a_machine_never_overrules_a_no(self):
        account, partner, link = self.proposal()
        link.action_refuse()
        partner.email = "mara@proposalova.example"
        account.verified_email = "mara@proposalova.example"
        account._match_people(again=True)
        self.assertEqual(account.link_ids.state, "proposed")
        self.assertFalse(account.partner_id)
        link.action_refuse()
        account._match_people(again=True)
        self.assertEqual(account.link_ids.state, "refused")

    def test_later_comes_back_on_its_day(self):
        _account, _partner, link = self.proposal()
        link.action_later()
        self.assertEqual(link.state, "later")
        self.Link._cron_remind()
        self.assertEqual(link.state, "later")
        link.sudo().remind_at = fields.Date.today()
        self.Link._cron_remind()
        self.assertEqual(link.state, "proposed")

    def test_two_colleagues_at_once_the_second_is_told(self):
        _account, _partner, link = self.proposal()
        link.action_confirm()
        with self.assertRaisesRegex(UserError, "already"):
            link.with_user(self.leader).action_confirm()

    def test_a_viewer_decides_nothing(self):
        _account, _partner, link = self.proposal()
        for action in ("action_confirm", "action_refuse", "action_later", "action_undo"):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(link.with_user(self.viewer), action)()

    def test_another_yes_ends_the_first_link(self):
        account, first, _link = self.proposal()
        self.linked(account, first)
        second = self.partner("Somebody New")
        self.linked(account, second)
        self.assertEqual(account.partner_id, second)
        self.assertEqual(self.link_of(account, first).state, "ended")
        self.assertTrue(self.link_of(account, first).date_to)

    def test_a_shared_account_has_several_contacts_each_in_their_time(self):
        account = self.identity("Familija Jović", is_shared=True)
        mother, son = self.partner("Majka Jović"), self.partner("Sin Jović")
        now = fields.Datetime.now()
        self.linked(account, mother)
        self.linked(account, son)
        links = account.link_ids
        self.assertEqual(set(links.mapped("state")), {"confirmed"})
        links.filtered(lambda link: link.partner_id == son).date_to = now + timedelta(hours=1)
        self.link_of(account, son).write({"date_from": now - timedelta(days=9)})
        self.link_of(account, mother).write({"date_from": now - timedelta(days=2)})
        self.assertEqual(account.partner_id, mother)
        matter = self.case(account)
        mothers = self.link_of(account, mother).with_user(self.agent)
        mothers.date_from = now + timedelta(days=2)
        self.assertEqual(account.partner_id, son)
        self.assertEqual(matter.customer_key, f"p{son.id}")

    # === UNDO === #

    def test_undo_of_a_yes_puts_everything_back(self):
        account, partner, link = self.proposal()
        matter = self.case(account)
        other = self.partner("Mara Proposalove")
        rival = self.Link.create({"identity_id": account.id, "partner_id": other.id})
        link.action_confirm()
        self.assertEqual(matter.partner_id, partner)
        self.assertEqual(matter.customer_key, f"p{partner.id}")
        self.assertEqual(rival.state, "ended")
        link.action_undo()
        self.assertFalse(account.partner_id)
        self.assertFalse(matter.partner_id)
        self.assertEqual(matter.customer_key, f"i{account.id}")
        self.assertEqual((link.state, rival.state), ("proposed", "proposed"))
        self.assertFalse(link.undo_data)

    def test_what_a_person_undid_a_machine_does_not_do_again(self):
        mara = self.partner("Mara", email="mara@undone.example")
        account = self.identity("Mara", verified_email="mara@undone.example")
        account._match_people()
        self.assertEqual(account.partner_id, mara)
        account.link_ids.with_user(self.agent).action_undo()
        account._match_people(again=True)
        self.assertFalse(account.partner_id)

    def test_undo_of_a_no_asks_again_and_of_nothing_says_so(self):
        _account, _partner, link = self.proposal()
        link.action_refuse()
        link.action_undo()
        self.assertEqual(link.state, "proposed")
        with self.assertRaisesRegex(UserError, "nothing to undo"):
            link.action_undo()

    def test_a_no_to_a_wrong_link_takes_it_back_first(self):
        account, _partner, link = self.proposal()
        matter = self.case(account)
        link.action_confirm()
        link.action_refuse()
        self.assertFalse(account.partner_id)
        self.assertFalse(matter.partner_id)
        self.assertEqual(link.state, "refused")

    def test_an_undo_keeps_a_contact_somebody_set_since(self):
        account, _partner, link = self.proposal()
        matter = self.case(account)
        link.action_confirm()
        someone = self.partner("Chosen By Hand")
        matter.partner_id = someone
        link.action_undo()
        self.assertEqual(matter.partner_id, someone)

    # === CASES === #

    def test_two_accounts_of_one_person_keep_both_cases_and_one_takes_new_messages(self):
        mara = self.partner("Mara Twoaccounts")
        first, second = self.identity("m1"), self.identity("m2")
        old = self.case(first, last_date="2026-01-01 10:00:00")
        new = self.case(second, last_date="2026-02-01 10:00:00")
        self.linked(first, mara)
        link = self.linked(second, mara)
        self.assertEqual((old.takes_new, new.takes_new), (False, True))
        self.assertEqual({old.customer_key, new.customer_key}, {f"p{mara.id}"})
        self.assertEqual(old.state, "open")
        self.assertIn("New messages go there", old.message_ids[:1].body)
        link.with_user(self.agent).action_undo()
        self.assertEqual(new.customer_key, f"i{second.id}")
        self.assertEqual((old.customer_key, new.takes_new), (f"p{mara.id}", True))

    def test_an_ended_link_lets_the_next_message_open_a_case_of_its_own(self):
        account, partner, link = self.proposal()
        link.action_confirm()
        matter = self.case(account)
        link.action_end()
        self.assertFalse(account.partner_id)
        self.assertFalse(matter.takes_new)
        self.assertEqual(matter.partner_id, partner)
        link.action_undo()
        self.assertTrue(matter.takes_new)
        self.assertEqual(matter.customer_key, f"p{partner.id}")

    def test_a_deleted_contact_leaves_its_cases_to_the_account(self):
        account, partner, link = self.proposal()
        link.action_confirm()
        matter = self.case(account)
        partner.unlink()
        self.assertEqual(matter.customer_key, f"i{account.id}")
        self.assertFalse(account.partner_id)

    # === BY HAND === #

    def test_a_new_contact_from_an_account_remembers_where_its_fields_came_from(self):
        account = self.identity(
            "Mara Neuova", verified_email="mara@neuova.example", profile_url="https://t.me/neuova"
        )
        wizard = self.env["social.crm.identity.connect"].with_user(self.agent).create(
            {"identity_id": account.id, "note": "asked for an offer"}
        )
        action = wizard.action_create_partner()
        partner = self.Partner.browse(action["res_id"])
        self.assertEqual((partner.name, partner.email), ("Mara Neuova", "mara@neuova.example"))
        self.assertEqual(account.partner_id, partner)
        self.assertEqual(account.link_ids.note, "asked for an offer")
        self.assertEqual(set(partner.social_origin_ids.mapped("field_name")), {"name", "email"})
        partner.name = "Mara Said Otherwise"
        partner.with_user(self.agent).action_social_empty_origins()
        self.assertFalse(partner.email)
        self.assertEqual(partner.name, "Mara Said Otherwise")
        self.assertFalse(any(partner.social_origin_ids.mapped("value")))

    def test_an_account_is_added_to_a_contact_by_its_link(self):
        mara = self.partner("Mara")
        Add = self.env["social.crm.identity.add"].with_user(self.agent)
        wizard = Add.create({"partner_id": mara.id, "profile": "https://t.me/MaraAdded"})
        self.assertEqual(wizard.platform_id, self.telegram)
        wizard.action_add()
        account = mara.social_identity_ids
        self.assertEqual(account.handle_key, "maraadded")
        Add.create(
            {"partner_id": mara.id, "profile": "@MARAADDED", "platform_id": self.telegram.id}
        ).action_add()
        self.assertEqual(mara.social_identity_ids, account)
        with self.assertRaisesRegex(UserError, "no profile link"):
            Add.create(
                {"partner_id": mara.id, "profile": "??", "platform_id": self.telegram.id}
            ).action_add()
