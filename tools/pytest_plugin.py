# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What both test runs add to pytest."""
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path

import pytest

SLOW = ("browser", "peers", "workers")
SLOW_TAG = "social_crm_slow"  # of tests inside Odoo, which know no marks of pytest


def pytest_addoption(parser):
    parser.addoption("--fast", action="store_true",
                     help="leave out what needs a browser, other servers or many processes")
    parser.addoption("--count-file", help="write the numbers of passed, failed and skipped tests")


def pytest_configure(config):
    config.addinivalue_line("markers", "browser: needs Chromium")
    config.addinivalue_line("markers", "peers: needs other servers, brought up by the test")
    config.addinivalue_line("markers", "workers: several Odoo processes at once, or killed ones")
    if "odoo.tests.common" in sys.modules:
        guard_browser(sys.modules["odoo.tests.common"].HttpCase, fast=config.option.fast)


def guard_browser(http_case, *, fast):
    """Odoo skips a tour when it finds no browser. In CI that would hide it: there it fails."""
    browser_js = http_case.browser_js

    def guarded(self, *args, **kwargs):
        if fast:
            self.skipTest("--fast: no browser")
        try:
            return browser_js(self, *args, **kwargs)
        except unittest.SkipTest as reason:
            if os.environ.get("CI"):
                self.fail(f"a browser test cannot be skipped in CI: {reason}")
            raise

    http_case.browser_js = guarded


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """The erasure log outlives a test's rollback, and would be ahead of the next one's database."""
    with tempfile.TemporaryDirectory(prefix="erasures") as folder:
        os.environ["SOCIAL_CRM_ERASURE_LOG"] = folder
        result = yield
        del os.environ["SOCIAL_CRM_ERASURE_LOG"]
    return result


def pytest_terminal_summary(terminalreporter, config):
    """Count tests as pytest's last line does; its JUnit report counts each subtest too."""
    def count(*kinds):
        return sum(len(terminalreporter.stats.get(kind, ())) for kind in kinds)

    if config.option.count_file:
        Path(config.option.count_file).write_text(json.dumps({
            "passed": count("passed", "xpassed"),
            "failed": count("failed", "error"),
            "skipped": count("skipped", "xfailed"),
        }))


def pytest_collection_modifyitems(config, items):
    if not config.option.fast:
        return
    slow = [item for item in items if any(item.get_closest_marker(name) for name in SLOW)
            or SLOW_TAG in getattr(item.cls, "test_tags", ())]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A skipped marked ``browser`` test is an error in CI as well."""
    report = yield
    if report.skipped and os.environ.get("CI") and item.get_closest_marker("browser") \
            and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipped in CI: {report.longrepr}"
    return report
