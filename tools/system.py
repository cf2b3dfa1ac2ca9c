# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Programs of the machine: found, or installed by apt when missing."""
import os
import shutil
import subprocess
import sys

from .console import Fail, progress, run

CHROMIUM = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def chromium():
    """Path of the browser of the tests, or None."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def as_root():
    """Prefix that makes a command run as root, or None where that is not possible."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    if subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n"]
    return ["sudo"] if sys.stdin.isatty() else None


def install(what, *packages):
    """Install Debian packages.

    :param str what: the missing thing, in words.
    :raise Fail: not Debian, no root, or no network.
    """
    by_hand = f"apt-get install --no-install-recommends {' '.join(packages)}"
    if not shutil.which("apt-get"):
        raise Fail(f"{what} is missing and this is not Debian: install it, then run this again")
    prefix = as_root()
    if prefix is None:
        raise Fail(f"{what} is missing and installing it needs root: run "
                   f"'{by_hand}' as root, then run this again")
    prefix = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C"]
    apt = [*prefix, "apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300"]
    with progress(f"install {what} ({', '.join(packages)})"):
        again = "Check the network, then run this again"
        run([*apt, "-o", "APT::Update::Error-Mode=any", "update"],
            fail="cannot read Debian's package lists", hint=again)
        # an installation that was interrupted blocks every later one until it is finished
        run([*prefix, "dpkg", "--configure", "-a"], fail="cannot finish an earlier installation",
            hint="Run 'dpkg --configure -a' as root, then run this again")
        run([*apt, "install", "--no-install-recommends", *packages],
            fail=f"cannot install {what}", hint=again)
