# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""An activity as plain values, to put it aside and take it in later."""

from dataclasses import asdict, fields
from datetime import datetime

from odoo.addons.social_crm_base.tools.activity import Activity, Actor, Media, Target

TIMES = ("occurred_at", "read_up_to", "notified_at", "edited_at", "expires_at")
ACTORS = ("actor", "counterpart")
TARGETS = ("parent", "root", "target")


def dump(activity):
    """What is said in an activity, as JSON knows it.

    :rtype: dict
    """
    plain = {item.name: getattr(activity, item.name) for item in fields(activity)}
    for name in TIMES:
        plain[name] = plain[name] and plain[name].isoformat()
    for name in (*ACTORS, *TARGETS):
        plain[name] = plain[name] and asdict(plain[name])
    for name in ("mentions", "participants", "media"):
        plain[name] = [asdict(item) for item in plain[name]]
    plain["counters"] = dict(plain["counters"])
    return {name: value for name, value in plain.items() if value not in (None, "", [], {}, False)}


def load(plain):
    """The activity as it was before :func:`dump`.

    :rtype: Activity
    """
    plain = dict(plain)
    for name in TIMES:
        if plain.get(name):
            plain[name] = datetime.fromisoformat(plain[name])
    for name in ACTORS:
        if plain.get(name):
            plain[name] = _actor(plain[name])
    for name in TARGETS:
        if plain.get(name):
            plain[name] = Target(**plain[name])
    for name in ("mentions", "participants"):
        plain[name] = tuple(map(_actor, plain.get(name, ())))
    plain["media"] = tuple(Media(**item) for item in plain.get("media", ()))
    return Activity(**plain)


def _actor(plain):
    return Actor(**{**plain, "former_ids": tuple(plain.get("former_ids", ()))})
