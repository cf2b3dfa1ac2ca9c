# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Where in a database and its files a word stands, found without the product's help."""

from tools import database


def places(server, words):
    """All columns and files that hold one of these words, in any case.

    :param OdooServer server: whose database and files.
    :param words: what to look for.
    :return: pairs of table and column; of ``file`` and its name.
    :rtype: set
    """
    found = set()
    columns = server.sql("""
        SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
          JOIN information_schema.tables t USING (table_schema, table_name)
         WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
           AND c.data_type IN ('text', 'character varying', 'json', 'jsonb', 'bytea')""")
    likes = [f'%{word}%' for word in words]
    for table, column, kind in columns:
        text = f"encode(\"{column}\", 'escape')" if kind == 'bytea' else f'"{column}"::text'
        if server.sql(f'SELECT 1 FROM "{table}" WHERE {text} ILIKE ANY(%s) LIMIT 1', likes):
            found.add((table, column))
    spelt = [word.lower().encode() for word in words]
    for path in database.filestore(server.database).rglob('*'):
        if path.is_file() and any(word in path.read_bytes().lower() for word in spelt):
            found.add(('file', path.name))
    return found
