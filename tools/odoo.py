# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Odoo processes: their configuration, environment, start and end."""
import os
import signal
import subprocess
from contextlib import contextmanager
from itertools import takewhile

from . import cluster, setup
from .console import Fail, end_with_parent
from .paths import HOME, ROOT, own
from .steps import write_atomically

LAUNCHER = ROOT / "tools" / "bin" / "odoo"
QUIET = ("--no-http", "--stop-after-init", "--max-cron-threads=0", "--log-level=warn")


def addons_path(*more):
    """Where addons lie, as Odoo's option wants it.

    :param Path more: folders besides Odoo's and ours.
    :rtype: str
    """
    odoo = setup.odoo_path()
    folders = [odoo / "addons", odoo / "odoo" / "addons", ROOT, *more]
    return ",".join(str(path) for path in folders if path.is_dir())


def config(database):
    """Write the configuration of one database of this work tree.

    :param str database: database name.
    :return: path of the file.
    :rtype: Path
    """
    server = cluster.server()
    values = {
        "addons_path": addons_path(),
        "data_dir": HOME / "data",
        "db_host": server.host,
        "db_port": server.port,
        "db_user": server.user,
        # without a dbfilter: with one Odoo asks PostgreSQL for all names at each visitor's request
        "db_name": database,
        "list_db": False,
        "http_interface": "127.0.0.1",
        "screenshots": HOME / "screenshots",
        "limit_time_real": 1200,
    }
    path = HOME / "conf" / f"{own(database)}.conf"
    write_atomically(path, "[options]\n" + "".join(
        f"{key} = {value}\n" for key, value in values.items()))
    return path


def environment(database=None):
    """Variables for a child process that imports Odoo.

    :param str database: name of the database ``ODOO_RC`` is about, if any.
    :rtype: dict
    """
    values = dict(os.environ)
    if not cluster.existing():
        values = {key: value for key, value in values.items() if key[:2] != "PG"}
    values["PYTHONPATH"] = os.pathsep.join([str(setup.odoo_path()), str(ROOT)])
    values["PYTHONDONTWRITEBYTECODE"] = "1"
    if database:
        values["ODOO_RC"] = str(config(database))
    return values


def command(database, *arguments):
    """Command line of an Odoo process: the words of a subcommand, then its options."""
    words = list(takewhile(lambda word: not str(word).startswith("-"), arguments))
    return [setup.venv_python(), LAUNCHER, *words, "-c", config(database),
            *arguments[len(words):]]


def call(database, *arguments, fail):
    """Run an Odoo command to its end, its warnings shown.

    :raise Fail: it ends with an error.
    """
    with child(command(database, *arguments), env=environment(database)) as process:
        if process.wait():
            raise Fail(f"{fail}: see the messages above")


def _interrupt(*_):
    raise KeyboardInterrupt


@contextmanager
def child(arguments, *, grace=15, **options):
    """A child process in a group of its own, which ends with the block, whatever happens.

    A terminal's Ctrl-C does not reach the group: it interrupts us, and we end the group.

    :param list arguments: command line.
    :param float grace: seconds it may take to end before it is killed.
    """
    previous = {number: signal.signal(number, _interrupt)
                for number in (signal.SIGINT, signal.SIGTERM)}
    process = subprocess.Popen(
        [str(part) for part in arguments], start_new_session=True, preexec_fn=end_with_parent,
        **options)
    try:
        yield process
    finally:
        for number, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, 5)):
            try:
                os.killpg(process.pid, number)
                process.wait(patience)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        for number, handler in previous.items():
            signal.signal(number, handler)
