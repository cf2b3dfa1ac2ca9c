# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A real AT Protocol network on loopback: the servers Bluesky itself runs, as its makers test them.

Its PostgreSQL is the project's, in a database of its own; its Redis is a process of this run.
"""

import contextlib
import dataclasses
import os
import secrets
import subprocess
from datetime import UTC, datetime
from urllib.parse import quote

import requests

from tools import cluster, database
from tools.odoo import child

from ..odoo_server import free_ports
from . import PeerUnavailable
from .program import BLUESKY_PACKAGES, bluesky_program, redis_program
from .start import comes_up

START_SECONDS = 90
# Role to handle and name; the servers keep words like "shop" for themselves.
PEOPLE = {'shop': ('exampleshop', 'Example Shop'), 'ana': ('ana', 'Ana Marković'),
          'budi': ('budi', 'Budi Santoso')}


@dataclasses.dataclass
class Person:
    """Somebody with an account; calls go out in their own name."""

    server: str
    handle: str
    did: str
    password: str = dataclasses.field(repr=False)
    app_password: str = dataclasses.field(repr=False)
    token: str = dataclasses.field(repr=False)

    def ask(self, method, **params):
        """:return: the answer to a query."""
        return self._call('GET', method, params=params)

    def do(self, method, body=None, **options):
        """:return: the answer to a procedure."""
        return self._call('POST', method, json=body, **options)

    def post(self, text, *, mentions=(), parent=None, image=None):
        """Write a post as an app does it, with offsets in bytes.

        :param mentions: people whose ``@handle`` in the text shall reach them.
        :param dict parent: the post that is answered, as this returned it.
        :param tuple image: bytes and alternative text.
        :return: ``uri``, ``cid`` and ``root`` of the post.
        :rtype: dict
        """
        record = {'$type': 'app.bsky.feed.post', 'text': text, 'createdAt': now(), 'langs': ['sr']}
        facets = []
        for person in mentions:
            first = len(text[:text.index(f'@{person.handle}')].encode())
            last = first + len(f'@{person.handle}'.encode())
            facets.append({
                'index': {'byteStart': first, 'byteEnd': last},
                'features': [{'$type': 'app.bsky.richtext.facet#mention', 'did': person.did}]})
        if facets:
            record['facets'] = facets
        if parent:
            record['reply'] = {
                'root': parent.get('root') or strong(parent), 'parent': strong(parent)}
        if image:
            content, alt = image
            blob = self.do('com.atproto.repo.uploadBlob', data=content,
                           headers={'Content-Type': 'image/png'})['blob']
            record['embed'] = {'$type': 'app.bsky.embed.images',
                               'images': [{'image': blob, 'alt': alt}]}
        made = self._create('app.bsky.feed.post', record)
        return {**made, 'root': record['reply']['root'] if parent else None}

    def like(self, post):
        """:return: the like's ``uri``."""
        return self._create('app.bsky.feed.like', {
            '$type': 'app.bsky.feed.like', 'subject': strong(post), 'createdAt': now()})['uri']

    def repost(self, post):
        """:return: the repost's ``uri``."""
        return self._create('app.bsky.feed.repost', {
            '$type': 'app.bsky.feed.repost', 'subject': strong(post), 'createdAt': now()})['uri']

    def follow(self, person):
        """:return: the follow's ``uri``."""
        return self._create('app.bsky.graph.follow', {
            '$type': 'app.bsky.graph.follow', 'subject': person.did, 'createdAt': now()})['uri']

    def delete(self, uri):
        """Delete one of one's own records."""
        _at, _empty, did, collection, rkey = uri.split('/')
        self.do('com.atproto.repo.deleteRecord',
                {'repo': did, 'collection': collection, 'rkey': rkey})

    def answers(self, post):
        """:return: the posts below a post, as this person's app shows them."""
        thread = self.ask('app.bsky.feed.getPostThread', uri=post['uri'], depth=6)['thread']
        return [answer['post'] for answer in thread.get('replies') or () if 'post' in answer]

    def notices(self, reason):
        """:return: the newest notifications for a reason."""
        found = self.ask('app.bsky.notification.listNotifications', limit=100)['notifications']
        return [notice for notice in found if notice['reason'] == reason]

    def _create(self, collection, record):
        made = self.do('com.atproto.repo.createRecord',
                       {'repo': self.did, 'collection': collection, 'record': record})
        return {'uri': made['uri'], 'cid': made['cid']}

    def _call(self, way, method, headers=None, **options):
        return call(way, self.server, method, options.pop('token', self.token),
                    headers=headers, **options)


class Network:
    """One network with its people. Use as a context: at its end nothing of it is left.

    ``shop``, ``ana`` and ``budi`` are :class:`Person`.

    :param Path home: folder for logs.
    """

    def __init__(self, home):
        self.home = home
        self.plc, self.pds, self.appview, self.ozone, self.redis = free_ports(5)
        self.address = f'http://localhost:{self.pds}'
        self.database = f'atproto_{secrets.token_hex(4)}'
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        program, redis = bluesky_program(), redis_program()
        with self._stack as stack:
            database.query(f'CREATE DATABASE {self.database}')
            stack.callback(database.drop, self.database)
            self._start_redis(redis)
            self._start_network(program)
            for role, (name, title) in PEOPLE.items():
                setattr(self, role, self._person(name, title))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception):
        return self._stack.__exit__(*exception)

    def _start_redis(self, program):
        loader = next(program.glob('usr/lib/*/ld-linux-*.so.*'))
        # one program with several names: it does what it is called
        self._start('redis', [
            loader, '--library-path', loader.parent, '--argv0', 'redis-server',
            program / 'usr/bin/redis-check-rdb', '--port', self.redis, '--bind', '127.0.0.1',
            '--save', '', '--appendonly', 'no', '--dir', self.home], 'Ready to accept connections')

    def _start_network(self, program):
        server = cluster.server()
        url = f'postgresql://{server.user}@/{self.database}?host={quote(server.host, safe="")}'
        if not server.host.startswith('/'):
            url = f'postgresql://{server.user}@{server.host}:{server.port}/{self.database}'
        self._start('network', ['node', BLUESKY_PACKAGES.with_name('network.cjs')], 'READY', env={
            **os.environ, 'NODE_PATH': str(program / 'node_modules'), 'LOG_ENABLED': 'false',
            'TMPDIR': str(self.home),  # where its accounts live
            'NETWORK_PORTS': f'{self.plc},{self.pds},{self.appview},{self.ozone}',
            'DB_POSTGRES_URL': url, 'DB_POSTGRES_SCHEMA': 'dev',
            'REDIS_HOST': f'127.0.0.1:{self.redis}'})

    def _start(self, name, command, word, **options):
        """Start a process and wait until it says that it is up."""
        log_path = self.home / f'{name}.log'
        log = self._stack.enter_context(log_path.open('wb'))
        process = self._stack.enter_context(child(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.home, **options))
        if not comes_up(process, lambda: word in log_path.read_text(), START_SECONDS):
            raise PeerUnavailable(f'{name} did not come up: {log_path.read_text()[-500:]}')

    def _person(self, name, title):
        handle, password = f'{name}.test', secrets.token_urlsafe(12)
        made = call('POST', self.address, 'com.atproto.server.createAccount', json={
            'handle': handle, 'email': f'{name}@example.test', 'password': password})
        app = call('POST', self.address, 'com.atproto.server.createAppPassword',
                   made['accessJwt'], json={'name': 'Social CRM'})
        person = Person(self.address, handle, made['did'], password, app['password'],
                        made['accessJwt'])
        person.do('com.atproto.repo.putRecord', {
            'repo': person.did, 'collection': 'app.bsky.actor.profile', 'rkey': 'self',
            'record': {'$type': 'app.bsky.actor.profile', 'displayName': title}})
        return person


def connect(session, person, *, base_url=None):
    """Connect an account through the wizard, as an administrator would do it.

    :param Session session: of a manager.
    :param str base_url: the server's address as Odoo shall know it.
    :return: the channel's id.
    :rtype: int
    """
    platform = session('social.crm.platform', 'search', [('code', '=', 'bluesky')])[0]
    wizard = session('social.crm.connect', 'create', {'platform_id': platform})
    session('social.crm.connect', 'action_continue', [wizard])
    # as it is copied from the app: with signs nobody sees
    typed = {'identifier': f'\u202a@{person.handle}\u202c', 'password': person.app_password,
             'server_url': base_url or person.server}
    for line in session.read('social.crm.connect.secret', [('connect_id', '=', wizard)], 'kind'):
        session('social.crm.connect.secret', 'write', [line['id']], {'value': typed[line['kind']]})
    return session('social.crm.connect', 'action_credentials', [wizard])['res_id']


def call(way, server, method, token=None, headers=None, **options):
    """One call of the protocol.

    :return: the answer's JSON, {} if it is empty.
    """
    headers = {**(headers or {}), **({'Authorization': f'Bearer {token}'} if token else {})}
    answer = requests.request(way, f'{server}/xrpc/{method}', headers=headers, timeout=30,
                              **options)
    assert answer.ok, f'{method}: {answer.status_code} {answer.text[:500]}'
    return answer.json() if answer.content else {}


def strong(post):
    """:return: what names a post and its version."""
    return {'uri': post['uri'], 'cid': post['cid']}


def now():
    """:return: this moment as records have it."""
    return datetime.now(UTC).isoformat(timespec='milliseconds').replace('+00:00', 'Z')
