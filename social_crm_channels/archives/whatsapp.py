# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""WhatsApp: the text of *Export chat*, as a zip from an iPhone or a text file from Android.

A message begins with a date in the phone's own form and zone (``[12.03.23, 14:05:33] Ana: …`` on
iPhones, ``12/03/23 14.05 - Ana: …`` on Android) and goes on until the next one. The form does not
say whether day or month stands first: the file itself mostly does, otherwise it must be asked.
"""
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import PurePosixPath

from .reader import ArchiveReader, readable
from .said import Author, LeftOut, Part, Said, Unread, WrongArchive

# Signs without width that WhatsApp writes before dates and notices, and its narrow spaces.
MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff"))
SPACES = {ord("\u202f"): " ", ord("\u00a0"): " "}
HEAD = re.compile(
    r"\[?(?P<a>\d{1,4})(?P<sep>[./-])\s?(?P<b>\d{1,2})[./-]\s?(?P<c>\d{2,4})\.?,?\s+"
    r"(?:u |um |pukul |at )?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?"
    r"\s*(?P<half>[AaPp]\.?\s?[Mm]\.?)?(?:\]\s*|\s+[-–]\s+)(?P<rest>.*)",
    re.DOTALL,
)
SPEAKER = re.compile(r"(?P<who>[^:\n]{1,80}):(?:\s(?P<text>.*))?", re.DOTALL)
PHONE = re.compile(r"\+[\d\s()./-]{7,24}")
# What WhatsApp itself says in a chat, in the four languages of the suite. With a name before it, it
# would pass for something that person said.
NOTICE = re.compile(
    r"end-to-end encrypted|ende-zu-ende-verschlüsselt|šifrovan\w* s kraja na kraj|"
    r"potpuno šifrovan|terenkripsi (?:secara )?(?:end-to-end|menyeluruh)|dienkripsi secara",
    re.IGNORECASE,
)
# What stands in place of words that were taken back.
DELETED = re.compile(
    r"(this message was deleted|you deleted this message|diese nachricht wurde gelöscht|"
    r"du hast diese nachricht gelöscht|(ova|ta) poruka je (izbrisana|obrisana)|"
    r"(izbrisali|obrisali) ste ovu poruku|pesan ini (telah )?dihapus|"
    r"anda (telah )?menghapus pesan ini)\.?",
    re.IGNORECASE,
)
# "Ana changed the subject to …": a name does not hold such words.
DEED = re.compile(
    r"\b(changed|created|added|removed|left|joined|hat|haben|wurde|promenio|promenila|"
    r"dodao|dodala|napustio|napustila|kreirao|kreirala|mengubah|menambahkan|mengeluarkan|membuat|"
    r"keluar)\b.*[\"“„»']|security code|sicherheitsnummer|kode keamanan|sigurnosni kod",
    re.IGNORECASE,
)
LOOK_LINES = 200
# WhatsApp ends a message at 65,536 signs; longer ones are no chat.
MAX_LINE = 1 << 17
MAX_LINES = 10_000
ORDERS = {"dmy": ("c", "b", "a"), "mdy": ("c", "a", "b"), "ymd": ("a", "b", "c")}
# What phones put around the name of the chat in the name of the file.
FILE_WORDS = re.compile(
    r"^(whatsapp[ -]?chat|chat whatsapp|whatsapp ćaskanje|whatsapp)[ -]*"
    r"(with|mit|dengan|sa|s|-)?\s*|\s*\(\d+\)$",
    re.IGNORECASE,
)


class WhatsAppReader(ArchiveReader):
    code = platform = "whatsapp"
    members = (r"(^|/)[^/]*\.txt$",)
    is_local = True

    def check(self, package):
        super().check(package)
        if not any(_is_chat(package, name) for name in package.find(self.members[0])):
            raise WrongArchive("format", package.name)

    def open_question(self, package, options):
        """Whether the order of day and month must be asked."""
        if options.date_order:
            return ""
        chats = [name for name in package.find(self.members[0]) if _is_chat(package, name)]
        return "" if all(_find_order(package, name) for name in chats) else "date_order"

    def walk(self, package, options):
        for name in package.find(self.members[0]):
            if not _is_chat(package, name):
                continue
            order = options.date_order or _find_order(package, name) or "dmy"
            yield from readable(name, _chat(package, name, order, options.tz))


def _heads(package, name):
    """Every line with what its beginning was recognised as.

    :return: (number, line, match or None)
    """
    with package.text(name) as stream:
        for number, line in enumerate(iter(lambda: stream.readline(MAX_LINE), ""), 1):
            line = line.rstrip("\r\n")
            plain = line.translate(MARKS).translate(SPACES)
            yield number, line, HEAD.fullmatch(plain)


def _is_chat(package, name):
    """Whether a text begins like a chat; others may lie beside it in the archive."""
    for number, _line, head in _heads(package, name):
        if head:
            return True
        if number >= LOOK_LINES:
            break
    return False


def _find_order(package, name):
    """Which of day, month and year stands first, "" if the file leaves it open.

    A number above 12 is no month. If there is none, the messages are in the order of time in one
    reading and not in the other; dots stand between day, month and year in that order.
    """
    last = dict.fromkeys(ORDERS, (0, 0, 0))
    rising = dict.fromkeys(("dmy", "mdy"), True)
    moved = False
    for _number, _line, head in _heads(package, name):
        if not head:
            continue
        if len(head["a"]) == 4:
            return "ymd"
        if int(head["a"]) > 12 or head["sep"] == ".":
            return "dmy"
        if int(head["b"]) > 12:
            return "mdy"
        for order in rising:
            day = tuple(int(head[part]) for part in ORDERS[order])
            rising[order] &= day >= last[order]
            moved |= head["a"] != head["b"]
            last[order] = day
    if not moved:
        return "dmy"  # 3/3 is the same day either way
    fitting = [order for order, holds in rising.items() if holds]
    return fitting[0] if len(fitting) == 1 else ""


def _chat(package, name, order, tz):
    """The messages of one chat."""
    speakers = {}
    for _number, _line, head in _heads(package, name):
        if head and (said := _speaks(head["rest"])):
            speakers.setdefault(said["who"].lstrip("~ ").strip(), None)
        if len(speakers) > 50:
            break
    place = _place(package, name, list(speakers))
    seen, minute = Counter(), None
    for number, at, who, text in _messages(package, name, order, tz):
        if isinstance(at, Unread):
            yield at
        elif not who or DELETED.fullmatch(text.strip()):
            yield LeftOut("system")
        elif not text.strip():
            yield LeftOut("empty")
        else:
            if at != minute:
                seen, minute = Counter(), at
            seen[who, text] += 1
            yield _said(name, number, at, place, who, text.strip(), seen[who, text])


def _messages(package, name, order, tz):
    """Whole messages: (line, moment, speaker, text); an :class:`Unread` in place of the moment."""
    current = None
    for number, line, head in _heads(package, name):
        if head is None:
            if current and len(current[3]) < MAX_LINES:
                current[3].append(line)
            else:
                yield number, Unread(name, number, "shape", line[:60]), "", ""
            continue
        if current:
            yield (*current[:3], "\n".join(current[3]))
        current = None
        try:
            at = _moment(head, order, tz)
        except ValueError:
            yield number, Unread(name, number, "date", line[:25]), "", ""
            continue
        said = _speaks(head["rest"])
        who = said["who"].lstrip("~ ").strip() if said else ""
        # The text as it stands in the line, spaces and all: the match was made on a cleaned one.
        rest = line.translate(MARKS)
        rest = rest[len(rest) - len(said["text"] or "") :] if said else rest
        current = [number, at, who, [rest]]
    if current:
        yield (*current[:3], "\n".join(current[3]))


def _speaks(rest):
    """Who speaks and what, None for a notice of WhatsApp itself."""
    said = SPEAKER.fullmatch(rest)
    if not said or DEED.search(said["who"]) or NOTICE.search(said["text"] or ""):
        return None
    return said


def _moment(head, order, tz):
    year, month, day = (int(head[part]) for part in ORDERS[order])
    hour = int(head["hour"])
    if head["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("hour")
        hour = hour % 12 + (12 if head["half"][0] in "Pp" else 0)
    local = datetime(
        year + 2000 if year < 100 else year, month, day, hour, int(head["minute"]),
        int(head["second"] or 0), tzinfo=tz,
    )
    if local.year < 2009:
        raise ValueError("before WhatsApp")
    return local.astimezone(UTC).replace(tzinfo=None)


def _place(package, name, speakers):
    """What the chat is called: the file's name tells, whole zips have it in their own."""
    stem = PurePosixPath(name).stem
    if stem.strip("_").lower() == "chat":
        stem = "" if package.is_single else PurePosixPath(package.name).stem
    title = FILE_WORDS.sub("", stem).strip(" -_")
    title = re.sub(r"\s*\(\d+\)$", "", title)
    named = [who for who in speakers if who and who.casefold() in stem.casefold()]
    if len(speakers) <= 2 and named:
        title = max(named, key=len)
    title = title or ", ".join(sorted(speakers)[:5])
    return Part(f"chat:{title.casefold()}", "messages", title)


def _said(name, number, at, place, who, text, nth):
    phone = "+" + re.sub(r"\D", "", who) if PHONE.fullmatch(who) else ""
    author = Author(
        f"@{phone}" if phone else f"name:{place.key}/{who}", "" if phone else who, phone
    )
    return Said(
        name, number, at, place, "message", author=author, text=text, family="message",
        visibility="direct", nth=nth,
    )
