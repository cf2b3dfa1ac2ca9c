# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""./dev test: addon tests under pytest-odoo, then everything that needs no Odoo in-process."""
from pathlib import Path

from . import cli, database, odoo, setup
from .paths import ADDONS, ROOT


def split(what):
    """Sort addons and paths into the two runs.

    :return: paths for the addon run, paths for the plain run.
    :rtype: tuple(list, list)
    """
    addon_paths, plain_paths = [], []
    for item in what or [*ADDONS, "tests"]:
        path = Path(str(item).partition("::")[0])
        path = path if path.is_absolute() else ROOT / path
        name = path.resolve().relative_to(ROOT).parts[0]
        suffix = str(item)[len(str(item).partition("::")[0]):]
        if name in ADDONS:
            addon_paths.append(f"{path / 'tests' if item in ADDONS else path}{suffix}")
        else:
            plain_paths.append(f"{path}{suffix}")
    return addon_paths, plain_paths


def run(options):
    addon_paths, plain_paths = split(options.what)
    code = 0
    pytest = [setup.venv_python(), "-P", "-m", "pytest"]
    if options.keyword:
        pytest += ["-k", options.keyword]
    if addon_paths:
        name = options.db or cli.TEST_DATABASE
        database.ensure(name, fresh=not options.db)
        with odoo.child([*pytest, f"--odoo-database={name}", "--odoo-http", *addon_paths],
                        env=odoo.environment(name), cwd=ROOT) as process:
            code |= process.wait()
    if plain_paths and not options.db:
        with odoo.child([*pytest, "-p", "no:odoo", *plain_paths],
                        env=odoo.environment(), cwd=ROOT) as process:
            code |= process.wait()
    return code
