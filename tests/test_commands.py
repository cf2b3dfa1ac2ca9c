# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The commands of ./dev: the processes they start, what they count and measure."""
import json
import os
import signal
import subprocess
import sys
import unittest
from contextlib import closing

import pytest

from tools import bench, cli, odoo, pytest_plugin, tests
from tools.console import Fail
from tools.paths import ADDONS, ROOT

from .test_tools import python, wait_until


def is_alive(pid):
    """Whether a process runs; one that ended and waits to be reaped does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


# --- processes -----------------------------------------------------------------------------------


def test_a_child_ends_with_its_block():
    with pytest.raises(RuntimeError), odoo.child(["sh", "-c", "sleep 60 & wait"]) as process:
        raise RuntimeError
    assert process.poll() is not None

    def group_is_gone():
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return True
        return False

    wait_until(group_is_gone)


def test_a_child_that_will_not_end_is_killed():
    stubborn = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""
    with odoo.child([sys.executable, "-c", stubborn], grace=0.2, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
    assert child.returncode == -signal.SIGKILL
    child.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_child_ends_with_us_however_we_end(number):
    process = python("""
from tools.odoo import child
with child(["sleep", "60"]) as process:
    print(process.pid, flush=True)
    process.wait()
""", stderr=subprocess.DEVNULL)
    with closing(process.stdout):
        pid = int(process.stdout.readline())
        process.send_signal(number)
        process.wait(10)
    wait_until(lambda: not is_alive(pid))


# --- tests and benchmarks ------------------------------------------------------------------------


def test_the_fast_run_shares_every_test_file_out_once():
    first, second = tests.halves(tests.split([])[0])
    files = sorted(str(path) for addon in ADDONS for path in ROOT.glob(f"{addon}/tests/test_*.py"))
    assert sorted(first + second) == files
    assert min(len(first), len(second)) > len(files) / 4
    assert tests.halves(["a.py::Test::test_one"]) == [["a.py::Test::test_one"]]


def test_what_to_test_is_sorted_into_two_runs():
    addons, plain = tests.split([])
    assert addons == [str(ROOT / addon / "tests") for addon in ADDONS]
    assert plain == [str(ROOT / "tests")]
    addons, plain = tests.split(["social_crm_base", "tests/test_tools.py::test_port_taken"])
    assert addons == [str(ROOT / "social_crm_base" / "tests")]
    assert plain == [f"{ROOT}/tests/test_tools.py::test_port_taken"]
    for wrong in ("no_such_addon", "/etc"):
        with pytest.raises(Fail, match="nothing to test"):
            tests.split([wrong])


@pytest.mark.parametrize(("report", "code", "expected"), [
    ('{"passed": 3, "failed": 2, "skipped": 1}', 1, "3 passed, 2 failed, 1 skipped"),
    ('{"passed": 7, "failed": 0, "skipped": 0}', 0, "7 passed, 0 failed"),
    ('{"passed": 7, "failed": 0, "skipped": 0}', 2, "7 passed, 1 failed"),
    ("<broken", 3, "0 passed, 1 failed"),
    (None, 0, "0 passed, 0 failed"),
    (None, 4, "0 passed, 1 failed"),
    (None, tests.NO_TESTS, "0 passed, 0 failed"),
])
def test_runs_are_counted(tmp_path, report, code, expected):
    """Also one that broke before it could report: that is a failure, never silence."""
    path = tmp_path / "counts.json"
    if report:
        path.write_text(report)
    assert str(tests.read_count(path, code)) == expected


EXAMPLE = """
import pytest, unittest
def test_passes(subtests):
    with subtests.test("a"): pass
    with subtests.test("b"): pass
def test_fails(): assert 0
def test_skips(): pytest.skip("why")
@pytest.fixture
def broken(): raise ValueError
def test_error(broken): pass
@pytest.mark.xfail
def test_known(): assert 0
@pytest.mark.peers
def test_peers(): pass
@pytest.mark.browser
def test_browser(): pytest.skip("no browser")
"""


@pytest.mark.parametrize(("arguments", "ci", "expected"), [
    ([], "", {"passed": 2, "failed": 2, "skipped": 3}),
    ([], "true", {"passed": 2, "failed": 3, "skipped": 2}),
    (["--fast"], "true", {"passed": 1, "failed": 2, "skipped": 2}),
])
def test_the_plugin_counts_what_pytest_says(tmp_path, arguments, ci, expected):
    (tmp_path / "test_example.py").write_text(EXAMPLE)
    subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:odoo", "-p", "tools.pytest_plugin",
         "--count-file=count.json", *arguments, "test_example.py"],
        cwd=tmp_path, env=dict(os.environ, PYTHONPATH=str(ROOT), CI=ci), capture_output=True,
        check=False)
    assert json.loads((tmp_path / "count.json").read_text()) == expected


def test_ratio_is_the_median_of_alternated_rounds():
    order, ours = [], iter([10.0, 40.0, 20.0])

    def mine():
        order.append("ours")
        return next(ours)

    def theirs():
        order.append("theirs")
        return 10.0

    assert bench.ratio(mine, theirs, rounds=3) == 2.0
    assert order == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]


@pytest.mark.parametrize(("value", "at_most", "missed"), [
    (0.8, False, False), (0.7, False, True), (0.8, True, True), (0.7, True, False),
    (None, False, False)])
def test_a_missed_target_is_seen(value, at_most, missed):
    assert bench.Result("x", value, 0.75, at_most).is_missed is missed


def test_every_command_has_its_function():
    actions = cli.parser()._subparsers._group_actions[0].choices
    for name in set(actions) - {"setup", "clean"}:
        assert callable(getattr(cli, f"command_{name}"))


@pytest.mark.parametrize("name", ["../up", "", "1a", "a b", "a'b", "a" * 60])
def test_a_database_name_cannot_lead_elsewhere(capsys, name):
    with pytest.raises(SystemExit):
        cli.parser().parse_args(["run", "--db", name])
    assert "letters, digits" in capsys.readouterr().err


class Browserless:
    """Stands for Odoo's HttpCase on a machine without a browser."""

    def browser_js(self):
        raise unittest.SkipTest("Chrome executable not found")

    def skipTest(self, reason):
        raise unittest.SkipTest(reason)

    def fail(self, reason):
        raise AssertionError(reason)


@pytest.mark.parametrize(("ci", "fast", "error", "words"), [
    ("", False, unittest.SkipTest, "not found"),
    ("true", False, AssertionError, "cannot be skipped in CI"),
    ("true", True, unittest.SkipTest, "--fast"),
])
def test_a_missing_browser_is_an_error_in_ci(monkeypatch, ci, fast, error, words):
    case = type("Case", (Browserless,), {})
    pytest_plugin.guard_browser(case, fast=fast)
    monkeypatch.setenv("CI", ci)
    with pytest.raises(error, match=words):
        case().browser_js()
