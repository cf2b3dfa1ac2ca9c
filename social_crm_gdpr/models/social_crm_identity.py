# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError


class SocialCrmIdentity(models.Model):
    """What is decided about an account, and what it stops."""

    _inherit = "social.crm.identity"

    is_restricted = fields.Boolean(
        string="Use Restricted",
        compute="_compute_is_restricted",
        search="_search_is_restricted",
        compute_sudo=True,
        help="Art. 18 GDPR: answering what the person asks stays possible, nothing else.",
    )
    is_held = fields.Boolean(
        string="Legal Hold",
        compute="_compute_is_held",
        compute_sudo=True,
        groups="social_crm_base.group_privacy_clerk,social_crm_base.group_privacy_officer",
    )

    def _compute_is_restricted(self):
        restricted = self._is_restricted()
        for identity in self:
            identity.is_restricted = identity in restricted

    def _search_is_restricted(self, operator, value):
        if operator != "in":
            return NotImplemented
        people = self.env["social.crm.restriction"]._held_people()
        ids = [identity for identities, _partners in people.values() for identity in identities]
        domain = fields.Domain("id", "in", ids)
        if set(value) == {True, False}:
            return fields.Domain.TRUE
        return domain if True in value else ~domain

    def _compute_is_held(self):
        held = self._held()
        for identity in self:
            identity.is_held = identity in held

    def _is_restricted(self, companies=None):
        """Those of these accounts whose use is restricted.

        :param recordset companies: as of contacts; an account has a company of its own
        :rtype: recordset
        """
        return self.env["social.crm.restriction"]._among(self, companies)

    def _may_profile(self):
        """Override to leave out whose use is restricted."""
        found = super()._may_profile()
        return found - found._is_restricted()

    def _gate_lead(self):
        """Override to refuse leads of whom no use may be made.

        :raise UserError: in words
        """
        self._refuse_restricted(self.env._("no lead may be made"))
        return super()._gate_lead()

    def _refuse_restricted(self, what):
        """Refuse a use of these accounts where it is restricted.

        :param str what: what may not be done, in words
        :raise UserError: saying what is open instead
        """
        if restricted := self._is_restricted():
            raise UserError(
                self.env._(
                    "The use of %(count)s of these accounts is restricted (Art. 18 GDPR): "
                    "%(what)s. Answering what the person asks stays possible. Ask your privacy "
                    "clerk.",
                    count=len(restricted),
                    what=what,
                )
            )

    def action_restrict(self):
        """Restrict the use of what is known of these accounts."""
        return self.env["social.crm.restriction"]._open_for(identities=self)

    def action_open_restrictions(self):
        """Why the use of what is known of this account is restricted."""
        return self.env["social.crm.restriction"]._show_of(self)

    def action_open_holds(self):
        """Why nothing of this account is erased."""
        return self.env["social.crm.legal.hold"]._show_of(self)

    def action_erase(self):
        """Look at what erasing these people would take away."""
        return self.env["social.crm.erasure"]._open_for(identities=self)

    def action_hold(self):
        """Keep what is known of these accounts from being erased."""
        return self.env["social.crm.legal.hold"]._open_for(identities=self)

    @api.model
    def _retention_left_domain(self, names):
        """Override: an account that only has its stand-in name left has nothing left."""
        names = [name for name in names if name != "name"]
        return super()._retention_left_domain(names)

    def _retention_clear(self, category, names):
        """Override: an account without a name of its own keeps a stand-in and its words a shell.

        Should the person come again, that is a new account without past.
        """
        if category == "identity":
            self.write({**dict.fromkeys(names, False), "name": self.env._("Former account")})
            self.alias_ids.unlink()
            self.link_ids.unlink()
            self.message_ids.unlink()
        else:
            super()._retention_clear(category, names)
