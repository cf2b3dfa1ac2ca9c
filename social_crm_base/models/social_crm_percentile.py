# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models
from odoo.tools import SQL


class SocialCrmPercentile(models.AbstractModel):
    """Medians and other percentiles beside the means, in pivots, graphs and groups.

    A mean alone hides how most people fared: one forgotten question moves it by hours.
    """

    _name = "social.crm.percentile"
    _description = "Percentiles of Figures"

    # Measures that are not stored: name to (stored field, percentile from 0 to 1)
    _percentiles = {}
    # Measures that count rows: name to an SQL condition over the row
    _counted = {}

    def _compute_measure(self):
        """Of a single row a percentile says no more than the figure itself."""
        for name, (source, _share) in self._percentiles.items():
            for record in self:
                record[name] = record[source]

    def _read_group_select(self, aggregate_spec, query):
        name = aggregate_spec.partition(":")[0]
        if name in self._percentiles:
            source, share = self._percentiles[name]
            return SQL(
                "PERCENTILE_CONT(%s) WITHIN GROUP (ORDER BY %s)",
                share,
                self._field_to_sql(self._table, source, query),
            )
        if name in self._counted:
            return SQL(
                "COUNT(*) FILTER (WHERE %s)",
                SQL(self._counted[name].replace("{table}", self._table)),
            )
        return super()._read_group_select(aggregate_spec, query)
