# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, models

from .social_crm_identity_evidence import EXACT


class SocialCrmIdentityLink(models.Model):
    _inherit = "social.crm.identity.link"

    @api.model
    def _propose(self, found, automatic):
        """Write what was found as links: confirmed by exact evidence, proposed otherwise.

        What a person refused, ended or undid is never decided again by a machine, and not asked
        again unless there is evidence that was not there then.

        :param dict found: identity id -> partner id -> code -> likeness
        :param dict automatic: identity id -> whether a machine may link by itself
        """
        Identity = self.env["social.crm.identity"]
        Identity.env["res.partner"].browse(
            {partner for partners in found.values() for partner in partners}
        ).fetch(["is_company"])
        weighed = {identity: Identity._weigh(partners) for identity, partners in found.items()}
        known = {
            (link.identity_id.id, link.partner_id.id): link
            for link in self.search([("identity_id", "in", list(weighed))])
        }
        new_vals, certain = [], []
        for identity_id, partners in weighed.items():
            sure = self._certain_partner(partners) if automatic[identity_id] else None
            for partner_id, (score, evidence) in partners.items():
                link = known.get((identity_id, partner_id))
                vals = {
                    "score": score,
                    "evidence_data": evidence,
                    "evidence_code": ",".join(sorted(found["code"] for found in evidence)),
                }
                if link:
                    link._add_evidence(vals)
                else:
                    new_vals.append({"identity_id": identity_id, "partner_id": partner_id, **vals})
                if partner_id == sure and (not link or link._is_untouched()):
                    certain.append((identity_id, partner_id))
        links = self.create(new_vals) | self.browse(link.id for link in known.values())
        links.filtered(
            lambda link: (link.identity_id.id, link.partner_id.id) in certain
        )._confirm(automatic=True)
        return links

    @api.model
    def _certain_partner(self, partners):
        """The one contact all exact evidence points at, else None."""
        exact = {
            partner_id: [found for found in evidence if found["code"] in EXACT]
            for partner_id, (_score, evidence) in partners.items()
        }
        holders = [partner_id for partner_id, evidence in exact.items() if evidence]
        if len(holders) != 1 or any(found["holders"] > 1 for found in exact[holders[0]]):
            return None
        return holders[0]

    def _is_untouched(self):
        """Whether no person has decided on this link yet."""
        return self.state == "proposed" and not self.decided_by_id

    def _add_evidence(self, vals):
        """Renew an open proposal; ask anew on a refused one only where something new was found."""
        self.ensure_one()
        if self.state in ("proposed", "later"):
            if vals["evidence_code"] != self.evidence_code or vals["score"] != self.score:
                self.write(vals)
        elif self.state == "refused":
            before = set(filter(None, (self.evidence_code or "").split(",")))
            now = before | set(vals["evidence_code"].split(","))
            if now != before:
                self.write({**vals, "evidence_code": ",".join(sorted(now)), "state": "proposed"})
