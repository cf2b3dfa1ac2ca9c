# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Recorded stories, and the requests by which a network would tell of them. Pure functions.

A story (``stories/<code>.json``) has people and events; an event has ``at`` (minutes since the
story began), ``item`` (as the signed webhook takes it, with people by their key and times in
minutes), and where it matters ``account`` (which of our accounts, the played one by default) and
``deliver`` (told only then).

Networks tell things twice, late, in the wrong order and several at once, and strangers forge. The
plan of a story does all that, the same at every playing with the same seed.
"""
import json
import random
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

STORIES = Path(__file__).parent / "stories"
# How often a network does it, of all deliveries.
FAULT_RATES = {
    "duplicate": 0.15,  # the same request once more
    "retold": 0.10,  # the same item in a new request
    "batch": 0.20,  # together with the next one
    "late": 0.10,  # behind the two that follow
    "forged": 0.10,  # besides, one that nobody with our secret has signed
    "stale": 0.05,  # besides, one that was signed an hour ago
}
FORGED_WORDS = "FORGED"
TIMES = ("time", "edited_at", "expires_at", "read_up_to")
IDS = ("id", "parent", "root", "target", "thread", "client_key")


@dataclass(frozen=True)
class Delivery:
    """One request of the pretended network.

    :param float minute: when, since the story began
    :param str webhook_id: the same at a redelivery
    :param tuple items: (account, item) with people and times filled in
    :param str fault: forged or stale: must be refused; empty: good
    """

    minute: float
    webhook_id: str
    items: tuple
    fault: str = ""

    @property
    def body(self):
        items = [{"account": account, **item} for account, item in self.items]
        return json.dumps({"items": items}, ensure_ascii=False, sort_keys=True)


@lru_cache
def load(code):
    """A story as it is recorded.

    :rtype: dict
    """
    return json.loads((STORIES / f"{code}.json").read_text(encoding="utf-8"))


def codes():
    """All stories, by title.

    :rtype: list[str]
    """
    return sorted((path.stem for path in STORIES.glob("*.json")), key=lambda c: load(c)["title"])


def minutes(story):
    """How long a story lasts.

    :rtype: float
    """
    return max(max(event["at"], event.get("deliver", 0)) for event in story["events"])


def told(story, run, began, accounts, pace=1.0):
    """The story's items as this playing tells them.

    :param str run: makes the ids of this playing its own
    :param datetime began: naive UTC
    :param float pace: minutes of this playing for a minute of the story
    :param dict accounts: the story's names of our accounts to channels' account ids
    :return: (minute of delivery, account id, item), in the order of happening
    :rtype: list[tuple]
    """
    items = []
    for event in story["events"]:
        item = _timed({**event["item"], "time": event["at"]}, began, pace)
        for key in IDS:
            if key in item:
                item[key] = f"{run}-{item[key]}"
        if "shared_url" in item:
            item["shared_url"] = f"{item['shared_url']}?{run}"
        for key in ("author", "counterpart"):
            if key in item:
                item[key] = _person(story, item[key], accounts)
        account = accounts[event.get("account", "")]
        items.append((event.get("deliver", event["at"]) * pace, account, item))
    return items


def plan(items, run, seed, faults=True):
    """The requests by which the network tells of these items.

    :param list items: of :func:`told`
    :param int seed: the same seed, the same faults
    :param bool faults: False: each item once, in order
    :rtype: list[Delivery]
    """
    dice = random.Random(seed)
    ordered = sorted(items, key=lambda found: found[0])
    deliveries = []
    for number, (minute, account, item) in enumerate(ordered):
        webhook_id = f"{run}-{number}"
        deliveries.append(Delivery(minute, webhook_id, ((account, item),)))
    if not faults:
        return deliveries
    deliveries = _batched(deliveries, dice)
    planned = []
    for place, delivery in enumerate(deliveries):
        minute = delivery.minute
        if _happens(dice, "late"):
            minute = deliveries[min(place + 2, len(deliveries) - 1)].minute + 0.01
        good = Delivery(minute, delivery.webhook_id, delivery.items)
        planned.append(good)
        if _happens(dice, "duplicate"):
            planned.append(Delivery(minute + 0.1, good.webhook_id, good.items))
        if _happens(dice, "retold"):
            planned.append(Delivery(minute + 0.2, f"{good.webhook_id}-again", good.items))
        for fault in ("forged", "stale"):
            if _happens(dice, fault):
                planned.append(_bad(good, fault))
    return sorted(planned, key=lambda delivery: delivery.minute)


def _timed(item, began, pace):
    for key in TIMES:
        if isinstance(item.get(key), int | float):
            moment = began + timedelta(minutes=item[key] * pace)
            item[key] = moment.replace(microsecond=0).isoformat() + "Z"
    return item


def _person(story, named, accounts):
    """A person by key, ours by ``@account``, with changes by ``ref``."""
    if isinstance(named, dict):
        return {**story["people"][named["ref"]], **{k: v for k, v in named.items() if k != "ref"}}
    if named.startswith("@"):
        return {"id": accounts[named[1:]]}
    return story["people"][named]


def _happens(dice, fault):
    return dice.random() < FAULT_RATES[fault]


def _batched(deliveries, dice):
    found = []
    for delivery in deliveries:
        if found and len(found[-1].items) == 1 and _happens(dice, "batch"):
            joined = found.pop()
            items = joined.items + delivery.items
            delivery = Delivery(delivery.minute, joined.webhook_id, items)
        found.append(delivery)
    return found


def _bad(good, fault):
    items = tuple(
        (account, {**item, "id": f"{item.get('id', 'x')}-{fault}", "text": FORGED_WORDS})
        for account, item in good.items
    )
    return Delivery(good.minute + 0.3, f"{good.webhook_id}-{fault}", items, fault)
