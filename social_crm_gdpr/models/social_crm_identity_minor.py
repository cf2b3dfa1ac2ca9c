# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.const import KINDS_OPENING_CASE
from odoo.addons.social_crm_base.tools.privacy import CLEAR, PROFILING, classify

HAS_MINORS = "social_crm_has_minors"


class SocialCrmIdentity(models.Model):
    """Minors, known or likely: answered like everybody, and nothing else (GDPR Art. 8, Rec. 38)."""

    _inherit = "social.crm.identity"

    minor = fields.Selection(
        [("known", "Known"), ("likely", "Likely")],
        tracking=True,
        index="btree_not_null",
        help="Too young to consent. Answered like everybody; no profile, lead, feedback request "
        "or listening. Likely: says so in their own words. No age is stored.",
    )

    def _may_profile(self):
        """Override to leave out minors."""
        found = super()._may_profile()
        return found - found._minors()

    @api.model
    def _accounts_of(self, channel, actors):
        """The accounts known here of those who act on a channel, asked once for all.

        :param actors: iterable of ``Actor``
        :rtype: recordset
        """
        return self.search(
            [
                ("platform_id", "=", channel.platform_id.id),
                ("company_id", "=", channel.company_id.id),
                ("external_id", "in", list({actor.external_id for actor in actors})),
            ]
        )

    def _refused_of(self, heard, refused, reason):
        """Which of these activities are these accounts', and not refused already.

        :param dict heard: position of an activity to its ``Actor``
        :param list refused: (position, reason) so far
        :return: (position, reason)
        :rtype: list[tuple[int, str]]
        """
        keys = {(who.scope or "", who.external_id) for who in self if who.external_id}
        done = {position for position, _reason in refused}
        return [
            (position, reason)
            for position, actor in heard.items()
            if (actor.scope or "", actor.external_id) in keys and position not in done
        ]

    def _minors(self):
        """Those of these accounts whose owner is, or seems to be, too young.

        A child is one on all their accounts: whoever says so on one of them says so for all that
        are linked.

        :rtype: recordset
        """
        # sudo: a child is one whoever asks
        accounts_sudo = self._origin.sudo()
        children = set()
        for company, theirs in accounts_sudo.grouped("company_id").items():
            children |= self._children(theirs, self.env["res.partner"], company)[0]
        return self.filtered(lambda who: who._origin.id in children or who.minor)

    @api.model
    def _children(self, accounts, contacts, company):
        """Of these people and all that is linked to them, what belongs to a minor.

        :return: ids of accounts, ids of contacts
        :rtype: tuple[set, set]
        """
        if not (accounts or contacts) or not self._has_minors(company):
            return set(), set()
        everything = self.env["social.crm.measure"]._everything_of
        # an account several people write from is a child's too, where one of them is a child
        shared = accounts.filtered("is_shared")
        links = shared.link_ids.filtered(lambda link: link.state == "confirmed")
        ids, _contacts = everything(accounts, contacts | links.partner_id, company)
        # sudo: see _minors
        minors_sudo = self.sudo().search([("id", "in", list(ids)), ("minor", "!=", False)])
        if not minors_sudo:
            return set(), set()
        return everything(minors_sudo, contacts.browse(), company)

    @api.model
    def _has_minors(self, company):
        """Whether anybody at all is one there: asked once a transaction, most have none.

        :rtype: bool
        """
        known = self.env.cr.cache.setdefault(HAS_MINORS, {})
        if company.id not in known:
            # sudo: see _minors
            known[company.id] = bool(
                self.sudo().search_count(
                    [("company_id", "=", company.id), ("minor", "!=", False)], limit=1
                )
            )
        return known[company.id]

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create(vals_list)
        self.env.cr.cache.pop(HAS_MINORS, None)
        return accounts

    def write(self, vals):
        done = super().write(vals)
        if "minor" in vals:
            self.env.cr.cache.pop(HAS_MINORS, None)
        return done

    def _gate_lead(self):
        """Override: no lead of a child.

        :raise UserError: in words
        """
        self._refuse_minors()
        return super()._gate_lead()

    def _refuse_minors(self):
        """Refuse a lead of somebody too young.

        :raise UserError: in words
        """
        if self._minors():
            raise UserError(self._minor_words())

    def _minor_words(self):
        return self.env._(
            "This person is, or seems to be, a minor: no lead, no offer and no feedback request. "
            "Answering what they ask stays possible. If that is wrong, mend it on the account."
        )

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **classify(PROFILING, CLEAR, "minor")}


class ResPartner(models.Model):
    """A contact with a child's account is a child's."""

    _inherit = "res.partner"

    def _social_minors(self):
        """Those of these contacts who are, or seem to be, too young, in the current company.

        :rtype: recordset
        """
        people = self.env["social.crm.identity"]
        _accounts, children = people._children(people, self._origin, self.env.company)
        return self.filtered(lambda partner: partner._origin.id in children)

    def _social_profiled(self):
        """Override to leave out minors."""
        found = super()._social_profiled()
        return found - found._social_minors()

    def _gate_lead(self):
        """Refuse a lead of contacts of whom no use may be made.

        :raise UserError: in words
        """
        self._refuse_restricted(self.env._("no lead may be made"))
        if self._social_minors():
            raise UserError(self.env["social.crm.identity"]._minor_words())


class CrmLead(models.Model):
    """A lead is one of its contact, too, whatever account it came from."""

    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._gate_partner()
        return leads

    def write(self, vals):
        before = {lead: lead.partner_id for lead in self} if "partner_id" in vals else {}
        done = super().write(vals)
        changed = self.filtered(lambda lead: before.get(lead, lead.partner_id) != lead.partner_id)
        changed._gate_partner()
        return done

    def _gate_partner(self):
        """Ask what may be made of the contacts; what people send in by themselves is received.

        :raise UserError: in words
        """
        if not self.env.su:  # a form or a mail that arrives
            self.partner_id._gate_lead()


class SocialCrmInteraction(models.Model):
    """What is not said to us is not collected of a child."""

    _inherit = "social.crm.interaction"

    @api.model
    def _gate_activities(self, channel, activities):
        """Override: of minors only what asks for an answer is taken in; no listening."""
        refused = super()._gate_activities(channel, activities)
        heard = {
            position: activity.actor
            for position, activity in enumerate(activities)
            if activity.actor
            and activity.direction == "in"
            and (
                activity.verb == "react"
                or activity.verb == "create" and activity.kind not in KINDS_OPENING_CASE
            )
        }
        if not heard:
            return refused
        children = self.env["social.crm.identity"]._accounts_of(channel, heard.values())._minors()
        reason = self.env._("A minor's doings that nobody has to answer are not collected.")
        return refused + children._refused_of(heard, refused, reason)
