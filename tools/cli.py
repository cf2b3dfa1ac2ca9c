# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The commands of ./dev."""
import argparse
import os
import re
import sys
from pathlib import Path

from . import cluster, setup
from .console import Fail, say
from .paths import ADDONS, ROOT, marked, own

DATABASE, TEST_DATABASE = own("social_crm"), marked("social_crm_test")


def parser():
    result = argparse.ArgumentParser(
        prog="./dev", description="Set up, run and prove the Social CRM. Everything it makes lies "
        "in .odoo; ODOO_HOME names an existing Odoo 19 checkout, PGHOST, PGPORT and PGUSER an "
        "existing PostgreSQL server.")
    commands = result.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name, help_text, database=DATABASE):
        item = commands.add_parser(name, help=help_text, description=help_text)
        if database:
            item.add_argument("--db", default=database, type=database_name,
                              help="database (default: %(default)s)")
        return item

    run = command("run", "set up, make a database with demo data and start Odoo")
    run.add_argument("--port", type=int, default=8069, help="port on 127.0.0.1 (default: 8069)")
    run.add_argument("--fresh", action="store_true", help="make the database anew")
    run.add_argument("--no-demo", action="store_true", help="make it without demo data")
    run.add_argument("--workers", type=int, default=0, help="worker processes (default: threads)")
    run.add_argument("--live", action="store_true",
                     help="also start two local servers and connect them (needs root)")

    talk = command("live", "write and read as the people of 'run --live'", database=None)
    talk.add_argument("what", nargs=argparse.REMAINDER, help="'./dev live post hello', or --help")

    test = command("test", "run the tests", database=None)
    test.add_argument("what", nargs="*", help="addons or paths (default: everything)")
    test.add_argument("-k", dest="keyword", help="only tests whose name fits")
    test.add_argument("--fast", action="store_true",
                      help="without browser, other servers and many processes")
    test.add_argument("--db", type=database_name,
                      help="keep and update this database instead of a fresh one")

    update = command("update", "update the addons that changed in a database")
    update.add_argument("addon", nargs="*", help="update these even if unchanged")

    command("shell", "open a Python shell with env")
    command("setup", "prepare .odoo and nothing else", database=None)
    command("clean", "remove everything ./dev made", database=None)
    command("lint", "check style, manifests, views and repository", database=None)
    bench = command("bench", "measure the targets, as ratios", database=None)
    bench.add_argument("what", nargs="*", help="names of benchmarks (default: all)")
    command("i18n", "write the translation template of each addon", database=None)
    return result


def in_environment():
    return Path(sys.prefix) == setup.venv()


def enter_environment():
    """Go on as the Python of the virtual environment, which has psycopg2."""
    python = str(setup.venv_python())
    os.execve(python, [python, "-P", "-m", "tools", *sys.argv[1:]],
              dict(os.environ, PYTHONPATH=str(ROOT), PYTHONDONTWRITEBYTECODE="1"))


def main(arguments):
    options = parser().parse_args(arguments)
    if options.command == "clean":
        setup.clean()
        say("Removed everything ./dev had made.")
        return 0
    needs_database = options.command != "lint"
    setup.prepare(browser=options.command == "test" and not options.fast,
                  postgresql=needs_database)
    if options.command == "setup":
        say("Ready.")
        return 0
    if not in_environment():
        enter_environment()
    if needs_database:
        from . import database
        database.ensure_role()
    return globals()[f"command_{options.command}"](options)


def database_name(text):
    """The name becomes part of file names and of a regular expression."""
    if not re.fullmatch(r"[A-Za-z][\w-]{0,50}", text):
        raise argparse.ArgumentTypeError("letters, digits, '_' and '-' only, a letter first")
    return text


def command_run(options):
    from . import serve
    return serve.run(options)


def command_live(options):
    from tests.live.peers import commands
    return commands.main(options.what or ["--help"])


def command_update(options):
    from . import database
    unknown = set(options.addon) - set(ADDONS)
    if unknown:
        raise Fail(f"no such addon here: {', '.join(sorted(unknown))}")
    updated = database.update(options.db, force=options.addon)
    say(f"Updated: {', '.join(updated)}" if updated else f"{options.db} is up to date.")


def command_shell(options):
    from . import database, odoo
    database.ensure(options.db)
    command = [str(part) for part in odoo.command(options.db, "shell", "--no-http",
                                                  "--log-level=warn")]
    os.execve(command[0], command, odoo.environment(options.db))


def command_test(options):
    from . import tests
    try:
        return tests.run(options)
    finally:
        if os.environ.get("CI") and not cluster.existing():
            # nobody comes back to a clone of continuous integration
            cluster.recorded().stop()


def command_lint(options):
    from . import lint
    return lint.run(options)


def command_bench(options):
    from . import bench
    return bench.run(options)


def command_i18n(options):
    from . import i18n
    return i18n.run(options)
