# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from odoo.addons.social_crm_base.tools.handles import FORM_CONTACT
from odoo.addons.social_crm_base.tools.privacy import (
    CLEAR,
    CONTACT,
    IDENTITY,
    KEEP,
    classify,
    not_personal,
)

#: Tells nothing of a person: that somebody asked, or that nothing was found.
TELLS_NOTHING = frozenset({"receipt", "unknown"})
#: Grounds that hold for whoever asks; the others say that there is data.
OPEN_GROUNDS = frozenset({"unidentified", "unfounded", "excessive", "not_applicable"})


class SocialCrmPrivacyRequest(models.Model):
    """What was proven, what that opens, and where an answer may therefore go.

    The proof of one account or address opens what links lead to from it, and nothing else that
    happens to be named in the request. What tells something of a person goes to the very account or
    address that was proven; before that, only what would be said to anybody leaves.
    """

    _inherit = "social.crm.privacy.request"

    proved_email = fields.Char(
        string="Proven Address", readonly=True, copy=False,
        help="Where the person showed that they read: answers go there and nowhere else.",
    )
    proved_identity_id = fields.Many2one(
        "social.crm.identity", string="Proven Account", readonly=True, copy=False,
        ondelete="set null", index="btree_not_null",
    )
    checked_people = fields.Json(
        readonly=True, copy=False, help="Whom the check was about: ids of accounts and contacts."
    )
    way_note = fields.Char(compute="_compute_way_note")
    can_vouch = fields.Boolean(compute="_compute_way_note")

    @api.depends(
        "answer_way", "answer_email", "proved_email", "proved_identity_id", "check_method",
        "closed_at",
    )  # fmt: skip
    def _compute_way_note(self):
        """Why the answer cannot go where it is meant to, while that can still be mended."""
        for request in self:
            open_note = request.checked_at and not request.closed_at and request._way_refusal()
            request.way_note = open_note or False
            request.can_vouch = (
                bool(open_note and request.answer_email)
                and request.check_method == "document"
                and request.answer_way == "email"
            )

    # === WHAT A PROOF OPENS === #

    def _covered_by(self, subject):
        """Whether everything this request is about is this person's.

        :param Subject subject: whom a proof leads to
        :rtype: bool
        """
        return not (
            self.subject_identity_ids - subject.identities
            or self.subject_partner_ids - subject.partners
        )

    def _covering_accounts(self, accounts):
        """Those of these accounts whose owner is whom all this is about.

        :param recordset accounts: ``social.crm.identity``
        :rtype: recordset
        """
        subjects = self.env["social.crm.subject"]
        return accounts.filtered(
            lambda account: not account.is_shared
            and not account.is_own
            and self._covered_by(subjects._find(identity=account, company=self.company_id))
        )

    def _asking_account(self):
        """The account the request was written from, if a message brought it.

        :rtype: recordset
        """
        return self.interaction_id.filtered(lambda said: said.direction == "in").identity_id

    def _known_emails(self):
        """Addresses we knew of the person before they asked.

        :rtype: list[str]
        """
        # sudo: the person's own address, whoever works on the request
        request_sudo = self.sudo()
        accounts = request_sudo.subject_identity_ids.filtered(lambda one: not one.is_shared)
        mailboxes = accounts.filtered(lambda one: one.platform_id.handle_form == FORM_CONTACT)
        found = [
            *request_sudo.subject_partner_ids.mapped("email_normalized"),
            *accounts.mapped("verified_email"),
            *mailboxes.mapped("handle"),
        ]
        return sorted({email for said in found if (email := email_normalize(said or ""))})

    def _covering_emails(self):
        """Known addresses whose reader is whom all this is about, the one they named first.

        :rtype: list[str]
        """
        subjects = self.env["social.crm.subject"]
        said = email_normalize(self.said_email or "")
        found = [
            email
            for email in self._known_emails()
            if self._covered_by(subjects._find(email=email, company=self.company_id))
        ]
        return sorted(found, key=lambda email: email != said)

    # === WHO WAS CHECKED === #

    def _people(self):
        """Whom it is about, with all that links lead to, to be compared later.

        :rtype: dict
        """
        identity_ids, partner_ids = self.env["social.crm.measure"]._everything_of(
            self.subject_identity_ids, self.subject_partner_ids, self.company_id
        )
        return {"accounts": sorted(identity_ids), "contacts": sorted(partner_ids)}

    def _check_same_people(self):
        """Whether those who were checked are still the ones it is about: contacts get merged.

        :raise UserError: in words
        """
        # sudo: a merge concerns whoever hands out what it brought together
        merges_sudo = self.env["social.crm.partner.merge"].sudo()
        for request in self:
            people = request._people()
            merged = merges_sudo.search_count(
                [
                    ("partner_id", "in", people["contacts"]),
                    ("date", ">=", request.checked_at),
                    ("state", "=", "done"),
                ],
                limit=1,
            )
            if merged or request.checked_people != people:
                raise UserError(
                    self.env._(
                        "Accounts or contacts of %(request)s were merged, linked or left since the "
                        "person was checked: somebody else's data may be among them now. Press "
                        "Check Anew.",
                        request=request.name,
                    )
                )

    # === WHERE ANSWERS GO === #

    def _tells_nothing(self, moment):
        """Whether what is told now would be told to anybody.

        :param str moment: of a ``social.crm.privacy.text``
        :rtype: bool
        """
        if moment in TELLS_NOTHING:
            return True
        if self.checked_at:
            return False
        return moment == "extension" or (
            moment == "refusal" and self.refusal_ground in OPEN_GROUNDS
        )

    def _way_refusal(self):
        """Why what tells something of the person may not go on the way chosen; empty if it may.

        :rtype: str
        """
        self.ensure_one()
        if self.answer_way == "channel" and not self.proved_identity_id:
            return self.env._(
                "No account was proven to be the person's: check by a code to the account, or "
                "answer by hand."
            )
        if self.answer_way == "email":
            if not self.answer_email:
                return self.env._("There is no e-mail address to answer to: add one.")
            if email_normalize(self.answer_email) != (self.proved_email or None):
                return self.env._(
                    "Nobody proved that the person reads %(address)s: check by a link to the "
                    "address known before, press Address Confirmed if you saw a document, or "
                    "answer by hand.",
                    address=self.answer_email,
                )
        return ""

    def action_vouch_address(self):
        """The person who showed the document named this very address: answers go there.

        :raise UserError: where no document was seen, or no address is named
        """
        self.ensure_one()
        self.check_access("write")
        address = email_normalize(self.answer_email or "")
        if not self.can_vouch or not address:
            raise UserError(
                self.env._(
                    "Only an address can be confirmed that the person named when they showed you "
                    "a document. Fill in Answer To first."
                )
            )
        self.sudo().proved_email = address  # sudo: the act sets what no form may
        self._told("address_confirmed")
        self.message_post(
            body=self.env._(
                "The person named %(address)s when they showed a document.",
                address=masked(address),
            )
        )

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **classify(IDENTITY, CLEAR, "proved_identity_id"),
            **not_personal("checked_people"),
            **classify(
                CONTACT,
                KEEP,
                "proved_email",
                ground="GDPR Art. 12(3): the answer must arrive; emptied with the answer",
            ),
        }


def masked(address):
    """An address of which only its owner knows the rest: ``a***@example.org``.

    :rtype: str
    """
    user, _at, host = address.partition("@")
    return f"{user[:1]}***@{host}"
