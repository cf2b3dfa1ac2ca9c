# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tools import erasure_log
from .erasure_common import AFTER, ErasureCommon, message, person


@tagged("post_install", "-at_install")
class TestErasureLog(ErasureCommon):
    def setUp(self):
        super().setUp()
        self.erasures = self.env["social.crm.erasure"]
        self.path = self.erasures._log_path()

    def test_an_entry_names_nobody(self):
        erasure = self.erase(self.ana)
        [entry] = erasure_log.entries(self.path)
        self.assertEqual(entry["reference"], erasure.reference)
        text = self.path.read_text().lower()
        for name in ("ana", "mail.example", "641234567"):
            self.assertNotIn(name, text)
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.erasures._behind(), 0)

    def test_behind_the_log_nobody_is_written(self):
        erasure = self.proposed(self.ana)
        with self.env.cr.savepoint() as savepoint:
            erasure.with_user(self.second).action_approve()
            savepoint.rollback()  # the backup knows nothing of it
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertEqual(self.erasures._behind(), 1)
        for write in (
            lambda: self.ingest(message("m8", person("cy"))),
            lambda: self.env["social.crm.identity"].create(
                {"platform_id": self.platform.id, "external_id": "cy"}
            ),
            lambda: self.said("m1").conversation_id._queue_reply("Hello"),
        ):
            with self.assertRaisesRegex(UserError, "restored from a backup"):
                write()
        with self.assertRaises(AccessError):
            self.erasures.with_user(self.officer).action_replay()
        self.erasures.with_user(self.clerk).action_replay()
        self.assertEqual(self.erasures._behind(), 0)
        self.work(erasure)
        self.assertEqual(erasure.state, "done")
        self.assertFalse(self.ana.exists())
        self.assertTrue(self.ingest(self.feed[1]).dropped, "the suppression list is back too")
        self.ingest(message("m8", person("ana"), minutes=AFTER))
        self.assertTrue(self.said("m8"))
        self.assertTrue(self.evidence("erasure.replayed"))

    def test_numbers_given_out_again_are_somebody_else(self):
        """A person made after the cut-off may have the number of one who was erased."""
        self.erase(self.ana)
        entry = next(erasure_log.entries(self.path))
        self.env.cr.execute(
            "UPDATE social_crm_identity SET create_date = %s::timestamp + interval '1 day'"
            " WHERE id = %s", [entry["cutoff"], self.bo.id],
        )  # fmt: skip
        self.env.invalidate_all()
        name, key = list(self.env["social.crm.suppression"]._keys().items())[-1]
        alias = self.erasures._record_aliases(self.bo)[0]
        entry["hashes"].append(["row", alias.hashed(key)])
        found = self.erasures._people_of([entry])
        self.assertNotIn(self.bo.id, found[entry["sequence"]][0])
        self.assertEqual(name, entry["key"])

    def test_events_wait_unread(self):
        self.erase(self.ana)
        self.restore()
        events = self.env["social.crm.event"]
        with self.enter_registry_test_mode():
            self.env.ref("social_crm_channels.ir_cron_events_1").method_direct_trigger()
        self.assertFalse(events.search([("state", "=", "failed")]))

    def test_a_torn_line_is_no_entry(self):
        self.erase(self.ana)
        with self.path.open("a") as stream:
            stream.write('{"sequence": 2, "ref')
        self.assertEqual(erasure_log.last_sequence(self.path), 1)
        self.assertEqual(erasure_log.append(self.path, {"reference": "x"}), 2)
        self.assertEqual([entry["sequence"] for entry in erasure_log.entries(self.path)], [1, 2])
        self.assertEqual(json.loads(self.path.read_text().splitlines()[-1])["reference"], "x")

    def test_a_log_that_was_lost_is_told_before_anybody_is_erased(self):
        self.erase(self.ana)
        self.path.unlink()
        with self.assertRaisesRegex(UserError, "Put the file back"):
            self.erase(self.bo)
