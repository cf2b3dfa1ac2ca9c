# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models
from odoo.fields import Domain

OURS = "social.crm."
#: What a file is called and holds may name whoever sent it.
NAMED = frozenset(
    ("name", "res_name", "description", "url", "index_content", "display_name")
)


class IrAttachment(models.Model):
    """Files people send are called by their names often enough."""

    _inherit = "ir.attachment"

    def _masks_files(self):
        return not self.env.su and self.env["social.crm.identity"]._masks()

    def _read_format(self, fnames, load="_classic_read"):
        """Override: of files on our records who sees initials learns only the kind."""
        rows = super()._read_format(fnames, load)
        if not (NAMED & set(fnames)) or not self._masks_files():
            return rows
        # sudo: which records they hang on, only compared
        ours = {one.id for one in self.sudo() if (one.res_model or "").startswith(OURS)}
        for row in rows:
            if row["id"] in ours:
                for name in NAMED & row.keys():
                    row[name] = _kind_only(row[name])
        return rows

    def _search(self, domain, *args, **kwargs):
        """Override: nor are they found by what they are called."""
        domain = Domain(domain)
        asked = {condition.field_expr.partition(".")[0] for condition in domain.iter_conditions()}
        if asked & NAMED and self._masks_files():
            domain &= Domain("res_model", "=", False) | ~Domain("res_model", "=like", f"{OURS}%")
        return super()._search(domain, *args, **kwargs)


def _kind_only(name):
    """The ending of a file's name, for a picture of its kind.

    :rtype: str | bool
    """
    if not name:
        return name
    _stem, dot, kind = str(name).rpartition(".")
    return f"•••.{kind}" if dot and kind.isalnum() and len(kind) < 6 else "•••"
