# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging

from odoo import api, fields, models
from odoo.tools import split_every

_logger = logging.getLogger(__name__)

BATCH = 2000


class SocialCrmSuppression(models.Model):
    """What got in past every gate (a migration, somebody's SQL) is found at the next upgrade."""

    _inherit = "social.crm.suppression"

    @api.model
    def _sweep(self):
        """Erase again whoever is listed and has a past from before the cut-off.

        :return: the erasures begun
        :rtype: recordset
        """
        # sudo: the list holds for everybody
        companies = self.sudo().search([("kind", "=", "id")]).company_id
        erasures = self.env["social.crm.erasure"].sudo()  # sudo: two people decided it before
        for company in companies:
            for entry, identities in self._returned(company).items():
                erasure = erasures.with_company(company).create(
                    {
                        "company_id": company.id,
                        "cutoff": entry.cutoff,
                        "identity_ids": [fields.Command.set(identities.ids)],
                    }
                )
                erasure.state = "proposed"
                erasure._count()
                erasure._begin()
                erasures |= erasure
        if erasures:
            _logger.warning("%s people who were erased were here again", len(erasures))
        return erasures

    @api.model
    def _returned(self, company):
        """Accounts that are listed by their network's id, and date from before.

        :return: entry to accounts, with the system's rights
        :rtype: dict
        """
        # sudo: see _sweep
        identities = self.env["social.crm.identity"].sudo()
        found = {}
        ids = identities.search(
            [("company_id", "=", company.id), ("external_id", "!=", False)], order="id"
        ).ids
        for batch in split_every(BATCH, ids, identities.browse):
            names = {
                identity: self._account_aliases(
                    identity.platform_id,
                    {"scope": identity.scope, "external_id": identity.external_id},
                )
                for identity in batch
            }
            hits = self._hits(company, [alias for told in names.values() for alias in told])
            for identity, told in names.items() if hits else ():
                if entry := self._worst(told, hits, identity.first_seen):
                    found[entry] = found.get(entry, identities) | identity
        return found
