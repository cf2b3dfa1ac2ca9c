# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import contextlib
import json
import os

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify, not_personal


class SocialCrmErasureHit(models.Model):
    """A name the proving scan found and could not explain: a person looks at it.

    Holds where it stands, never what it says.
    """

    _name = "social.crm.erasure.hit"
    _inherit = ["social.crm.personal.data"]
    _description = "Unexplained Find of an Erasure"
    _order = "id"
    _rec_name = "table"

    erasure_id = fields.Many2one(
        "social.crm.erasure", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="erasure_id.company_id", store=True)
    table = fields.Char(required=True, readonly=True)
    column = fields.Char(required=True, readonly=True)
    row = fields.Integer(readonly=True)
    place = fields.Char(readonly=True)
    where = fields.Char(string="Where It Stands", compute="_compute_where")
    kinds = fields.Char(string="What Agrees", readonly=True)
    verdict = fields.Selection(
        [
            ("others", "Other people's words"),
            ("namesake", "Somebody else of that name"),
            ("erased", "Erased by hand"),
        ],
        readonly=True,
    )
    user_id = fields.Many2one("res.users", string="Decided By", readonly=True)

    @api.depends("table", "column")
    @api.depends_context("lang")
    def _compute_where(self):
        for hit in self:
            model = self.env["social.crm.erasure"]._model_of(hit.table)
            field = self.env[model]._fields.get(hit.column) if model in self.env else None
            hit.where = f"{hit.table}.{hit.column}"
            if field:
                # sudo: what models and fields are called is no secret
                name = self.env["ir.model"].sudo()._get(model).name
                hit.where = f"{name} › {field._description_string(self.env)}"

    def _open(self):
        """Those nobody has decided on.

        :rtype: recordset
        """
        return self.filtered(lambda hit: not hit.verdict)

    def action_open(self):
        """Look at where it stands, as far as one may read it.

        :rtype: dict
        """
        model = self.env["social.crm.erasure"]._model_of(self.table)
        if model == "ir.attachment" and self.row:
            return {
                "type": "ir.actions.act_url",
                "url": f"/web/content/{self.row}?download=true",
                "target": "download",
            }
        if model not in self.env or not self.row:
            raise UserError(
                self.env._("No screen shows this. It stands at: %(place)s", place=self.place)
            )
        return self.env[model].browse(self.row)._get_records_action()

    def action_others(self):
        """These are somebody else's words: they stay."""
        self._decide("others")

    def action_namesake(self):
        """Somebody else is called like that: it stays."""
        self._decide("namesake")

    def action_erase(self):
        """Empty the field this stands in; delete the file.

        :raise UserError: where the database refuses, or another company answers for the record
        """
        self._check_deciding()
        files = self.filtered(lambda hit: hit.table == "ir_attachment")
        files._delete_files()
        self.env.flush_all()
        for hit in self - files:
            hit._check_company_of_place()
            try:
                with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                    hit._empty_place()
            except psycopg2.Error as error:
                raise UserError(
                    self.env._(
                        "The database does not let this be emptied (%(table)s, %(column)s). Open "
                        "where it stands, and delete it there.",
                        table=hit.table,
                        column=hit.column,
                    )
                ) from error
        self.env.invalidate_all(flush=False)
        self._decide("erased")

    def _delete_files(self):
        # sudo: the clerk decides on files of every record
        self.env["ir.attachment"].sudo().browse(filter(None, self.mapped("row"))).exists().unlink()
        for hit in self.filtered(lambda hit: not hit.row):
            # nobody names this file any more: it lies in the filestore by itself
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.env["ir.attachment"]._full_path(hit.place))

    def _check_company_of_place(self):
        """:raise UserError: where the record is another company's, or hangs on one that is"""
        model = self.env["social.crm.erasure"]._model_of(self.table)
        if model not in self.env:
            return
        # sudo: whose record it is, whoever may read it
        record_sudo = self.env[model].sudo().browse(self.row).exists()
        places = [record_sudo]
        for model_field, id_field in (("model", "res_id"), ("res_model", "res_id")):
            if {model_field, id_field} <= record_sudo._fields.keys():
                on = record_sudo[model_field]
                if on in self.env and record_sudo[id_field]:
                    # sudo: as above
                    places.append(self.env[on].sudo().browse(record_sudo[id_field]).exists())
        for place_sudo in places:
            company = place_sudo["company_id"] if "company_id" in place_sudo._fields else None
            if company and company != self.company_id:
                raise UserError(
                    self.env._("Another company answers for this: a clerk of its own decides.")
                )

    def _empty_place(self):
        """Put nothing into the column, or the least it may hold where it may not be empty."""
        self.env.cr.execute(
            "SELECT data_type, is_nullable = 'YES' FROM information_schema.columns"
            " WHERE table_schema = current_schema AND table_name = %s AND column_name = %s",
            [self.table, self.column],
        )
        found = self.env.cr.fetchone()
        if not found or not self.row:
            raise UserError(self.env._("This cannot be emptied here: delete it where it lies."))
        kind, may_be_empty = found
        least = None
        if not may_be_empty:
            # with its number, for some columns want each row to differ
            word = self.env._("Erased %(number)s", number=self.row)
            least = json.dumps({"en_US": word}) if kind in ("json", "jsonb") else word
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE id = %s",
                SQL.identifier(self.table), SQL.identifier(self.column),
                SQL("%s::jsonb", least) if kind == "jsonb" else SQL("%s", least), self.row,
            )
        )  # fmt: skip

    def _check_deciding(self):
        self.check_access("read")
        self.env["social.crm.erasure"]._check_clerk()
        if any(erasure.state != "withheld" for erasure in self.erasure_id):
            raise UserError(self.env._("This was certified already."))

    def _decide(self, verdict):
        self._check_deciding()
        # sudo: written by the decision alone
        self.sudo().write({"verdict": verdict, "user_id": self.env.uid})
        for erasure in self.sudo().erasure_id:  # sudo: as above
            erasure._tell("decided", verdict=verdict, hits=len(self & erasure.hit_ids))
            if not erasure.hit_ids._open():
                erasure.state = "scanning"
                erasure._wake_job()

    def _personal_data_fields(self):
        return {
            **not_personal("erasure_id company_id table column row place kinds verdict"),
            **classify(EMPLOYEE, KEEP, "user_id", ground="GDPR Art. 5(2): who decided"),
        }
