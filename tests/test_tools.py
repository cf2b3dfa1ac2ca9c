# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What ./dev is made of, where it can go wrong."""
import argparse
import errno
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict

import psycopg2
import pytest
from psycopg2 import sql

from tools import (
    cluster,
    console,
    database,
    debian,
    live,
    serve,
    setup,
    steps,
    system,
)
from tools.console import Fail
from tools.paths import ROOT, addon_digest, digest, marked


def python(code, *, env_extra=None, **options):
    """Start a Python process that can import ``tools``."""
    return subprocess.Popen(
        [sys.executable, "-P", "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env_extra or {})},
        stdout=subprocess.PIPE, text=True, **options)


def wait_until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


@pytest.fixture
def home(monkeypatch, tmp_path):
    """A clone's ``.odoo`` of this test's own."""
    for module in (steps, setup, cluster, debian):
        monkeypatch.setattr(module, "HOME", tmp_path)
    monkeypatch.setattr(cluster, "RECORD", tmp_path / "cluster.json")
    for name in ("PGHOST", "PGPORT", "PGUSER", "ODOO_HOME"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


# --- steps ---------------------------------------------------------------------------------------


def test_a_step_is_done_once_and_again_when_its_inputs_change(tmp_path):
    built = []

    def build(folder):
        built.append(folder)
        (folder / "content").write_text(str(len(built)))

    target = tmp_path / "thing"
    for stamp in ("a", "a", "b", "b"):
        steps.make_folder("thing", target, stamp, build)
    assert len(built) == 2
    assert (target / "content").read_text() == "2"
    assert [path.name for path in tmp_path.iterdir()] == ["thing"]


def test_a_step_that_fails_leaves_what_was_there(tmp_path):
    target = tmp_path / "thing"
    steps.make_folder("thing", target, "old", lambda folder: (folder / "old").touch())

    def build(_folder):
        raise Fail("no network")

    with pytest.raises(Fail):
        steps.make_folder("thing", target, "new", build)
    assert (target / "old").exists()
    assert not steps.is_done(target, "new")


def test_a_step_killed_in_the_middle_is_done_again(tmp_path):
    """The folder has its name only when it is whole, whenever the process dies."""
    code = f"""
import time
import unittest
from pathlib import Path
from tools.steps import make_folder
def build(folder):
    (folder / "half").touch()
    print("half", flush=True)
    time.sleep(60)
make_folder("thing", Path({str(tmp_path / 'thing')!r}), "a", build)
"""
    process = python(code)
    while process.stdout.readline().strip() != "half":
        pass
    process.kill()
    process.wait()
    assert not (tmp_path / "thing").exists()
    steps.make_folder("thing", tmp_path / "thing", "a", lambda folder: (folder / "x").touch())
    assert sorted(path.name for path in (tmp_path / "thing").iterdir()) == [".stamp", "x"]


def test_two_set_ups_of_one_clone_do_not_meet(home):
    code = f"""
import time
import unittest
from pathlib import Path
from tools import steps
steps.HOME = Path({str(home)!r})
with steps.lock("setup"):
    print("held", flush=True)
    time.sleep(60)
"""
    process = python(code)
    assert process.stdout.readline().strip() == "held"
    with pytest.raises(Fail, match=rf"another ./dev .*process {process.pid}"), steps.lock("setup"):
        pass
    process.kill()
    process.wait()
    with steps.lock("setup"):
        assert (home / "setup.lock").read_text() == str(os.getpid())


# --- errors in one line --------------------------------------------------------------------------


def one_line(capsys):
    error = capsys.readouterr().err
    assert error.startswith("dev: ")
    assert error.count("\n") == 1
    return error


@pytest.mark.parametrize(("error", "words"), [
    (Fail("port 8069 is taken"), "port 8069 is taken"),
    (KeyboardInterrupt(), "goes on where it stopped"),
    (OSError(errno.ENOSPC, "No space left on device"), "make room"),
    (PermissionError(errno.EACCES, "Permission denied", "peers"),
     "no right to peers: what 'sudo ./dev' made belongs to root"),
])
def test_what_the_user_can_put_right_is_one_line(capsys, error, words):
    def main(_arguments):
        raise error

    assert console.main_guard(main, []) == 1
    assert words in one_line(capsys)


def test_an_error_of_ours_keeps_its_traceback():
    def main(_arguments):
        raise OSError(errno.EIO, "broken")

    with pytest.raises(OSError, match="broken"):
        console.main_guard(main, [])


def test_a_full_disk_is_recognised_in_a_programs_output():
    with pytest.raises(OSError, match="No space") as caught:
        console.run(["sh", "-c", "echo 'write: No space left on device' >&2; exit 1"], fail="x")
    assert caught.value.errno == errno.ENOSPC


def test_a_missing_program_is_named():
    with pytest.raises(Fail, match="cannot do it: the program no-such-program is missing. Do that"):
        console.run(["no-such-program"], fail="cannot do it", hint="Do that")


@pytest.mark.parametrize("version", ["3.9.2", "3.10.13"])
def test_wrong_python(tmp_path, version):
    minor = version.split(".")[1]
    old = tmp_path / "python3"
    old.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "Python {version}" && exit\n'
                   f"exit $((11 > {minor}))\n")
    old.chmod(0o755)
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")
    done = subprocess.run([ROOT / "dev", "run"], env={"PATH": str(tmp_path)}, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 1
    assert f"Python 3.11 or newer is needed, found Python {version}" in done.stderr
    assert done.stderr.count("\n") == 1


def test_no_space(home, monkeypatch):
    monkeypatch.setattr(setup.shutil, "disk_usage", lambda _path: argparse.Namespace(free=2**20))
    with pytest.raises(Fail, match="0.0 GB are free .* make room"):
        setup.prepare()


def test_no_network(home, monkeypatch):
    monkeypatch.setattr(debian, "mirror", lambda: "http://127.0.0.1:9/debian")
    with pytest.raises(Fail, match="cannot fetch Debian packages: .* Check the network"):
        debian.apt("update")


def test_no_root_where_it_is_needed(monkeypatch):
    monkeypatch.setattr(system, "as_root", lambda: None)
    with pytest.raises(Fail, match="PostgreSQL is missing and installing it needs root: run "
                                   "'apt-get install --no-install-recommends postgresql'"):
        system.install("PostgreSQL", "postgresql")


def test_no_browser_and_no_root(home, monkeypatch, capsys):
    monkeypatch.setattr(system, "as_root", lambda: None)
    monkeypatch.delenv("CI", raising=False)
    setup.prepare_browser()
    assert "chromium' as root" in capsys.readouterr().out
    monkeypatch.setenv("CI", "true")
    with pytest.raises(Fail, match="needs root"):
        setup.prepare_browser()


def test_not_debian(monkeypatch):
    monkeypatch.setattr(system.shutil, "which", lambda _name: None)
    with pytest.raises(Fail, match="this is not Debian"):
        system.install("PostgreSQL", "postgresql")


def test_port_taken():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Fail, match=f"port {port} is taken: .*--port"):
            serve.check_port(port)
    serve.check_port(port)


def test_live_needs_root(monkeypatch):
    monkeypatch.setattr(live.os, "geteuid", lambda: 1000)
    with pytest.raises(Fail, match="--live needs root"):
        live.check()


def test_odoo_home_must_be_odoo_19(home, monkeypatch):
    monkeypatch.setenv("ODOO_HOME", str(home))
    with pytest.raises(Fail, match="is not an Odoo 19 checkout"):
        setup.prepare_odoo()


def test_a_shared_set_up_is_not_cleaned_from_beside(home, monkeypatch):
    (home / ".odoo").symlink_to(home / "elsewhere")
    monkeypatch.setattr(setup, "ROOT", home)
    with pytest.raises(Fail, match="shared with other work trees"):
        setup.clean()


def test_an_environment_whose_python_is_gone_is_made_again(home):
    steps.write_atomically(setup.venv() / steps.STAMP, setup.venv_stamp())
    (setup.venv() / "bin").mkdir()
    setup.venv_python().symlink_to(sys.executable)
    assert setup.venv_is_ready()
    setup.venv_python().unlink()
    setup.venv_python().symlink_to(home / "removed")
    assert not setup.venv_is_ready()


def test_a_terminal_without_utf_8_does_no_harm():
    code = """
import sys
from tools.console import main_guard, say
sys.exit(main_guard(lambda _: say('• done …'), []))
"""
    process = python(code, env_extra={"PYTHONIOENCODING": "ascii"})
    assert process.communicate()[0] == "? done ?\n"
    assert process.returncode == 0


# --- PostgreSQL ----------------------------------------------------------------------------------


def test_an_existing_server_is_used_when_named(home, monkeypatch):
    assert cluster.existing() is None
    monkeypatch.setenv("PGUSER", "ana")
    assert cluster.existing() is None
    monkeypatch.setenv("PGHOST", "db.example")
    assert cluster.existing() == cluster.Server("db.example", 5432, "ana")
    monkeypatch.setenv("PGPORT", "5433")
    assert cluster.server().port == 5433
    monkeypatch.setenv("PGUSER", "postgres")
    with pytest.raises(Fail, match="PGUSER"):
        cluster.existing()


def test_a_copied_clone_makes_a_cluster_of_its_own(home):
    record = cluster.Cluster("/somewhere/else/.odoo", "/x", "/x/socket", "ana", "/usr/bin")
    cluster.RECORD.write_text(json.dumps(asdict(record)))
    assert cluster.recorded() is None
    record.clone = str(home)
    cluster.RECORD.write_text(json.dumps(asdict(record)))
    assert cluster.recorded() == record


@pytest.mark.parametrize("text", ["", "{", "[]", '{"clone": 1}'])
def test_a_broken_record_counts_as_none(home, text):
    cluster.RECORD.write_text(text)
    assert cluster.recorded() is None
    with pytest.raises(Fail, match="run './dev setup'"):
        cluster.server()


@contextmanager
def made_cluster(monkeypatch, home):
    """A real cluster, made as set-up makes it."""
    # a folder that lets 'postgres' through, as pytest's own does not
    outside = cluster.Path("/tmp") / f"scrm-{digest(str(home))[:8]}"
    monkeypatch.setattr(cluster, "OUTSIDE", outside / "clusters")
    monkeypatch.setattr(cluster, "HOME", home)
    cluster.prepare()
    result = cluster.recorded()
    try:
        yield result
    finally:
        result.remove()
        if os.geteuid() == 0:
            os.rmdir(outside / "clusters")
            os.rmdir(outside)


def test_a_cluster_under_a_long_path_has_a_short_socket(home, monkeypatch):
    """Unix refuses longer ones."""
    long_home = home / ("long" * 20) / ".odoo"
    long_home.mkdir(parents=True)
    with made_cluster(monkeypatch, long_home) as made:
        server = cluster.server()
        assert len(server.host) + len("/.s.PGSQL.5432") < cluster.SOCKET_LIMIT
        assert os.stat(server.host).st_mode & 0o077 == 0, "anybody could log in as anybody"
        monkeypatch.setattr(cluster, "server", lambda: server)
        database.ensure_role()
        assert database.query("SELECT rolsuper, rolcreatedb FROM pg_roles "
                              "WHERE rolname = current_user") == [(False, True)]
        assert cluster.is_ready()
        cluster.prepare()
        made.stop()
        assert not cluster.is_ready()
        cluster.prepare()
        assert cluster.is_ready()
    assert not os.path.exists(made.folder)
    assert not os.path.exists(made.sockets)


# --- databases -----------------------------------------------------------------------------------


def test_a_databases_stamp_lies_in_the_database():
    name = marked("tools_stamp")
    database.drop(name)
    assert database.stamp(name) is None
    try:
        database.query(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        assert database.stamp(name) == {}, "not made by ./dev"
        with pytest.raises(Fail, match=f"database {name} exists and was not made by ./dev"):
            database.ensure(name)
        database.write_stamp(name, {"social_crm_base": "it's"})
        assert database.stamp(name) == {"social_crm_base": "it's"}
    finally:
        database.drop(name)


@pytest.fixture
def some_database():
    name = marked("tools_drop")
    database.drop(name)
    database.query(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield name
    database.drop(name)


def test_a_database_is_dropped_whoever_of_ours_is_connected(some_database):
    """Also one that connects anew whenever it is thrown out, as an Odoo server does."""
    stop, refusals = threading.Event(), []

    def come_back():
        while not stop.is_set():
            try:
                stay(database.connect(some_database))
            except Fail as error:
                refusals.append(str(error))

    def stay(connection):
        with closing(connection), suppress(psycopg2.OperationalError), \
                connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")

    busy = database.connect(some_database)
    clients = [threading.Thread(target=come_back, daemon=True) for _number in range(2)]
    for client in clients:
        client.start()
    try:
        database.drop(some_database)
    finally:
        stop.set()
        for client in clients:
            client.join()
    assert database.stamp(some_database) is None
    assert refusals, "the clients never tried again"
    with pytest.raises(psycopg2.OperationalError), busy.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_autovacuum_does_not_hold_up_a_drop(home, monkeypatch):
    """Its worker belongs to no role, so we may not end it; PostgreSQL sends it away itself."""
    with made_cluster(monkeypatch, home):
        database.ensure_role()
        for change in ("SET autovacuum_naptime = 1", "SET autovacuum_vacuum_cost_delay = 100",
                       "SET autovacuum_vacuum_cost_limit = 1"):  # often, and as slow as may be
            database.query(f"ALTER SYSTEM {change}", user="postgres")
        database.query("SELECT pg_reload_conf()", user="postgres")
        database.query("CREATE DATABASE busy")
        with closing(database.connect("busy")) as connection, connection.cursor() as cursor:
            cursor.execute("""
                CREATE TABLE heap AS
                SELECT number, repeat('x', 500) AS text FROM generate_series(1, 20000) number;
                UPDATE heap SET number = number + 1""")
        wait_until(lambda: database.query(
            "SELECT 1 FROM pg_stat_activity WHERE datname = 'busy' "
            "AND backend_type = 'autovacuum worker' AND strpos(query, 'heap') > 0",
            user="postgres"), seconds=60)  # who is no superuser does not see it
        database.drop("busy")
        assert database.stamp("busy") is None


@pytest.mark.skipif(bool(cluster.existing()), reason="needs the right to come as somebody else")
def test_a_database_somebody_else_is_connected_to_is_named(some_database, monkeypatch):
    monkeypatch.setattr(database, "DROP_ATTEMPTS", 1)
    with closing(database.connect(some_database, user="postgres")), \
            pytest.raises(Fail, match=f"cannot drop database {some_database}: There is 1 other"):
        database.drop(some_database)


def test_only_changed_addons_are_updated(monkeypatch):
    now, calls, stamps = database.current(), [], []
    before = {**now, "social_crm_gdpr": "before", "odoo": "x"}
    monkeypatch.setattr(database, "stamp", lambda _name: before)
    monkeypatch.setattr(database, "write_stamp", lambda _name, values: stamps.append(values))
    monkeypatch.setattr(database.odoo, "call", lambda *args, **_kwargs: calls.append(args))
    assert database.update("some") == ["social_crm_gdpr"]
    assert "social_crm_gdpr" in calls[0]
    assert stamps == [{**now, "odoo": "x", "apps": ""}]
    before = stamps[0]
    assert database.update("some") == []
    assert database.update("some", apps=["loyalty", "sale"]) == ["loyalty", "sale"]
    assert "-u" not in calls[-1]
    before = stamps[-1]
    assert database.update("some", apps=["sale"]) == [], "they are kept"
    assert database.update("some", force=["social_crm_base"]) == ["social_crm_base"]


def test_a_failed_update_is_tried_again(monkeypatch):
    def fail(*_args, **_kwargs):
        raise Fail("the update failed")

    stamps = []
    monkeypatch.setattr(database, "stamp", lambda _name: {"odoo": "x"})
    monkeypatch.setattr(database, "write_stamp", lambda *args: stamps.append(args))
    monkeypatch.setattr(database.odoo, "call", fail)
    with pytest.raises(Fail):
        database.update("some")
    assert not stamps


def test_tests_and_assets_do_not_count_as_a_change(monkeypatch, tmp_path):
    monkeypatch.setattr("tools.paths.ROOT", tmp_path)
    for name in ("models/a.py", "tests/test_a.py", "static/src/a.js"):
        (tmp_path / "addon" / name).parent.mkdir(parents=True)
        (tmp_path / "addon" / name).write_text("1")
    before = addon_digest("addon")
    (tmp_path / "addon/tests/test_a.py").write_text("2")
    (tmp_path / "addon/static/src/a.js").write_text("2")
    assert addon_digest("addon") == before
    (tmp_path / "addon/models/a.py").write_text("2")
    assert addon_digest("addon") != before
