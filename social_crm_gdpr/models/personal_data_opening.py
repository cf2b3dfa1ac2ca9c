# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Who opens whose record, by whatever form, and who prints it, is noted."""

from odoo import api, models
from odoo.exceptions import AccessError

#: A form asks for more than a reference to a record elsewhere shows.
REFERENCE_FIELDS = 5
#: In a list somebody looks for a record; no client can say so for itself.
LISTED = object()


class SocialCrmPersonalData(models.AbstractModel):
    _inherit = "social.crm.personal.data"

    def web_read(self, specification):
        """Override: reading one record at length opens it; lists are marked as such."""
        is_opened = (
            len(self) == 1
            and len(specification) > REFERENCE_FIELDS
            and not self.env.su
            and self.env.context.get("social_crm_listed") is not LISTED
        )
        if not is_opened:
            return super().web_read(specification)
        rows = super().web_read(specification)
        self.env["social.crm.access.log"]._note_opening(self._of_people())
        return rows

    @api.model
    def web_search_read(self, domain, specification, *args, **kwargs):
        """Override: see :meth:`web_read`."""
        listed = self.with_context(social_crm_listed=LISTED)
        return super(SocialCrmPersonalData, listed).web_search_read(
            domain, specification, *args, **kwargs
        )

    @api.model
    def web_read_group(self, *args, **kwargs):
        """Override: see :meth:`web_read`."""
        listed = self.with_context(social_crm_listed=LISTED)
        return super(SocialCrmPersonalData, listed).web_read_group(*args, **kwargs)

    def _of_people(self):
        """Those of these records that are about people the suite knows; Odoo's own models say.

        :rtype: recordset
        """
        return self if self._is_ours() and self._speaks_of_people() else self.browse()


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        """Override to note who prints whose data.

        :raise AccessError: for who sees initials: reports show what is stored
        """
        records = self.env[report.model].browse(docids or []) if report.model in self.env else None
        if records and hasattr(records, "_of_people") and (people := records._of_people()):
            if people._masks_for_user():
                raise AccessError(self.env._("Names are masked for your role: nothing is printed."))
            self.env["social.crm.access.log"]._note("export", people)
        return super()._get_rendering_context(report, docids, data)


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Who merges contacts has them side by side."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def default_get(self, fields):
        """Override to note who looks."""
        values = super().default_get(fields)
        if values.get("partner_ids"):
            self.new({"partner_ids": values["partner_ids"]})._note_opening()
        return values

    def web_read(self, specification):
        """Override: see :meth:`default_get`."""
        self._note_opening()
        return super().web_read(specification)

    def _note_opening(self):
        partners = self.partner_ids._origin
        self.env["social.crm.access.log"]._note_opening(partners._of_people())
