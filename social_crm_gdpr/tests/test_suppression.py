# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import base64
import os
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.social_crm_base.tools import keyring

from .erasure_common import AFTER, ErasureCommon, comment, message, person


@tagged("post_install", "-at_install")
class TestSuppression(ErasureCommon):
    def setUp(self):
        super().setUp()
        self.erasure = self.erase(self.ana)
        self.assertEqual(self.erasure.state, "done")
        self.identities = self.env["social.crm.identity"]

    def nobody(self):
        return not self.identities.search([("external_id", "=", "id-ana")])

    def test_the_whole_feed_again_changes_nothing(self):
        before = self.interactions.search_count([])
        for _time in range(2):
            result = self.ingest(*self.feed)
            self.assertTrue(result.dropped)
        self.assertTrue(self.nobody())
        self.assertEqual(self.interactions.search_count([]), before)

    def test_something_old_that_we_never_had_stays_out_too(self):
        result = self.ingest(comment("late", person("ana"), "p1", minutes=3))
        self.assertIn("before an erasure", result.dropped[0][1])
        self.assertTrue(self.nobody())

    def test_asking_costs_one_query_a_batch(self):
        people = [
            {"platform_id": self.platform.id, "external_id": f"new-{number}"}
            for number in range(50)
        ]
        self.identities._refuse_suppressed(people)
        with self.assertQueryCount(1):
            self.identities._refuse_suppressed(people)

    def test_our_old_words_name_her_no_more(self):
        self.ingest(
            comment("our", None, "p1", minutes=30, direction="out", mentions=(person("ana"),))
        )
        self.assertTrue(self.said("our"))
        self.assertFalse(self.said("our").mention_ids)
        self.assertTrue(self.nobody())

    def test_others_old_words_do_not_mark_her_name_again(self):
        self.ingest(
            comment("csv", person("bo"), "p1", minutes=31, text="@ana@example.social, @bo: Ana!")
        )
        self.assertEqual(self.said("csv").body, "[removed], @bo: Ana!")
        self.ingest(
            comment("csv", person("bo"), "p1", minutes=31, text="@ana@example.social, @bo: Ana!")
        )
        self.assertEqual(self.said("csv").body, "[removed], @bo: Ana!")
        self.ingest(comment("csw", person("bo"), "p1", minutes=AFTER, text="@ana@example.social"))
        self.assertIn("@ana", self.said("csw").body, "she speaks again, so does one with her")

    def test_what_she_says_afterwards_is_taken_in_as_from_anybody(self):
        self.ingest(message("new", person("ana"), minutes=AFTER, text="Hello again"))
        said = self.said("new")
        self.assertEqual(said.body, "Hello again")
        self.assertEqual(said.identity_id.external_id, "id-ana")
        self.assertEqual(said.identity_id.first_seen, said.date)
        self.assertFalse(said.identity_id.partner_id)
        self.assertEqual(said.case_id.state, "open")
        talk = said.conversation_id
        self.assertEqual(self.interactions.search([("conversation_id", "=", talk.id)]), said)

    def test_a_handle_alone_is_put_aside_for_a_person(self):
        old = message("csv", person("ana", external_id=""), minutes=2)
        result = self.ingest(old)
        self.assertIn("put aside", result.dropped[0][1])
        self.ingest(old)
        hit = self.env["social.crm.suppression.hit"].search([])
        self.assertEqual(hit.author, "Ana")
        with self.assertRaises(AccessError):
            hit.with_user(self.officer).action_somebody_else()
        with self.assertRaises(AccessError):
            hit.with_user(self.agent).read(["activity"])
        hit.with_user(self.clerk).action_same_person()
        self.assertFalse(hit.activity)
        self.ingest(old)
        self.assertEqual(self.env["social.crm.suppression.hit"].search([]), hit)
        self.assertFalse(self.said("csv"))

    def test_somebody_else_with_that_handle_is_let_in(self):
        self.ingest(message("csv", person("ana", external_id=""), minutes=2, text="I am another"))
        hit = self.env["social.crm.suppression.hit"].search([])
        hit.with_user(self.clerk).action_somebody_else()
        self.assertEqual(self.said("csv").body, "I am another")
        self.assertFalse(hit.activity)
        self.assertTrue(self.evidence("suppression.let_in"))

    def test_the_old_file_is_refused_line_by_line(self):
        line = self.env["social.crm.import.line"].with_user(self.manager).create(
            {
                "channel_id": self.channel.id, "date": "2026-03-02 09:01:00",
                "author_handle": "ana@example.social", "author_external_id": "id-ana",
                "text": "Old words",
            }
        )  # fmt: skip
        self.assertEqual(line.result, "refused")
        self.assertFalse(line.external_id)
        self.assertTrue(self.nobody())

    def test_no_form_and_no_program_writes_her_again(self):
        values = {"platform_id": self.platform.id, "external_id": "id-ana", "name": "Ana"}
        with self.assertRaisesRegex(UserError, "was erased"):
            self.identities.with_user(self.agent).create(values)
        with self.assertRaisesRegex(UserError, "was erased"):
            self.identities.create({**values, "first_seen": "2026-03-01 00:00:00"})
        with self.assertRaisesRegex(UserError, "privacy clerk"):
            self.identities.create(
                {"platform_id": self.platform.id, "handle": "ana@example.social"}
            )
        with self.assertRaisesRegex(UserError, "was erased"):
            self.bo.write({"external_id": "id-ana"})

    def test_contacts_and_leads_with_her_address_wait_for_a_clerk(self):
        seller = self._user("agent", login="seller")
        seller.group_ids |= self.env.ref("base.group_partner_manager")
        seller.group_ids |= self.env.ref("sales_team.group_sale_salesman")
        as_seller = self.env["res.partner"].with_user(seller)
        with self.assertRaisesRegex(UserError, "privacy clerk"):
            as_seller.create({"name": "Ana", "email": "Ana.Anic@MAIL.example"})
        with self.assertRaisesRegex(UserError, "privacy clerk"), Form(as_seller) as form:
            form.name, form.phone = "Ana", "+381 64 123-4567"
        with self.assertRaisesRegex(UserError, "privacy clerk"):
            self.env["crm.lead"].with_user(seller).create(
                {"name": "Old", "email_from": "ana.anic@mail.example"}
            )
        entry = self.env["social.crm.suppression"].search([("kind", "=", "email")])
        entry.with_user(self.clerk).action_release()
        self.assertTrue(as_seller.create({"name": "Ana", "email": "ana.anic@mail.example"}))

        serbia = self.env.ref("base.rs").id
        for values in (
            {"phone": "064 1234567", "country_id": serbia},
            {"email": "x@y.example, ana.anic@mail.example, z@y.example"},
        ):
            entry.is_released = False
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "privacy clerk"):
                as_seller.create({"name": "Ana", **values})

    def test_old_words_do_not_come_back_by_the_api_to_who_returned(self):
        self.ingest(message("new", person("ana"), minutes=AFTER))
        said = self.said("new")
        values = said.copy_data()[0] | {"external_id": "old", "dedup_key": "old"}
        values["date"] = "2026-03-02 09:01:00"
        with self.assertRaisesRegex(UserError, "was erased"):
            self.interactions.with_user(self.manager).create(values)
        for record, name in ((said, "date"), (said.identity_id, "first_seen")):
            with self.assertRaisesRegex(UserError, "was erased"):
                record.with_user(self.manager).write({name: "2026-03-02 09:01:00"})
        with self.assertRaisesRegex(UserError, "was erased"):
            self.env["social.crm.identity.alias"].create(
                {"identity_id": self.bo.id, "kind": "id", "value": "id-ana"}
            )

    def test_she_is_not_banned_from_the_shop(self):
        """Who signs up or orders does so now, by ways that act with the system's rights."""
        self.assertTrue(
            self.env["res.partner"].sudo().create({"name": "Ana", "email": "ana.anic@mail.example"})
        )

    def test_an_erased_contact_is_merged_with_nobody(self):
        other = self.env["res.partner"].create({"name": "Somebody"})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        with self.assertRaisesRegex(UserError, "were erased"):
            wizard._merge((other + self.contact).ids, other)

    def test_the_list_says_nothing_without_the_key_and_ends(self):
        rows = self.env["social.crm.suppression"].search([])
        self.assertEqual(set(rows.mapped("kind")), {"id", "handle", "email", "phone"})
        self.assertNotIn("ana", str(rows.read()).lower())
        years = {row.kind: (row.until - row.cutoff.date()).days // 360 for row in rows}
        self.assertEqual(years, {"id": 3, "handle": 1, "email": 1, "phone": 1})
        rows.until = fields.Date.today()
        self.env["social.crm.suppression"]._cron_end()
        self.assertFalse(rows.exists())
        self.assertFalse(self.ingest(self.feed[1]).dropped)

    def test_a_new_key_forgets_nobody_and_a_lost_one_is_told(self):
        old = keyring.current()
        line = "k1:" + base64.b64encode(next(iter(old.keys.values()))).decode()
        fresh = keyring.new_key_line("k2")
        name = next(iter(old.keys))
        with patch.dict(os.environ, {keyring.ENV_KEYS: f"{line.replace('k1', name, 1)},{fresh}"}):
            self.assertTrue(self.ingest(self.feed[1]).dropped)
        with (
            patch.dict(os.environ, {keyring.ENV_KEYS: fresh}),
            self.assertRaisesRegex(UserError, "missing from the key file"),
        ):
            self.ingest(message("x", person("cy")))

    def test_erased_again_under_a_new_key_what_lay_between_stays_away(self):
        rows = self.env["social.crm.suppression"].search([])
        between = message("between", person("ana"), minutes=60 * 24 * 60)
        rows.cutoff = "2026-03-03 00:00:00"
        self.ingest(between)
        name, key = next(iter(keyring.current().keys.items()))
        line = f"{name}:{base64.b64encode(key).decode()},{keyring.new_key_line('k2')}"
        with patch.dict(os.environ, {keyring.ENV_KEYS: line}):
            self.erase(self.said("between").identity_id)
            rows = self.env["social.crm.suppression"].search([("kind", "=", "id")])
            self.assertEqual(rows.mapped("key_name"), ["k2"], "listed once")
            self.assertTrue(self.ingest(between).dropped)


@tagged("post_install", "-at_install")
class TestSuppressionDeclined(ErasureCommon):
    def test_who_declines_is_erased_and_not_listed(self):
        erasure = self.erase(self.ana, tell_suppression=False)
        listed = self.env["social.crm.suppression"]
        self.assertFalse(listed.search([("reference", "=", erasure.reference)]))
        self.assertFalse(self.ingest(message("m7", person("ana"), minutes=3)).dropped)

    def test_who_declines_the_second_time_is_listed_no_more(self):
        listed = self.env["social.crm.suppression"]
        for how in ("before", "after"):
            with self.subTest(how=how):
                self.erase(self.ana)
                self.ingest(message(f"new-{how}", person("ana"), minutes=AFTER))
                self.ana = self.said(f"new-{how}").identity_id
                erasure = self.erase(self.ana, tell_suppression=how == "after")
                if how == "after":
                    erasure._decline()
                self.assertFalse(listed.search([("kind", "in", ("id", "handle"))]))
                self.ingest(message(f"again-{how}", person("ana"), minutes=AFTER + 1))
                self.ana = self.said(f"again-{how}").identity_id

    def test_declining_the_first_of_two_erasures_takes_the_person_off(self):
        first = self.erase(self.ana)
        self.ingest(message("new", person("ana"), minutes=AFTER))
        self.erase(self.said("new").identity_id)
        first._decline()
        self.assertFalse(self.env["social.crm.suppression"].search([("kind", "=", "id")]))


@tagged("post_install", "-at_install")
class TestSweep(ErasureCommon):
    def test_who_got_in_past_every_gate_is_erased_again_at_the_next_upgrade(self):
        self.erase(self.ana)
        self.env.cr.execute(
            """
            INSERT INTO social_crm_identity (company_id, platform_id, scope, external_id, name,
                   state, consent_basis, first_seen)
            VALUES (%s, %s, '', 'id-ana', 'Ana', 'active', 'none', '2026-01-01') RETURNING id
            """,
            [self.company.id, self.platform.id],
        )
        again = self.env["social.crm.identity"].browse(self.env.cr.fetchone())
        erasure = self.env["social.crm.suppression"]._sweep()
        self.assertEqual(erasure.identity_ids, again)
        self.work(erasure)
        self.assertFalse(again.exists())

    def test_who_came_anew_is_left_alone(self):
        self.erase(self.ana)
        self.ingest(message("new", person("ana"), minutes=AFTER))
        self.assertFalse(self.env["social.crm.suppression"]._sweep())
