# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.social_crm_base.tools.privacy import NONE, not_personal

from ..tools.model_names import model_names

CATEGORY_SELECTION = [
    ("identity", "Identity"),
    ("contact", "Contact"),
    ("content", "Content"),
    ("behaviour", "Behaviour"),
    ("profiling", "Profiling"),
    ("employee", "Our own people"),
    ("technical", "Technical"),
]
ERASURE_SELECTION = [
    ("keep", "Kept"),
    ("clear", "Emptied"),
    ("pseudonymise", "Pseudonymised"),
    ("delete_row", "Row deleted"),
]

COUNTED = 10000  # rows


class SocialCrmDataMap(models.TransientModel):
    """Where the suite stores personal data and what erasure does with it, told by the code itself.

    The lines come from the declarations on the models at the moment one looks, so they are never
    out of date.
    """

    _name = "social.crm.data.map"
    _inherit = ["social.crm.personal.data"]
    _description = "Map of Personal Data"
    _order = "model_label, category, field_label"

    # No company: it describes the software, not anybody's data
    model = fields.Char(readonly=True)
    model_label = fields.Char(string="Stored In", readonly=True)
    field = fields.Char(string="Field Name", readonly=True)
    field_label = fields.Char(string="Field", readonly=True)
    category = fields.Selection(CATEGORY_SELECTION, readonly=True)
    erasure = fields.Selection(ERASURE_SELECTION, string="On Erasure", readonly=True)
    ground = fields.Char(string="Kept Because", readonly=True)
    rows = fields.Integer(
        string="Records", readonly=True, aggregator="max",
        help="Counted up to ten thousand, above that estimated by the database.",
    )

    @api.model
    def action_open(self):
        """Draw the map and show it.

        :return: an action on its lines
        :rtype: dict
        """
        self.check_access("create")
        lines = self.create(self._prepare_lines())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Where Personal Data Is"),
            "res_model": self._name,
            "view_mode": "list",
            "domain": [("id", "in", lines.ids)],
            "context": {"search_default_group_by_model": 1},
        }

    @api.model
    def _prepare_lines(self):
        lines = []
        for name, model in sorted(self.env.registry.items()):
            if model._abstract or model._transient or not model._auto:
                continue
            records = self.env[name]
            if not hasattr(records, "_personal_data_fields"):
                continue
            for field_name, personal in records._personal_data_fields().items():
                if personal.category == NONE:
                    continue
                lines.append(
                    {
                        "model": name,
                        "field": field_name,
                        "field_label": records._fields[field_name]._description_string(self.env),
                        "category": personal.category,
                        "erasure": personal.erasure,
                        "ground": personal.ground,
                    }
                )
        sizes = self._table_sizes({self.env[line["model"]]._table for line in lines})
        names = dict(model_names(self.env, sorted({line["model"] for line in lines})))
        for line in lines:
            line["rows"] = sizes[self.env[line["model"]]._table]
            line["model_label"] = names[line["model"]]
        return lines

    @api.model
    def _table_sizes(self, tables):
        """Small tables are counted; for millions of rows the planner's estimate has to do.

        :param set tables: names of tables
        :rtype: dict[str, int]
        """
        counts = SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s, (SELECT count(*) FROM (SELECT FROM %s LIMIT %s) AS part)",
                table, SQL.identifier(table), COUNTED,
            )
            for table in sorted(tables)
        )  # fmt: skip
        sizes = dict(self.env.execute_query(counts))
        large = [table for table, rows in sizes.items() if rows == COUNTED]
        estimates = SQL(
            "SELECT relname, reltuples::int FROM pg_class WHERE oid = ANY(%s::regclass[])", large
        )
        for table, rows in self.env.execute_query(estimates):
            sizes[table] = max(rows, COUNTED)
        return sizes

    def _personal_data_fields(self):
        return not_personal("model model_label field field_label category erasure ground rows")
