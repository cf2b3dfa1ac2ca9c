# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from .social_crm_consent_state import NOTHING


class SocialCrmCase(models.Model):
    """What of their consents is seen beside the composer and in the person's pane."""

    _inherit = "social.crm.case"

    def _inbox_composer(self):
        """Override: each place knows what its person agreed to."""
        data = super()._inbox_composer()
        places = self.env["social.crm.conversation"].browse(
            [place["id"] for place in data["places"]]
        )
        shown = places.identity_id._consents_shown({"feedback", "marketing"})
        for place, known in zip(places, data["places"], strict=True):
            rows = shown.get(place.identity_id.id, [])
            private = place.kind == "direct" and data["can_write"]
            known["consents"] = [
                {**row, "can_ask": private and row["basis"] == "consent" and row["is_open"]}
                for row in rows
            ]
        return data

    def _inbox_person(self):
        """Override: what the person decided on each purpose."""
        person = self.identity_id
        return {
            **super()._inbox_person(),
            "consents": person._consents_shown().get(person.id, []) if person else [],
        }

    def inbox_ask_consent(self, conversation_id, code):
        """Ask for a consent in one of the places of this case.

        :return: see ``outbox._sent_data``
        :rtype: dict
        :raise UserError: why not, in words
        """
        self.ensure_one()
        self.check_access("write")
        return self._composer_place(conversation_id)._ask_consent(code)._sent_data()

    def action_inbox_record_consent(self):
        """Write down what the person decided elsewhere."""
        self.ensure_one()
        self.check_access("read")
        return self.identity_id.action_record_consent()

    def action_inbox_consents(self):
        """All decisions of the person."""
        self.ensure_one()
        self.check_access("read")
        return self.identity_id.action_open_consents()


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    @api.model
    def _consent_labels(self):
        return {
            "none": self.env._("not asked"),
            "asked": self.env._("asked"),
            "refused": self.env._("said no"),
            "given": self.env._("not confirmed yet"),
            "agreed": self.env._("agreed"),
            "withdrawn": self.env._("withdrawn"),
            "objected": self.env._("objected"),
            "expired": self.env._("expired"),
        }

    def _consents_shown(self, codes=None):
        """What colleagues see of these people's decisions; open purposes are left out.

        :param codes: of purposes; all people can decide on by default
        :return: identity id to dictionaries of ``code``, ``name``, ``basis``, ``status``,
            ``label``, ``may``, ``is_open`` (one may ask), ``since`` and ``until``
        :rtype: dict[int, list[dict]]
        """
        # sudo: names of purposes, for whoever writes to the person
        purposes_sudo = self.env["social.crm.purpose"].sudo().search([]).filtered("is_asked")
        if codes is not None:
            purposes_sudo = purposes_sudo.filtered(lambda purpose: purpose.code in codes)
        states = self.env["social.crm.consent"]._states(self, set(purposes_sudo.mapped("code")))
        labels = self._consent_labels()
        minors = self._minors()
        found = {}
        for identity in self:
            rows = found.setdefault(identity.id, [])
            for purpose in purposes_sudo:
                state = states.get(identity.id, {}).get(purpose.code, NOTHING)
                may = state.status == "agreed"
                label = labels[state.status]
                if purpose.legal_basis == "interest":
                    may = state.status not in ("objected", "withdrawn")
                    label = label if not may else self.env._("no objection")
                rows.append(
                    {
                        "code": purpose.code,
                        "name": purpose.name,
                        "status": state.status,
                        "label": label,
                        "may": may,
                        "basis": purpose.legal_basis,
                        "is_open": state.status in ("none", "expired")
                        and identity not in minors,
                        "since": fields.Datetime.to_string(state.since) or "",
                        "until": fields.Datetime.to_string(state.until) or "",
                    }
                )
        return found
