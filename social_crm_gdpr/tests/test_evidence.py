# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
import subprocess
import sys
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.social_crm_base.tests.common import SocialCrmCommon, comment, person, post

from ..models.social_crm_consent import EVENTS
from ..models.social_crm_privacy_request import STATE_SELECTION
from ..tools import evidence_words, verify_evidence

SCRIPT = Path(verify_evidence.__file__)


class EvidenceCommon(SocialCrmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.evidence = cls.env["social.crm.evidence"]
        cls.evidence._verify()  # what setting the database up wrote
        cls.before = cls.evidence._last().sequence

    @classmethod
    def append(cls, count=3):
        return cls.evidence._append_many(
            "test.done", [(uuid.uuid4(), {"rows": number}) for number in range(count)]
        )

    def forge(self, query, *parameters):
        """What only somebody with the database's own rights can do."""
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE social_crm_evidence DISABLE TRIGGER USER")
        self.env.cr.execute(query, parameters)
        self.env.cr.execute("ALTER TABLE social_crm_evidence ENABLE TRIGGER USER")
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestEvidence(EvidenceCommon):
    def test_rows_are_chained_in_the_order_they_were_written(self):
        rows = self.append()
        self.assertEqual(self.evidence._verify(), (True, 0))
        first, second, third = rows
        self.assertEqual(third.sequence, self.before + 3)
        self.assertEqual(second.previous_hash, first.hash)
        self.assertEqual(third.previous_hash, second.hash)

    def test_linking_twice_changes_nothing(self):
        rows = self.append()
        self.assertEqual(self.evidence._seal(), 3)
        hashes = rows.mapped("hash")
        self.assertEqual(self.evidence._seal(), 0)
        rows.invalidate_recordset()
        self.assertEqual(rows.mapped("hash"), hashes)

    def test_a_changed_row_is_found(self):
        rows = self.append()
        self.evidence._verify()
        self.forge(
            "UPDATE social_crm_evidence SET payload = '{\"rows\": 99}' WHERE id = %s", rows[1].id
        )
        self.assertEqual(self.evidence._verify(), (False, self.before + 2))

    def test_a_row_taken_out_is_found(self):
        rows = self.append()
        self.evidence._verify()
        self.forge("DELETE FROM social_crm_evidence WHERE id = %s", rows[1].id)
        self.assertEqual(self.evidence._verify(), (False, self.before + 2))

    def test_a_row_whose_own_hash_was_made_anew_is_found_at_the_next(self):
        rows = self.append()
        self.evidence._verify()
        forged = {**rows[1]._told(), "payload": {"rows": 99}}
        self.forge(
            "UPDATE social_crm_evidence SET payload = '{\"rows\": 99}', hash = %s WHERE id = %s",
            verify_evidence.digest(forged),
            rows[1].id,
        )
        self.assertEqual(self.evidence._verify(), (False, self.before + 3))

    @mute_logger("odoo.sql_db")
    def test_the_database_itself_refuses_changes(self):
        row = self.append(1)
        for sealed in (False, True):
            if sealed:
                self.evidence._verify()
            for query in (
                "UPDATE social_crm_evidence SET kind = 'other' WHERE id = %s",
                "UPDATE social_crm_evidence SET payload = '{}', hash = 'x' WHERE id = %s",
                "DELETE FROM social_crm_evidence WHERE id = %s",
            ):
                with (
                    self.subTest(query=query, sealed=sealed),
                    self.assertRaises(psycopg2.errors.RaiseException),
                    self.env.cr.savepoint(),
                ):
                    self.env.cr.execute(query, (row.id,))
        with self.assertRaises(psycopg2.errors.RaiseException), self.env.cr.savepoint():
            self.env.cr.execute("TRUNCATE social_crm_evidence")

    def test_not_even_the_system_writes_or_deletes_by_the_orm(self):
        row = self.append(1).sudo()
        with self.assertRaises(AccessError):
            row.write({"kind": "other"})
        with self.assertRaises(AccessError):
            row.unlink()

    def test_nothing_that_could_be_a_person_gets_in(self):
        for facts in (
            {"who": "Ana Anić"},
            {"who": "ana@example.com"},
            {"deep": [{"who": "Ana Anić"}]},
            {"share": 0.5},
            {"when": b"x"},
        ):
            with self.subTest(facts=facts), self.assertRaises(ValueError):
                self.evidence._append("test.done", uuid.uuid4(), **facts)
        with self.assertRaises(ValueError):
            self.evidence._append("test.done", "ana")

    def test_clerk_and_officer_read_and_verify_but_nobody_adds_by_hand(self):
        self.append()
        for user in (self.clerk, self.officer):
            evidence = self.evidence.with_user(user)
            self.assertEqual(evidence.action_verify()["params"]["type"], "success")
            self.assertTrue(evidence.search([]))
            with self.assertRaises(AccessError):
                evidence.create(
                    {
                        "kind": "x",
                        "reference": str(uuid.uuid4()),
                        "company_id": self.company.id,
                        "happened_at": "2026-01-01",
                    }
                )
        for user in (self.agent, self.manager):
            with self.assertRaises(AccessError):
                self.evidence.with_user(user).action_verify()

    def test_whoever_acts_leaves_evidence_without_a_right_to_it(self):
        row = self.evidence.with_user(self.agent)._append("test.done", uuid.uuid4(), rows=1)
        self.assertEqual(row.payload, {"rows": 1})

    def test_other_companies_rows_are_not_shown_but_stand_in_the_chain(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        row = self.evidence.with_company(other)._append("test.done", uuid.uuid4())
        self.assertNotIn(row, self.evidence.with_user(self.clerk).search([]))
        self.assertEqual(self.evidence.with_user(self.clerk)._verify(), (True, 0))

    def test_every_step_of_requests_and_consents_is_told_in_words(self):
        codes = [f"request.{state}" for state, _label in STATE_SELECTION]
        codes += [f"consent.{event}" for event, _label in EVENTS]
        for code in codes:
            self.assertNotEqual(evidence_words.words(self.env, code), code)
        self.assertEqual(evidence_words.words(self.env, "x.new"), "x.new")

    def test_the_job_links_what_waits(self):
        rows = self.append()
        with self.enter_registry_test_mode():
            self.env.ref("social_crm_gdpr.ir_cron_seal_evidence").method_direct_trigger()
        rows.invalidate_recordset()
        self.assertTrue(all(rows.mapped("hash")))


@tagged("post_install", "-at_install")
class TestEvidenceOutside(EvidenceCommon, HttpCase):
    """The script must do without Odoo: it is run by a plain Python in isolated mode."""

    def run_script(self, text, *arguments):
        with TemporaryDirectory() as folder:
            path = Path(folder) / "evidence.jsonl"
            path.write_text(text, encoding="utf-8")
            return subprocess.run(
                [sys.executable, "-I", "-S", str(SCRIPT), str(path), *arguments],
                capture_output=True,
                text=True,
                check=False,
            )

    def export(self, user):
        self.authenticate(user.login, user.login)
        return self.url_open("/social_crm_gdpr/evidence.jsonl")

    def test_the_export_is_verified_without_odoo(self):
        rows = self.append()
        response = self.export(self.officer)
        self.assertEqual(response.status_code, 200)
        done = self.run_script(response.text)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.env.invalidate_all()
        self.assertIn(rows[-1].hash, done.stdout)

    def test_a_changed_line_a_missing_line_and_a_cut_end_are_found_without_odoo(self):
        self.append()
        lines = self.export(self.clerk).text.splitlines()
        last = json.loads(lines[-1])["hash"]
        changed = json.loads(lines[-2])
        changed["payload"]["rows"] = 99
        for broken in (
            [*lines[:-2], json.dumps(changed), lines[-1]],
            [*lines[:-2], lines[-1]],
            [*lines[:-2], lines[-1], lines[-2]],
        ):
            self.assertEqual(self.run_script("\n".join(broken)).returncode, 1)
        cut = "\n".join(lines[:-1])
        self.assertEqual(self.run_script(cut).returncode, 0, "a chain alone cannot show it")
        self.assertEqual(self.run_script(cut, "--expect", last).returncode, 1)
        self.assertEqual(self.run_script("no json").returncode, 2)

    def test_nobody_else_exports(self):
        for user in (self.agent, self.manager):
            with mute_logger("odoo.http"):
                self.assertEqual(self.export(user).status_code, 403)


@tagged("post_install", "-at_install")
class TestAccessLog(SocialCrmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.log = cls.env["social.crm.access.log"]
        cls.ingest(
            post("p1"),
            comment("c1", person("ana"), "p1"),
            comment("c2", person("ana"), "p1", minutes=2),
            comment("c3", person("bo"), "p1", minutes=3),
        )
        cls.words = cls.said("c1") + cls.said("c2") + cls.said("c3")

    def test_one_row_a_person_says_who_did_what(self):
        self.log.with_user(self.agent)._note("export", self.words.with_user(self.agent))
        rows = self.log.search([("user_id", "=", self.agent.id)])
        self.assertEqual(
            {(row.identity_id.handle, row.records) for row in rows},
            {("ana@example.social", 2), ("bo@example.social", 1)},
        )

    def test_noting_many_takes_as_many_queries_as_noting_few(self):
        self.log._note("export", self.words)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(2):
            self.log._note("export", self.words)
            self.env.flush_all()

    def test_it_is_read_by_clerk_and_officer_only_and_written_by_nobody(self):
        self.log.with_user(self.agent)._note("open", self.words)
        rows = self.log.search([("user_id", "=", self.agent.id)])
        for user in (self.clerk, self.officer):
            self.assertTrue(rows.with_user(user).read(["action"]))
            with self.assertRaises(AccessError):
                rows.with_user(user).unlink()
        for user in (self.agent, self.manager):
            with self.assertRaises(AccessError):
                rows.with_user(user).read(["action"])
        with self.assertRaises(AccessError):
            rows.write({"action": "export"})

    def test_after_twelve_months_rows_go(self):
        with freeze_time("2025-01-31 10:00:00"):
            self.log._note("open", self.words[:1])
            old = self.log.search([("user_id", "=", self.env.uid)])
        with freeze_time("2026-01-31 09:00:00"):
            self.log._gc_old()
            self.assertTrue(old.exists())
        with freeze_time("2026-01-31 11:00:00"):
            self.log._gc_old()
            self.assertFalse(old.exists())

    def test_erasure_empties_whom_it_was_about_and_keeps_who_looked(self):
        self.log.with_user(self.agent)._note("open", self.words[:1])
        row = self.log.search([("user_id", "=", self.agent.id)])
        identity = self.words[0].identity_id
        domain = row._personal_data_domain(identity, self.env["res.partner"])
        self.assertEqual(self.log.search(domain), row)
        row.write({"identity_id": False})
        self.assertEqual(row.user_id, self.agent)
