# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""./dev lint: style, Odoo's pitfalls, and the repository's own rules."""
from . import odoo, setup
from .console import say
from .paths import ADDONS, ROOT

CHECKS = {
    "ruff": ["ruff", "check", "--no-cache", "."],
    "pylint with pylint-odoo": ["pylint", "--rcfile=setup.cfg", *ADDONS],
    "repository": ["pytest", "-q", "-p", "no:odoo", "-p", "tools.pytest_plugin",
                   "tests/test_repository.py"],
}


def run(_options):
    failed = []
    for name, arguments in CHECKS.items():
        say(f"• {name}")
        with odoo.child([setup.venv_python(), "-P", "-m", *arguments],
                        env=odoo.environment(), cwd=ROOT) as process:
            if process.wait():
                failed.append(name)
    say(f"\nLint found problems: {', '.join(failed)}" if failed else "\nLint found nothing")
    return int(bool(failed))
