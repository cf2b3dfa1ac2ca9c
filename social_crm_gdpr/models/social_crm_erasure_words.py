# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Names in what other people said: replaced where the network marks them as this person's.

A whole handle with its server is one person's wherever it stands; one without is the person's on
their network alone; the short ``@name`` only where the network itself says whom it names. What a
legal hold, a claim or accounting keeps is not changed, whoever said it.
"""

import json

from odoo import api, models
from odoo.tools import SQL, split_every

from odoo.addons.social_crm_base.tools.privacy import CONTENT

from ..tools import marks
from .social_crm_erasure_scan import WORDS

BATCH = 500
COLUMNS = ["title", "body", "body_html", "versions"]


class SocialCrmErasure(models.Model):
    _inherit = "social.crm.erasure"

    # === WHICH WORDS === #

    def _naming_pairs(self):
        """What others said that the network lists as naming the person, and whom of them.

        :return: id of the words to ids of accounts
        :rtype: dict[int, set[int]]
        """
        if not self.identity_ids:
            return {}
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT social_crm_interaction_id, social_crm_identity_id
              FROM social_crm_interaction_mention_rel WHERE social_crm_identity_id = ANY(%(p)s)
             UNION
            SELECT i.interaction_id, p.identity_id FROM social_crm_event_identity_rel p
              JOIN social_crm_event_interaction_rel i ON i.event_id = p.event_id
             WHERE p.identity_id = ANY(%(p)s)
            """,
            {"p": self.identity_ids.ids},
        )
        own = set(self._rows_of("social.crm.interaction"))
        found = {}
        for words, account in self.env.cr.fetchall():
            if words not in own:
                found.setdefault(words, set()).add(account)
        return found

    def _naming_words(self):
        """Those of them that may be changed.

        :rtype: recordset
        """
        words = self.env["social.crm.interaction"].browse(sorted(self._naming_pairs()))
        return words.browse(
            sorted({*words.ids}.difference(*self._protected(words).values()))
        )

    def _kept_naming(self):
        """Others' words that name the person and stay as they are, by ground, with their raw
        events; while a hold lasts also the account they name, by which they are found afterwards.

        :return: model to ground to ids
        :rtype: dict[str, dict[str, list[int]]]
        """
        pairs = self._naming_pairs()
        words = self.env["social.crm.interaction"].browse(sorted(pairs))
        kept = {}
        for ground, ids in self._protected(words).items():
            kept.setdefault(words._name, {})[ground] = sorted(ids)
            if events := self.env["social.crm.event"].search([("interaction_ids", "in", ids)]):
                kept.setdefault(events._name, {})[ground] = events.ids
            if ground == "hold":
                people = set().union(*(pairs[said] for said in ids))
                kept.setdefault("social.crm.identity", {})[ground] = sorted(people)
        return kept

    def _protected(self, records):
        """Rows of others that may not be changed either.

        :param recordset records: of any model
        :return: ground to ids
        :rtype: dict[str, list[int]]
        """
        found = {}
        if hasattr(records, "_held"):
            found["hold"] = set(records._held().ids)
        if "retention_ground" in records._fields:
            found["contract"] = set(records.filtered("retention_ground").ids)
        if records._name == "mail.message":
            if "account_audit_log_restricted" in records._fields:
                found["tax"] = set(records.filtered("account_audit_log_restricted").ids)
            for model, messages in records.grouped("model").items():
                for ground, ids in self._protected_documents(model, messages).items():
                    found.setdefault(ground, set()).update(
                        message.id for message in messages if message.res_id in ids
                    )
        counted = set()
        for ground, ids in found.items():  # each row counts on one ground
            found[ground] = sorted(ids - counted)
            counted |= ids
        return {ground: ids for ground, ids in found.items() if ids}

    def _protected_documents(self, model, messages):
        """Documents whose chatter stays as it is, by ground."""
        if model not in self.env:
            return {}
        documents = self.env[model].browse(set(messages.mapped("res_id")) - {0}).exists()
        found = {ground: set(ids) for ground, ids in (self.kept or {}).get(model, {}).items()}
        if hasattr(documents, "_held"):
            found.setdefault("hold", set()).update(documents._held().ids)
        return found

    # === WHAT IS PUT IN THEIR PLACE === #

    def _marked_handles(self):
        """By what the person is marked in texts.

        :return: (name as marked, code of its network, scope)
        :rtype: set[tuple[str, str, str]]
        """
        return {
            (marks.plain(alias["value"]), alias.get("network", ""), alias.get("scope", ""))
            for alias in self.aliases or self._collect_aliases()
            if alias["kind"] == "handle"
        }

    def _profiles(self):
        """Addresses of the person's profiles.

        :rtype: list[str]
        """
        return [alias["value"] for alias in self.aliases
                if alias["kind"] == "url" and alias.get("network")]  # fmt: skip

    def _mend_words(self):
        """Replace marked names in what others said and wrote, wherever the scan would find them."""
        handles, links = self._marked_handles(), self._profiles()
        self.env.flush_all()
        for table, columns in self._word_columns().items():
            known = self._columns_of(table)
            names = {
                name
                for name, network, scope in handles
                if marks.has_server(name)
                or (known & {"platform_id", "identity_id"} and network and not scope)
            }
            if "id" in known and (names or links):
                self._mend_table(table, sorted(columns & known), known, handles, names, links)
        self.env.invalidate_all()

    def _mend_table(self, table, columns, known, handles, names, links):
        """Replace whole handles and links to profiles in a table's words.

        :param set handles: see :meth:`_marked_handles`
        :param set names: those of them that are looked for in this table
        """
        stays, rows = self._rows_marking(table, columns, known, names, links)
        codes = {found.id: found.code for found in self.env["social.crm.platform"].search([])}
        removed = self.env._("[removed]")
        changed = []
        for row, platform, *texts in rows:
            if row in stays:
                continue
            meant = {
                name
                for name, network, scope in handles
                if marks.has_server(name)
                or (network and network == codes.get(platform) and not scope)
            }
            for text in texts:
                meant |= marks.linked_locals(text, links) if isinstance(text, str) else set()

            def change(text, is_gone=marks.among(meant)):  # noqa: B008 (bound here, in the loop)
                return marks.replace(text, is_gone, removed, links)

            fresh = [marks.replace_within(text, change) for text in texts]
            if fresh != texts:
                changed.append((row, *fresh))
        _update_texts(self.env.cr, table, columns, changed)

    def _rows_marking(self, table, columns, known, names, links):
        """Rows of a table whose words mark the person.

        :return: ids of those that stay as they are; id, platform and texts of all
        :rtype: tuple[set, list]
        """
        here = [SQL("true")]
        if "company_id" in known:
            here.append(SQL("company_id = %s", self.company_id.id))
        if table == "social_crm_interaction":
            here.append(SQL("date < %s", self.cutoff))
        pattern = "|".join(
            [*(f"@(<span>)?{_literal(name)}" for name in sorted(names)), *map(_literal, links)]
        )
        self.env.cr.execute(
            SQL(
                "SELECT id, %s, %s FROM %s WHERE (%s) AND %s ORDER BY id",
                _platform(known),
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL.identifier(table),
                SQL(" OR ").join(SQL("%s::text ~* %s", SQL.identifier(name), pattern)
                                 for name in columns),
                SQL(" AND ").join(here),
            )
        )  # fmt: skip
        rows = self.env.cr.fetchall()
        records = self.env[self._model_of(table)].browse(row[0] for row in rows)
        return self._note_protected(records), rows

    def _note_protected(self, records):
        """Note which of these rows stay as they are, and why.

        :return: their ids
        :rtype: set[int]
        """
        stays = {row for ids in (self.kept or {}).get(records._name, {}).values() for row in ids}
        for ground, ids in self._protected(records.browse(set(records.ids) - stays)).items():
            self._keep(records._name, ground, ids)
            stays.update(ids)
        return stays

    @api.model
    def _word_columns(self):
        """Columns of words people write, by table: declared as content, and Odoo's own.

        :rtype: dict[str, set[str]]
        """
        found = {table: set(columns) for table, columns in WORDS.items()}
        found["crm_lead"].add("name")
        del found["mail_tracking_value"]
        for model in self.env.registry.values():
            if model._abstract or not model._auto or not hasattr(model, "_personal_data_fields"):
                continue
            records = self.env[model._name]
            for name, personal in records._personal_data_fields().items():
                field = records._fields[name]
                if (
                    personal.category == CONTENT
                    and field.store
                    and field.type in ("char", "text", "html")
                    and not field.translate
                ):
                    found.setdefault(model._table, set()).add(name)
        found["social_crm_interaction"].add("versions")
        return {table: columns for table, columns in found.items() if self._columns_of(table)}


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    def _erase_names(self, people):
        """Replace the marked names of people in what others said; the words stay otherwise.

        :param recordset people: accounts that are being erased
        """
        self._replace_names(people)
        self.env.flush_all()
        self.env.cr.execute(
            """
            DELETE FROM social_crm_interaction_mention_rel
             WHERE social_crm_interaction_id = ANY(%s) AND social_crm_identity_id = ANY(%s)
            """,
            [self.ids, people.ids],
        )
        self.env["social.crm.event"]._drop_raw(self.ids)
        self.invalidate_recordset()

    def _replace_names(self, people):
        """Put a placeholder for ``@name`` and for links to the profile."""
        if not self:
            return
        removed = self.env._("[removed]")
        whole = people._marked_names()
        links = sorted({url for url in people.mapped("profile_url") if url})
        self.env.flush_all()
        listed = self._short_names(people)
        self.env.cr.execute(
            "SELECT i.id, i.platform_id, coalesce(a.scope, ''), i.title, i.body, i.body_html,"
            " i.versions FROM social_crm_interaction i"
            "  LEFT JOIN social_crm_identity a ON a.id = i.identity_id WHERE i.id = ANY(%s)",
            [self.ids],
        )
        changed = []
        for row, platform, place, *texts in self.env.cr.fetchall():
            ours, others = listed.get(row, (set(), set()))
            meant = {
                name
                for name, network, scope in whole
                if marks.has_server(name) or (network == platform and scope in ("", place))
            }
            meant |= (ours | marks.linked_locals(texts[2], links)) - others

            def change(text, is_gone=marks.among(meant)):  # noqa: B008 (bound here, in the loop)
                return marks.replace(text, is_gone, removed, links)

            fresh = [marks.replace_within(text, change) for text in texts]
            if fresh != texts:
                changed.append((row, *fresh))
        _update_texts(self.env.cr, self._table, COLUMNS, changed)
        self.invalidate_recordset()

    def _short_names(self, people):
        """Short names the network lists with these words: of these people, and of others.

        A raw event that brought several words does not tell which of them names whom.

        :return: id of the words to (names of these people, names of others)
        :rtype: dict[int, tuple[set, set]]
        """
        self.env.cr.execute(
            """
            WITH told AS (
                SELECT r.social_crm_interaction_id AS said, r.social_crm_identity_id AS who
                  FROM social_crm_interaction_mention_rel r
                 WHERE r.social_crm_interaction_id = ANY(%(said)s)
                 UNION
                SELECT i.interaction_id, p.identity_id
                  FROM social_crm_event_interaction_rel i
                  JOIN social_crm_event_identity_rel p ON p.event_id = i.event_id
                 WHERE i.interaction_id = ANY(%(said)s)
                   AND NOT EXISTS (SELECT FROM social_crm_event_interaction_rel o
                                    WHERE o.event_id = i.event_id
                                      AND o.interaction_id <> i.interaction_id)
            )
            SELECT told.said, a.id, a.handle
              FROM told JOIN social_crm_identity a ON a.id = told.who
             WHERE a.handle IS NOT NULL
            """,
            {"said": self.ids},
        )
        found = {}
        for said, account, handle in self.env.cr.fetchall():
            ours, others = found.setdefault(said, (set(), set()))
            (ours if account in people._ids else others).add(marks.local(handle))
        return found


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    def _marked_names(self):
        """By what these accounts are marked in texts of their network: handles, former ones, ids.

        :return: (name as marked, id of the platform, scope)
        :rtype: set[tuple[str, int, str]]
        """
        return {
            (name, identity.platform_id.id, identity.scope or "")
            for identity in self
            for said in (identity.handle, identity.external_id,
                         *identity.alias_ids.mapped("value"))
            if (name := marks.plain(said))
        }  # fmt: skip


def _literal(name):
    """A name as regular expressions of PostgreSQL take it literally."""
    return "".join(char if char.isalnum() else rf"\{char}" for char in name)


def _update_texts(cr, table, columns, rows):
    """Write texts of many rows.

    :param list rows: id and one text, or JSON value, for each column
    """
    rows = [
        [value if isinstance(value, (str, int, type(None))) else json.dumps(value) for value in row]
        for row in rows
    ]
    for batch in split_every(BATCH, rows, list):
        cr.execute(
            SQL(
                "UPDATE %(table)s t SET %(sets)s FROM unnest(%(arrays)s) AS v(id, %(names)s)"
                " WHERE t.id = v.id",
                table=SQL.identifier(table),
                sets=SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), _typed(name)) for name in columns
                ),
                arrays=SQL(", ").join(
                    SQL("%s::%s[]", list(values), SQL("text") if number else SQL("int"))
                    for number, values in enumerate(zip(*batch, strict=True))
                ),
                names=SQL(", ").join(map(SQL.identifier, columns)),
            )
        )


def _typed(name):
    column = SQL("v.%s", SQL.identifier(name))
    return SQL("%s::jsonb", column) if name == "versions" else column


def _platform(known):
    """The network a row's words are from: its own, or that of the account it belongs to.

    :rtype: SQL
    """
    if "platform_id" in known:
        return SQL("platform_id")
    if "identity_id" in known:
        return SQL("(SELECT p.platform_id FROM social_crm_identity p WHERE p.id = identity_id)")
    return SQL("NULL")
