# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from ..const import OPEN_PURPOSES
from ..tools import page_words, token
from .social_crm_consent_state import NOTHING

PREFIX = "/privacy"


class SocialCrmPreferences(models.AbstractModel):
    """What a person sees and decides on their own page, reached by a signed link."""

    _name = "social.crm.preferences"
    _description = "Preference Page"

    @api.model
    def _path(self, page, secret, lang="", rest=""):
        """An address of the person's own.

        :rtype: str
        """
        query = f"?lang={page_words.language(lang)}" if lang else ""
        return f"{PREFIX}/{page}/{secret}{rest}{query}"

    @api.model
    def _words(self, lang):
        return page_words.words(lang)

    @api.model
    def _language_of(self, person, *asked):
        """In which language to speak with them: the one they chose, else theirs.

        :param recordset person: an account or contact
        """
        known = [person.lang] if person._name == "res.partner" else [
            person.language, person.partner_id.lang
        ]  # fmt: skip
        return page_words.language(*asked, *known)

    @api.model
    def _purposes(self):
        return self.env["social.crm.purpose"].search([]).filtered("is_asked")

    @api.model
    def _choices(self, person, company, lang):
        """What they can decide on, and what holds.

        :return: ``code``, ``title``, ``statement``, ``may``, ``state`` (in words), ``can_give``
        :rtype: list[dict]
        """
        purposes = self._purposes()
        known = (
            self.env["social.crm.consent"]
            .with_company(company)
            ._states(person)
            .get(person.id, {})
        )
        minor = (
            person._minors()
            if person._name == "social.crm.identity"
            else person.with_company(company)._social_minors()
        )
        choices = []
        for purpose in purposes:
            state, text = known.get(purpose.code, NOTHING), purpose._text(lang)
            may = state.status == "agreed"
            if purpose.legal_basis == "interest":
                may = state.status not in ("objected", "withdrawn")
            choices.append(
                {
                    "code": purpose.code,
                    "text": text.id,
                    "title": text._say("title", company) or purpose.name,
                    "statement": text._say("statement", company),
                    "may": may,
                    "state": self._state_words(purpose, state, lang),
                    "can_give": not minor,
                    "is_elsewhere": state.status == "objected"
                    and not self._is_own_row(person, state.row),
                }
            )
        return choices

    @api.model
    def _is_own_row(self, person, row_id):
        row = self.env["social.crm.consent"].browse(row_id)
        return row.identity_id == person or (not row.identity_id and row.partner_id == person)

    @api.model
    def _state_words(self, purpose, state, lang):
        words = self._words(lang)
        key = {
            "agreed": "agreed_until" if state.until else "agreed_since",
            "given": "waits",
            "objected": "objected_since",
            "withdrawn": "withdrawn_since",
            "refused": "not_asked",
            "expired": "ended",
        }.get(state.status, "no_objection" if purpose.legal_basis == "interest" else "not_asked")
        if purpose.legal_basis == "interest" and state.status == "agreed":
            key = "no_objection"
        return (
            words[key]
            .replace("{day}", day(state.since, lang))
            .replace("{end}", day(state.until, lang))
        )

    @api.model
    def _decide(self, person, company, wanted, lang, read):
        """Write down what changed.

        :param set wanted: codes of the purposes that are switched on
        :param set read: ids of the texts the person had before their eyes
        :return: whether all could be taken down: nobody agrees to words they did not read
        :rtype: bool
        """
        consents = self.env["social.crm.consent"]
        is_whole = True
        for choice in self._choices(person, company, lang):
            code, want = choice["code"], choice["code"] in wanted
            if want == choice["may"] or (want and not choice["can_give"]):
                continue
            if want and choice["text"] not in read:
                is_whole = False
                continue
            values = {"way": "page", "text_id": choice["text"]}
            purpose = self.env["social.crm.purpose"]._of(code)
            if want:
                consents._note_of(person, company, "given", code, **values)
                if purpose.double_opt_in:
                    # only the owner of the account or address has this link
                    consents._note_of(person, company, "confirmed", code, **values)
            else:
                event = "withdrawn" if purpose.legal_basis == "consent" else "objected"
                consents._note_of(person, company, event, code, **values)
        return is_whole

    @api.model
    def _stop(self, person, company, lang):
        """End everything that STOP ends, from the page or the mail program's own button."""
        return self.env["social.crm.consent"]._stop(person, company, way="page", lang=lang)

    # === RECEIPT === #

    @api.model
    def _rows(self, person, company):
        """Every decision recorded of that account or contact, the newest first.

        :rtype: recordset
        """
        if person._name == "social.crm.identity":
            domain = fields.Domain("identity_id", "=", person.id)
        else:
            domain = fields.Domain("partner_id", "=", person.id) | fields.Domain(
                "identity_id.partner_id", "=", person.id
            )
        return self.env["social.crm.consent"].search(
            domain & fields.Domain("company_id", "=", company.id)
        )

    @api.model
    def _receipt(self, person, company):
        """What was recorded, as a file: the fields of a consent record and receipt.

        Names follow ISO/IEC TS 27560:2023, which splits record and receipt.

        :rtype: dict
        """
        return {
            "receipt": "consent",
            "controller": company.name,
            "issued_at": fields.Datetime.now().isoformat() + "Z",
            "about": self._about(person),
            "records": [
                {
                    "record_id": row.reference,
                    "purpose": row.purpose_id.code,
                    "lawful_basis": row.purpose_id.legal_basis,
                    "event": row.event,
                    "event_time": row.happened_at.isoformat() + "Z",
                    "recorded_at": row.recorded_at.isoformat() + "Z",
                    "valid_until": row.expires_at and row.expires_at.isoformat() + "Z",
                    "notice_language": row.text_id.lang or None,
                    "notice_version": row.text_id.version or None,
                    "notice_text": row.wording or None,
                    "collection_method": row.way,
                    "network": row.channel_id.platform_id.name or None,
                    "message": self._own_words(row) or None,
                    "evidence": row.note or None,
                }
                for row in self._rows(person, company)
            ],
        }

    @api.model
    def _receipt_rows(self, person, company, lang):
        """What was recorded, in words."""
        words = self._words(lang)
        return [
            {
                "when": f"{day(row.happened_at, lang)} {row.happened_at:%H:%M} UTC",
                "purpose": row.purpose_id._text(lang)._say("title", company)
                or row.purpose_id.name,
                "decision": words[f"event_{row.event}"],
                "way": " · ".join(
                    filter(None, (words[f"way_{row.way}"], row.channel_id.platform_id.name))
                ),
                "words": row.wording or "",
                "message": self._own_words(row),
                "note": row.note or "",
                "reference": row.reference,
            }
            for row in self._rows(person, company)
        ]

    @api.model
    def _own_words(self, row):
        said = row.interaction_id
        return said.body or "" if said.direction == "in" else ""

    @api.model
    def _about(self, person):
        """Whose page it is, so that they know it and a stranger does not.

        :rtype: str
        """
        if person._name == "res.partner":
            return half_hidden(person.email or person.name or "")
        name = person.handle or person.name or ""
        return f"{'@' if person.handle else ''}{name[:2]}••• · {person.platform_id.name}"


def half_hidden(address):
    """An address or name its owner knows again, and a stranger does not.

    :rtype: str
    """
    name, _at, domain = address.partition("@")
    return f"{name[:2]}•••{'@' + domain if domain else ''}"


def day(moment, lang):
    """A day as people write it in that language.

    :rtype: str
    """
    if not moment:
        return ""
    if page_words.language(lang) == "en":
        return f"{moment.day} {moment:%B %Y}"
    dots = "-" if page_words.language(lang) == "id" else "."
    return dots.join((f"{moment:%d}", f"{moment:%m}", f"{moment:%Y}")) + (
        "." if page_words.language(lang) == "sr" else ""
    )


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    def _preferences_url(self, lang=""):
        """The address of the person's own page.

        :rtype: str
        """
        page = self.env["social.crm.preferences"]
        return self.company_id.get_base_url() + page._path(
            "preferences", token.make("p", self), lang
        )

    def action_preferences_link(self):
        """The person's own page as they see it; their link is in its address."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_url",
            "url": self._preferences_url(self.language),
            "target": "new",
        }


class SocialCrmOutbox(models.Model):
    _inherit = "social.crm.outbox"

    def _unsubscribe_url(self):
        """Override: whatever goes beyond the answer can be ended at one press."""
        person, purpose = self.conversation_id.identity_id, self.interaction_id.purpose
        if not person or not purpose or purpose in OPEN_PURPOSES:
            return super()._unsubscribe_url()
        page = self.env["social.crm.preferences"]
        path = page._path("preferences", token.make("p", person), rest="/stop")
        return self.company_id.get_base_url() + path


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _social_preferences_url(self, lang=""):
        """The address of the person's own page, for the current company.

        :rtype: str
        """
        page = self.env["social.crm.preferences"]
        company = self.company_id or self.env.company
        return company.get_base_url() + page._path(
            "preferences", token.make("p", self, company), lang
        )
