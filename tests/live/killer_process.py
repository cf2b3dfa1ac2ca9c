# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Run scheduled jobs in processes that end themselves at a chosen SQL statement.

Started as a program by :class:`tests.live.killer.Killer`. It loads Odoo once; each line on its
standard input, ``<job id> <statement number>``, is one run in a forked process of its own, and
gives one line of answer: ``killed`` or ``done <number of statements>``.

The process ends by SIGKILL, just before the statement or commit would be sent, so nothing of Odoo
can tidy up. The product itself knows nothing of this.
"""

import os
import signal
import sys
import threading
import traceback

import odoo.sql_db
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


class Countdown:
    """Counts what this process sends to the database, and ends it when the time has come.

    :param int at: number of the statement that is not sent any more, 0 for never.
    """

    def __init__(self, at):
        self.at = at
        self.number = 0

    def install(self):
        """Wrap what sends statements; savepoints are statements too."""
        cursor = odoo.sql_db.Cursor
        for name in ('execute', 'commit'):
            setattr(cursor, name, self._counted(getattr(cursor, name)))

    def _counted(self, method):
        def step(*args, **kwargs):
            self.number += 1
            if self.number == self.at:
                os.kill(os.getpid(), signal.SIGKILL)
            return method(*args, **kwargs)
        return step


def run_job(registry, job_id, at):
    """The forked process: run one job and never return."""
    status = 1
    try:
        countdown = Countdown(at)
        countdown.install()
        with registry.cursor() as cr:
            job = api.Environment(cr, SUPERUSER_ID, {})['ir.cron'].browse(job_id)
            result = job.method_direct_trigger()
            assert result is True, result
        answer(f'done {countdown.number}')
        status = 0
    except BaseException:  # noqa: BLE001 the fork must not go on as its parent
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def answer(line):
    os.write(sys.stdout.fileno(), f'{line}\n'.encode())


def main():
    config.parse_config(sys.argv[1:], setup_logging=True)
    threading.current_thread().dbname = config['db_name'][0]
    registry = Registry(config['db_name'][0])
    answer('ready')
    for line in sys.stdin:
        job_id, at = map(int, line.split())
        odoo.sql_db.close_all()  # a connection must not be shared with the fork
        pid = os.fork()
        if not pid:
            run_job(registry, job_id, at)
        _pid, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            answer('killed')
        elif os.WEXITSTATUS(status):
            answer('failed')


if __name__ == '__main__':
    main()
