# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Everything a clone needs before Odoo can start. Standard library only: it runs first."""
import os
import platform
import shutil
import sys
import time
from pathlib import Path

from . import cluster, debian, system
from .console import Fail, progress, run, say
from .paths import HOME, ROOT, digest
from .steps import STAMP, is_done, lock, make_folder, write_atomically

NEEDED_SPACE = 3 * 1024**3
# the package odoo-19 links to other packages by relative paths; the two fonts of the stable
# suite moved their files in later versions
ODOO_PACKAGES = (
    "odoo-19/sid", "libjs-jquery/sid", "libjs-jquery-form/sid", "libjs-underscore/sid",
    "fonts-roboto-unhinted/sid", "fonts-montserrat/sid", "fonts-ocr-b/sid",
    "fonts-font-awesome/{stable}", "fonts-inconsolata/{stable}",
)
# removed by Debian; without it every page logs an error, which fails every browser test
MISSING_FILE = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
REQUIREMENTS = tuple(ROOT / name for name in (
    "requirements.txt", "tools/requirements-odoo.txt", "tools/requirements-test.txt"))
UNUSED_DAYS = 7


def odoo_prefix():
    return HOME / "odoo"


def odoo_path():
    """Folder that holds the Python package ``odoo``."""
    if os.environ.get("ODOO_HOME"):
        return Path(os.environ["ODOO_HOME"]).expanduser().resolve()
    return odoo_prefix() / "usr/lib/python3/dist-packages"


def venv():
    """The virtual environment; its name says what it was made from."""
    return HOME / f"venv-{venv_stamp()[:8]}"


def venv_stamp():
    # the version of the machine's Python, not of the environment's: they are the same one
    return digest(str(HOME), platform.python_version(), *REQUIREMENTS)


def venv_python():
    return venv() / "bin" / "python"


def venv_is_ready():
    # a link to a Python that has been removed from the machine does not exist
    return is_done(venv(), venv_stamp()) and venv_python().exists()


def odoo_stamp():
    return digest(*ODOO_PACKAGES)


def check_machine():
    if sys.platform != "linux":
        raise Fail("this works on Linux only (Debian 12 or 13)")
    HOME.mkdir(parents=True, exist_ok=True)
    if not os.access(HOME, os.W_OK):
        raise Fail(f"{HOME} is not yours to write: use a clone of your own")
    free = shutil.disk_usage(HOME).free
    if free < NEEDED_SPACE and not venv_is_ready():
        raise Fail(f"{free / 1024**3:.1f} GB are free below {HOME}, about 3 GB are needed: "
                   "make room, then run this again")


def prepare_odoo():
    if home := os.environ.get("ODOO_HOME"):
        release = odoo_path() / "odoo" / "release.py"
        if not release.exists() or "(19, 0" not in release.read_text():
            raise Fail(f"ODOO_HOME={home} is not an Odoo 19 checkout (odoo/release.py)")
        return

    def build(prefix):
        debian.unpack(prefix, [name.format(stable=debian.codename()) for name in ODOO_PACKAGES])
        addons = prefix / "usr/lib/python3/dist-packages/odoo/addons"
        if not addons.is_dir():
            raise Fail("the Debian package odoo-19 has changed its layout: set ODOO_HOME to an "
                       "Odoo 19 checkout instead")
        empty = addons / MISSING_FILE
        if not empty.exists():
            empty.parent.mkdir(parents=True, exist_ok=True)
            empty.touch()

    make_folder("fetch and unpack Odoo 19 (123 MB)", odoo_prefix(), odoo_stamp(), build)


def prepare_python():
    """Make the virtual environment. It cannot be moved, so its stamp comes last."""
    target = venv()
    if venv_is_ready():
        return
    try:
        import ensurepip  # noqa: F401 (Debian packs it apart from Python)
    except ImportError:
        system.install("Python's venv", "python3-venv")
    shutil.rmtree(target, ignore_errors=True)
    with progress(f"make a virtual environment (Python {platform.python_version()})"):
        run([sys.executable, "-m", "venv", target], fail="cannot make a virtual environment",
            hint="Check that Debian's python3-venv is installed")
        run([target / "bin/python", "-m", "pip", "install", "--disable-pip-version-check",
             "--progress-bar=off", *(f"-r{path}" for path in REQUIREMENTS)],
            fail="cannot install the Python packages",
            hint="Check the network, then run this again")
        write_atomically(target / STAMP, venv_stamp())
    forget_unused()


def forget_unused():
    """Remove virtual environments of other requirements that nobody used for a while."""
    oldest = time.time() - UNUSED_DAYS * 86400
    for folder in HOME.glob("venv-*"):
        stamp = folder / STAMP
        used = stamp if stamp.exists() else folder
        if folder != venv() and used.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)


def is_ready(*, browser, postgresql):
    return (
        (bool(os.environ.get("ODOO_HOME")) or is_done(odoo_prefix(), odoo_stamp()))
        and venv_is_ready()
        and (cluster.is_ready() or not postgresql)
        and (bool(system.chromium()) or not browser))


def prepare(*, browser=False, postgresql=True):
    """Prepare what is missing in ``.odoo``; nothing to do takes no lock and no time.

    :param bool browser: also the browser of the tests.
    :param bool postgresql: also a running PostgreSQL.
    :raise Fail: with what the user can do.
    """
    check_machine()
    if not is_ready(browser=browser, postgresql=postgresql):
        say(f"Preparing {HOME} (the first time takes a few minutes, later times a second)")
        with lock("setup"):
            prepare_odoo()
            prepare_python()
            if postgresql:
                cluster.prepare()
            if browser and not system.chromium():
                prepare_browser()
    elif os.environ.get("ODOO_HOME"):
        prepare_odoo()
    os.utime(venv() / STAMP)


def prepare_browser():
    """Install the browser; without root that is an error in CI and a notice elsewhere."""
    try:
        system.install("the browser of the tests", "chromium")
    except Fail as error:
        if os.environ.get("CI"):
            raise
        say(f"  ! {error} Browser tests are skipped meanwhile.")


def clean():
    """Remove everything :func:`prepare` made, a cluster outside the clone included."""
    if (ROOT / ".odoo").is_symlink():
        raise Fail(f".odoo is shared with other work trees: run './dev clean' in {HOME.parent}")
    if not HOME.exists():
        return
    with lock("setup"):
        if own := cluster.recorded():
            own.remove()
        shutil.rmtree(HOME)
