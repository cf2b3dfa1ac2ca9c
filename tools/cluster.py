# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The PostgreSQL this clone works with: an existing server, or a cluster of its own.

The own cluster listens on a Unix socket only, so there is no port to clash. PostgreSQL refuses to
run as root; for root the cluster therefore belongs to the user ``postgres`` and lies outside the
clone, which that user may be unable to reach. ``.odoo/cluster.json`` records where.
"""
import getpass
import json
import os
import pwd
import re
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from . import system
from .console import Fail, progress, run
from .paths import HOME, digest
from .steps import write_atomically

RECORD = HOME / "cluster.json"
OUTSIDE = Path("/var/lib/social-crm")
SOCKET_LIMIT = 107
ROLE = "odoo"


@dataclass
class Server:
    """How to connect: ``host`` is a socket folder or a host name."""
    host: str
    port: int
    user: str


@dataclass
class Cluster:
    """A cluster this clone made."""
    clone: str
    folder: str
    sockets: str
    owner: str
    programs: str

    def command(self, program, *arguments, fail):
        options = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam(self.owner)
            options = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        environment = {key: value for key, value in os.environ.items() if key[:2] != "PG"}
        return run([Path(self.programs) / program, *arguments], fail=fail, cwd="/",
                   env=dict(environment, LC_ALL="C.UTF-8"), **options)

    @property
    def data(self):
        return Path(self.folder) / "data"

    def is_running(self):
        """Whether its server answers, by the process id PostgreSQL notes in the folder."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
            return Path(f"/proc/{pid}/cwd").resolve() == self.data.resolve()
        except (FileNotFoundError, ProcessLookupError, PermissionError, IndexError, ValueError):
            return False

    def start(self):
        make_private(Path(self.sockets), self.owner)
        with progress("start PostgreSQL"):
            # -l: a server that kept our output open would keep the caller waiting
            self.command("pg_ctl", "start", "-w", "-t", "120", "-D", self.data,
                         "-l", Path(self.folder) / "server.log",
                         fail=f"PostgreSQL does not start (see {self.folder}/server.log)")

    def stop(self):
        if self.is_running():
            self.command("pg_ctl", "stop", "-w", "-m", "fast", "-D", self.data,
                         fail="PostgreSQL does not stop")

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.sockets, ignore_errors=True)


def existing():
    """The server named by the usual variables, or None."""
    if not (os.environ.get("PGHOST") or os.environ.get("PGPORT")):
        return None
    user = os.environ.get("PGUSER") or getpass.getuser()
    if user == "postgres":
        raise Fail("Odoo refuses to work as the PostgreSQL user 'postgres': name another role "
                   "that may create databases in PGUSER")
    return Server(os.environ.get("PGHOST", "localhost"), int(os.environ.get("PGPORT") or 5432),
                  user)


def programs():
    """Folder of the newest PostgreSQL server programs, or None."""
    def version(folder):
        return float(folder.parent.name)
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
               if re.fullmatch(r"[\d.]+", path.parent.parent.name)]
    if folders:
        return max(folders, key=version)
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def recorded():
    """The cluster this clone made earlier, or None. A copied clone's record is not its own."""
    try:
        cluster = Cluster(**json.loads(RECORD.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return cluster if cluster.clone == str(HOME) else None


def server():
    """The server to use; it runs once :func:`prepare` has returned."""
    if found := existing():
        return found
    cluster = recorded()
    if not cluster:
        raise Fail("there is no PostgreSQL cluster yet: run './dev setup'")
    return Server(cluster.sockets, 5432, ROLE)


def is_ready():
    cluster = recorded()
    return bool(existing() or (cluster and cluster.is_running()))


def prepare():
    """Find or install PostgreSQL, make the cluster unless it is there, and start it."""
    if is_ready():
        return
    cluster = recorded()
    if not (cluster and (cluster.data / "PG_VERSION").exists()):
        cluster = make()
    if not (Path(cluster.programs) / "postgres").exists():
        raise Fail(f"the PostgreSQL that made the cluster is gone ({cluster.programs}): "
                   "install it again, or run './dev clean' and begin anew")
    cluster.start()


def make():
    if not programs():
        system.install("PostgreSQL", "postgresql")
    found = programs()
    if not found:
        raise Fail("PostgreSQL's initdb is missing: install the package 'postgresql'")
    mark = digest(str(HOME))[:8]
    if os.geteuid() == 0:
        owner = "postgres"
        try:
            pwd.getpwnam(owner)
        except KeyError as error:
            raise Fail("PostgreSQL refuses to run as root and the user 'postgres' is missing: "
                       "run 'adduser --system --group postgres'") from error
        folder = OUTSIDE / mark
        OUTSIDE.mkdir(mode=0o755, parents=True, exist_ok=True)
    else:
        owner, folder = getpass.getuser(), HOME / "postgresql"
    sockets = folder / "socket"
    if len(str(sockets / ".s.PGSQL.5432")) >= SOCKET_LIMIT:
        sockets = Path(tempfile.gettempdir()) / f"social-crm-{os.geteuid()}-{mark}"
    cluster = Cluster(str(HOME), str(folder), str(sockets), owner, str(found))
    # no record, so nobody knows what lies there: a set-up that was interrupted or removed by hand
    cluster.remove()
    with progress(f"make a PostgreSQL cluster in {folder}"):
        make_private(folder, owner)
        cluster.command(
            "initdb", "-D", cluster.data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8",
            "--auth=trust", "--no-instructions", fail="cannot make a PostgreSQL cluster")
        with open(cluster.data / "postgresql.auto.conf", "a", encoding="utf-8") as settings:
            settings.write(
                "listen_addresses = ''\n"
                f"unix_socket_directories = '{sockets}'\n"
                "max_connections = 200\n"
                "shared_buffers = 256MB\n"
                # a development cluster is made anew by one command: speed before durability
                "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n")
        write_atomically(RECORD, json.dumps(asdict(cluster), indent=1))
    return cluster


def make_private(folder, owner):
    """A folder only its owner (and root) can enter: whoever enters may log in as anybody."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() == 0:
        user = pwd.getpwnam(owner)
        os.chown(folder, user.pw_uid, user.pw_gid)
    elif folder.stat().st_uid != os.geteuid():
        raise Fail(f"{folder} belongs to somebody else: remove it, then run this again")
    folder.chmod(0o700)
