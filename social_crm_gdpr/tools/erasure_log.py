# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What was erased, written where no restored backup takes it back: an append-only file.

One JSON object a line: a growing sequence, the cut-off, and keyed hashes of whom it was about;
never a name. The file is synchronised to disk before the database commits, so that it may be ahead
of the database (which is then noticed), and never behind.

It lies in the folder named by the environment variable ``SOCIAL_CRM_ERASURE_LOG``, else by
``social_crm_erasure_log`` in Odoo's configuration, else beside the key file. Back it up apart from
database and filestore.
"""

import contextlib
import fcntl
import json
import os
from functools import lru_cache
from pathlib import Path

from odoo.tools import config

from odoo.addons.social_crm_base.tools import keyring

ENV_FOLDER = "SOCIAL_CRM_ERASURE_LOG"
CONFIG_FOLDER = "social_crm_erasure_log"
TAIL_BYTES = 65536


class ErasureLogError(Exception):
    """The file cannot be read or written; the message says what to mend."""


def path_of(database_uuid):
    """Where the log of a database is; a restored or renamed copy keeps the uuid, and so the file.

    :rtype: Path
    """
    named = os.environ.get(ENV_FOLDER) or config.get(CONFIG_FOLDER)
    if named:
        folder = Path(named)
    else:
        source = Path(keyring.current().source)
        folder = source.parent if source.is_file() else Path(config["data_dir"])
    return folder / f"social_crm_erasures_{database_uuid}.jsonl"


def append(path, entry, known=0):
    """Write an entry down for good.

    :param Path path: see :func:`path_of`
    :param dict entry: JSON-able values without anybody's name
    :param int known: the sequence the database has
    :return: the entry's sequence
    :rtype: int
    :raise ErasureLogError: when the file cannot be written or has lost what the database knows
    """
    with _opened(path, known) as (stream, last, is_torn):
        line = json.dumps({"sequence": last + 1, **entry}, sort_keys=True)
        stream.write(("\n" * is_torn + line + "\n").encode())
        stream.flush()
        os.fsync(stream.fileno())
        if last == 0:
            _sync_folder(path.parent)
    return last + 1


def check(path, known=0):
    """Try whether an entry could be written.

    :raise ErasureLogError: when not, as :func:`append`
    """
    with _opened(path, known):
        pass


@contextlib.contextmanager
def _opened(path, known):
    """The file, for us alone, with its last sequence and whether its last line is torn off."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "r+b") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            last, is_torn = _tail(stream)
            if last < known:
                raise ErasureLogError(
                    f"The erasure log {path} ends at {last}, but the database knows {known} "
                    "erasures. Put the file back where it was."
                )
            yield stream, last, is_torn
    except OSError as error:
        raise ErasureLogError(f"The erasure log {path} cannot be written: {error}") from error


def last_sequence(path):
    """The sequence of the last entry, 0 for a log that was never begun.

    :rtype: int
    :raise ErasureLogError: when the file is there and cannot be read
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise ErasureLogError(f"The erasure log {path} cannot be read: {error}") from error
    return _last_of(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=16)
def _last_of(path, _changed, _size):
    try:
        with path.open("rb") as stream:
            return _tail(stream)[0]
    except OSError as error:
        raise ErasureLogError(f"The erasure log {path} cannot be read: {error}") from error


def entries(path, after=0):
    """Entries in their order, one at a time.

    :param int after: only those with a higher sequence
    :return: a generator of dictionaries
    :raise ErasureLogError: when the file cannot be read
    """
    try:
        with path.open("rb") as stream:
            for line in stream:
                entry = _read(line)
                if entry and entry["sequence"] > after:
                    yield entry
    except FileNotFoundError:
        return
    except OSError as error:
        raise ErasureLogError(f"The erasure log {path} cannot be read: {error}") from error


def _tail(stream):
    """The last sequence, and whether the last line was torn off by a crash.

    A torn line was never followed by a commit: nothing was erased for it.
    """
    size = stream.seek(0, os.SEEK_END)
    reach = TAIL_BYTES
    while size:
        stream.seek(max(0, size - reach))
        part = stream.read()
        for line in reversed(part.splitlines()[1 if reach < size else 0 :]):
            if entry := _read(line):
                return entry["sequence"], not part.endswith(b"\n")
        if reach >= size:
            return 0, not part.endswith(b"\n")
        reach *= 8
    return 0, False


def _read(line):
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and isinstance(entry.get("sequence"), int) else None


def _sync_folder(folder):
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
