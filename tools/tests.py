# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""./dev test: addon tests under pytest-odoo, then what needs no Odoo in the test's process."""
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import cli, database, odoo, setup
from .console import Fail, say
from .paths import ADDONS, HOME, ROOT, own
from .steps import lock

REPORTS = HOME / own("reports")
NO_TESTS = 5


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Count(self.passed + other.passed, self.failed + other.failed,
                     self.skipped + other.skipped)

    def __str__(self):
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def split(what):
    """Sort addons and paths into the two runs.

    :param list what: names of addons, paths, or pytest's ``path::Class::test``; empty means all.
    :return: the addons' part, the plain part.
    :rtype: tuple(list, list)
    :raise Fail: there is no such path in the repository.
    """
    addon_part, plain_part = [], []
    for item in what or [*ADDONS, "tests"]:
        name, separator, rest = item.partition("::")
        path = ROOT / name if (ROOT / name).exists() else Path(name).resolve()
        if not path.exists() or not path.is_relative_to(ROOT):
            raise Fail(f"there is nothing to test at {name}: name an addon or a path in {ROOT}")
        if path.parent == ROOT and path.name in ADDONS:
            path /= "tests"
        part = addon_part if path.relative_to(ROOT).parts[0] in ADDONS else plain_part
        part.append(f"{path}{separator}{rest}")
    return addon_part, plain_part


def read_count(path, code):
    """What a run counted (see ``tools.pytest_plugin``), made true to its exit code.

    :param Path path: the counts; missing if pytest itself broke.
    :param int code: pytest's exit code.
    :rtype: Count
    """
    if code == NO_TESTS:
        return Count()
    try:
        count = Count(**json.loads(path.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        count = Count()
    if code and not count.failed:
        count.failed = 1
    return count


def pytest(name, arguments, options, *, env, cover):
    """One run of pytest.

    :param str name: what the run is called in reports.
    :param bool cover: measure coverage.
    :rtype: Count
    """
    counted = REPORTS / f"{name}.json"
    counted.unlink(missing_ok=True)
    command = [setup.venv_python(), "-P", "-m"]
    if cover:
        command += ["coverage", "run", "-m"]
    command += ["pytest", "-p", "tools.pytest_plugin", f"--count-file={counted}",
                f"--junitxml={REPORTS / name}.xml", "--durations=10", "--durations-min=5"]
    if options.keyword:
        command += ["-k", options.keyword]
    if options.fast:
        command.append("--fast")
    env["COVERAGE_FILE"] = str(REPORTS / ".coverage")
    with odoo.child([*command, *arguments], env=env, cwd=ROOT) as process:
        code = process.wait()
    return read_count(counted, code)


def show_coverage():
    """Print the totals and leave an HTML report."""
    env = dict(odoo.environment(), COVERAGE_FILE=str(REPORTS / ".coverage"))
    coverage = [setup.venv_python(), "-P", "-m", "coverage"]
    for arguments in (["combine", "-q"], ["html", "-q", "-d", REPORTS / "coverage"],
                      ["report", "--skip-covered"]):
        with odoo.child([*coverage, *arguments], env=env, cwd=ROOT) as process:
            process.wait()
    say(f"Coverage by line: {REPORTS / 'coverage' / 'index.html'}")


def run(options):
    with lock(own(f"test-{options.db or ''}"), busy="another ./dev test runs on this database"):
        return run_locked(options)


def run_locked(options):
    addon_part, plain_part = split(options.what)
    # of a part of the tests the figures would say nothing, and they take half as long again
    cover = not (options.db or options.keyword or options.fast) and set(options.what) <= set(ADDONS)
    if cover:
        shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True, exist_ok=True)
    count = Count()
    if addon_part:
        name = options.db or cli.TEST_DATABASE
        database.ensure(name, fresh=not options.db, apps=database.OPTIONAL_APPS)
        say(f"Addon tests in database {name}")
        count += pytest("addons", [f"--odoo-database={name}", "--odoo-http", *addon_part],
                        options, env=odoo.environment(name), cover=cover)
    if plain_part:
        say("Tests with processes of their own")
        count += pytest("plain", ["-p", "no:odoo", *plain_part], options,
                        env=odoo.environment(), cover=cover)
    if cover:
        show_coverage()
    if count == Count():
        raise Fail("no test fits")
    say(f"\n{count}")
    return int(bool(count.failed))
