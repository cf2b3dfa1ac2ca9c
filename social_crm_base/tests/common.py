# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime, timedelta

from odoo.tests import TransactionCase, new_test_user

from ..tools.activity import Activity, Actor, Target

START = datetime(2026, 3, 2, 9, 0, 0)


def know(identities, partner):
    """The accounts are the contact's, as if a colleague had said so."""
    for identity in identities.sudo():
        link = identity.link_ids.create({"identity_id": identity.id, "partner_id": partner.id})
        link.action_confirm()


def at(minutes):
    """A moment so many minutes after the tests' beginning."""
    return START + timedelta(minutes=minutes)


def handle(name):
    """A name as it is written on the test network."""
    return f"{name}@example.social"


def person(who, /, **facts):
    """An account on the test network."""
    known = {"external_id": f"id-{who}", "handle": handle(who), "name": who.title()}
    return Actor(**{**known, **facts})


def post(external_id, minutes=0, **facts):
    """A post of our own."""
    return Activity(
        "create",
        at(minutes),
        kind="post",
        external_id=external_id,
        direction="out",
        text=facts.pop("text", f"Our post {external_id}"),
        **facts,
    )


def comment(external_id, who, parent=None, minutes=1, **facts):
    """Somebody's public comment."""
    return Activity(
        "create",
        at(minutes),
        kind=facts.pop("kind", "comment"),
        external_id=external_id,
        actor=who,
        parent=Target(parent) if parent else None,
        text=facts.pop("text", f"Comment {external_id}"),
        **facts,
    )


def answer(external_id, parent, minutes=2, **facts):
    """Our public answer."""
    return Activity(
        "create",
        at(minutes),
        kind="reply",
        external_id=external_id,
        direction="out",
        parent=Target(parent),
        text=facts.pop("text", f"Answer {external_id}"),
        **facts,
    )


def message(external_id, who, minutes=1, **facts):
    """A private message to us, or ours to them with ``direction="out"``."""
    direction = facts.pop("direction", "in")
    return Activity(
        "create",
        at(minutes),
        kind="message",
        external_id=external_id,
        direction=direction,
        actor=who if direction == "in" else None,
        counterpart=who,
        visibility="direct",
        text=facts.pop("text", f"Message {external_id}"),
        **facts,
    )


class SocialCrmCommon(TransactionCase):
    """A shop with one channel on Mastodon and people in the real roles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.platform = cls.env.ref("social_crm_base.platform_mastodon")
        cls.channel = cls.env["social.crm.channel"].create(
            {
                "name": "Shop",
                "platform_id": cls.platform.id,
                "external_id": "shop-id",
                "handle": "shop@example.social",
            }
        )
        cls.interactions = cls.env["social.crm.interaction"]
        cls.viewer = cls._user("viewer")
        cls.agent = cls._user("agent")
        cls.leader = cls._user("team_leader")
        cls.manager = cls._user("manager")
        cls.clerk = cls._user("privacy_clerk")
        cls.officer = cls._user("privacy_officer")

    @classmethod
    def _user(cls, role, **values):
        login = values.pop("login", f"social_{role}")
        return new_test_user(cls.env, login, groups=f"social_crm_base.group_{role}", **values)

    @classmethod
    def ingest(cls, *activities, channel=None, **options):
        """Through the one way in."""
        return cls.interactions._ingest(channel or cls.channel, list(activities), **options)

    @classmethod
    def said(cls, external_id, channel=None):
        """The interaction of that id."""
        return cls.interactions.search(
            [("external_id", "=", external_id), ("channel_id", "=", (channel or cls.channel).id)]
        )
