# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""./dev live: write and read as the people on the two servers of ./dev run --live."""

import argparse
import html
import re

from mastodon import MastodonAPIError

from tools.console import Fail, say

from .federation import Federation
from .reader import client

ROLES = ('customer', 'second_customer', 'shop')
VISIBILITIES = ('public', 'unlisted', 'private', 'direct')


def parser():
    result = argparse.ArgumentParser(prog='./dev live', description=__doc__.partition(': ')[2])
    commands = result.add_subparsers(dest='command', required=True, metavar='COMMAND')
    commands.add_parser('who', help='who is there and where')

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
    if not federation.running():
        raise Fail('the two local servers are not running: start them with ./dev run --live')
    federation.start()
    if options.command == 'who':
        show_people(federation)
        return
    try:
        do(options, federation, client(getattr(federation, options.role)))
    except MastodonAPIError as error:
        raise Fail(f'the server refused: {error.args[1]} {error.args[-1]} '
                   'Ids are the first word of what post and read print') from error


def do(options, federation, person):
    """Carry out one command as a person."""
    if options.command == 'post':
        text = f'{federation.shop.address} {options.text}'
        post = person.status_post(text, visibility=options.visibility, in_reply_to_id=options.to)
        say(f'{post.id}  {post.uri}')
    elif options.command == 'edit':
        post = person.status_update(options.id, f'{federation.shop.address} {options.text}')
        say(f'{post.id}  edited')
    elif options.command == 'like':
        person.status_favourite(options.id)
        say(f'{options.id}  liked')
    elif options.command == 'delete':
        person.status_delete(options.id)
        say(f'{options.id}  deleted')
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
        text = html.unescape(re.sub(r'<[^>]+>', ' ', note.status.content))
        text = ' '.join(text.split())
        say(f'{note.status.id}  {note.created_at:%H:%M:%S}  {note.account.acct}: {text}')

