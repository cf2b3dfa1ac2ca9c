# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import threading

import psycopg2

from odoo.tests import TransactionCase, tagged

from ..models.social_crm_worker import races_expected

LOG = "odoo.sql_db"
LOST = "INSERT INTO race VALUES (1)"


@tagged("post_install", "-at_install")
class TestLostRaces(TransactionCase):
    """A race lost where the work is done again is no error in the log; all else is."""

    def fails(self, statement):
        with self.assertRaises(psycopg2.Error), self.env.cr.savepoint(flush=False):
            self.env.cr.execute(statement)

    def setUp(self):
        super().setUp()
        self.env.cr.execute("CREATE TEMP TABLE race (code int UNIQUE) ON COMMIT DROP")
        self.env.cr.execute(LOST)

    def test_a_lost_race_is_not_logged(self):
        with self.assertNoLogs(LOG, "ERROR"), races_expected():
            self.fails(LOST)
        with self.assertLogs(LOG, "ERROR"):
            self.fails(LOST)

    def test_other_errors_are(self):
        with self.assertLogs(LOG, "ERROR") as logs, races_expected():
            self.fails("SELECT nothing_of_the_kind")
        self.assertIn("nothing_of_the_kind", logs.output[0])

    def test_other_threads_are_not_concerned(self):
        here, there = threading.Event(), threading.Event()

        def meanwhile():
            with races_expected():
                here.set()
                there.wait(30)

        thread = threading.Thread(target=meanwhile)
        thread.start()
        try:
            self.assertTrue(here.wait(30))
            with self.assertLogs(LOG, "ERROR"):
                self.fails(LOST)
        finally:
            there.set()
            thread.join()

    def test_a_function_can_expect_them_each_time_it_runs(self):
        @races_expected()
        def work():
            self.fails(LOST)

        with self.assertNoLogs(LOG, "ERROR"):
            work()
            work()
