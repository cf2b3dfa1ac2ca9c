# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A real WordPress on loopback: PHP's own web server and a MariaDB of its own, both of this run."""

import contextlib
import dataclasses
import json
import os
import subprocess
import tempfile
from pathlib import Path

import requests

from tools.odoo import child, end_with_parent

from . import PeerUnavailable
from .program import wordpress_program
from .start import answers, comes_up

SITE = Path(__file__).parent / 'wordpress_site'
START_SECONDS = 30
TABLES = ('mariadb_system_tables.sql', 'mariadb_performance_tables.sql',
          'mariadb_system_tables_data.sql')
EXTENSIONS = ('mysqlnd', 'mysqli', 'mbstring', 'ctype', 'dom', 'exif', 'fileinfo', 'iconv',
              'posix', 'simplexml', 'tokenizer', 'xml', 'xmlreader', 'xmlwriter')


@dataclasses.dataclass(frozen=True)
class Author:
    """Somebody with an account on the blog."""

    login: str
    id: int
    password: str  # an application password

    @property
    def auth(self):
        """:return: for ``requests``."""
        return self.login, self.password


class Blog:
    """One blog. Use as a context: at its end both processes are gone, and what they wrote.

    ``shop`` is its administrator, ``editor``, ``author`` and ``subscriber`` have these roles.

    :param Path home: folder for logs.
    :param int port: where it listens.
    :param str address: by which it is known, where that is a proxy's.
    """

    def __init__(self, home, port, address=None):
        self.home = home
        self.port = port
        self.address = address or f'http://127.0.0.1:{self.port}'
        self._stack = contextlib.ExitStack()
        self.people = {}

    def __enter__(self):
        self.program = wordpress_program()
        with self._stack as stack:
            # a socket's path has 107 bytes at most
            self.data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix='blog-')))
            self.socket = self.data / 'db.sock'
            self._write_settings()
            self._start_database()
            self._install()
            self._start_web()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception):
        return self._stack.__exit__(*exception)

    def __getattr__(self, name):
        people = self.__dict__.get('people', {})
        if name in people:
            return people[name]
        raise AttributeError(name)

    # What people do

    def api(self, method, path, person=None, **options):
        """Call the REST API as somebody, or as nobody.

        :return: the answer's JSON.
        """
        answer = requests.request(
            method, f'{self.address}/wp-json/wp/v2/{path}', auth=person and person.auth,
            timeout=30, **options)
        assert answer.ok, f'{method} {path}: {answer.status_code} {answer.text[:500]}'
        return answer.json()

    def comment(self, post_id, text, name='Ana Marković', email='ana@away.example', parent=0):
        """Fill in the form below a post, as a person without an account does.

        :return: the status, 302 where it was taken.
        :rtype: int
        """
        return requests.post(f'{self.address}/wp-comments-post.php', allow_redirects=False, data={
            'comment_post_ID': post_id, 'comment': text, 'author': name, 'email': email,
            'comment_parent': parent}, timeout=30).status_code

    def comments(self, **params):
        """:return: the comments as the administrator sees them, the oldest first."""
        return self.api('GET', 'comments', self.shop, params={
            'context': 'edit', 'status': 'any', 'order': 'asc', 'per_page': 100, **params})

    def plugin(self, code):
        """Have WordPress run code at every call, as an installed plugin does; '' ends it."""
        folder = self.data / 'content' / 'mu-plugins'
        folder.mkdir(exist_ok=True)
        (folder / 'test.php').write_text(f'<?php {code}')

    def php(self, code):
        """Run code inside WordPress.

        :return: what it printed.
        """
        return self._php('-r', f"require getenv('BLOG_SITE') . '/wp-load.php'; {code}")

    # Processes

    def _write_settings(self):
        folder = next(self.program.glob('usr/lib/php/2*'))
        lines = [f'extension_dir={folder}', *(f'extension={name}' for name in EXTENSIONS),
                 f'session.save_path={self.data}', f'sys_temp_dir={self.data}', 'log_errors=1',
                 f'error_log={self.home / "php.log"}', 'memory_limit=256M', 'sendmail_path=true']
        self.ini = self.data / 'php.ini'
        self.ini.write_text('\n'.join(lines))
        content = self.data / 'content'
        (content / 'uploads').mkdir(parents=True)
        for name in ('themes', 'plugins', 'languages'):
            (content / name).symlink_to(self.program / 'site/wp-content' / name)
        self.env = {**os.environ, 'BLOG_SOCKET': str(self.socket), 'BLOG_ADDRESS': self.address,
                    'BLOG_CONTENT': str(content), 'BLOG_SITE': str(self.program / 'site')}

    def _program(self, path, *arguments):
        """The whole set of libraries comes with the programs: the machine's do not matter."""
        loader = next(self.program.glob('usr/lib/*/ld-linux-*.so.*'))
        path = next(self.program.glob(path))
        return [loader, '--library-path', loader.parent, path, *arguments]

    def _php(self, *arguments):
        done = subprocess.run(
            self._program('usr/bin/php[0-9]*', '-n', '-c', self.ini, *arguments), text=True,
            env=self.env, capture_output=True, timeout=120, check=False,
            preexec_fn=end_with_parent)
        if done.returncode:
            raise PeerUnavailable(f'PHP failed: {(done.stderr or done.stdout)[-500:]}')
        return done.stdout

    def _mariadbd(self, *arguments):
        shared = self.program / 'usr/share/mariadb'
        return self._program(
            'usr/sbin/mariadbd', '--no-defaults', f'--datadir={self.data / "db"}',
            f'--lc-messages-dir={shared}', f'--character-sets-dir={shared / "charsets"}',
            '--innodb-buffer-pool-size=32M', '--innodb-log-file-size=8M',
            '--innodb-flush-log-at-trx-commit=0', '--innodb-use-native-aio=0',
            f'--tmpdir={self.data}', '--aria-log-file-size=8M',
            *(['--user=root'] if os.geteuid() == 0 else []), *arguments)

    def _start_database(self):
        (self.data / 'db').mkdir()
        tables = '\n'.join((self.program / 'usr/share/mariadb' / name).read_text()
                           for name in TABLES)
        done = subprocess.run(
            self._mariadbd('--bootstrap'), text=True, capture_output=True, timeout=120,
            check=False, input=f'create database mysql;\nuse mysql;\n{tables}\n'
            'create database wordpress character set utf8mb4;\n', preexec_fn=end_with_parent)
        if done.returncode:
            raise PeerUnavailable(f'MariaDB cannot be prepared: {done.stderr[-500:]}')
        log = self._stack.enter_context((self.home / 'mariadb.log').open('wb'))
        process = self._stack.enter_context(child(
            self._mariadbd('--skip-networking', '--skip-grant-tables', f'--socket={self.socket}'),
            stdout=log, stderr=log, stdin=subprocess.DEVNULL))
        self._wait(process, self.socket.exists, 'MariaDB')

    def _install(self):
        said = self._php(SITE / 'install.php')
        made = json.loads(said.strip().splitlines()[-1])
        self.people = {login: Author(login, **facts) for login, facts in made.items()}

    def _start_web(self):
        log = self._stack.enter_context((self.home / 'web.log').open('wb'))
        process = self._stack.enter_context(child(
            self._program('usr/bin/php[0-9]*', '-n', '-c', self.ini, '-S',
                          f'127.0.0.1:{self.port}', '-t', self.program / 'site',
                          SITE / 'router.php'),
            env=self.env, stdout=log, stderr=log, stdin=subprocess.DEVNULL))
        address = f'http://127.0.0.1:{self.port}/wp-json/'
        self._wait(process, lambda: answers(address), 'WordPress')

    def _wait(self, process, is_up, name):
        if not comes_up(process, is_up, START_SECONDS):
            raise PeerUnavailable(f'{name} did not come up, see the logs in {self.home}')
