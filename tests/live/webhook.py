# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Another company's system that tells Odoo by signed webhooks (Standard Webhooks 1.0) what is new.

It signs with code of its own, so a mistake in ours does not cancel itself out.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
import uuid
from datetime import UTC, datetime, timedelta

import requests

# Recent, as salespeople are told of news only, and the same for every story of a run
STORY_BEGINS = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)


class Sender:
    """A channel of the generic webhook connector, and the other side of it.

    :param OdooServer server: a running server.
    :param str account: what the other side calls the account.
    :param str callback: where Odoo sends answers, if anywhere.
    """

    def __init__(self, server, account='default', callback=None):
        self.account = account
        self.key = secrets.token_bytes(32)
        manager = server.user()
        platform = manager('social.crm.platform', 'search', [('code', '=', 'other')])[0]
        wizard = manager('social.crm.connect', 'create', {
            'platform_id': platform, 'connector': 'webhook'})
        manager('social.crm.connect', 'action_continue', [wizard])
        typed = {'webhook_secret': 'whsec_' + base64.b64encode(self.key).decode(),
                 'account': account, **({'callback_url': callback} if callback else {})}
        for line in manager.read('social.crm.connect.secret', [('connect_id', '=', wizard)],
                                 'kind'):
            if line['kind'] in typed:
                manager('social.crm.connect.secret', 'write', [line['id']],
                        {'value': typed[line['kind']]})
        manager('social.crm.connect', 'action_credentials', [wizard])
        [channel] = manager.read('social.crm.channel', [
            ('connector', '=', 'webhook'), ('external_id', '=', account)], 'webhook_url')
        self.channel_id = channel['id']
        path = channel['webhook_url'].partition('//')[2].partition('/')[2]
        self.address = f'{server.url}/{path}'

    def send(self, items, *, webhook_id=None):
        """Tell about items; the same id twice is the same request again.

        :return: the id it was sent with.
        """
        webhook_id = webhook_id or str(uuid.uuid4())
        body = json.dumps({'account': self.account, 'items': items}, ensure_ascii=False).encode()
        stamp = str(int(time.time()))
        signed = b'.'.join((webhook_id.encode(), stamp.encode(), body))
        signature = base64.b64encode(hmac.digest(self.key, signed, hashlib.sha256)).decode()
        answer = requests.post(self.address, data=body, timeout=60, headers={
            'Content-Type': 'application/json', 'webhook-id': webhook_id,
            'webhook-timestamp': stamp, 'webhook-signature': f'v1,{signature}'})
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return webhook_id


def story(number, *, customer_email=None):
    """Everything that can happen to an item, told about one customer in the order it happened.

    It leaves four rows: a message, an edited comment with a like on it, and a deleted comment.
    """
    customer = {'id': f'u{number}', 'handle': f'ana.{number}', 'name': f'Ana Marković {number}'}
    if customer_email:
        customer['verified_email'] = customer_email
    friend = {'id': f'v{number}', 'handle': f'budi.{number}', 'name': f'Budi Santoso {number}'}
    comment = {'kind': 'comment', 'parent': 'p1', 'root': 'p1', 'author': customer}

    def at(second):
        return (STORY_BEGINS + timedelta(seconds=10 * number + second)).isoformat()
    return [
        {'id': f'm{number}', 'kind': 'message', 'visibility': 'direct', 'time': at(1),
         'thread': f't{number}', 'author': customer, 'text': f'Где је поруџбина {number}? 📦'},
        {'id': f'c{number}', 'time': at(2), 'text': f'Is number {number} in stok?', **comment},
        {'verb': 'react', 'target': f'c{number}', 'reaction': '👍', 'time': at(3),
         'author': friend},
        {'verb': 'edit', 'id': f'c{number}', 'time': at(2), 'edited_at': at(4),
         'text': f'Is number {number} in stock?', **comment},
        {'id': f'd{number}', 'time': at(5), 'text': f'Forget number {number}', **comment},
        {'verb': 'delete', 'target': f'd{number}', 'time': at(6)},
    ]


STORY_ROWS = 4
