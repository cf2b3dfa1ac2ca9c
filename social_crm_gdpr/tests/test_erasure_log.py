# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import file_path

from ..models.social_crm_erasure_log import SEQUENCE
from ..tools import erasure_log
from .erasure_common import AFTER, ErasureCommon, message, person


@tagged("post_install", "-at_install")
class TestErasureLog(ErasureCommon):
    def setUp(self):
        super().setUp()
        self.erasures = self.env["social.crm.erasure"]
        self.path = self.erasures._log_path()
        self.seller = self._user("agent", login="seller")
        self.seller.group_ids |= self.env.ref("sales_team.group_sale_salesman")

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
            next(erasure.sudo()._work())
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
            lambda: self.env["crm.lead"].with_user(self.seller).create(
                {"name": "x", "email_from": "ana.anic@mail.example"}
            ),
            lambda: self.interactions.with_user(self.manager).create({}),
        ):
            with self.assertRaisesRegex(UserError, "restored from a backup"):
                write()
        inside, outside = self.env["mail.mail"].create(
            [{"email_to": self.clerk.email}, {"recipient_ids": [(4, self.contact.id)]}]
        )
        with patch.object(type(inside), "_split_by_mail_configuration", autospec=True) as split:
            split.return_value = []
            (inside | outside).send()
        self.assertEqual(split.call_args.args[0], inside, "colleagues are written all the same")
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

    def test_a_kill_between_disk_and_commit_heals_by_itself(self):
        erasure = self.proposed(self.ana)
        erasure.with_user(self.second).action_approve()
        self.assertFalse(self.path.read_text(), "the job tells the log, before it erases")
        for _kill in range(2):
            with self.env.cr.savepoint() as savepoint:
                next(erasure.sudo()._work())
                savepoint.rollback()
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            self.assertEqual(erasure_log.last_sequence(self.path), 1)
            self.assertEqual(self.erasures._behind(), 0, "approved here: the job finishes it")
            self.assertTrue(self.said("m1").body)
        self.work(erasure)
        self.assertEqual((erasure.state, self.erasures._log_sequence()), ("done", 1))
        self.assertEqual(len(list(erasure_log.entries(self.path))), 1, "and tells it once")

    def test_a_process_that_learns_of_it_late_takes_no_database_for_restored(self):
        self.erase(self.ana)
        parameters = type(self.env["ir.config_parameter"])
        get_param = parameters.get_param

        def late(self, key, default=False):
            return 0 if key == SEQUENCE else get_param(self, key, default)

        with patch.object(parameters, "get_param", late):
            self.assertEqual(self.erasures._behind(), 0)

    def test_declining_the_list_survives_the_same_kill(self):
        erasure = self.erase(self.ana)
        erasure._decline()
        with self.env.cr.savepoint() as savepoint:
            next(erasure._work())
            savepoint.rollback()
        self.env.invalidate_all()
        self.assertEqual(self.erasures._behind(), 0)
        self.work(erasure)
        told = list(erasure_log.entries(self.path))
        self.assertEqual([entry.get("declined") for entry in told], [None, True])
        self.restore()
        self.assertEqual(self.erasures._behind(), 2, "nothing is on its way any more")

    def test_who_is_on_the_way_waits_while_others_wait_to_be_replayed(self):
        """A backup from between approval and log: the job must not pass over a later entry."""
        first, later = self.proposed(self.ana), self.proposed(self.bo)
        first.with_user(self.second).action_approve()
        with self.env.cr.savepoint() as savepoint:
            next(first.sudo()._work())
            later.with_user(self.second).action_approve()
            next(later.sudo()._work())
            savepoint.rollback()
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertEqual(self.erasures._behind(), 1)
        self.work(first)
        self.assertEqual((first.state, first.to_log), ("running", "begun"))
        self.erasures.with_user(self.clerk).action_replay()
        self.assertFalse(first.to_log, "its entry is there")
        for erasure in (first, later):
            self.assertEqual(self.work(erasure).state, "done")
        self.assertEqual(len(list(erasure_log.entries(self.path))), 2)

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

    def test_a_log_that_is_not_where_it_was_is_noticed_and_nobody_is_written(self):
        self.assertEqual(self.erasures._behind(), 0, "one that was never begun is not missing")
        self.erase(self.ana)
        waiting = self.proposed(self.bo)
        told = self.path.read_bytes()
        self.path.unlink()
        for write in (
            lambda: self.ingest(message("m8", person("cy"))),
            lambda: waiting.with_user(self.second).action_approve(),
            lambda: self.erasures.with_user(self.clerk).action_replay(),
        ):
            with self.assertRaisesRegex(UserError, f"{self.path.name} back into"):
                write()
        self.assertEqual(self.erasures._log_sequence(), 1, "a replay does not make it forget")
        self.path.write_bytes(told)
        self.assertEqual(self.erasures._behind(), 0)
        with self.assertRaisesRegex(UserError, "where it was"):
            self.erasures.with_user(self.clerk).action_begin_log()
        self.assertTrue(self.ingest(message("m8", person("cy"))))

    def test_a_clerk_begins_a_new_log_and_the_old_one_is_replayed_if_it_turns_up(self):
        self.erase(self.ana)
        told = self.path.read_bytes()
        self.path.unlink()
        with self.assertRaises(AccessError):
            self.erasures.with_user(self.officer).action_begin_log()
        self.erasures.with_user(self.clerk).action_begin_log()
        told_so = self.evidence("erasure.log_lost")
        self.assertEqual(told_so.payload, {"entries": 1, "user": self.clerk.id})
        self.assertEqual(self.erasures._behind(), 0)
        self.path.write_bytes(told)
        self.assertEqual(self.erasures._behind(), 1)

    def test_a_neutralized_copy_without_the_log_is_not_stopped(self):
        self.erase(self.ana)
        self.path.unlink()
        self.env.flush_all()
        path = file_path("social_crm_gdpr/data/neutralize.sql")
        self.env.cr.execute(Path(path).read_text(encoding="utf-8"))
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertEqual(self.erasures._behind(), 0)
