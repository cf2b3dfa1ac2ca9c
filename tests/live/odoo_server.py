# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Real Odoo processes on a database of their own, spoken to from outside."""

import contextlib
import itertools
import re
import secrets
import socket
import subprocess
import textwrap

from tools import database, live, odoo, serve

from .session import Session
from .waiting import wait_until

# A style sheet that does not compile is only warned about, and leaves every page bare.
ERROR_LINE = re.compile(
    r'^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?:ERROR|CRITICAL|WARNING \S+ \S+assetsbundle:) .*',
    re.MULTILINE)


class OdooServer:
    """One database, one web server and any number of workers.

    Use as a context: at its end every process is gone and the database dropped.

    :param Path home: folder for the logs.
    :param str name: what the database's name begins with.
    :param bool demo: with demo data.
    :param int workers: processes of the web server, with one more for open screens; 0 is threads.
    :param dict env: environment variables the processes get besides their own.
    """

    def __init__(self, home, name, *, demo=False, workers=0, env=None):
        self.home = home
        self.database = f'live_{name}_{secrets.token_hex(3)}'
        self.demo = demo
        self.env = {**live.ENVIRONMENT, **(env or {})}
        self.workers = workers
        self.port, self.gevent_port = free_ports(2)
        self.url = f'http://127.0.0.1:{self.port}'
        self.tolerated = []
        self._stack = contextlib.ExitStack()
        self._numbers = itertools.count(1)

    def __enter__(self):
        with self._stack as stack:
            stack.callback(database.drop, self.database)
            self.make_database()
            self.connect(stack)
            # A scheduled job runs when a test asks for it. Odoo's own never do: they would call
            # home, send mail and take the workers' time.
            self.sql('UPDATE ir_cron SET active = false')
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception):
        return self._stack.__exit__(*exception)

    def connect(self, stack=None):
        """Connect to the database for :meth:`sql`; again after it was put back from a backup."""
        self.db = (stack or self._stack).enter_context(
            contextlib.closing(database.connect(self.database)))

    def make_database(self):
        database.copy(database.template(self.demo), self.database)

    # Processes

    def start_web(self, *options):
        """Start the web server and wait until it answers.

        :param str options: of Odoo's command line, besides those it needs.
        """
        self.web = self.start('web', [
            *serve.server_arguments(self.port, self.workers, self.gevent_port),
            '--max-cron-threads=0', *options])
        serve.wait_until_up(self.url, self.web)

    def start_worker(self, *, env=None, launcher=None):
        """Start a process that does nothing but run scheduled jobs, one at a time.

        It is ready when this returns: a call to work that it did not hear yet would be lost.

        :param dict env: more environment variables.
        :param Path launcher: a script that starts Odoo in place of Odoo's own.
        """
        worker = self.start(
            'worker', ['server', '--no-http', '--max-cron-threads=1'], env=env, launcher=launcher)

        def listening():
            assert worker.poll() is None, worker.log_path.read_text()
            return self.sql("""
                SELECT 1 FROM pg_stat_activity WHERE datname = 'postgres' AND query = 'COMMIT'
                   AND state = 'idle' AND application_name = %s""", f'odoo-{worker.pid}')
        wait_until(listening, what='the worker listening')
        return worker

    def start(self, name, arguments, *, env=None, launcher=None, stdin=None, stdout=None):
        """Start an Odoo process; its log is ``<name>-<number>.log`` in the home folder.

        :rtype: subprocess.Popen
        """
        command = odoo.command(self.database, *arguments)
        if launcher:
            command[command.index(odoo.LAUNCHER)] = launcher
        log_path = self.home / f'{name}-{next(self._numbers)}.log'
        log = self._stack.enter_context(log_path.open('wb'))
        process = self._stack.enter_context(odoo.child(
            command, stdout=stdout or log, stderr=log, stdin=stdin or subprocess.DEVNULL,
            env={**odoo.environment(self.database), **self.env, **(env or {})}))
        process.log_path = log_path
        return process

    def stop(self, process, seconds=30):
        """End one process by its id and wait until it is gone."""
        process.terminate()
        process.wait(seconds)

    def log(self):
        """:return: what the processes wrote so far."""
        return ''.join(path.read_text(errors='replace') for path in sorted(self.home.glob('*.log')))

    def errors(self):
        """:return: the lines of the logs that report an error no test expects.

        A test that provokes one appends a regular expression to ``tolerated``.
        """
        return [line for line in ERROR_LINE.findall(self.log())
                if not any(re.search(pattern, line) for pattern in self.tolerated)]

    # Speaking to it

    def user(self, login='admin', password='admin'):
        """Log in.

        :rtype: Session
        """
        return Session(self.url, self.database, login, password)

    def new_user(self, login, *groups):
        """Make a user with the rights of a colleague.

        :param groups: external ids of groups.
        :rtype: Session
        """
        group_ids = [self.ref(group) for group in ('base.group_user', *groups)]
        self.user()('res.users', 'create', {
            'name': login.title(), 'login': login, 'password': login * 2,
            'email': f'{login}@example.test', 'group_ids': [(6, 0, group_ids)]})
        return self.user(login, login * 2)

    def ref(self, external_id):
        """:return: the database id of an external id."""
        module, name = external_id.split('.')
        return self.sql('SELECT res_id FROM ir_model_data WHERE module = %s AND name = %s',
                        module, name)[0][0]

    def sql(self, statement, *parameters):
        """Run one statement, committed at once.

        :return: its rows.
        """
        with self.db.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def count(self, table, where='true', *parameters):
        """:return: the number of rows."""
        return self.sql(f'SELECT count(*) FROM {table} WHERE {where}', *parameters)[0][0]

    def shell(self, code):
        """Run code inside Odoo, in a process of its own, committed at the end.

        :param str code: Python with ``env``.
        :return: what it printed.
        :raise AssertionError: when it fails.
        """
        script = self.home / f'script-{next(self._numbers)}.py'
        script.write_text(f'{textwrap.dedent(code)}\nenv.cr.commit()\n')
        with script.open() as stdin:
            process = self.start('shell', ['shell', '--no-http', '--log-level=warn'], stdin=stdin)
            status = process.wait(300)
        said = process.log_path.read_text()
        assert status == 0, said
        return said

    # Scheduled jobs

    def jobs(self, code):
        """Scheduled jobs by what they run, for example ``_cron_send()``, or by external id.

        :return: their ids.
        """
        if re.fullmatch(r'\w+\.\w+', code):
            return [self.ref(code)]
        return [job_id for (job_id,) in self.sql("""
            SELECT c.id FROM ir_cron c JOIN ir_act_server a ON a.id = c.ir_actions_server_id
             WHERE strpos(a.code, %s) > 0 ORDER BY c.id""", code)]

    def run_job(self, code):
        """Run a scheduled job in the web server, to its end."""
        result = self.user()('ir.cron', 'method_direct_trigger', self.jobs(code)[:1])
        assert result is True, result

    def schedule(self, *codes):
        """Let the workers run these jobs from now on, beginning at once."""
        ids = [job_id for code in codes for job_id in self.jobs(code)]
        self.sql("""
            UPDATE ir_cron SET active = true, nextcall = now() AT TIME ZONE 'UTC' - interval '1 s'
             WHERE id = ANY(%s)""", ids)
        self.wake()

    def wake(self):
        """Tell all workers to look for due jobs, as Odoo's own trigger does."""
        with contextlib.closing(database.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('cron_trigger', %s)", [self.database])


def free_ports(count):
    """:return: ports nobody listens on now."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.create_server(('127.0.0.1', 0)))
                  for _number in range(count)]
        return [probe.getsockname()[1] for probe in probes]
