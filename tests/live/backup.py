# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Yesterday's backup of a database with its files, made and put back as an administrator does."""

import shutil
import subprocess

from psycopg2 import sql

from tools import cluster, database


class Backup:
    """A dump and a copy of the filestore, taken now.

    :param OdooServer server: whose; it may go on working.
    :param Path home: where to keep them.
    """

    def __init__(self, server, home):
        self.server = server
        self.dump = home / 'backup.dump'
        self.files = home / 'filestore'
        self._postgres('pg_dump', '--format=custom', f'--file={self.dump}', server.database)
        source = database.filestore(server.database)
        if source.is_dir():
            shutil.copytree(source, self.files)

    def restore(self):
        """Put it back in place of what is there; nobody may be at work."""
        name = self.server.database
        self.server.db.close()
        database.drop(name)
        database.query(sql.SQL('CREATE DATABASE {} TEMPLATE template0').format(
            sql.Identifier(name)))
        self._postgres('pg_restore', '--no-owner', f'--dbname={name}', str(self.dump))
        if self.files.is_dir():
            shutil.copytree(self.files, database.filestore(name))
        self.server.connect()

    def _postgres(self, program, *arguments):
        host = cluster.server()
        done = subprocess.run(
            [program, f'--host={host.host}', f'--port={host.port}', f'--username={host.user}',
             *arguments], capture_output=True, text=True, check=False)
        # an extension's comment belongs to the superuser, who made the extension
        assert done.returncode == 0 or 'COMMENT' in done.stderr, done.stderr
