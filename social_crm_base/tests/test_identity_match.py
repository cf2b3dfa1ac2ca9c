# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..exceptions import RulebookRefusal
from .common import SocialCrmCommon, comment, message, person
from .people_common import PeopleCommon


@tagged("post_install", "-at_install")
class TestIdentityMatch(PeopleCommon):
    # === EXACT === #

    def test_an_address_the_network_vouches_for_links_by_itself(self):
        mara = self.partner("Somebody Else", email="Mara.K@Shop-Kundin.example")
        account = self.identity("Mara", verified_email="mara.k@shop-kundin.example")
        account._match_people()
        self.assertEqual(account.partner_id, mara)
        link = account.link_ids
        self.assertEqual((link.state, link.strength), ("confirmed", "evidenced"))
        self.assertTrue(link.is_automatic)
        self.assertFalse(link.decided_by_id)
        self.assertIn("e-mail", link.evidence)

    def test_a_number_the_network_vouches_for_links_by_itself(self):
        mara = self.partner("M.", phone="+49 171 2345678")
        account = self.identity("Mara", self.whatsapp, handle="+491712345678")
        account._match_people()
        self.assertEqual(account.partner_id, mara)

    def test_a_profile_link_on_the_contact_links_by_itself(self):
        mara = self.partner("M.", website="https://t.me/MaraKundin")
        account = self.identity("Mara", handle="marakundin")
        account._match_people()
        self.assertEqual(account.partner_id, mara)
        self.assertEqual(account.link_ids.evidence_code, "profile")

    def test_an_address_that_several_contacts_share_is_only_a_proposal(self):
        family = self.partner("Ana Jovic", email="jovic@familie.example")
        family |= self.partner("Petar Jovic", email="jovic@familie.example")
        account = self.identity("Familie", verified_email="jovic@familie.example")
        account._match_people()
        self.assertFalse(account.partner_id)
        self.assertEqual(account.link_ids.partner_id, family)
        self.assertEqual(set(account.link_ids.mapped("state")), {"proposed"})
        self.assertIn("Another contact has it too", account.link_ids[0].evidence)

    def test_exact_evidence_for_two_different_contacts_is_only_a_proposal(self):
        self.partner("By Mail", email="two@ways.example")
        self.partner("By Phone", phone="+381641234567")
        account = self.identity(
            "Two", verified_email="two@ways.example", verified_phone="+381641234567"
        )
        account._match_people()
        self.assertFalse(account.partner_id)
        self.assertEqual(len(account.link_ids), 2)

    def test_contacts_of_other_companies_and_archived_ones_are_not_found(self):
        other = self.env["res.company"].create({"name": "Other Shop"})
        self.partner("Far", email="far@away.example", company_id=other.id)
        self.partner("Old", phone="+381641111111", active=False)
        account = self.identity(
            "Far", verified_email="far@away.example", verified_phone="+381641111111"
        )
        account._match_people()
        self.assertFalse(account.link_ids)

    # === SCORED === #

    def test_a_name_alone_never_links_however_equal(self):
        mara = self.partner("Mara Kundinović")
        account = self.identity("Mara Kundinović")
        account._match_people()
        self.assertFalse(account.partner_id)
        self.assertEqual(account.link_ids.partner_id, mara)
        self.assertEqual(account.link_ids.state, "proposed")
        self.assertLess(account.link_ids.score, 0.5)
        self.assertIn("A name alone proves nothing", account.link_ids.evidence)

    def test_namesakes_are_all_proposed_and_none_linked(self):
        twins = self.partner("Jovan Šćepanovski") | self.partner("Jovan Šćepanovski")
        account = self.identity("Jovan Šćepanovski")
        account._match_people()
        self.assertFalse(account.partner_id)
        self.assertEqual(account.link_ids.partner_id, twins)
        one = self.partner("Alone Šćepanovska")
        lone = self.identity("Alone Šćepanovska")
        lone._match_people()
        self.assertGreater(self.link_of(lone, one).score, account.link_ids[0].score)

    def test_a_name_of_a_whole_crowd_says_nothing(self):
        for _index in range(8):
            self.partner("Pera Perićević")
        account = self.identity("Pera Perićević")
        account._match_people()
        self.assertFalse(account.link_ids)

    def test_cyrillic_latin_and_plain_letters_find_each_other(self):
        mira = self.partner("Мира Ђурђевчанин")
        for name in ("Mira Đurđevčanin", "Mira Djurdjevcanin 🌻", "МИРА ЂУРЂЕВЧАНИН"):
            with self.subTest(name):
                account = self.identity(name)
                account._match_people()
                self.assertEqual(account.link_ids.partner_id, mira)

    def test_emoji_and_empty_names_find_nobody(self):
        self.partner("🌻🌻")
        self.partner("Ana")
        accounts = self.identity("🌻🌻") | self.identity("Ana")
        accounts |= self.identity(False, handle="zzz9")
        accounts._match_people()
        self.assertFalse(accounts.link_ids)
        self.assertTrue(all(accounts.mapped("matched_at")))

    def test_the_same_handle_elsewhere_is_a_proposal(self):
        mara = self.partner("M. K.")
        known = self.identity("x", self.telegram, handle="marakundin77")
        self.linked(known, mara)
        account = self.identity("y", self.mastodon, handle="marakundin77@mastodon.social")
        account._match_people()
        self.assertEqual(account.link_ids.partner_id, mara)
        self.assertEqual(account.link_ids.evidence_code, "handle")
        self.assertFalse(account.partner_id)

    def test_a_returned_account_with_a_new_id_is_a_proposal(self):
        mara = self.partner("M. K.")
        old = self.identity("Mara", handle="mara_returns")
        self.linked(old, mara)
        new = self.identity("Mara", handle="mara_returns")
        new._match_people()
        self.assertFalse(new.partner_id)
        self.assertEqual(new.link_ids.evidence_code, "returned")

    def test_an_old_handle_never_matches(self):
        mara = self.partner("M. K.")
        known = self.identity("Mara", handle="mara_before")
        self.linked(known, mara)
        known.handle = "mara_after"
        self.env["social.crm.identity.alias"].create(
            {"identity_id": known.id, "kind": "handle", "value": "mara_before"}
        )
        account = self.identity("Someone", handle="mara_before")
        account._match_people()
        self.assertFalse(account.link_ids)

    def test_a_company_domain_names_the_company_and_its_like_named_people(self):
        firm = self.partner("Ada Werke", is_company=True, email="info@ada-werke.example")
        self.partner("Xqz Wvu", email="xqz@ada-werke.example")
        grace = self.partner("Grace Hopperova", email="gh@ada-werke.example")
        account = self.identity("Grace Hopperova", verified_email="new@ada-werke.example")
        account._match_people()
        self.assertEqual(account.link_ids.partner_id, firm | grace)
        self.assertEqual(account.link_ids[:1].partner_id, grace)

    def test_a_free_mail_provider_is_no_company(self):
        self.partner("Firma", is_company=True, email="firma@gmail.com")
        account = self.identity("Nobody", verified_email="somebody.else@gmail.com")
        account._match_people()
        self.assertFalse(account.link_ids)

    # === WHAT IS RESPECTED === #

    def test_linkedin_forbids_matching_so_nothing_is_computed(self):
        self.partner("Exact", email="exact@linked.example")
        account = self.identity("Exact", self.linkedin, verified_email="exact@linked.example")
        with patch.object(
            type(self.Identity), "_find_candidates", side_effect=AssertionError("computed")
        ):
            account._match_people()
        self.assertFalse(account.link_ids)
        with self.assertRaises(RulebookRefusal):
            account.with_user(self.agent).action_connect()

    def test_linkedin_allows_a_link_the_person_asked_for(self):
        ada = self.partner("Ada")
        account = self.identity("Ada", self.linkedin, consent_basis="given")
        account._match_people()
        self.assertFalse(account.link_ids)
        self.assertEqual(self.linked(account, ada).state, "confirmed")

    def test_x_needs_the_persons_consent(self):
        mara = self.partner("Mara", email="mara@x-consent.example")
        account = self.identity("Mara", self.x, verified_email="mara@x-consent.example")
        account._match_people()
        self.assertFalse(account.link_ids)
        with self.assertRaises(RulebookRefusal):
            self.linked(account, mara)
        account.consent_basis = "opt_in"
        account._match_people(again=True)
        self.assertEqual(account.partner_id, mara)

    def test_our_own_accounts_and_bots_are_not_matched(self):
        self.partner("Bot", email="bot@own.example")
        accounts = self.identity("Bot", verified_email="bot@own.example", role="bot")
        accounts |= self.identity("Bot", verified_email="bot@own.example", is_own=True)
        accounts |= self.identity("Bot", verified_email="bot@own.example", state="deleted")
        accounts._match_people()
        self.assertFalse(accounts.link_ids)

    def test_twice_is_once(self):
        self.partner("Mara Twicemaker")
        account = self.identity("Mara Twicemaker")
        account._match_people()
        links = account.link_ids
        account._match_people(again=True)
        self.assertEqual(account.link_ids, links)
        with self.assertQueryCount(0):
            account._match_people()

    def test_agents_cannot_name_the_contact_without_a_link(self):
        mara = self.partner("Mara")
        account = self.identity("Mara").with_user(self.agent)
        for vals in ({"partner_id": mara.id},):
            with self.assertRaisesRegex(Exception, "follows from its links"):
                account.write(vals)
        with self.assertRaisesRegex(Exception, "Use Yes, No"):
            self.Link.with_user(self.agent).create(
                {"identity_id": account.id, "partner_id": mara.id, "state": "confirmed"}
            )


@tagged("post_install", "-at_install")
class TestIdentityMatchQueries(PeopleCommon):
    """One query a batch that reads indexes, whatever the number of contacts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # By SQL: the planner needs many rows before it thinks of an index, and the ORM is slow.
        # Copies of one contact, for whatever columns other apps require.
        one = cls.env["res.partner"].create({"name": "One"})
        cls.env.flush_all()
        cls.env.cr.execute(
            """
            INSERT INTO res_partner
            SELECT made.*
              FROM generate_series(1, 50000) AS n, res_partner AS one,
                   concat('c', n, '@firm', n %% 9000, '.example.org') AS mail,
                   concat('customer', n, ' family', md5(n::text)) AS known,
                   jsonb_populate_record(one, jsonb_build_object(
                       'id', nextval('res_partner_id_seq'), 'name', known, 'complete_name', known,
                       'email', mail, 'email_normalized', mail, 'social_name_key', known,
                       'phone_sanitized', '+38164' || lpad(n::text, 7, '0'))) AS made
             WHERE one.id = %s
            """,
            [one.id],
        )
        cls.env.cr.execute(
            """
            INSERT INTO social_crm_identity (company_id, platform_id, scope, external_id, state,
                                             handle, handle_key, partner_id, consent_basis)
            SELECT %s, %s, '', 'sql-' || id, 'active', 'sql_' || id, 'sql_' || id, id, 'none'
              FROM res_partner WHERE name LIKE 'customer%%' LIMIT 5000
            """,
            [cls.company.id, cls.telegram.id],
        )
        cls.env.cr.execute("ANALYZE res_partner, social_crm_identity")

    def accounts(self, count, start=0):
        return self.Identity.create(
            [
                {
                    "platform_id": self.telegram.id,
                    "external_id": f"batch-{start + number}",
                    "name": f"Stranger {number}",
                    "handle": f"stranger_{start + number}",
                    "verified_email": f"c{number + 1}@firm{(number + 1) % 9000}.example.org",
                }
                for number in range(count)
            ]
        )

    def test_the_number_of_queries_does_not_grow_with_the_batch(self):
        self.accounts(2, 9000)._match_people()  # warm
        counts = []
        for size, start in ((5, 0), (200, 1000)):
            accounts = self.accounts(size, start)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            accounts._match_people()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(accounts.filtered("partner_id")), size)
        # Odoo itself inserts and updates a hundred rows at a time
        self.assertLess(counts[1], 2 * counts[0], counts)

    def test_contacts_are_asked_for_once_a_batch(self):
        accounts = self.accounts(50)
        asked = []
        execute = self.env.cr.execute

        def watch(query, *args, **kwargs):
            text = str(getattr(query, "code", query))
            if "LATERAL" in text:
                asked.append(text)
            return execute(query, *args, **kwargs)

        with patch.object(self.env.cr, "execute", watch):
            accounts._match_people()
        self.assertEqual(len(asked), 1)

    def test_the_one_query_reads_indexes_only(self):
        accounts = self.accounts(20)
        query = accounts._candidates_sql([account._sought_values() for account in accounts])
        self.env.flush_all()
        with accounts._search_settings():
            self.env.cr.execute(SQL("EXPLAIN %s", query))
            plan = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertNotRegex(plan, r"Seq Scan on (res_partner|social_crm_identity)\b")
        indexes = {
            "res_partner_social_email_index",
            "res_partner_social_phone_index",
            "res_partner_social_domain_index",
            "res_partner_social_name_index",
            "res_partner__social_profile_key_index",
            "social_crm_identity_stem_index",
        }
        self.assertFalse([name for name in indexes if name not in plan], plan)


@tagged("post_install", "-at_install")
class TestMatchInSecondStage(SocialCrmCommon):
    """From what a network delivers to the contact, without anybody's hand."""

    def _partner(self, who):
        return self.env["res.partner"].create(
            {"name": f"Contact {who}", "email": f"{who}@stage.example"}
        )

    def test_who_speaks_in_a_group_is_found_and_silent_members_are_left_alone(self):
        ana, mute = self._partner("ana"), self._partner("mute")
        speaker = person("ana", email="ana@stage.example")
        listener = person("mute", email="mute@stage.example")
        self.ingest(
            comment(
                "g1", speaker, kind="message", visibility="group", thread="room",
                participants=(speaker, listener),
            )
        )  # fmt: skip
        self.interactions._run_second_stage()
        said = self.said("g1")
        self.assertFalse(said.hook_errors)
        self.assertEqual(said.identity_id.partner_id, ana)
        self.assertFalse(
            self.env["social.crm.identity.link"].search([("partner_id", "=", mute.id)])
        )

    def test_the_case_that_was_opened_first_follows_to_the_contact(self):
        ana = self._partner("ana")
        self.ingest(message("m1", person("ana", email="ana@stage.example")))
        self.assertEqual(self.said("m1").case_id.customer_key[0], "i")
        self.interactions._run_second_stage()
        case = self.said("m1").case_id
        self.assertEqual((case.partner_id, case.customer_key), (ana, f"p{ana.id}"))
        self.ingest(message("m2", person("ana", email="ana@stage.example"), 5))
        self.assertEqual(self.said("m2").case_id, case)

    def test_the_database_keeps_a_second_row_of_one_pair_out(self):
        ana = self._partner("ana")
        self.ingest(message("m1", person("ana")))
        account = self.said("m1").identity_id
        vals = {"identity_id": account.id, "partner_id": ana.id}
        links = self.env["social.crm.identity.link"]
        links.create(vals)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            links.create(vals)
            self.env.flush_all()
