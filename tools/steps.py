# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Set-up in steps that can be interrupted anywhere and are not repeated.

A step's result is a folder. It carries a stamp, the fingerprint of what it was made from, and
gets its final name only when it is whole: so a folder that is there is finished.
"""
import fcntl
import os
import shutil
from contextlib import contextmanager

from .console import Fail, progress
from .paths import HOME

STAMP = ".stamp"


def is_done(target, stamp):
    try:
        return (target / STAMP).read_text() == stamp
    except (FileNotFoundError, NotADirectoryError):
        return False


def make_folder(title, target, stamp, build):
    """Make ``target`` by ``build(staging folder)`` unless its stamp says it is there."""
    if is_done(target, stamp):
        return
    staging, old = target.with_name(target.name + ".new"), target.with_name(target.name + ".old")
    for leftover in (staging, old):
        shutil.rmtree(leftover, ignore_errors=True)
    staging.mkdir(parents=True)
    with progress(title):
        build(staging)
        (staging / STAMP).write_text(stamp)
        if target.exists():
            target.rename(old)
        staging.rename(target)
        shutil.rmtree(old, ignore_errors=True)


def write_atomically(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.write_text(text)
    new.replace(path)


@contextmanager
def lock(name, *, wait=False, busy="another ./dev is setting up this clone"):
    """Hold ``.odoo/<name>.lock``; the system drops it however the process ends.

    :param str name: what is locked.
    :param bool wait: wait for the holder instead of giving up.
    :param str busy: message when another process holds it.
    :raise Fail: another process holds it and ``wait`` is off.
    """
    HOME.mkdir(parents=True, exist_ok=True)
    with open(HOME / f"{name}.lock", "a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            if not wait:
                raise Fail(f"{busy} (process {holder}): wait until it ends, then try again"
                           ) from None
            fcntl.flock(handle, fcntl.LOCK_EX)
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield
