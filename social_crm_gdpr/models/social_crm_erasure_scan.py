# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The proof: every text and JSON column of every table, and every file, is searched for every name
of the person. What is found is explained or a person looks at it; till then no certificate.
"""

import re

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.social_crm_base.tools.privacy import CONTENT, KEEP, NONE

from ..tools.alias_search import AliasSearch

#: What the judge wants to know of a row, where its table has it.
FACTS = (
    "id", "company_id", "create_date", "received_at", "model", "res_model", "res_id", "direction",
    "author_id", "write_uid", "move_id", "order_id", "state",
)  # fmt: skip
#: What belongs to a document tax law keeps stays with it: by its table, the document and how.
PARTS = {
    "account_move_line": ("account.move", "move_id"),
    "account_payment": ("account.move", "move_id"),
    "account_bank_statement_line": ("account.move", "move_id"),
    "sale_order_line": ("sale.order", "order_id"),
    "purchase_order_line": ("purchase.order", "order_id"),
    "pos_order_line": ("pos.order", "order_id"),
}
#: The program's own words and lists of the world: a name in them is nobody's, as long as nobody
#: wrote it there (see :meth:`_is_vocabulary`).
VOCABULARY = re.compile(
    r"(ir_(?!attachment|logging|mail|config_parameter|profile|exports|filters|default)\w+"
    r"|res_(country|lang|currency|groups|bank)\w*"
    r"|mail_(template|message_subtype|alias_domain|guest_seq)\w*|uom_\w+|utm_(medium|stage)\w*"
    r"|social_crm_(platform|special_term|relation|answer_type|case_reason|jurisdiction)\w*"
    r"|digest_\w+|theme_\w+|website_\w+|onboarding_\w+|base_import\w+)$"
)
#: What the program writes down about itself; people write nothing there.
INNER = re.compile(r"ir_(model|module)\w*$")
#: Words people wrote, outside the suite's declarations.
WORDS = {
    "mail_message": {"body", "subject"},
    "mail_mail": {"body_html"},
    "mail_scheduled_message": {"body", "subject"},
    "mail_tracking_value": {
        "old_value_char", "new_value_char", "old_value_text", "new_value_text",
    },
    "crm_lead": {"description"},
    "discuss_channel": {"description"},
}  # fmt: skip
#: Where what other people said stands; any other words are our own, and have no business with a
#: name that was erased.
OTHERS = {
    "social_crm_interaction": None,
    "social_crm_case": {"name"},
    "social_crm_question": {"text"},
    "social_crm_event": None,
    "social_crm_import_line": None,
    "social_crm_privacy_request": {"description"},
    "mail_message": {"body", "subject"},
}
#: Where a namesake's name stands.
NAMED = {
    "social_crm_identity": {"name", "handle", "handle_key"},
    "social_crm_identity_alias": {"value"},
    "res_partner": {
        "name", "complete_name", "commercial_company_name", "social_name_key", "email",
        "email_normalized",
    },
    "res_users": {"login", "signature"},
    "res_company": {"name"},
    "mail_message": {"email_from", "reply_to"},
}  # fmt: skip
#: Gone within a day anyway.
FLEETING = frozenset({"bus_bus", "ir_logging", "base_import_import", "ir_profile"})
OBJECTIONS = frozenset({"mail_blacklist", "phone_blacklist"})
FETCH = 500


class SocialCrmErasure(models.Model):
    _inherit = "social.crm.erasure"

    def _prove(self):
        """Search everything; certify, or withhold the certificate and list what was found."""
        search = AliasSearch(self.aliases or [])
        grounds = {}
        self.hit_ids._open().unlink()
        if search:
            self._erase_mails()
            self._mend_words()
            yield 1
        self._drop_files()
        if search:
            for table, columns in self._text_columns().items():
                self._scan_table(table, columns, search, grounds)
            self._scan_files(search, grounds)
        self._scan_ties(grounds)
        if self.hit_ids._open():
            self.state = "withheld"
            self._tell("withheld", hits=len(self.hit_ids._open()))
        else:
            self._certify(grounds)
        yield 1

    def _drop_files(self):
        """Let files nobody names any more go from the disk now, not in tonight's clean-up."""
        with self.env.registry.cursor() as cr:
            self.env(cr=cr)["ir.attachment"]._gc_file_store()

    # === TABLES === #

    @api.model
    def _text_columns(self):
        """All columns that can hold text, by table.

        :rtype: dict[str, list[str]]
        """
        self.env.cr.execute(
            """
            SELECT c.table_name, array_agg(c.column_name::text ORDER BY c.ordinal_position)
              FROM information_schema.columns c
              JOIN information_schema.tables t USING (table_schema, table_name)
             WHERE c.table_schema = current_schema AND t.table_type = 'BASE TABLE'
               AND (c.data_type IN ('text', 'character varying', 'character', 'json', 'jsonb')
                    OR c.udt_name IN ('_text', '_varchar', '_json', '_jsonb', 'xml'))
             GROUP BY 1 ORDER BY 1
            """
        )
        return dict(self.env.cr.fetchall())

    def _scan_table(self, table, columns, search, grounds):
        self.env.flush_all()
        known = self._columns_of(table)
        facts = [name for name in FACTS if name in known]
        terms = [
            term
            for name in columns
            for term in search.terms(SQL("%s::text", SQL.identifier(name)))
        ]
        self.env.cr.execute(
            SQL(
                "SELECT ctid::text, %s FROM %s WHERE %s",
                SQL(", ").join(
                    [
                        *(SQL.identifier(name) for name in facts),
                        *(SQL("%s::text", SQL.identifier(name)) for name in columns),
                    ]
                ),
                SQL.identifier(table),
                SQL(" OR ").join(terms),
            )
        )
        fleeting, raw = [], []
        for place, *values in self.env.cr.fetchall():
            row = {"place": place, **dict(zip(facts, values[: len(facts)], strict=True))}
            texts = dict(zip(columns, values[len(facts) :], strict=True))
            for column, text in texts.items():
                if not text or not (kinds := search.kinds_in(text)):
                    continue
                if table in FLEETING:
                    if ground := self._ground_of_fleeting(table, row, kinds):
                        grounds.setdefault(ground, {}).setdefault(table, set()).add(row.get("id"))
                    else:
                        fleeting.append(place)
                elif table == "social_crm_event" and self._was_read(row):
                    raw.append(row["id"])
                else:
                    self._judge(table, column, row, kinds, grounds)
        if fleeting:
            self.env.cr.execute(
                SQL("DELETE FROM %s WHERE ctid = ANY(%s::tid[])", SQL.identifier(table), fleeting)
            )
        if raw:
            self.env.cr.execute(
                "UPDATE social_crm_event SET payload = NULL, error = NULL WHERE id = ANY(%s)",
                [raw],
            )

    def _was_read(self, event):
        """Whether a raw event told us already all it had to, so that its words may go.

        :param dict event: facts of its row
        :rtype: bool
        """
        return (
            event["company_id"] == self.company_id.id
            and event["received_at"] < self.cutoff
            and event["state"] in ("done", "ignored")
        )

    @api.model
    def _columns_of(self, table):
        self.env.cr.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema AND table_name = %s",
            [table],
        )
        return {name for (name,) in self.env.cr.fetchall()}

    @api.model
    def _model_of(self, table):
        models_of = {
            model._table: name
            for name, model in self.env.registry.items()
            if model._auto and not model._abstract
        }
        return models_of.get(table, table)

    # === JUDGING === #

    def _judge(self, table, column, row, kinds, grounds):
        """Explain a hit, or put it on the list of those to look at."""
        if table in ("social_crm_erasure", "social_crm_erasure_hit"):
            return
        if table == "ir_attachment" and row.get("id"):
            column = "raw"  # one decision on a file, wherever in it the name stands
            if row["id"] in self.hit_ids._open().filtered(lambda hit: hit.table == table).mapped(
                "row"
            ):
                return
        ground = self._decided(table, column, row) or self._ground(table, column, row, kinds)
        if ground == "erased":
            ground = None  # somebody said it was erased, and it is still there
        if ground:
            grounds.setdefault(ground, {}).setdefault(table, set()).add(row.get("id"))
            return
        self.env["social.crm.erasure.hit"].create(
            {
                "erasure_id": self.id,
                "table": table,
                "column": column,
                "row": row.get("id") or 0,
                "place": row["place"],
                "kinds": ", ".join(sorted(kinds)),
            }
        )

    def _decided(self, table, column, row):
        for hit in self.hit_ids:
            is_same = hit.row == row["id"] if row.get("id") else hit.place == row["place"]
            if is_same and (hit.table, hit.column) == (table, column):
                return hit.verdict
        return None

    def _ground(self, table, column, row, kinds):
        """Why a name may stand here, or None.

        :rtype: str | None
        """
        model = self._model_of(table)
        if table == "mail_mail":
            message = self.env["mail.mail"].browse(row["id"]).mail_message_id
            row = {**row, "model": message.model, "res_id": message.res_id}
        document, through = PARTS.get(table, ("", ""))
        for found in ((model, row.get("id")), (row.get("model"), row.get("res_id")),
                      (row.get("res_model"), row.get("res_id")),
                      (document, row.get(through))):  # fmt: skip
            for ground, ids in (self.kept or {}).get(found[0], {}).items():
                if found[1] in ids and self._stays_whole(found[0], column, ground):
                    return ground
        if self._is_of_another_company(table, row):
            return "company"
        if self._is_after(table, row):
            return "after"
        if table in OBJECTIONS:
            return "objection"
        if table == "social_crm_suppression_hit":
            return "undecided"
        if table == "social_crm_event" and row["state"] in ("pending", "waiting"):
            return "unread"
        if table == "social_crm_event" and "id" in kinds:
            return None  # nobody could read it, and it may well be the person's own
        if declared := self._declared_ground(model, table, column, row):
            return declared
        if table == "ir_attachment":
            return self._ground_of_file(row, kinds)
        if column in WORDS.get(table, ()):
            return "others" if self._is_others(table, column, row) else None
        if kinds == {"name"} and column in NAMED.get(table, ()):
            return "namesake" if self._is_namesake(table, row) else None
        if not kinds & {"email", "phone", "url", "contact"} and self._is_vocabulary(table, row):
            return "namesake"
        return None

    @api.model
    def _is_vocabulary(self, table, row):
        """Whether this is the program's own text: it came with a module, and nobody changed it.

        :rtype: bool
        """
        if not VOCABULARY.match(table):
            return False
        if INNER.match(table):
            return True
        if not row.get("id") or (row.get("write_uid") or api.SUPERUSER_ID) != api.SUPERUSER_ID:
            return False
        # sudo: where a record comes from
        return bool(
            self.env["ir.model.data"].sudo().search_count(
                [
                    ("model", "=", self._model_of(table)),
                    ("res_id", "=", row["id"]),
                    ("module", "not in", ["", "__export__", "__import__", "__custom__"]),
                ],
                limit=1,
            )
        )

    def _stays_whole(self, model, column, ground):
        """Whether this column of a kept row was to stay: a contact keeps what invoices show."""
        if model == "res.partner" and ground == "tax":
            from .social_crm_erasure_core import ON_DOCUMENTS

            return column in ON_DOCUMENTS or column == "social_name_key"
        return True

    def _is_after(self, table, row):
        """Said or written since: by the person anew, or about them."""
        moment = row.get("received_at") or row.get("create_date")
        if not moment or moment < self.cutoff or table.startswith("social_crm_erasure"):
            return False
        return table.startswith(("social_crm_", "res_partner", "crm_lead", "mail_", "ir_att"))

    def _is_others(self, table, column, row):
        """Whether somebody else said it, and not we: fails closed.

        :rtype: bool
        """
        if table not in OTHERS or OTHERS[table] and column not in OTHERS[table]:
            return False
        if row.get("direction") == "out":
            return False
        if table == "mail_message":
            return self._is_others_message(self.env["mail.message"].browse(row["id"]))
        return True

    def _declared_ground(self, model, table, column, row):
        """What the model's own declaration says of the column.

        :rtype: str | None
        """
        if not model.startswith("social.crm.") or model not in self.env:
            return None
        personal = self.env[model]._personal_data_fields().get(column)
        if personal and personal.category == CONTENT:
            # the person's own were emptied: what is left is somebody else's, or ours
            return "others" if self._is_others(table, column, row) else None
        if personal and personal.erasure == KEEP and personal.category != NONE:
            return "accountability"
        return None
