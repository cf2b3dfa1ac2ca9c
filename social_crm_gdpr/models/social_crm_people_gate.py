# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Whom one may listen to, show to others, and choose by segment."""

from collections import namedtuple

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import OPEN_PURPOSES
from .social_crm_consent_state import NOTHING

#: Who is left, and who is not, by the reason in words.
WhoMay = namedtuple("WhoMay", "allowed left_out")
#: Uses that choose people by what was concluded of them.
BY_PROFILE = frozenset({"segment"})


class SocialCrmInteraction(models.Model):
    """What is said elsewhere, and what is shown of it."""

    _inherit = "social.crm.interaction"

    @api.model
    def _gate_activities(self, channel, activities):
        """Override: what is not addressed to us is not collected of who objected to it."""
        refused = super()._gate_activities(channel, activities)
        heard = {
            position: activity.actor
            for position, activity in enumerate(activities)
            if activity.verb == "create"
            and activity.kind == "post"
            and activity.direction == "in"
            and activity.actor
        }
        if not heard:
            return refused
        known = self.env["social.crm.identity"]._accounts_of(channel, heard.values())
        deaf = known - known._may("listening", channel)
        reason = self.env._("Who wrote it objected to being listened to where they do not ask us.")
        return refused + deaf._refused_of(heard, refused, reason)

    def _gate_show(self):
        """Override: other people's words are shown with their consent only."""
        super()._gate_show()
        theirs = self.filtered(lambda said: said.direction == "in" and not said.identity_id.is_own)
        for channel, said in theirs.grouped("channel_id").items():
            if said.filtered(lambda one: not one.identity_id) or (
                said.identity_id - said.identity_id._may("ugc", channel)
            ):
                purpose = self.env["social.crm.purpose"].sudo()._of("ugc")  # sudo: its name
                raise UserError(
                    self.env._(
                        "These are somebody else's words, and they have not agreed to “%(purpose)s”"
                        ". Ask for their consent in private (Ask, beside the composer), or say it "
                        "in words of your own.",
                        purpose=purpose.name or "ugc",
                    )
                )


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _who_may(self, purpose, channel=None):
        """Whose data may be used for a purpose now, and why not that of the others.

        For whatever goes to many people at once: the same few queries for any number of contacts.

        :param str purpose: code of a ``social.crm.purpose``
        :param recordset channel: the ``social.crm.channel`` it is used on, if any
        :return: contacts that may, and reason in words to contacts for those left out
        :rtype: WhoMay
        """
        everybody, left_out = self._origin, {}

        def leave_out(reason, people):
            nonlocal everybody
            if people:
                left_out[reason] = left_out.get(reason, people.browse()) | people
                everybody -= people

        env = self.env
        if purpose not in OPEN_PURPOSES:
            restricted = everybody._is_restricted()
            leave_out(env._("The use of their data is restricted (Art. 18 GDPR)."), restricted)
        if purpose in BY_PROFILE:
            others = everybody - everybody._social_profiled()
            leave_out(env._("No profile is made of them: they objected, or are minors."), others)
        if channel:
            present = everybody._present_on(channel)
            leave_out(env._("They have no account on this network that we know."),
                      everybody - present)  # fmt: skip
        refused = everybody - env["social.crm.consent"]._allowed(everybody, purpose, channel)
        states = env["social.crm.consent"]._states(refused, {purpose})
        words = refused._reasons_not()
        found = {}
        for partner in refused:
            status = states.get(partner.id, {}).get(purpose, NOTHING).status
            found.setdefault(words.get(status, words["none"]), []).append(partner.id)
        if not env["social.crm.purpose"]._terms().get(purpose) and refused:
            found = {env._("There is no such purpose in force."): refused.ids}
        for reason, ids in found.items():
            leave_out(reason, refused.browse(ids))
        return WhoMay(everybody, left_out)

    @api.model
    def _reasons_not(self):
        """Why a use is not allowed, by what the person decided.

        :rtype: dict
        """
        env = self.env
        return {
            "objected": env._("They objected to it."),
            "withdrawn": env._("They withdrew their consent."),
            "refused": env._("They said no."),
            "expired": env._("Their consent has ended."),
            "given": env._("They have not confirmed their consent yet."),
            "asked": env._("They were asked and have not answered yet."),
            "agreed": env._("The purpose does not cover this channel."),
            "none": env._("They were never asked, or it does not cover this channel."),
        }

    def _present_on(self, channel):
        """Those of these contacts with an account on a channel's network.

        :rtype: recordset
        """
        # sudo: whether there is an account, whatever team works with it
        accounts_sudo = self.env["social.crm.identity"].sudo()
        here = Domain("partner_id", "in", self.ids) & Domain(
            "platform_id", "=", channel.platform_id.id
        )
        linked = accounts_sudo._read_group(
            here & Domain("company_id", "=", channel.company_id.id), ["partner_id"]
        )
        return self & self.browse().union(*(partner.sudo(False) for (partner,) in linked))
