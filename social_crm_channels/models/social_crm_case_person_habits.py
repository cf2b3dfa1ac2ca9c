# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from collections import Counter

from odoo import models

from odoo.addons.social_crm_base.tools import address_form

from ..tools.languages import name_of

#: So many of somebody's last words tell their language and form of address.
TEXTS = 50


class SocialCrmCase(models.Model):
    """How to speak to this person: where, in which language, how politely; each with its reason."""

    _inherit = "social.crm.case"

    def _inbox_person_habits(self):
        """Suggestions, each with its reason; what nobody knows is left out.

        :return: dictionaries of ``key``, ``label``, ``value`` and ``reason``
        :rtype: list[dict]
        """
        partner = self._inbox_partner()
        habits = self._inbox_habits_of_contact(partner) if partner else self._inbox_habits_here()
        return [habit for habit in [*habits, self._inbox_tone()] if habit["value"]]

    def _inbox_habits_of_contact(self, partner):
        form, reason = partner.social_address_suggested, partner.social_address_reason
        if partner.social_address_form:
            form, reason = partner.social_address_form, self.env._("Set on the contact.")
        return [
            self._inbox_habit(
                "channel",
                partner.social_channel_id.display_name,
                partner.social_channel_reason,
            ),
            self._inbox_habit(
                "language",
                name_of(partner.social_language, self.env.lang),
                partner.social_language_reason,
            ),
            self._inbox_habit("form", self._inbox_form_name(form), reason),
        ]

    def _inbox_habits_here(self):
        """Of somebody who is no contact: what the words of this matter tell."""
        said = self.env["social.crm.interaction"].search(
            [
                ("case_id", "=", self.id),
                ("direction", "=", "in"),
                ("kind", "not in", ("reaction", "follow", "system")),
            ],
            limit=TEXTS,
        )
        languages = Counter(filter(None, said.mapped("language")))
        language, count = max(
            languages.items(), key=lambda item: item[1], default=(self.identity_id.language, 0)
        )
        reason = (
            self.env._(
                "%(count)s of %(total)s messages in this matter.",
                count=count, total=sum(languages.values()),
            )
            if count
            else self.env._("The account's own setting on its network.")
        )  # fmt: skip
        form, form_reason = "", ""
        if language and address_form.distinguishes(language):
            form, uses, told = address_form.read_form(said.mapped("body"), language)
            form_reason = (
                self.env._(
                    "%(count)s of %(told)s messages that show it address us so.",
                    count=uses, told=told,
                )
                if form
                else self.env._("Their own words do not tell; formal is never wrong.")
            )  # fmt: skip
            form = form or address_form.FORMAL
        return [
            self._inbox_habit("language", name_of(language, self.env.lang), reason),
            self._inbox_habit("form", self._inbox_form_name(form), form_reason),
        ]

    def _inbox_tone(self):
        """The sheet of the channel says how we sound there; anger asks for more care."""
        if self.mood == "negative":
            return self._inbox_habit(
                "tone",
                self.env._("Calm and factual, no jokes, no emoji"),
                self.env._("The customer sounds annoyed."),
            )
        return self._inbox_habit(
            "tone",
            self.channel_id.tone,
            self.env._("From the sheet of %(channel)s.", channel=self.channel_id.display_name),
        )

    def _inbox_habit(self, key, value, reason):
        labels = {
            "channel": self.env._("Favourite channel"),
            "language": self.env._("Language"),
            "form": self.env._("Form of address"),
            "tone": self.env._("Tone"),
        }
        return {"key": key, "label": labels[key], "value": value or "", "reason": reason or ""}

    def _inbox_form_name(self, form):
        field = self.env["res.partner"]._fields["social_address_form"]
        return dict(field._description_selection(self.env)).get(form, "")
