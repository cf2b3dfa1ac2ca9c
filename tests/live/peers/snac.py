# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""snac: a small real server with Mastodon's client API that federates over ActivityPub.

ActivityPub names a server by its host name alone, so every server needs port 80 of a loopback
address of its own; binding it takes root.
"""

import contextlib
import dataclasses
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from tools.odoo import end_with_parent

from . import PeerUnavailable
from .mastodon_oauth import authorize
from .start import answers, comes_up

PORT = 80
NEEDS_ROOT = 'root is needed: federating servers must have port 80 of two loopback addresses'
START_SECONDS = 20
# snac finishes its running deliveries before it ends: about two seconds when idle.
STOP_SECONDS = 20


@dataclasses.dataclass(frozen=True)
class Account:
    """One person on one server, with an access token for the client API."""

    host: str
    login: str
    password: str
    name: str
    token: str

    @property
    def base_url(self):
        """:return: where this account's client API is, without a trailing slash."""
        return f'http://{self.host}'

    @property
    def address(self):
        """:return: how others write to this account, for example ``@ana@127.0.0.22``."""
        return f'@{self.login}@{self.host}'


class SnacServer:
    """One snac process with its data folder.

    :param Path program: folder the Debian packages were unpacked into.
    :param Path home: folder of this server's own data, log and process id.
    :param str host: loopback address it answers on, which is also its name in the federation.
    """

    def __init__(self, program, home, host):
        self.program = program
        self.home = home
        self.host = host
        self.data = home / 'data'
        self.pid_file = home / 'pid'
        self.accounts_file = home / 'accounts.json'

    def prepare(self):
        """Make the data folder, once."""
        if (self.data / 'server.json').exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        self.home.mkdir(parents=True, exist_ok=True)
        # snac init asks: address, port, host name, path prefix, administrator's e-mail
        self._snac('init', answers=[self.host, str(PORT), self.host, '', 'admin@example.test'])
        server_file = self.data / 'server.json'
        settings = json.loads(server_file.read_text())
        # With the default of 4 threads a server waits for itself when it delivers to its own users.
        settings.update(num_threads=24, protocol='http')
        server_file.write_text(json.dumps(settings, indent=4))

    def start(self):
        """Start the server unless it runs, and wait until it answers. It ends with this process.

        :raise PeerUnavailable: when it may not bind its port or does not come up.
        """
        if self.pid():
            return
        try:
            check_address(self.host)
        except PermissionError:
            raise PeerUnavailable(f'{NEEDS_ROOT} (port {PORT} of {self.host})') from None
        except OSError as error:
            raise PeerUnavailable(
                f'port {PORT} of {self.host} is in use: {error.strerror}') from None
        with (self.home / 'log').open('ab') as log:
            process = subprocess.Popen(
                self._command('httpd'), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True, preexec_fn=end_with_parent)
        self.pid_file.write_text(str(process.pid))
        address = f'http://{self.host}/api/v1/instance'
        if not comes_up(process, lambda: answers(address, 2), START_SECONDS):
            self.stop()
            raise PeerUnavailable(f'snac on {self.host} did not come up, see {self.home / "log"}')

    def stop(self):
        """End the server if it runs and wait until it is gone."""
        pid = self.pid()
        if pid:
            for signal_number in (signal.SIGTERM, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal_number)
                if _wait_gone(pid, STOP_SECONDS):
                    break
        self.pid_file.unlink(missing_ok=True)

    def pid(self):
        """:return: the running server's process id, or None.

        The number on file may meanwhile belong to another program: its command line decides.
        """
        try:
            pid = int(self.pid_file.read_text())
            if _state(pid) == 'Z':
                return None
            command_line = Path(f'/proc/{pid}/cmdline').read_bytes()
        except (OSError, ValueError):
            return None
        return pid if os.fsencode(self.data) in command_line.split(b'\0') else None

    def add_account(self, login, name):
        """Make an account that can use the client API; the server must be running.

        :return: the account, the same one when it was made before.
        :rtype: Account
        """
        accounts = self.accounts()
        if login not in accounts:
            said = self._snac('adduser', login, answers=[login, ''])
            password = re.search(r'password is (\S+)', said)[1]
            profile_file = self.data / 'user' / login / 'user.json'
            profile = json.loads(profile_file.read_text())
            profile_file.write_text(json.dumps({**profile, 'name': name}, indent=4))
            token = authorize(f'http://{self.host}', login, password)
            accounts[login] = Account(self.host, login, password, name, token)
            self.accounts_file.write_text(json.dumps(
                {key: dataclasses.asdict(account) for key, account in accounts.items()}, indent=2))
            self.accounts_file.chmod(0o600)
        return accounts[login]

    def follow(self, follower, followed):
        """Let an account of this server follow another one; asking twice is harmless.

        snac tells a deletion to the author's followers only, whoever was mentioned.
        """
        self._snac('follow', follower.login, f'{followed.base_url}/{followed.login}')

    def followers(self, account):
        """:return: how many follow an account of this server."""
        return len(list((self.data / 'user' / account.login / 'followers').glob('*.json')))

    def accounts(self):
        """:return: the accounts made so far, by login."""
        if not self.accounts_file.exists():
            return {}
        return {key: Account(**values)
                for key, values in json.loads(self.accounts_file.read_text()).items()}

    def _command(self, verb, *arguments):
        """The whole set of libraries comes with the program, so the machine's own do not matter."""
        loader = next(self.program.glob('usr/lib/*/ld-linux-*.so.*'))
        return [loader, '--library-path', loader.parent, self.program / 'usr/bin/snac',
                verb, self.data, *arguments]

    def _snac(self, verb, *arguments, answers=()):
        done = subprocess.run(
            self._command(verb, *arguments), input='\n'.join(answers) + '\n', text=True,
            capture_output=True, timeout=60, check=False)
        if done.returncode:
            raise PeerUnavailable(f'snac {verb} failed: {done.stderr.strip() or done.stdout}')
        return done.stdout + done.stderr


def check_address(host):
    """Try to take the server's port.

    :raise PermissionError: without the right to bind it.
    :raise OSError: when it is taken.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, PORT))


def _state(pid):
    """:return: the letter Linux gives a process: Z is one that ended and nobody asked about."""
    return Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0]


def _wait_gone(pid, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):  # a child of another process
            os.waitpid(pid, os.WNOHANG)
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
