# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.models.social_crm_proof import _masked

from .social_crm_case_person import ROWS, _label

MAX_ACCOUNTS = 20


class SocialCrmCase(models.Model):
    """Whose accounts these are, what else this person has with us, and how to be sure of it."""

    _inherit = "social.crm.case"

    # === ACCOUNTS === #

    def _inbox_person_accounts(self):
        """The other accounts of the same person, and how sure we are of each.

        :rtype: list[dict]
        """
        partner = self._inbox_partner()
        if not partner:
            return []
        links = self.env["social.crm.identity.link"].search(
            [("partner_id", "=", partner.id), ("state", "=", "confirmed")],
            limit=MAX_ACCOUNTS,
        )
        return [
            {
                **link.identity_id._inbox_account(),
                "handle": link.identity_id.handle or "",
                "state": link.identity_id.state,
                "state_label": _label(link.identity_id, "state"),
                "is_here": link.identity_id == self.identity_id,
                "strength": "proven" if link.is_proven else link.strength,
                "strength_label": _label(link, "strength"),
                "proven_until": fields.Datetime.to_string(link.proven_until) or "",
                "evidence": link.evidence or "",
            }
            for link in links.filtered(lambda link: link.identity_id.has_access("read"))
        ]

    # === PROPOSALS === #

    def _inbox_person_proposals(self):
        """Whom this account may belong to, with the evidence, to be decided on right here.

        :rtype: list[dict]
        """
        links = self.identity_id.link_ids.filtered(
            lambda link: link.state in ("proposed", "later")
            and link.partner_id.has_access("read")
        ).sorted(lambda link: (link.state == "later", -link.score, link.id))
        return [
            {
                "id": link.id,
                "partner": {"id": link.partner_id.id, "name": link.partner_id.display_name},
                "facts": link.partner_facts,
                "evidence": link.evidence or "",
                "percent": round(link.score * 100),
                "later": fields.Date.to_string(link.remind_at) if link.state == "later" else "",
            }
            for link in links[:ROWS]
        ]

    def _inbox_person_undo(self):
        """The last decision about this account, while it can still be undone.

        :return: ``id``, ``text`` in words and whether the system decided; False for none
        :rtype: dict | bool
        """
        decided = self.identity_id.link_ids.filtered(
            lambda link: link.undo_data and link.decided_at and link.partner_id.has_access("read")
        ).sorted("decided_at", reverse=True)[:1]
        if not decided:
            return False
        words = {
            "confirmed": self.env._("Linked to %(partner)s", partner=decided.partner_id.name),
            "refused": self.env._("Not %(partner)s", partner=decided.partner_id.name),
            "later": self.env._("%(partner)s: ask later", partner=decided.partner_id.name),
            "ended": self.env._("No longer %(partner)s", partner=decided.partner_id.name),
        }
        return {
            "id": decided.id,
            "text": words.get(decided.state, decided.display_name),
            "by": self.env._("the system, by exact evidence")
            if decided.is_automatic
            else decided.decided_by_id.name or "",
            "evidence": decided.evidence or "",
        }

    # === PROOF === #

    def _inbox_person_unproven(self):
        """The accounts that speak here and are not proven to be the contact's, with the ways.

        :rtype: list[dict]
        """
        partner = self._inbox_partner()
        rows = []
        for identity in self._speakers():
            if identity._is_proven_for_disclosure(partner):
                continue
            link = identity.link_ids._in_force(fields.Datetime.now()).filtered(
                lambda link: link.partner_id == partner
            )[:1]
            rows.append(
                {
                    "id": identity.id,
                    "name": identity.display_name,
                    "link_id": link.id,
                    "ways": link._inbox_proof_ways() if link else [],
                    "waits": any(
                        proof.state == "open" and proof.expires_at > fields.Datetime.now()
                        for proof in link.proof_ids
                    ),
                }
            )
        return rows

    # === WHAT ELSE THERE IS === #

    def _inbox_person_domain(self):
        """Documents with an account: the contact's, or this account's while there is none."""
        partner = self._inbox_partner()
        mine = fields.Domain("identity_id", "=", self.identity_id.id)
        return mine | fields.Domain("partner_id", "=", partner.id) if partner else mine

    def _inbox_person_cases(self):
        """Other cases of the same person, open ones first.

        :return: ``rows``, the number ``open`` and the number ``more`` than shown
        :rtype: dict
        """
        if not self.identity_id and not self.partner_id:
            return {"rows": [], "open": 0, "more": 0}
        domain = self._inbox_person_domain() & fields.Domain("id", "!=", self.id)
        is_open = fields.Domain("state", "!=", "closed")
        order = "last_date desc, id desc"
        running = self.search(domain & is_open, limit=ROWS, order=order)
        ended = self.search(domain & ~is_open, limit=ROWS - len(running), order=order) if (
            len(running) < ROWS
        ) else self.browse()
        counts = dict(self._read_group(domain, ["state"], ["__count"]))
        return {
            "rows": [
                {
                    "id": case.id,
                    "name": case.name,
                    "state": case.state,
                    "state_label": _label(case, "state"),
                    "user": case.user_id.name or "",
                    "last_date": fields.Datetime.to_string(case.last_date) or "",
                }
                for case in running | ended
            ],
            "open": sum(count for state, count in counts.items() if state != "closed"),
            "more": sum(counts.values()) - len(running) - len(ended),
        }

    def _inbox_person_leads(self):
        """Leads of the person and of this matter, as far as the user may read leads.

        :return: rows, newest first; False where leads are not the user's to read
        :rtype: list[dict] | bool
        """
        Lead = self.env["crm.lead"].with_context(active_test=False)
        if not Lead.has_access("read"):
            return False
        partner = self._inbox_partner()
        # sudo: which leads hang on the case; which of them one may read is asked below
        domain = fields.Domain("id", "in", self.sudo().lead_ids.ids)
        if self.identity_id:
            domain |= fields.Domain("social_identity_id", "=", self.identity_id.id)
        if partner:
            domain |= fields.Domain("partner_id", "=", partner.id)
        return [
            {
                "id": lead.id,
                "name": lead.name,
                "stage": _label(lead, "won_status")
                if lead.won_status != "pending"
                else lead.stage_id.name or "",
                "status": lead.won_status,
                "user": lead.user_id.name or "",
            }
            for lead in Lead.search(domain, limit=ROWS, order="create_date desc, id desc")
        ]


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    def _inbox_account(self):
        """What an icon with a link needs, of an account in any state."""
        return {
            "id": self.id,
            "name": self.name or self.handle or self.external_id or "",
            "network": self.platform_id.name,
            "icon": self.platform_id.icon_url or "",
            "url": self._inbox_profile_url(),
        }


class SocialCrmIdentityLink(models.Model):
    _inherit = "social.crm.identity.link"

    def _inbox_proof_ways(self):
        """How a code can reach the contact, with the address masked.

        Whether the address proves anything is looked at when a code is asked for.

        :return: dictionaries of ``method`` and ``to``
        :rtype: list[dict]
        """
        self.ensure_one()
        ways = []
        if not self.has_access("write"):
            return ways
        partner = self.partner_id
        if partner.email_normalized:
            ways.append({"method": "action_send_code", "to": _masked(partner.email_normalized)})
        if partner.phone_sanitized and "sms.sms" in self.env:
            ways.append(
                {"method": "action_send_code_by_phone", "to": _masked(partner.phone_sanitized)}
            )
        return ways
