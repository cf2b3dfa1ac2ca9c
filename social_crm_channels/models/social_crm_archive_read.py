# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import base64
import csv
import io
from contextlib import contextmanager
from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import split_every

from ..archives import READERS
from ..archives.package import Package
from ..archives.plan import item_id, pseudonym
from ..archives.said import Options, Said, Unread, WrongArchive
from ..archives.tally import Tally

READ_BATCH = 1000
# What is smaller is read while the user waits; a zip of this size takes a few seconds.
AT_ONCE_BYTES = 4 << 20
# So many unreadable lines without a readable one are another kind of file.
HOPELESS = 5000
# How long the file of an import nobody began is kept.
KEEP_FILE_DAYS = 7


class SocialCrmArchive(models.Model):
    """Looking inside: what is there, since when, from whom, and what cannot be read."""

    _inherit = "social.crm.archive"

    def _start_reading(self):
        self.attachment_ids.check_access("read")
        self.failure = False
        if sum(self.attachment_ids.mapped("file_size")) > AT_ONCE_BYTES:
            self.state = "reading"
            self._wake("_cron_work")
            return
        try:
            self._read()
        except WrongArchive as error:
            raise UserError(self._wrong_words(error)) from error

    def _read(self):
        """Go through the whole archive once, count it and list what cannot be read.

        :raise WrongArchive: where it is none of this network
        """
        self._forget_contents()
        reader, tally, question = READERS[self.format], Tally(), ""
        for package in self._packages():
            reader.check(package)
            question = question or reader.open_question(package, self._options())
        for chunk in split_every(READ_BATCH, self._items()):
            chunk = [self._in_time(item) for item in chunk]
            known = self._known_ids([item for item in chunk if isinstance(item, Said)])
            for item in chunk:
                tally.add(item, isinstance(item, Said) and self._item_key(item) in known)
            self._note_problems([item for item in chunk if isinstance(item, Unread)])
            if tally.unread > HOPELESS and not tally.parts:
                raise WrongArchive("format", self.attachment_ids[:1].name)
        if not tally.parts and not tally.left_out:
            raise WrongArchive("format", ", ".join(self.attachment_ids.mapped("name")))
        self._show(tally)
        self.write({"state": "ready", "date_order_open": bool(question), "position": 0})

    def _options(self):
        return Options(ZoneInfo(self.tz or "UTC"), self.date_order or "")

    def _items(self):
        """Everything in all files, in the same order each time."""
        for package in self._packages():
            yield from package.unsafe
            yield from READERS[self.format].walk(package, self._options())

    def _packages(self):
        """The files, each open while it is looked at."""
        for attachment in self.attachment_ids.sorted("id"):
            with self._opened(attachment) as file, Package(file, attachment.name) as package:
                yield package

    @contextmanager
    def _opened(self, attachment):
        """A file as a stream: from the filestore without reading it into memory."""
        # sudo: read access was checked when reading began; the stored name is the system's
        attachment_sudo = attachment.sudo()
        if attachment_sudo.store_fname:
            with open(attachment_sudo._full_path(attachment_sudo.store_fname), "rb") as file:
                yield file
        else:
            yield io.BytesIO(attachment_sudo.raw or b"")

    def _in_time(self, item):
        """What cannot have been said then is no item but a problem."""
        if not isinstance(item, Said):
            return item
        if item.at > fields.Datetime.now() + timedelta(days=1):
            return Unread(item.file, item.line, "future", str(item.at))
        if self.platform_id._is_retired(item.at.date()):
            return Unread(item.file, item.line, "closed", str(item.at))
        return item

    def _item_key(self, said):
        return self.env["social.crm.interaction"]._dedup_key(
            said.family, "", item_id(self.format, said)
        )

    def _known_ids(self, said):
        """Those of these items' keys that are stored already.

        :rtype: set
        """
        found = self.env["social.crm.interaction"]._search(
            [
                ("channel_id", "=", self.channel_id.id),
                ("dedup_key", "in", [self._item_key(item) for item in said]),
            ]
        )
        rows = self.env.execute_query(found.select("dedup_key"))
        return {key for (key,) in rows}

    @api.model
    def _pseudonym(self, key):
        return pseudonym(self.format, key, self.env._("Person")).name

    def _forget_contents(self):
        """Begin anew."""
        self.part_ids.unlink()
        self.person_ids.unlink()
        self.problem_ids.unlink()

    def _note_problems(self, unread):
        if unread:
            self.env["social.crm.archive.problem"].create(
                [
                    {
                        "archive_id": self.id,
                        "file": item.file,
                        "line": item.line,
                        "reason": item.reason,
                        "detail": item.detail.replace("\x00", ""),
                    }
                    for item in unread
                ]
            )

    def _show(self, tally):
        """Store what was counted, for the preview."""
        tally.guess_own(
            {self.channel_id.name, self.channel_id.handle, self.company_id.name}
        )
        parts = [
            {
                "archive_id": self.id,
                "sort": part.part.sort,
                "name": part.part.title,
                "key": part.part.key,
                "members": list(part.members),
                "has_own": part.has_own,
                "count": part.count,
                "known_count": part.known,
                "first_date": part.first,
                "last_date": part.last,
                "is_chosen": part.known < part.count,
            }
            for part in tally.parts.values()
        ]
        self.env["social.crm.archive.part"].create(parts)
        linked = self._find_linked([person.author for person in tally.people.values()])
        self.env["social.crm.archive.person"].create(
            [
                {
                    "archive_id": self.id,
                    "name": person.author.name or person.author.handle
                    or person.author.external_id,
                    "key": key,
                    "handle": person.author.handle,
                    "external_id": person.author.external_id,
                    "count": person.count,
                    "is_own": person.is_own,
                    "identity_id": False if person.is_own else linked.get(key, False),
                }
                for key, person in tally.people.items()
            ]
        )
        dates = [date for part in tally.parts.values() for date in (part.first, part.last)]
        self.write(
            {
                "total_count": tally.total,
                "post_count": tally.count("posts"),
                "comment_count": tally.count("comments"),
                "message_count": tally.count("messages"),
                "people_count": sum(not person.is_own for person in tally.people.values()),
                "known_count": sum(part.known for part in tally.parts.values()),
                "problem_count": tally.unread,
                "left_out_count": tally.left_out,
                "first_date": min(dates, default=False),
                "last_date": max(dates, default=False),
            }
        )

    def _find_linked(self, authors):
        """Accounts of the archive that are linked to a contact here.

        :return: author key to identity id
        :rtype: dict
        """
        identities = self.env["social.crm.identity"]
        keys = {
            author.key: identities._handle_key(
                self.platform_id, author.handle, bool(author.external_id)
            )
            for author in authors
            if author.handle
        }
        found = identities.search(
            [
                ("company_id", "=", self.company_id.id),
                ("platform_id", "=", self.platform_id.id),
                ("partner_id", "!=", False),
                ("is_own", "=", False),
                "|",
                ("external_id", "in", [a.external_id for a in authors if a.external_id]),
                ("handle_key", "in", [key for key in keys.values() if key]),
            ],
            order="last_seen, id",
        )
        by_id = {identity.external_id: identity.id for identity in found if identity.external_id}
        by_handle = {identity.handle_key: identity.id for identity in found if identity.handle_key}
        linked = {}
        for author in authors:
            # Who has a number is that account or none: a handle may have been somebody else's.
            known = by_id.get(author.external_id) if author.external_id else by_handle.get(
                keys.get(author.key)
            )
            if known:
                linked[author.key] = known
        return linked

    @api.depends("problem_ids")
    def _compute_problem_file(self):
        """A table any spreadsheet opens; cells cannot be taken for formulas."""
        labels = dict(
            self.env["social.crm.archive.problem"]._fields["reason"]._description_selection(
                self.env
            )
        )
        for archive in self:
            table = io.StringIO()
            rows = csv.writer(table)
            rows.writerow(
                [self.env._("File"), self.env._("Line"), self.env._("Reason"),
                 self.env._("What Stands There")]
            )
            for problem in archive.problem_ids:
                detail = problem.detail or ""
                rows.writerow(
                    [
                        _plain(problem.file or ""),
                        problem.line,
                        labels[problem.reason],
                        _plain(detail),
                    ]
                )
            archive.problem_file = base64.b64encode(table.getvalue().encode("utf-8-sig"))

    # === THE FILE === #

    def _drop_file(self):
        """Take the file away: everything it holds is either stored now or not wanted."""
        # sudo: whoever began it may have left the company; nobody keeps the file
        self.attachment_ids.sudo().unlink()

    @api.autovacuum
    def _gc_archives(self):
        """Files of imports nobody began, and the lists of what was kept until today."""
        now = fields.Datetime.now()
        idle = self.search(
            [
                ("state", "in", ("draft", "ready", "stopped")),
                ("write_date", "<", now - timedelta(days=KEEP_FILE_DAYS)),
                ("attachment_ids", "!=", False),
            ]
        )
        idle._drop_file()
        idle.part_ids.unlink()
        idle.person_ids.unlink()
        idle.filtered(lambda archive: archive.state == "ready").state = "draft"
        # What was stopped and not taken up again is what it is.
        idle.filtered(lambda archive: archive.state == "stopped").state = "done"
        self.search([("keep_until", "<", now), ("problem_ids", "!=", False)]).problem_ids.unlink()


def _plain(cell):
    """A cell a spreadsheet shows and does not reckon with."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
