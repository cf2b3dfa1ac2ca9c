# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Pictures sent together are one interaction, though Telegram tells of each by itself.

Its parts come in separate updates, in any order, more than once, and some of them later. They are
named by the album; which messages it consists of stands in its ``ref``, in the order of the files.
"""
from dataclasses import replace

from odoo import api, models

from odoo.addons.social_crm_base.tools.activity import Media, Target

from . import const


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    _telegram_album_index = models.Index("(channel_id, container) WHERE family = 'album'")

    @api.model
    def _ingest(self, channel, activities, *args, **options):
        if channel.connector != "telegram":
            return super()._ingest(channel, activities, *args, **options)
        # sudo: what is stored already decides what a part is added to, whoever brings it
        albums = _Albums(self.sudo(), channel)
        activities = albums.join(activities)
        result = super()._ingest(channel, activities, *args, **options)
        albums.complete()
        return result


class _Albums:
    """:param recordset interactions: of the system, to look in"""

    def __init__(self, interactions, channel):
        self._interactions, self._channel = interactions, channel
        self._heads = {}  # name of an album to what is stored of it
        self._later = {}  # stored album to the files and numbers it has now

    def join(self, activities):
        """The same activities, each part replaced by its album, and by that name wherever one of
        its messages is spoken of.

        :rtype: list
        """
        parts = {}
        for activity in activities:
            if activity.verb == "create" and activity.family == const.ALBUM:
                number = int(activity.ref.rpartition(":")[2])
                known = parts.setdefault(_name(activity), {}).get(number)
                if not known or _version(activity) >= _version(known):
                    parts[_name(activity)][number] = activity
        self._load(parts, activities)
        whole = {name: self._joined(name, found) for name, found in parts.items()}
        names = {
            (name[0], str(number)): Target(name[1], const.ALBUM, name[0])
            for name, numbers in self._numbers(whole).items()
            for number in numbers
        }
        return [
            whole[_name(activity)]
            if activity.verb == "create" and activity.family == const.ALBUM
            else replace(
                activity,
                target=_renamed(activity.target, names),
                parent=_renamed(activity.parent, names),
            )
            for activity in activities
        ]

    def _load(self, parts, activities):
        """What is stored of these albums, and of those that replies and likes may speak of."""
        spoken_of = {
            target.container
            for activity in activities
            for target in (activity.target, activity.parent)
            if target and target.family == "post" and target.container
        }
        containers = spoken_of | {container for container, _number in parts}
        if not containers:
            return
        heads = self._interactions.search(
            [
                ("channel_id", "=", self._channel.id),
                ("family", "=", const.ALBUM),
                ("container", "in", list(containers)),
            ]
        )
        self._heads = {(head.container, head.external_id): head for head in heads}

    def _numbers(self, whole):
        found = {name: album_numbers(head.remote_ref) for name, head in self._heads.items()}
        for name, activity in whole.items():
            found[name] = sorted({*found.get(name, ()), *album_numbers(activity.ref)})
        return found

    def _joined(self, name, parts):
        """One activity for all that is known of an album."""
        head = self._heads.get(name)
        stored = zip(album_numbers(head.remote_ref), head.media or (), strict=False) if head else ()
        files = {number: _medium(medium) for number, medium in stored}
        fresh = {number: part for number, part in parts.items() if number not in files}
        files |= {number: part.media[0] for number, part in parts.items() if part.media}
        numbers = sorted(files)
        said = [parts[number] for number in sorted(parts) if parts[number].text]
        first = said[0] if said else parts[min(parts)]
        edits = [part.edited_at for part in parts.values() if part.edited_at]
        joined = replace(
            first,
            occurred_at=min(part.occurred_at for part in parts.values()),
            text=first.text or (head.body if head else "") or "",
            html=first.html or (head.body_html if head and not first.text else "") or "",
            media=tuple(files[number] for number in numbers),
            ref=head.remote_ref if head else f"album:{','.join(map(str, numbers))}",
            edited_at=max(edits) if edits else None,
        )
        if head and fresh and head.state != "deleted":
            self._later[head] = joined, numbers
        return joined

    def complete(self):
        """Add to albums that were here before what came of them now."""
        for head, (joined, numbers) in self._later.items():
            head.write(
                {
                    "media": [
                        {
                            "url": one.url,
                            "mimetype": one.mimetype,
                            "name": one.name,
                            "alt": one.alt,
                            "ref": one.external_id,
                        }
                        for one in joined.media
                    ],
                    "remote_ref": f"album:{','.join(map(str, numbers))}",
                    **({} if head.body else {"body": joined.text or False}),
                }
            )


def album_numbers(ref):
    """The messages of an album, in the order of its files.

    :rtype: list[int]
    """
    kind, _colon, numbers = (ref or "").partition(":")
    return [int(one) for one in numbers.split(",") if one.isdecimal()] if kind == "album" else []


def _name(activity):
    return activity.container, activity.external_id


def _version(activity):
    return activity.edited_at or activity.occurred_at


def _renamed(target, names):
    if target and target.family == "post":
        return names.get((target.container, target.external_id), target)
    return target


def _medium(stored):
    names = ("url", "mimetype", "name", "alt")
    return Media(
        external_id=stored.get("ref", ""), **{name: stored.get(name, "") for name in names}
    )
