# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.const import KINDS_OPENING_CASE
from odoo.addons.social_crm_base.tools.privacy import CLEAR, PROFILING, classify


class SocialCrmIdentity(models.Model):
    """Minors, known or likely: answered like everybody, and nothing else (GDPR Art. 8, Rec. 38)."""

    _inherit = "social.crm.identity"

    minor = fields.Selection(
        [("known", "Known"), ("likely", "Likely")],
        tracking=True,
        help="Too young to consent. Answered like everybody; no profile, lead, feedback request "
        "or listening. Likely: says so in their own words. No age is stored.",
    )

    def _may_profile(self):
        """Override to leave out minors."""
        return super()._may_profile().filtered(lambda who: not who.minor)

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
        if self.filtered("minor"):
            raise UserError(self._minor_words())

    def _minor_words(self):
        return self.env._(
            "This person is, or seems to be, a minor: no lead, no offer and no feedback request. "
            "Answering what they ask stays possible. If that is wrong, mend it on the account."
        )

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **classify(PROFILING, CLEAR, "minor")}


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
        minors = self.env["social.crm.identity"].search(
            [
                ("platform_id", "=", channel.platform_id.id),
                ("company_id", "=", channel.company_id.id),
                ("minor", "!=", False),
                ("external_id", "in", [actor.external_id for actor in heard.values()]),
            ]
        )
        children = set(minors.mapped("external_id")) - {False}
        done = {position for position, _reason in refused}
        reason = self.env._("A minor's doings that nobody has to answer are not collected.")
        return refused + [
            (position, reason)
            for position, actor in heard.items()
            if actor.external_id in children and position not in done
        ]
