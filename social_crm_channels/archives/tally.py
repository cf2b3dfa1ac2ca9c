# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What an archive holds, counted while it is read: memory grows with its people and talks only."""
from datetime import datetime

from .said import LeftOut, Said

# A talk of two is told from a group by the third name.
MEMBERS = 5


class PartTally:
    """One part: how much of what, from when to when, and who speaks in it."""

    __slots__ = ("count", "first", "has_own", "known", "last", "members", "part")

    def __init__(self, part):
        self.part = part
        self.count = self.known = 0
        self.first, self.last = datetime.max, datetime.min
        self.members = {}
        self.has_own = False


class PersonTally:
    """One author other than the archive's own account."""

    __slots__ = ("author", "count", "is_own")

    def __init__(self, author):
        self.author, self.count, self.is_own = author, 0, author.is_own


class Tally:
    """The counts of one archive."""

    def __init__(self):
        self.parts, self.people = {}, {}
        self.total = self.left_out = self.unread = 0

    def add(self, item, known=False):
        """Count one item.

        :param item: what a reader yields
        :param bool known: whether it is stored already
        """
        self.total += 1
        if isinstance(item, LeftOut):
            self.left_out += 1
        elif isinstance(item, Said):
            self._said(item, known)
        else:
            self.unread += 1

    def _said(self, said, known):
        part = self.parts.get(said.part.key)
        if part is None:
            part = self.parts[said.part.key] = PartTally(said.part)
        part.count += 1
        part.known += known
        part.first, part.last = min(part.first, said.at), max(part.last, said.at)
        if said.author is None or said.author.is_own:
            part.has_own = True
        if said.author:
            self._person(said.author).count += 1
        if said.part.sort != "messages":
            return
        for author in (said.author, *said.others):
            if author and len(part.members) < MEMBERS:
                part.members[author.key] = None
                self._person(author)

    def _person(self, author):
        person = self.people.get(author.key)
        if person is None:
            person = self.people[author.key] = PersonTally(author)
        person.is_own |= author.is_own
        return person

    def count(self, sort):
        """How many items of a sort there are."""
        return sum(part.count for part in self.parts.values() if part.part.sort == sort)

    def guess_own(self, names):
        """Mark who is probably us: our own names, or who speaks with the one a chat is named for.

        :param set names: names of ours
        """
        if any(person.is_own for person in self.people.values()):
            return
        wanted = {name.casefold() for name in names if name}
        found = {
            person.author.name
            for person in self.people.values()
            if person.author.name.casefold() in wanted
        }
        for part in self.parts.values():
            members = [self.people[key].author.name for key in part.members]
            if len(members) == 2 and part.part.title in members and not part.has_own:
                found.update(name for name in members if name != part.part.title)
        for person in self.people.values():
            person.is_own |= bool(person.author.name) and person.author.name in found
