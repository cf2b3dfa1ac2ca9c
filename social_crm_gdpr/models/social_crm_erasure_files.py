# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The proof's second half: every file, wherever it lies, and columns that hold one."""

import os
from pathlib import Path

from odoo import api, models
from odoo.tools import SQL, config

from ..tools.package import FOLDER
from .social_crm_erasure_scan import FETCH, FLEETING, VOCABULARY


class SocialCrmErasure(models.Model):
    _inherit = "social.crm.erasure"

    def _scan_files(self, search, grounds):
        """Search every file Odoo names, every file on its disk that nobody names, and the rest."""
        names = set()
        last = 0
        while True:
            self.env.cr.execute(
                "SELECT id, store_fname, db_datas, company_id, create_date, res_model, res_id"
                "  FROM ir_attachment WHERE id > %s AND type = 'binary' ORDER BY id LIMIT %s",
                [last, FETCH],
            )
            rows = self.env.cr.dictfetchall()
            if not rows:
                break
            for row in rows:
                names.add(row["store_fname"])
                content = row.pop("db_datas")
                content = bytes(content) if content else self._read_file(row["store_fname"])
                if kinds := search.kinds_in_file(content):
                    row["place"] = f"file {row['id']}"
                    self._judge_file(row, kinds, grounds)
            last = rows[-1]["id"]
        folder = self.env["ir.attachment"]._filestore()
        for path, _folders, found in os.walk(folder):
            if os.path.basename(path) == "checklist" or "/checklist" in path:
                continue
            for name in found:
                short = os.path.relpath(os.path.join(path, name), folder)
                if short not in names and (kinds := search.kinds_in_file(self._read_file(short))):
                    self._judge("ir_attachment", "store_fname", {"place": short}, kinds, grounds)
        self._scan_bytes(search, grounds)
        self._scan_packages(search, grounds)

    def _scan_bytes(self, search, grounds):
        """Search columns of bytes: files of imports that were looked at, and what addons add."""
        self.env.cr.execute(
            """
            SELECT c.table_name, c.column_name
              FROM information_schema.columns c
              JOIN information_schema.tables t USING (table_schema, table_name)
             WHERE c.table_schema = current_schema AND t.table_type = 'BASE TABLE'
               AND c.data_type = 'bytea' AND c.table_name != 'ir_attachment'
             ORDER BY 1, 2
            """
        )
        for table, column in self.env.cr.fetchall():
            self.env.cr.execute(
                SQL(
                    "SELECT ctid::text AS place, to_jsonb(t) - %s AS row, %s AS content FROM %s t"
                    " WHERE %s IS NOT NULL",
                    column, SQL.identifier(column), SQL.identifier(table), SQL.identifier(column),
                )
            )  # fmt: skip
            for place, row, content in self.env.cr.fetchall():
                if not (kinds := search.kinds_in_file(bytes(content))):
                    continue
                if table in FLEETING:
                    self.env.cr.execute(
                        SQL("DELETE FROM %s WHERE ctid = %s::tid", SQL.identifier(table), place)
                    )
                else:
                    row = {"id": row.get("id"), "company_id": row.get("company_id")}
                    self._judge(table, column, {**row, "place": place}, kinds, grounds)

    # === PACKAGES === #

    def _drop_packages(self):
        """Packages made for the person are copies of everything: they go, half-built ones too."""
        requests = self.env["social.crm.privacy.request"]
        requests = requests.browse(self._rows_of(requests._name)).filtered("package_state")
        requests._drop_package()
        requests.package_state = "gone"

    def _scan_packages(self, search, grounds):
        """Search what is being built for others, besides the filestore.

        Their copy is theirs, with what they said of the person; anything else nobody needs.
        """
        requests = self.env["social.crm.privacy.request"]
        requests._gc_folders()
        place = Path(config["data_dir"]) / FOLDER / self.env.cr.dbname
        for path in sorted(place.rglob("*")) if place.is_dir() else ():
            if not path.is_file() or not (kinds := search.kinds_in_file(path.read_bytes())):
                continue
            short = path.relative_to(place)
            request = requests.search([("uuid", "=", short.parts[0])])
            if request and request not in requests.browse(self._rows_of(requests._name)):
                grounds.setdefault("others", {}).setdefault(request._table, set()).add(request.id)
            else:
                row = {"id": request.id, "place": f"{FOLDER}/{short}"}
                self._judge(request._table, "package_place", row, kinds, grounds)

    # === WHOSE FILE === #

    def _judge_file(self, row, kinds, grounds):
        if row["res_model"] == "ir.ui.view" or not row["res_model"] and not row["res_id"]:
            # bundles of the program's own scripts and styles, whose words are nobody's
            if kinds <= {"name", "id", "handle"} and self._is_bundle(row["id"]):
                return
        self._judge("ir_attachment", "raw", row, kinds, grounds)

    def _ground_of_file(self, row, kinds):
        """Why a name may stand in a file or in what it is called, or None: then a clerk looks.

        :rtype: str | None
        """
        if not row.get("id"):
            return None  # on the disk, and nothing in the database names it
        if self._is_others_file(row):
            return "others"
        model = (row.get("res_model") or "").replace(".", "_")
        return "namesake" if kinds == {"name"} and VOCABULARY.match(model) else None

    def _is_others_file(self, row):
        """Whether a file came with what somebody else said, or is a package made for them.

        :rtype: bool
        """
        model, res_id = row.get("res_model"), row.get("res_id") or 0
        if model == "social.crm.privacy.request":
            return res_id not in self._rows_of(model)
        words = self.env["social.crm.interaction"].search(
            [
                "|",
                ("attachment_ids", "in", [row["id"]]),
                ("id", "=", res_id if model == "social.crm.interaction" else 0),
                ("direction", "=", "in"),
                ("identity_id", "!=", False),
                ("identity_id", "not in", self.identity_ids.ids),
            ],
            limit=1,
        )
        messages = self.env["mail.message"].search(
            [
                "|",
                ("attachment_ids", "in", [row["id"]]),
                ("id", "=", res_id if model == "mail.message" else 0),
            ]
        )
        return bool(words or any(map(self._is_others_message, messages)))

    def _is_others_message(self, message):
        """Whether somebody else wrote it, and not we: a contact, or an address nobody knows.

        :rtype: bool
        """
        if author := message.author_id:
            users = author.with_context(active_test=False).user_ids
            return author not in self.partner_ids and not users.filtered(
                lambda user: user._is_internal()
            )
        return (
            message.message_type == "email"
            and bool(message.email_from)
            and not self._names_address(message.email_from)
        )

    @api.model
    def _is_bundle(self, attachment_id):
        self.env.cr.execute(
            "SELECT url LIKE '/web/assets/%%' OR res_model = 'ir.ui.view' FROM ir_attachment"
            " WHERE id = %s",
            [attachment_id],
        )
        return bool(self.env.cr.fetchone()[0])

    @api.model
    def _read_file(self, name):
        if not name:
            return b""
        try:
            with open(self.env["ir.attachment"]._full_path(name), "rb") as stream:
                return stream.read()
        except OSError:
            return b""
