# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What the user sees: progress, and errors of one line that say what to do."""
import ctypes
import errno
import shlex
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager


class Fail(Exception):
    """Something the user can put right. Its message is one line and says how."""


def say(message):
    print(message, flush=True)


@contextmanager
def progress(title):
    """Announce a piece of work and the seconds it takes; on a terminal they are seen to pass."""
    start, done, line = time.monotonic(), threading.Event(), f"• {title} …"

    def tick():
        while not done.wait(1):
            print(f"\r{line} {time.monotonic() - start:.0f} s", end="", flush=True)

    say(line)
    ticker = threading.Thread(target=tick, daemon=True)
    if sys.stdout.isatty():
        ticker.start()
    try:
        yield
        line = f"  {title}:"
    finally:
        done.set()
        if ticker.is_alive():
            ticker.join()
            print("\r", end="")
    say(f"{line} {time.monotonic() - start:.0f} s")


def end_with_parent():
    """Run in a child: it ends when its parent does, even by a signal that cannot be caught."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def run(command, *, fail, hint="", **options):
    """Run a program whose output matters only when it fails.

    :param list command: program and arguments.
    :param str fail: what could not be done, in words.
    :param str hint: what the user can do about it.
    :return: the standard output.
    :rtype: str
    :raise Fail: the program is missing or ends with an error.
    """
    try:
        done = subprocess.run(
            [str(part) for part in command], stdin=subprocess.DEVNULL, capture_output=True,
            text=True, errors="replace", check=False, preexec_fn=end_with_parent, **options)
    except FileNotFoundError as error:
        raise Fail(f"{fail}: the program {error.filename} is missing. {hint}".strip()) from error
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
        if any("No space left" in line or "enough free space" in line for line in lines):
            raise OSError(errno.ENOSPC, "No space left on device")
        errors = [line for line in lines if line.startswith(("E:", "ERROR", "Err:"))]
        reason = (errors or lines or [shlex.join(map(str, command))])[-1]
        reason = " ".join(reason.split()).rstrip(".")
        raise Fail(f"{fail}: {reason[:300]}. {hint}".strip())
    return done.stdout


def main_guard(main, arguments):
    """Call ``main`` and turn what the user can put right into one line.

    :return: exit code of the process.
    :rtype: int
    """
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a terminal that is not UTF-8 lacks some signs
    try:
        return main(arguments) or 0
    except Fail as error:
        message = str(error)
    except KeyboardInterrupt:
        message = "interrupted; the same command goes on where it stopped"
    except PermissionError as error:
        message = (f"no right to {error.filename}: what 'sudo ./dev' made belongs to root, so go "
                   "on with sudo, or begin anew with 'sudo ./dev clean'")
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        message = "no space left on the disk: make room (about 3 GB), then run this again"
    print(f"dev: {message}", file=sys.stderr, flush=True)
    return 1
