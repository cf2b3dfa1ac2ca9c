# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The two local servers by hand: start, stop, write and read as their people."""

import argparse
import html
import re
import sys

from tools.console import say

from . import PeerUnavailable
from .federation import Federation
from .reader import client

ROLES = ('customer', 'second_customer', 'shop')
VISIBILITIES = ('public', 'unlisted', 'private', 'direct')


def parser():
    result = argparse.ArgumentParser(prog='./dev live', description=__doc__)
    commands = result.add_subparsers(dest='command', required=True, metavar='COMMAND')
    commands.add_parser('start', help='start both servers')
    commands.add_parser('stop', help='stop both servers, their data stays')
    commands.add_parser('status', help='who is there and where')

    post = commands.add_parser('post', help='write to the shop, publicly unless told otherwise')
    post.add_argument('text')
    post.add_argument('--visibility', choices=VISIBILITIES, default='public',
                      help='direct is a private message (default: public)')
    post.add_argument('--to', metavar='ID', help='answer the post of this id')
    edit = commands.add_parser('edit', help='change a post of yours')
    edit.add_argument('id')
    edit.add_argument('text')
    like = commands.add_parser('like', help='like a post')
    like.add_argument('id')
    delete = commands.add_parser('delete', help='delete a post of yours')
    delete.add_argument('id')
    read = commands.add_parser('read', help='what was written to you')
    for command in (post, edit, like, delete, read):
        command.add_argument('--as', dest='role', choices=ROLES, default='customer',
                             help='who you are (default: customer)')
    return result


def main(arguments):
    options = parser().parse_args(arguments)
    federation = Federation()
    if options.command == 'stop':
        federation.stop()
        return
    if options.command != 'start' and not federation.running():
        raise PeerUnavailable('the local servers are not running: ./dev run --live starts them')
    federation.start(detached=True)
    if options.command in ('start', 'status'):
        show_people(federation)
        return
    person = client(getattr(federation, options.role))
    if options.command == 'post':
        text = f'{federation.shop.address} {options.text}'
        post = person.status_post(text, visibility=options.visibility, in_reply_to_id=options.to)
        say(f'{post.id}  {post.uri}')
    elif options.command == 'edit':
        person.status_update(options.id, f'{federation.shop.address} {options.text}')
    elif options.command == 'like':
        person.status_favourite(options.id)
    elif options.command == 'delete':
        person.status_delete(options.id)
    else:
        show_mentions(person)


def show_people(federation):
    for role in reversed(ROLES):
        account = getattr(federation, role)
        say(f'{role.replace("_", " "):16} {account.address:18} {account.name}, '
            f'{account.base_url}/{account.login}, password {account.password}')


def show_mentions(person):
    """Newest last, as in a conversation."""
    for note in reversed(person.notifications(types=['mention'])):
        text = html.unescape(re.sub(r'<[^>]+>', '', note.status.content))
        say(f'{note.status.id}  {note.created_at:%H:%M:%S}  {note.account.acct}: {text}')


if __name__ == '__main__':
    try:
        main(sys.argv[1:])
    except PeerUnavailable as error:
        sys.exit(f'dev live: {error}')
