# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Databases: made once, copied in a second, updated only where an addon has changed.

A database's comment says what its addons were when they were installed. It is written after the
work and lies in the database itself, so it is true whatever was interrupted.
"""
import json
import shutil
from contextlib import closing

import psycopg2
from psycopg2 import errors, sql

from . import cluster, odoo, setup
from .console import Fail, progress
from .paths import ADDONS, HOME, addon_digest, digest, foreign_dependencies, marked
from .steps import lock

MARK = "social-crm "
DROP_ATTEMPTS = 3
# Our addons use these where they are installed and do without where not. The database of the addon
# tests has them; those of ./dev run and of the tests and benchmarks with processes of their own
# have not. So both are proven.
OPTIONAL_APPS = ("sale_management", "loyalty", "project")
HOME_MARK = digest(str(HOME))[:6]


def connect(database="postgres", *, user=None):
    """An autocommit connection.

    :raise Fail: the server does not let us in.
    """
    server = cluster.server()
    try:
        connection = psycopg2.connect(
            host=server.host, port=server.port, user=user or server.user, dbname=database)
    except psycopg2.OperationalError as error:
        raise Fail(f"cannot reach PostgreSQL as {user or server.user} on {server.host}: "
                   f"{str(error).splitlines()[0]}") from error
    connection.autocommit = True
    return connection


def query(statement, parameters=(), **options):
    """Rows of one statement on the server's own database."""
    with closing(connect(**options)) as connection, connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def ensure_role():
    """Odoo's role: allowed to create databases, not a superuser."""
    if cluster.existing():
        if query("SELECT 1 FROM pg_roles WHERE rolname = current_user "
                 "AND (rolcreatedb OR rolsuper)"):
            return
        raise Fail("the PostgreSQL role may not create databases: run "
                   "'ALTER ROLE ... CREATEDB' or name another role in PGUSER")
    role = cluster.ROLE
    if not query("SELECT 1 FROM pg_roles WHERE rolname = %s", [role], user="postgres"):
        query(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(role)),
              user="postgres")


def stamp(name):
    """What the database says it holds.

    :return: None without such a database, {} if it was not made here, else fingerprints by addon.
    """
    rows = query("SELECT shobj_description(oid, 'pg_database') FROM pg_database "
                 "WHERE datname = %s", [name])
    if not rows:
        return None
    text = rows[0][0] or ""
    return json.loads(text.removeprefix(MARK)) if text.startswith(MARK) else {}


def write_stamp(name, values):
    query(sql.SQL("COMMENT ON DATABASE {} IS {}").format(
        sql.Identifier(name), sql.Literal(MARK + json.dumps(values, sort_keys=True))))


def filestore(name):
    return HOME / "data" / "filestore" / name


def end_sessions(name):
    """End the sessions of our own role in a database; no other right is needed for that.

    Nor should it be more: what makes or drops a database sends autovacuum away by itself, which
    belongs to no role, and which ``WITH (FORCE)`` would end on a superuser's word only.
    """
    query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
          "WHERE datname = %s AND usename = current_user", [name])


def drop(name):
    """Drop a database, whoever of ours is connected to it, and its files.

    :raise Fail: somebody else stays connected to it.
    """
    for _attempt in range(DROP_ATTEMPTS):
        try:
            # or a client that connects anew could slip in between
            query(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(
                sql.Identifier(name)))
            end_sessions(name)
            query(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        except errors.InvalidCatalogName:
            pass  # there is none
        except errors.ObjectInUse as error:
            # PostgreSQL itself waited some seconds
            reason = (error.diag.message_detail or str(error)).splitlines()[0]
            continue
        shutil.rmtree(filestore(name), ignore_errors=True)
        return
    raise Fail(f"cannot drop database {name}: {reason} Close what is connected to it, then try "
               "again")


def copy(source, target):
    """Copy a database nobody is connected to, files included; an old target is replaced."""
    drop(target)
    end_sessions(source)
    query(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(target), sql.Identifier(source)))
    if filestore(source).is_dir():
        shutil.copytree(filestore(source), filestore(target))
    with closing(connect(target)) as connection, connection.cursor() as cursor:
        # two databases with one identity would share sessions and mail references
        cursor.execute("UPDATE ir_config_parameter SET value = gen_random_uuid()::text "
                       "WHERE key = 'database.uuid'")
    write_stamp(target, stamp(source))


def rename(source, target):
    drop(target)
    query(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
        sql.Identifier(source), sql.Identifier(target)))
    if filestore(source).is_dir():
        filestore(source).rename(filestore(target))


def current():
    """Fingerprints of the addons as they are in this work tree."""
    return {addon: addon_digest(addon) for addon in ADDONS}


def template(demo, apps=()):
    """A database with our addons as they are now, to be copied; made when they have changed.

    It stands on a second one, without our addons, which changes only with Odoo.

    :param bool demo: with demo data.
    :param apps: optional apps of Odoo, see :data:`OPTIONAL_APPS`.
    :return: its name.
    :rtype: str
    """
    kind = "_".join(["demo" if demo else "plain", *(["apps"] if apps else [])])
    base = f"tpl_odoo_{kind}_{HOME_MARK}"
    whole = marked(f"tpl_social_{kind}")
    foreign = [*foreign_dependencies(), *apps]
    with lock(f"template-{kind}", wait=True):
        odoo_now = {"odoo": digest(str(setup.odoo_path()), setup.odoo_stamp(), *foreign),
                    "home": HOME_MARK, **({"apps": " ".join(apps)} if apps else {})}
        if stamp(base) != odoo_now:
            with progress(f"install Odoo's own addons (once){': ' * bool(apps)}{', '.join(apps)}"):
                install(base, foreign, demo, odoo_now)
        if stamp(whole) != {**odoo_now, **current()}:
            with progress("install the Social CRM addons"):
                install(whole, ADDONS, demo, {**odoo_now, **current()}, start=base)
    return whole


def install(name, addons, demo, values, start=None):
    """Make database ``name`` with ``addons``; it gets its name only when it is whole."""
    new = f"{name}_new"
    if start:
        copy(start, new)
    else:
        drop(new)
    odoo.call(new, "server", "-i", ",".join(addons), *odoo.QUIET,
              *(["--with-demo"] if demo else []), fail=f"cannot install {', '.join(addons)}")
    if demo:
        _refuse_failed_demo(new)
    write_stamp(new, values)
    rename(new, name)


def _refuse_failed_demo(name):
    """Odoo goes on without demo data that cannot be loaded; we do not.

    :raise Fail: with Odoo's own words.
    """
    failed = query("SELECT error FROM ir_demo_failure", database=name)
    if failed:
        raise Fail(f"the demo data cannot be loaded: {failed[0][0].strip()[-600:]}")


def ensure(name, *, demo=True, fresh=False, apps=()):
    """Make database ``name`` with our addons, or bring it up to date.

    :param str name: database name.
    :param bool demo: with demo data, when it is made.
    :param bool fresh: make it anew.
    :param apps: optional apps of Odoo it must have; one that is there keeps those it has.
    :raise Fail: an addon does not install, or the database is not one of ours.
    """
    found = None if fresh else stamp(name)
    if found is None:
        source = template(demo, apps)
        with progress(f"make database {name}"):
            copy(source, name)
    elif not found:
        raise Fail(f"database {name} exists and was not made by ./dev: choose another with --db, "
                   "or let it be replaced with --fresh")
    elif found.get("home", HOME_MARK) != HOME_MARK:
        # its files lie in the other clone
        raise Fail(f"database {name} belongs to another clone: choose another with --db, or let "
                   "it be replaced with --fresh")
    else:
        update(name, apps=apps)


def update(name, *, force=(), apps=()):
    """Update the addons that changed since the database was last touched.

    :param str name: database name.
    :param force: addons to update even if unchanged.
    :param apps: optional apps of Odoo to install if they are missing.
    :return: the addons that were updated or installed.
    :rtype: list
    """
    found, now = stamp(name), current()
    if not found:
        raise Fail(f"there is no database {name} made by ./dev: './dev run --db {name}' makes it")
    had = found.get("apps", "").split()
    missing = [app for app in apps if app not in had]
    changed = [addon for addon in ADDONS if found.get(addon) != now[addon] or addon in force]
    if changed or missing:
        with progress(f"update {', '.join([*missing, *changed])} in {name}"):
            odoo.call(name, "server", "-i", ",".join([*missing, *ADDONS]),
                      *(["-u", ",".join(changed)] if changed else []),
                      *odoo.QUIET, fail="the update failed")
        write_stamp(name, {**found, **now, "apps": " ".join([*had, *missing])})
    return [*missing, *changed]
