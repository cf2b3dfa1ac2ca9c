# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Debian packages unpacked into a private prefix, the machine's own apt left untouched."""
import os
import re
import shutil
from pathlib import Path

from .console import Fail, run
from .paths import HOME

SUITE = "sid"


def codename():
    """Name of the Debian release of this machine."""
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except FileNotFoundError:
        lines = []
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    if values.get("ID", "").strip('"') != "debian" or not shutil.which("apt-get"):
        raise Fail("fetching Odoo needs Debian 12 or 13; elsewhere set ODOO_HOME to an Odoo 19 "
                   "checkout and PGHOST to a PostgreSQL server")
    return values["VERSION_CODENAME"].strip('"')


def mirror():
    """Address of the Debian mirror this machine already uses."""
    # not 'indextargets': it is silent until the lists have been read for the first time
    uris = run(["apt-get", "--print-uris", "update"], fail="cannot read apt's configuration")
    for release in (codename(), "stable", "oldstable", "testing", SUITE):
        if found := re.search(rf"'(\S+?)/*/dists/{release}/InRelease'", uris):
            return found[1]
    raise Fail("apt has no Debian mirror configured: see /etc/apt/sources.list")


def apt(*arguments, folder=None):
    """Call apt-get with its own lists and cache, for the suite that has Odoo."""
    base = HOME / "apt"
    for part in ("lists/partial", "cache/archives/partial", "etc"):
        (base / part).mkdir(parents=True, exist_ok=True)
    sources = base / "etc" / "sources.list"
    keyring = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
    signed = f"[signed-by={keyring}] " if keyring.exists() else ""
    sources.write_text("".join(
        f"deb {signed}{mirror()} {suite} main\n" for suite in (SUITE, codename())))
    options = {
        "Dir::Etc::sourcelist": sources, "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null", "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::State": base, "Dir::State::lists": base / "lists", "Dir::Cache": base / "cache",
        # lists in a folder of the user's: apt's own download user cannot write there
        "APT::Sandbox::User": "root", "APT::Update::Error-Mode": "any",
        "Acquire::Languages": "none", "Acquire::Retries": "3",
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
    }
    return run(
        ["apt-get", "-q", *(f"-o{key}={value}" for key, value in options.items()), *arguments],
        cwd=folder, env=dict(os.environ, LC_ALL="C"),
        fail="cannot fetch Debian packages", hint="Check the network, then run this again")


def unpack(prefix, packages):
    """Download packages and unpack them below ``prefix``.

    :param Path prefix: an existing folder.
    :param list packages: names, or ``name/suite``.
    """
    debs = HOME / "apt" / "debs"
    debs.mkdir(parents=True, exist_ok=True)
    apt("update")
    wanted = apt("download", "--print-uris", *packages)
    apt("download", *packages, folder=debs)
    for line in wanted.splitlines():
        _address, deb, *_size = line.split()
        run(["dpkg", "-x", debs / deb, prefix], fail=f"cannot unpack {deb}")
    shutil.rmtree(debs)
