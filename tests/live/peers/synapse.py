# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Synapse: the homeserver most of Matrix runs on, with people who talk to the shop.

On SQLite and loopback, without federation. Its virtual environment is made once; each server has a
folder of its own and is a fresh world.
"""

import dataclasses
import hashlib
import hmac
import itertools
import json
import secrets
import socket
import subprocess
import sys
from urllib.parse import quote

import requests

from tools.console import Fail
from tools.odoo import end_with_parent
from tools.steps import lock, make_folder

from . import PeerUnavailable
from .program import CACHE
from .start import answers, comes_up

VERSION = '1.163.2'
SERVER_NAME = 'peers.test'
SECONDS = 30
START_SECONDS = 40
STOP_SECONDS = 20
UNLIMITED = {'per_second': 1000, 'burst_count': 1000}


def synapse_program():
    """Install Synapse once.

    :return: the Python it is installed for.
    :rtype: Path
    :raise PeerUnavailable: when the package cannot be had.
    """
    target = CACHE / 'synapse'
    try:
        with lock('peers', wait=True):
            make_folder('install Synapse', target, f'{VERSION} {sys.version}', _install)
    except (Fail, subprocess.CalledProcessError) as error:
        raise PeerUnavailable(f'Synapse cannot be installed: {error}') from error
    return target / 'bin/python'


def _install(prefix):
    subprocess.run([sys.executable, '-m', 'venv', prefix], check=True)
    done = subprocess.run(
        [prefix / 'bin/python', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check',
         f'matrix-synapse=={VERSION}'],
        text=True, capture_output=True, timeout=600, check=False)
    if done.returncode:
        raise Fail(done.stderr.strip()[-500:])


class Synapse:
    """One homeserver. Use as a context; it ends with this process, whatever happens.

    :param Path home: folder of its data.
    """

    def __init__(self, home):
        self.home = home
        self.python = synapse_program()
        with socket.create_server(('127.0.0.1', 0)) as probe:
            self.port = probe.getsockname()[1]
        self.url = f'http://127.0.0.1:{self.port}'
        self.secret = secrets.token_hex(16)
        self.services = []
        self._process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exception):
        self.stop()

    def add_service(self, registration):
        """Register an application service as an administrator does: save the file, restart.

        :param str registration: the file's text.
        """
        path = self.home / f'service{len(self.services)}.yaml'
        path.write_text(registration)
        self.services.append(str(path))
        self.stop()
        self.start()

    def start(self):
        """Start the server and wait until it answers.

        :raise PeerUnavailable: when it does not come up.
        """
        config = self.home / 'homeserver.yaml'
        config.write_text(json.dumps(self._settings()))  # JSON is YAML, too
        command = [self.python, '-m', 'synapse.app.homeserver', '--config-path', config]
        if not (self.home / 'signing.key').exists():
            subprocess.run([*command, '--generate-keys'], check=True, timeout=SECONDS,
                           capture_output=True, cwd=self.home)
        with (self.home / 'log').open('ab') as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.home,
                preexec_fn=end_with_parent)
        address = f'{self.url}/_matrix/client/versions'
        if not comes_up(self._process, lambda: answers(address, 2), START_SECONDS):
            self.stop()
            raise PeerUnavailable(f'Synapse did not come up, see {self.home / "log"}')

    def stop(self):
        """End the server and wait until it is gone."""
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(STOP_SECONDS)
        self._process = None

    def add_person(self, login, name):
        """Make an account, and log it in.

        :rtype: Person
        """
        address = f'{self.url}/_synapse/admin/v1/register'
        nonce = requests.get(address, timeout=SECONDS).json()['nonce']
        password = f'{login}-password'
        parts = '\0'.join((nonce, login, password, 'notadmin'))
        mac = hmac.new(self.secret.encode(), parts.encode(), hashlib.sha1).hexdigest()
        answer = requests.post(address, timeout=SECONDS, json={
            'nonce': nonce, 'username': login, 'password': password, 'admin': False, 'mac': mac,
            'displayname': name})
        answer.raise_for_status()
        made = answer.json()
        return Person(self.url, made['user_id'], login, password, made['access_token'])

    def _settings(self):
        limits = ('rc_message', 'rc_registration', 'rc_joins_per_room', 'rc_admin_redaction')
        return {
            'server_name': SERVER_NAME,
            'public_baseurl': self.url,
            'pid_file': str(self.home / 'pid'),
            'listeners': [{'port': self.port, 'type': 'http', 'bind_addresses': ['127.0.0.1'],
                           'resources': [{'names': ['client']}]}],
            'database': {'name': 'sqlite3', 'args': {'database': str(self.home / 'synapse.db')}},
            'media_store_path': str(self.home / 'media'),
            'signing_key_path': str(self.home / 'signing.key'),
            'registration_shared_secret': self.secret,
            'macaroon_secret_key': self.secret,
            'form_secret': self.secret,
            'report_stats': False,
            'trusted_key_servers': [],
            'suppress_key_server_warning': True,
            'federation_domain_whitelist': [],
            'presence': {'enabled': False},
            'bcrypt_rounds': 4,
            'app_service_config_files': self.services,
            'ip_range_whitelist': ['127.0.0.1'],
            **dict.fromkeys(limits, UNLIMITED),
            'rc_login': dict.fromkeys(('address', 'account', 'failed_attempts'), UNLIMITED),
            'rc_joins': dict.fromkeys(('local', 'remote'), UNLIMITED),
            'rc_invites': dict.fromkeys(('per_room', 'per_user', 'per_issuer'), UNLIMITED),
        }


@dataclasses.dataclass
class Person:
    """Somebody with a Matrix program of their own."""

    url: str
    user_id: str
    login: str
    password: str
    token: str
    _numbers: itertools.count = dataclasses.field(default_factory=itertools.count, repr=False)

    def call(self, method, *path, body=None, version='v3', **params):
        """:return: what the server answered.

        :raise requests.HTTPError: with its answer.
        """
        address = '/'.join((self.url, '_matrix/client', version,
                            *(quote(part, safe='') for part in path)))
        answer = requests.request(
            method, address, json=body, params=params, timeout=SECONDS,
            headers={'Authorization': f'Bearer {self.token}'})
        if not answer.ok:
            raise requests.HTTPError(f'{method} {address}: {answer.text}', response=answer)
        return answer.json()

    def make_room(self, *invited, direct=False, encrypted=False, **options):
        """:return: the room's id.

        :rtype: str
        """
        state = [{'type': 'm.room.encryption', 'state_key': '',
                  'content': {'algorithm': 'm.megolm.v1.aes-sha2'}}] if encrypted else []
        preset = 'trusted_private_chat' if direct else 'private_chat'
        return self.call('POST', 'createRoom', body={
            'preset': preset, 'is_direct': direct, 'invite': list(invited),
            'initial_state': state, **options})['room_id']

    def send(self, room, content, kind='m.room.message'):
        """:return: the event's id; words may be given as they are.

        :rtype: str
        """
        if isinstance(content, str):
            content = {'msgtype': 'm.text', 'body': content}
        txn = f'{self.login}{next(self._numbers)}'
        return self.call('PUT', 'rooms', room, 'send', kind, txn, body=content)['event_id']

    def redact(self, room, event_id):
        return self.call('PUT', 'rooms', room, 'redact', event_id,
                         f'{self.login}{next(self._numbers)}', body={})

    def upload(self, content, name, mimetype):
        """:return: the file's address."""
        answer = requests.post(
            f'{self.url}/_matrix/media/v3/upload', data=content, params={'filename': name},
            timeout=SECONDS,
            headers={'Authorization': f'Bearer {self.token}', 'Content-Type': mimetype})
        answer.raise_for_status()
        return answer.json()['content_uri']

    def event(self, room, event_id):
        return self.call('GET', 'rooms', room, 'event', event_id)

    def timeline(self, room):
        """:return: the newest events, newest first."""
        return self.call('GET', 'rooms', room, 'messages', dir='b', limit=50)['chunk']

    def members(self, room):
        return set(self.call('GET', 'rooms', room, 'joined_members')['joined'])

    def related(self, room, event_id):
        """:return: what others attached to an event."""
        return self.call('GET', 'rooms', room, 'relations', event_id, version='v1')['chunk']
