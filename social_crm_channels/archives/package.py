# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A download as its members, read as streams and never unpacked to disk.

Whoever sends the file may be mistaken or mean: names that lead out of the archive are not opened,
and what would unpack to far more than it is, is refused before it is read.
"""
import io
import re
import tarfile
import zipfile
import zlib
from pathlib import PurePosixPath

from .said import Unread, WrongArchive

MAX_MEMBERS = 500_000
MAX_MEMBER_BYTES = 4 << 30
MAX_TOTAL_BYTES = 64 << 30
# Text of chats shrinks to a twentieth at best; only what is big may not shrink more than that much.
MAX_RATIO = 200
RATIO_FROM_BYTES = 64 << 20
BROKEN = (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, NotImplementedError, OSError)


class Package:
    """The members of a zip, a tar (packed or not), or a single file.

    :param file: binary and seekable; stays the caller's to close
    :param str name: as the user's computer calls it
    :raise WrongArchive:
    """

    def __init__(self, file, name):
        self.name = PurePosixPath((name or "").replace("\\", "/")).name or "file"
        self.file = file
        self.unsafe = []
        self._zip = self._tar = None
        self._members = {}
        try:
            self._open()
        except BROKEN as error:
            raise WrongArchive("broken", self.name) from error

    def _open(self):
        head = self.file.read(512)
        self.file.seek(0)
        if not head:
            raise WrongArchive("format", self.name)
        if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
            self._zip = zipfile.ZipFile(self.file)
            for info in self._zip.infolist():
                if not info.is_dir():
                    self._add(info.filename, info, info.file_size, info.compress_size)
        elif head[:2] == b"\x1f\x8b" or head[257:262] == b"ustar":
            self._open_tar()
        else:
            self._members[self.name] = None

    def _open_tar(self):
        packed = self.file.seek(0, io.SEEK_END)
        self.file.seek(0)
        self._tar = tarfile.open(fileobj=self.file, mode="r:*")  # noqa: SIM115 as long as we live
        total = 0
        for info in self._tar:
            # Asked before the next header is looked for, which means reading through this one.
            total += info.size
            self._refuse_bomb(info.name, total, packed)
            if info.isfile():
                self._add(info.name, info, info.size, info.size)

    def _add(self, name, info, size, packed):
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0] or "\0" in name:
            self.unsafe.append(Unread(name[:200], 0, "name"))
            return
        if len(self._members) >= MAX_MEMBERS:
            raise WrongArchive("too_big", self.name)
        if str(path) in self._members:
            self.unsafe.append(Unread(name[:200], 0, "twice"))
            return
        self._members[str(path)] = (info, size, packed)

    @staticmethod
    def _refuse_bomb(name, size, packed):
        bomb = size > RATIO_FROM_BYTES and size > MAX_RATIO * max(packed, 1)
        if bomb or size > MAX_TOTAL_BYTES:
            raise WrongArchive("too_big", name[:200])

    @property
    def is_single(self):
        """Whether this is one file and not an archive."""
        return not (self._zip or self._tar)

    def find(self, pattern):
        """Names of members whose path matches, in the order people count (part2 before part10).

        :param str pattern: regular expression, searched in the path; case does not matter
        :rtype: list[str]
        """
        wanted = re.compile(pattern, re.IGNORECASE)
        return sorted((name for name in self._members if wanted.search(name)), key=_natural)

    def open(self, name):
        """A member as a stream of bytes.

        :raise WrongArchive: when it is locked or unpacks to too much
        """
        if self.is_single:
            self.file.seek(0)
            return _Borrowed(self.file)
        info, size, packed = self._members[name]
        if size > MAX_MEMBER_BYTES:
            raise WrongArchive("too_big", name[:200])
        if self._tar:
            return self._tar.extractfile(info)
        self._refuse_bomb(name, size, packed)
        if info.flag_bits & 1:
            raise WrongArchive("locked", name[:200])
        try:
            return self._zip.open(info)
        except BROKEN as error:
            raise WrongArchive("broken", name[:200]) from error

    def text(self, name):
        """A member as text; lines end as they end in the file.

        Bytes that are no text show as U+FFFD.
        """
        encoding = _encoding(self, name)  # looks into the stream, so it comes first
        stream = self.open(name)
        return io.TextIOWrapper(
            io.BufferedReader(stream) if not isinstance(stream, io.BufferedIOBase) else stream,
            encoding=encoding,
            errors="replace",
            newline="",
        )

    def close(self):
        for opened in (self._zip, self._tar):
            if opened:
                opened.close()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()


class _Borrowed(io.RawIOBase):
    """The caller's own file: closing the stream leaves it open."""

    def __init__(self, file):
        self._file = file

    def readable(self):
        return True

    def readinto(self, buffer):
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _encoding(package, name):
    with package.open(name) as stream:
        head = stream.read(2)
    return "utf-16" if head in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _natural(name):
    return [(len(piece), piece) if piece.isdigit() else (0, piece) for piece in
            re.split(r"(\d+)", name)]
