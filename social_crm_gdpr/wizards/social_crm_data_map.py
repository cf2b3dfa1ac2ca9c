# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from odoo.addons.social_crm_base.tools.privacy import NONE, not_personal

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
    rows = fields.Integer(string="Records", readonly=True, help="Estimated by the database.")

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
        sizes = self._table_sizes()
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
                        "model_label": records._description,
                        "field": field_name,
                        "field_label": records._fields[field_name]._description_string(self.env),
                        "category": personal.category,
                        "erasure": personal.erasure,
                        "ground": personal.ground,
                        "rows": sizes.get(records._table, 0),
                    }
                )
        return lines

    @api.model
    def _table_sizes(self):
        """The planner's estimates: counting millions of rows for a map would take minutes."""
        self.env.cr.execute(
            "SELECT relname, GREATEST(reltuples, 0)::int FROM pg_class WHERE relkind = 'r'"
        )
        return dict(self.env.cr.fetchall())

    def _personal_data_fields(self):
        return not_personal("model model_label field field_label category erasure ground rows")
