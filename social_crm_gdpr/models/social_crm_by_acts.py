# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, models
from odoo.exceptions import AccessError
from odoo.models import MAGIC_COLUMNS


class SocialCrmByActs(models.AbstractModel):
    """A model some fields of which follow from what is done: state, who did it, when.

    Every stored field with ``readonly=True`` is such a field, computed ones too, and so is what
    ``_by_acts`` names beside them. Nobody sets them by hand: not by ``create``, ``write`` or an
    import, not by copying, nor by a default, be it of the context or of the user. Actions look at
    the rights of who acts first, then write with ``sudo()``, which says why at that line.

    To use it: name it in ``_inherit``, before mixins of Odoo's; let actions write these fields with
    ``sudo()``. The test of this model takes every model that inherits it through all ways in.
    """

    _name = "social.crm.by.acts"
    _description = "Fields That Follow From Acts"

    #: Fields that follow from acts although they are not read-only.
    _by_acts = ()

    @api.model
    def _fields_by_acts(self):
        """Names of the fields that only acts set.

        :rtype: set[str]
        """
        return {
            name
            for name, field in self._fields.items()
            if field.store
            and name not in MAGIC_COLUMNS
            and (field.readonly or name in self._by_acts)
        }

    @api.model
    def _refuse_by_hand(self, names):
        """Refuse to set by hand what follows from acts.

        :param Iterable[str] names: what is about to be set
        :raise AccessError: naming the fields
        """
        if not self.env.su and (wrong := self._fields_by_acts().intersection(names)):
            labels = [self._fields[name]._description_string(self.env) for name in sorted(wrong)]
            raise AccessError(
                self.env._(
                    "This follows from what is done, not by hand: %(fields)s. Use the buttons.",
                    fields=", ".join(labels),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_by_hand(name for vals in vals_list for name in vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_by_hand(vals)
        return super().write(vals)

    @api.model
    def default_get(self, fields):
        """Override: the context and a user's own defaults do not begin what acts begin.

        Also with the system's rights: an act creates records for whoever called it, and whoever
        calls says what the context is.
        """
        by_acts = self._fields_by_acts().intersection(fields)
        values = super().default_get([name for name in fields if name not in by_acts])
        for name in by_acts:
            field = self._fields[name]
            if field.default:
                cached = field.convert_to_cache(field.default(self), self, validate=False)
                values[name] = field.convert_to_write(cached, self)
        return values

    def copy_data(self, default=None):
        """Override: a copy begins anew, whatever is asked for."""
        data = super().copy_data(default)
        if not self.env.su:
            for vals in filter(None, data):
                for name in self._fields_by_acts():
                    vals.pop(name, None)
        return data
