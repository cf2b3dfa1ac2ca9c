# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What no retention rule takes, however old it is.

Holds and people whose rights are being worked on are looked at batch by batch; what a record is
itself in the middle of (waiting to be sent, to be decided on) is left out by its domain.
"""

from odoo import api, models
from odoo.fields import Domain

from .social_crm_erasure import UNDERWAY
from .social_crm_privacy_request import OPEN_STATES

#: From here on nothing more is done at the network.
OUTBOX_DONE = ("done", "failed", "cancelled")
#: Ways from a record to the words, the talk and the case it belongs to.
THROUGH = {
    "interaction_id": "social.crm.interaction",
    "conversation_id": "social.crm.conversation",
    "case_id": "social.crm.case",
}


class SocialCrmPersonalData(models.AbstractModel):
    _inherit = "social.crm.personal.data"

    @api.model
    def _retention_domain(self):
        """Rows a retention rule may take once their time is over; all but those in work.

        :rtype: Domain
        """
        return Domain.TRUE

    @api.model
    def _retention_may_keep(self):
        """Whether anything at all is kept at present; if not, a preview need not walk all rows.

        :rtype: bool
        """
        return bool(
            self.env["social.crm.legal.hold"]._in_force()
            or self.env["social.crm.retention.rule"]._in_work()
        )

    def _retention_kept(self):
        """Those of these records that stay for now: held, or needed for a right in work.

        :rtype: recordset
        """
        kept = self._held() | self._about(self.env["social.crm.retention.rule"]._in_work())
        if self._name in THROUGH.values():
            return kept
        for name, model in THROUGH.items():
            if name in self._fields and self._fields[name].comodel_name == model:
                # sudo: what is kept does not depend on who may read it
                theirs_sudo = self.sudo()[name]
                staying = set(theirs_sudo._retention_kept().ids)
                kept |= self.filtered(lambda row, name=name, ids=staying: row[name].id in ids)
        return kept


class SocialCrmRetentionRule(models.Model):
    _inherit = "social.crm.retention.rule"

    @api.model
    def _in_work(self):
        """People with an open request, or whose erasure is not finished.

        :return: company to (ids of accounts, ids of contacts), over all links
        :rtype: dict
        """
        # sudo: rights in work count for every rule, whoever may read them
        requests_sudo = self.env["social.crm.privacy.request"].sudo().search(
            [("state", "in", OPEN_STATES)]
        )
        # sudo: as above
        erasures_sudo = self.env["social.crm.erasure"].sudo().search(
            [("state", "in", ("proposed", "parked", *UNDERWAY))]
        )
        people = {}
        for company in requests_sudo.company_id | erasures_sudo.company_id:
            asked = requests_sudo.filtered(lambda one, of=company: one.company_id == of)
            going = erasures_sudo.filtered(lambda one, of=company: one.company_id == of)
            people[company] = self.env["social.crm.measure"]._everything_of(
                asked.subject_identity_ids
                | asked.interaction_id.identity_id
                | asked.case_id.identity_id
                | going.identity_ids,
                asked.subject_partner_ids | going.partner_ids,
                company,
            )
        return people


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    @api.model
    def _retention_may_keep(self):
        """Override: see below."""
        return True

    def _retention_kept(self):
        """Override: with an open case one has to know whom to answer."""
        # sudo: cases of every team
        open_sudo = self.env["social.crm.case"].sudo().search(
            [("identity_id", "in", self.ids), ("state", "!=", "closed")]
        )
        return super()._retention_kept() | self.browse(open_sudo.identity_id.ids)


class SocialCrmConversation(models.Model):
    _inherit = "social.crm.conversation"

    @api.model
    def _retention_may_keep(self):
        """Override: see below."""
        return True

    def _retention_kept(self):
        """Override: with an open case one has to know where to answer."""
        # sudo: cases of every team
        said_sudo = self.env["social.crm.interaction"].sudo().search(
            [
                ("conversation_id", "in", self.ids),
                ("case_id", "!=", False),
                ("case_id.state", "!=", "closed"),
            ]
        )
        return super()._retention_kept() | self.browse(said_sudo.conversation_id.ids)


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    @api.model
    def _retention_domain(self):
        """Override: what waits to be sent, is needed for a claim, or proves what was agreed to."""
        # sudo: the ledger is the clerks', the rule every team's
        proofs_sudo = self.env["social.crm.consent"].sudo()._search(
            [("interaction_id", "!=", False)]
        )
        return (
            super()._retention_domain()
            & Domain("retention_ground", "=", False)
            & Domain("delivery_state", "!=", "queued")
            & Domain("id", "not in", proofs_sudo.subselect("interaction_id"))
        )


class SocialCrmOutbox(models.Model):
    _inherit = "social.crm.outbox"

    @api.model
    def _retention_domain(self):
        """Override: what is still to be done at the network, by us or by hand."""
        return super()._retention_domain() & Domain("state", "in", OUTBOX_DONE)


class SocialCrmApproval(models.Model):
    _inherit = "social.crm.approval"

    @api.model
    def _retention_domain(self):
        """Override: what nobody has decided on."""
        return super()._retention_domain() & Domain("state", "!=", "pending")


class SocialCrmQuestion(models.Model):
    _inherit = "social.crm.question"

    @api.model
    def _retention_domain(self):
        """Override: what nobody has answered."""
        return super()._retention_domain() & Domain("state", "!=", "open")


class SocialCrmGoodwill(models.Model):
    _inherit = "social.crm.goodwill"

    @api.model
    def _retention_domain(self):
        """Override: what nobody has decided on."""
        return super()._retention_domain() & Domain("state", "!=", "asked")


class SocialCrmSuppressionHit(models.Model):
    _inherit = "social.crm.suppression.hit"

    @api.model
    def _retention_domain(self):
        """Override: what nobody has decided on; without a decision it is dropped anyway."""
        return super()._retention_domain() & Domain("state", "!=", "open")


class SocialCrmArchive(models.Model):
    _inherit = "social.crm.archive"

    @api.model
    def _retention_domain(self):
        """Override: what is being read, imported or undone."""
        return super()._retention_domain() & Domain(
            "state", "not in", ("reading", "importing", "undoing")
        )


class SocialCrmPrivacyRequest(models.Model):
    _inherit = "social.crm.privacy.request"

    @api.model
    def _retention_domain(self):
        """Override: what is open; a closed one counts from its closing."""
        return super()._retention_domain() & Domain("state", "not in", OPEN_STATES)


class SocialCrmPrivacyToken(models.Model):
    _inherit = "social.crm.privacy.token"

    @api.model
    def _retention_domain(self):
        """Override: links of what is open; a closed request's package may be fetched for days."""
        return super()._retention_domain() & Domain("request_id.state", "not in", OPEN_STATES)
