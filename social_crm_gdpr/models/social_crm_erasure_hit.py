# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

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
        """Empty the field this stands in; delete the file."""
        self._check_deciding()
        columns_of = self.env["social.crm.erasure"].sudo()._text_columns()  # sudo: names of columns
        files = self.filtered(lambda hit: hit.table == "ir_attachment" and hit.row)
        # sudo: the clerk decides on files of every record
        self.env["ir.attachment"].sudo().browse(files.mapped("row")).exists().unlink()
        for hit in self - files:
            if hit.column not in columns_of.get(hit.table, ()) or not hit.row:
                raise UserError(
                    self.env._("This cannot be emptied here: delete it where it lies.")
                )
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = CASE WHEN %s THEN NULL END WHERE id = %s",
                    SQL.identifier(hit.table), SQL.identifier(hit.column), True, hit.row,
                )
            )  # fmt: skip
        self.env.invalidate_all()
        self._decide("erased")

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
