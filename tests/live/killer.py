# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Kill a worker at every statement of its batch, and see whether anything is lost or doubled."""

import itertools
import subprocess
from pathlib import Path

from .waiting import wait_until


class Killer:
    """Runs scheduled jobs of a server in processes that die when told.

    :param OdooServer server: whose database to work on.
    """

    def __init__(self, server):
        self.server = server
        self.process = server.start(
            'killer', ['--no-http', '--max-cron-threads=0'], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, launcher=Path(__file__).with_name('killer_process.py'))
        self._expect('ready')

    def run(self, job, at=0):
        """Run a job once.

        :param str job: what the job's code contains, see :meth:`OdooServer.jobs`.
        :param int at: number of the SQL statement at which the process is killed, 0 for never.
        :return: how many statements it needed, None when it was killed before its end.
        """
        # Odoo puts aside a job that died three times in a row; here it shall be tried every time.
        self.server.sql('DELETE FROM ir_cron_progress')
        self.process.stdin.write(f'{self.server.jobs(job)[0]} {at}\n'.encode())
        self.process.stdin.flush()
        word, *number = self._expect('killed', 'done').split()
        wait_until(lambda: not self._open_transactions(), every=0.02,
                   what='the end of the dead transaction')
        return int(number[0]) if word == 'done' else None

    def at_every_statement(self, job):
        """Run a job again and again, killed one statement later each time, until it gets through.

        :return: yields the number of the statement after each death.
        """
        for at in itertools.count(1):
            if self.run(job, at=at) is not None:
                return
            yield at

    def _expect(self, *words):
        line = self.process.stdout.readline().decode()
        assert line.startswith(words), f'{line!r}: {self.process.log_path.read_text()[-4000:]}'
        return line

    def _open_transactions(self):
        """A killed client's locks live until PostgreSQL notices: a moment."""
        return self.server.sql("""
            SELECT pid FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()
               AND backend_type = 'client backend' AND state <> 'idle'""")
