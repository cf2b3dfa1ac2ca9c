# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""./dev test: addon tests under pytest-odoo, then what needs no Odoo in the test's process."""
import json
import shutil
from contextlib import ExitStack
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


@dataclass
class Run:
    """One run of pytest.

    :param str name: what it is called in reports.
    :param list arguments: what pytest is asked for.
    :param str database: the database its tests live in; None: they make their own.
    """
    name: str
    arguments: list
    database: str | None = None

    @property
    def counted(self):
        return REPORTS / f"{self.name}.json"

    @property
    def words(self):
        return REPORTS / f"{self.name}.log"

    def command(self, options, cover):
        """Command line, with coverage measured where asked for."""
        command = [setup.venv_python(), "-P", "-m"]
        if cover:
            command += ["coverage", "run", "-m"]
        command += ["pytest", "-p", "tools.pytest_plugin", f"--count-file={self.counted}",
                    f"--junitxml={REPORTS / self.name}.xml", "--durations=10", "--durations-min=5"]
        if options.keyword:
            command += ["-k", options.keyword]
        if options.fast:
            command.append("--fast")
        return [*command, *self.arguments]


def go(runs, options, *, cover=False):
    """Have runs of pytest go on at the same time, and show what they say one after the other.

    :param list runs: the runs.
    :param bool cover: measure coverage.
    :rtype: Count
    """
    with ExitStack() as stack:
        processes = []
        for run in runs:
            run.counted.unlink(missing_ok=True)
            env = odoo.environment(run.database)
            env["COVERAGE_FILE"] = str(REPORTS / ".coverage")
            aside = {} if run is runs[0] else {"stdout": stack.enter_context(run.words.open("wb"))}
            processes.append(stack.enter_context(
                odoo.child(run.command(options, cover), env=env, cwd=ROOT, **aside)))
        count = Count()
        for run, process in zip(runs, processes, strict=True):
            count += read_count(run.counted, process.wait())
            if run is not runs[0]:
                say(run.words.read_text(errors="replace"))
    return count


def halves(paths):
    """Sort test files into two parts of about the same weight.

    :param list paths: folders, files, or pytest's ``path::Class::test``.
    :rtype: list(list)
    """
    files = [file for path in map(Path, paths)
             for file in (sorted(path.rglob("test_*.py")) if path.is_dir() else [path])]
    weight = {file: file.read_text().count("def test_") if file.is_file() else 1 for file in files}
    parts = ([], [])
    for file in sorted(files, key=weight.get, reverse=True):
        min(parts, key=lambda part: sum(map(weight.get, part))).append(file)
    return [[str(file) for file in part] for part in parts if part]


def planned(addon_part, plain_part, options):
    """The runs, in groups that go on at the same time.

    What needs no browser minds no company: the fast run shares the work among the cores, each part
    on a database of its own. A browser's tests want the machine to themselves.

    :rtype: list(list(Run))
    """
    runs = []
    share = options.fast and not options.db
    for number, part in enumerate(halves(addon_part) if share else [addon_part] * bool(addon_part)):
        name = options.db or cli.TEST_DATABASE + (f"_{number + 1}" if number else "")
        database.ensure(name, fresh=not options.db, apps=database.OPTIONAL_APPS)
        say(f"Addon tests in database {name}")
        asked = [f"--odoo-database={name}", "--odoo-http", *part]
        runs.append(Run(f"addons{number or ''}", asked, name))
    if plain_part:
        say("Tests with processes of their own")
        runs.append(Run("plain", ["-p", "no:odoo", *plain_part]))
    return [runs] if share and runs else [[run] for run in runs]


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
    groups = planned(addon_part, plain_part, options)
    count = sum((go(group, options, cover=cover) for group in groups), Count())
    if cover:
        show_coverage()
    if count == Count():
        raise Fail("no test fits")
    say(f"\n{count}")
    return int(bool(count.failed))
