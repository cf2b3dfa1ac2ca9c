# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import know

NOON = datetime(2026, 3, 2, 12, 0, 0)


class JourneyCommon(TransactionCase):
    """Ana, known on Mastodon, and colleagues who may see more or less of her."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.platform = cls.env.ref("social_crm_base.platform_mastodon")
        cls.channel = cls.env["social.crm.channel"].create(
            {"name": "Shop", "platform_id": cls.platform.id}
        )
        cls.seller = new_test_user(
            cls.env, "seller", groups="sales_team.group_sale_salesman,social_crm_base.group_agent"
        )
        cls.plain_seller = new_test_user(
            cls.env, "plain_seller", groups="sales_team.group_sale_salesman"
        )
        cls.ana = cls.env["res.partner"].create({"name": "Ana Petrović"})
        cls.identity = cls._account("ana")
        know(cls.identity, cls.ana)
        cls.identity.link_ids.decided_at = False  # a link is told too; not in these tests
        cls.place = cls._place(cls.identity)

    @classmethod
    def _account(cls, name, **values):
        return cls.env["social.crm.identity"].create(
            {
                "platform_id": cls.platform.id,
                "external_id": name,
                "handle": f"{name}@example.social",
                "name": name.title(),
                **values,
            }
        )

    @classmethod
    def _place(cls, identity, number=0, channel=None):
        channel = channel or cls.channel
        return cls.env["social.crm.conversation"].create(
            {
                "company_id": channel.company_id.id,
                "channel_id": channel.id,
                "platform_id": channel.platform_id.id,
                "kind": "direct",
                "identity_id": identity.id,
                "dedup_key": f"{identity.id}-{number}",
            }
        )

    @classmethod
    def _say(cls, text, date=NOON, place=None, **values):
        place = place or cls.place
        inward = values.get("direction", "in") == "in"
        return cls.env["social.crm.interaction"].create(
            {
                "company_id": place.company_id.id,
                "channel_id": place.channel_id.id,
                "platform_id": place.platform_id.id,
                "conversation_id": place.id,
                "identity_id": place.identity_id.id if inward else False,
                "direction": "in",
                "kind": "message",
                "mode": "one_to_one",
                "visibility": "direct",
                "body": text,
                "date": date,
                "external_id": text,
                "dedup_key": f"{text}-{date}-{place.id}",
                **values,
            }
        )

    def page(self, record=None, user=None, **options):
        journey = self.env["social.crm.journey"].with_user(user or self.seller)
        record = record or self.ana
        return journey.get_page(record._name, record.id, **options)

    def walk(self, record=None, user=None, **options):
        """All pages of a journey, entry by entry."""
        entries, cursor = [], None
        while cursor is not False:
            page = self.page(record, user, cursor=cursor, **options)
            entries += page["entries"]
            cursor = page["cursor"]
        return entries


@tagged("post_install", "-at_install")
class TestJourney(JourneyCommon):
    def test_everything_stands_on_one_line_newest_first(self):
        self._say("Do you ship to Niš? 😀")
        self._say("Yes, we do", NOON + timedelta(hours=1), direction="out")
        lead = self.env["crm.lead"].create({"name": "Shipping", "partner_id": self.ana.id})
        lead.user_id = self.seller
        self.env["calendar.event"].create(
            {
                "name": "Call",
                "start": NOON + timedelta(minutes=30),
                "stop": NOON + timedelta(minutes=60),
                "partner_ids": self.ana.ids,
            }
        )
        entries = self.walk()
        self.assertEqual(
            [entry["type"] for entry in entries], ["lead", "interaction", "meeting", "interaction"]
        )
        self.assertEqual(entries[-1]["text"], "Do you ship to Niš? 😀")
        self.assertEqual(entries[-1]["who"], "Ana (@ana@example.social)")
        self.assertEqual(entries[1]["direction"], "out")

    def test_a_won_lead_is_told_twice_opening_and_end(self):
        lead = self.env["crm.lead"].create({"name": "Chairs", "partner_id": self.ana.id})
        lead.user_id = self.seller
        lead.action_set_won()
        titles = [entry["title"] for entry in self.walk()]
        self.assertEqual(titles, ["Opportunity won", "Opportunity opened"])

    def test_pages_show_each_entry_once_also_where_many_share_a_second(self):
        for number in range(7):
            self._say(f"word {number}", place=self._place(self.identity, number + 1))
        self._say("before", NOON - timedelta(days=1))
        for limit in (1, 2, 3, 7):
            with self.subTest(limit=limit):
                keys = [entry["key"] for entry in self.walk(limit=limit)]
                self.assertEqual(len(keys), 8)
                self.assertEqual(len(set(keys)), 8)

    def test_something_said_in_between_does_not_shift_the_next_page(self):
        for number in range(6):
            self._say(f"word {number}", NOON + timedelta(minutes=number))
        first = self.page(limit=3)
        self._say("new", NOON + timedelta(hours=5))
        second = self.page(limit=3, cursor=first["cursor"])
        self.assertEqual([e["text"] for e in second["entries"]], ["word 2", "word 1", "word 0"])

    def test_a_stale_or_forged_cursor_is_an_error_in_words(self):
        for cursor in ("nonsense", "2026-03-02|nowhere|1", "2026-03-02 12:00:00|interaction|x"):
            with self.subTest(cursor=cursor), self.assertRaises(UserError):
                self.page(cursor=cursor)

    def test_filters_ask_for_less(self):
        other = self.env["social.crm.channel"].create(
            {"name": "Second shop", "platform_id": self.platform.id}
        )
        self._say("angry", mood="negative")
        self._say("sorry", NOON + timedelta(minutes=1), direction="out")
        self._say("there", NOON + timedelta(days=2), place=self._place(self.identity, 9, other))
        self.env["crm.lead"].create(
            {"name": "Lead", "partner_id": self.ana.id, "user_id": self.seller.id}
        )
        for filters, texts in (
            ({"mood": "negative"}, ["angry"]),
            ({"direction": "out"}, ["sorry"]),
            ({"channel_ids": [other.id]}, ["there"]),
            ({"text": "ANGR"}, ["angry"]),
            ({"types": ["lead"]}, ["Lead"]),
            ({"date_to": "2026-03-03 00:00:00"}, ["sorry", "angry"]),
            ({"date_from": "2026-03-04 00:00:00", "types": ["interaction"]}, ["there"]),
            ({"text": "nobody said this"}, []),
        ):
            with self.subTest(filters=filters):
                self.assertEqual([e["text"] for e in self.walk(filters=filters)], texts)

    def test_a_company_shows_the_journey_of_its_people(self):
        company = self.env["res.partner"].create({"name": "Petrović d.o.o.", "is_company": True})
        self.ana.parent_id = company
        self._say("Hello from the office")
        self.assertEqual([e["text"] for e in self.walk(company)], ["Hello from the office"])

    def test_a_word_in_a_group_belongs_to_its_author(self):
        group = self._place(self.identity, "group")
        group.write({"kind": "group", "identity_id": False})
        self._say("in the group", place=group, identity_id=self.identity.id, visibility="group")
        self._say("somebody else", place=group, identity_id=self._account("eve").id)
        self.assertEqual([e["text"] for e in self.walk()], ["in the group"])

    def test_a_post_that_reached_two_of_our_accounts_is_told_once(self):
        first = self._say("to both")
        self._say("to both", place=self._place(self.identity, 2), sibling_id=first.id)
        self.assertEqual(len(self.walk()), 1)

    def test_a_channel_of_another_team_stays_hidden(self):
        team = self.env["social.crm.team"].create({"name": "Others"})
        self._say("for others")
        self.channel.team_ids = team
        self.assertEqual(self.walk(), [])
        team.member_ids = self.seller
        self.env.invalidate_all()  # a new request reads one's teams anew
        self.assertEqual(len(self.walk()), 1)

    def test_confidential_words_are_for_named_people(self):
        case = self.env["social.crm.case"].create(
            {
                "name": "Quiet",
                "company_id": self.env.company.id,
                "identity_id": self.identity.id,
                "confidential": True,
                "confidential_user_ids": self.plain_seller.ids,
            }
        )
        self._say("quiet", case_id=case.id, confidential=True)
        self.assertEqual(self.walk(), [])
        case.confidential_user_ids += self.seller
        self.env.invalidate_all()
        self.assertEqual([e["text"] for e in self.walk()], ["quiet"])

    def test_a_seller_without_social_rights_sees_the_rest_of_it(self):
        self._say("not for them")
        self.env["crm.lead"].create(
            {"name": "Lead", "partner_id": self.ana.id, "user_id": self.plain_seller.id}
        )
        self.assertEqual([e["type"] for e in self.walk(user=self.plain_seller)], ["lead"])

    def test_the_journey_of_a_record_one_may_not_read_is_refused(self):
        lead = self.env["crm.lead"].create({"name": "Not mine", "user_id": self.env.uid})
        with self.assertRaises(AccessError):
            self.page(lead, self.plain_seller)
        with self.assertRaises(UserError):
            self.page(self.env.user)

    def test_an_unsaved_or_deleted_record_has_an_empty_journey(self):
        gone = self.env["res.partner"].create({"name": "Gone"})
        gone_id = gone.id
        gone.unlink()
        journey = self.env["social.crm.journey"].with_user(self.seller)
        self.assertEqual(journey.get_page("res.partner", gone_id)["entries"], [])

    def test_another_company_stays_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        channel = self.env["social.crm.channel"].create(
            {"name": "Far", "platform_id": self.platform.id, "company_id": other.id}
        )
        identity = self._account("ana2", company_id=other.id)
        know(identity, self.ana)
        identity.link_ids.decided_at = False
        self._say("far away", place=self._place(identity, 1, channel))
        self.assertEqual(self.walk(), [])

    def test_orders_of_a_contact_show_on_the_account_only_when_proven(self):
        journey = self.env["social.crm.journey"]
        self.assertEqual(journey._subject_of_identity(self.identity).disclosed, ())
        self.assertEqual(journey._subject_of_partner(self.ana).disclosed, self.ana._ids)
        link = self.identity.link_ids
        link.write(
            {"strength": "proven", "proven_until": fields.Datetime.now() + timedelta(days=1)}
        )
        self.assertEqual(journey._subject_of_identity(self.identity).disclosed, self.ana._ids)
        link.proven_until = NOON - timedelta(days=9999)
        self.assertEqual(journey._subject_of_identity(self.identity).disclosed, ())

    def test_an_unsafe_link_is_not_offered(self):
        self._say("click", permalink="javascript:alert(1)")
        self.assertEqual(self.walk()[0]["permalink"], "")

    def test_ten_thousand_entries_cost_no_more_queries_than_ten(self):
        for number in range(10):
            self._say(f"word {number}", NOON + timedelta(minutes=number))
        self.env.flush_all()

        def queries():
            self.env.invalidate_all()
            self.page()  # rules and rulebook are cached from here on
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            page = self.page()
            return self.cr.sql_log_count - before, len(page["entries"])

        few, shown = queries()
        self.assertEqual(shown, 10)
        self.env.cr.execute(
            """
            INSERT INTO social_crm_interaction (company_id, channel_id, platform_id,
                   conversation_id, identity_id, direction, kind, mode, visibility, state, body,
                   family, dedup_key, date, date_received)
            SELECT company_id, channel_id, platform_id, conversation_id, identity_id, direction,
                   kind, mode, visibility, state, 'more ' || n, family, 'more-' || n,
                   date - n * interval '1 minute', date_received
              FROM social_crm_interaction, generate_series(1, 10000) n WHERE body = 'word 0'
            """
        )
        self.env.cr.execute("ANALYZE social_crm_interaction")
        many, shown = queries()
        self.assertEqual(shown, 40)
        self.assertLessEqual(many, few)
        self.assertLess(many, 40)

    def test_the_customer_of_a_case_has_their_journey_there_without_unproven_orders(self):
        second = self._account("ana_elsewhere")
        second._connect(self.ana, "")
        second.link_ids.decided_at = False
        self._say("here")
        self._say("there", NOON + timedelta(minutes=1), self._place(second, 5))
        case = self.env["social.crm.case"].create(
            {
                "name": "Chairs",
                "company_id": self.env.company.id,
                "identity_id": self.identity.id,
                "partner_id": self.ana.id,
            }
        )
        self.assertEqual([e["text"] for e in self.walk(case)], ["there", "here"])
        self.assertEqual(self.env["social.crm.journey"]._subject_of_case(case).disclosed, ())

    def test_ratings_given_in_odoo_are_told_where_an_app_asks_for_them(self):
        if "rating.rating" not in self.env:
            self.skipTest("the app that asks for ratings is not installed")
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.ana.id,
                "partner_id": self.ana.id,
                "rating": 4,
                "feedback": "Brzo i ljubazno",
                "consumed": True,
            }
        )
        rating.rated_on = NOON
        entry = self.walk(user=self.seller)[-1]
        self.assertEqual((entry["type"], entry["stars"]), ("rating", 4.0))
        self.assertEqual(entry["text"], "Brzo i ljubazno")

    def test_orders_and_invoices_stand_at_their_day_and_moment(self):
        if "sale.order" not in self.env:
            self.skipTest("the app Sales is not installed")
        order = self.env["sale.order"].create({"partner_id": self.ana.id})
        order.action_confirm()
        order.date_order = NOON
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.ana.id,
                "invoice_date": NOON.date(),
                "invoice_line_ids": [fields.Command.create({"name": "Bike", "price_unit": 50})],
            }
        )
        invoice.action_post()
        told = [(e["type"], e["is_day"]) for e in self.walk(user=self.env.user, limit=1)]
        self.assertEqual(told, [("order", False), ("invoice", True)])
        self.assertEqual([e["type"] for e in self.walk()], [])
