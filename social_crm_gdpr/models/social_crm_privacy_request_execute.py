# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.fields import Command

from odoo.addons.social_crm_base.tools.privacy import not_personal

from ..const import OPEN_PURPOSES

#: What Art. 18 is applied for when the person objects: until it is weighed.
OBJECTION_GROUND = "objection"


class SocialCrmPrivacyRequest(models.Model):
    """What the smaller rights change: restriction, objection, withdrawal, rectification."""

    _inherit = "social.crm.privacy.request"

    restriction_ground = fields.Selection(
        lambda self: self.env["social.crm.restriction"]._fields["ground"]._description_selection(
            self.env
        ),
        string="Ground of the Restriction",
        default="accuracy",
        copy=False,
    )
    restriction_id = fields.Many2one(
        "social.crm.restriction", readonly=True, copy=False, ondelete="set null"
    )

    purpose_ids = fields.Many2many(
        "social.crm.purpose", "social_crm_privacy_request_purpose_rel", string="For What",
        domain=[("code", "not in", sorted(OPEN_PURPOSES))], copy=False,
        help="Which purposes the person objects to or takes their consent back for; empty: all.",
    )

    def _execute_restriction(self):
        """Override: stop the use, on the ground chosen."""
        self._restrict(self.restriction_ground)
        return super()._execute_restriction()

    def _execute_objection(self):
        """Override: stop the use while the objection is weighed; advertising stops for good."""
        self._restrict(OBJECTION_GROUND)
        self._decide("objected")
        return super()._execute_objection()

    def _execute_withdrawal(self):
        """Override: what rested on consent ends."""
        self._decide("withdrawn")
        return super()._execute_withdrawal()

    def _execute_rectification(self):
        """Override: show whom it is about; the clerk corrects, each field keeps its history."""
        super()._execute_rectification()
        people = self.subject_partner_ids or self.subject_identity_ids
        self.env["social.crm.access.log"]._note("open", people, purpose=self.name)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct"),
            "res_model": people._name,
            "domain": [("id", "in", people.ids)],
            "views": [(False, "list"), (False, "form")],
        }

    def _restrict(self, ground):
        """Restrict the use of everything that is the person's."""
        # sudo: a measure the request decides, written for all its people
        self.sudo().restriction_id = self.env["social.crm.restriction"].sudo().create(
            {
                "company_id": self.company_id.id,
                "ground": ground,
                "reason": self.env._("Request %(number)s", number=self.name),
                "identity_ids": [Command.set(self.subject_identity_ids.ids)],
                "partner_ids": [Command.set(self.subject_partner_ids.ids)],
                "user_id": self.env.uid,
            }
        )

    def _decide(self, event):
        """Write what the person decided into the ledger of consents, for each of their accounts.

        :param str event: of a ``social.crm.consent``
        """
        ledger = self.env["social.crm.consent"].with_company(self.company_id)
        # sudo: which purposes there are
        purposes_sudo = self.purpose_ids.sudo() or self.env["social.crm.purpose"].sudo().search(
            [("code", "not in", sorted(OPEN_PURPOSES))]
        )
        accounts = self.subject_identity_ids
        contacts = self.subject_partner_ids - accounts.partner_id
        people = [{"identity": one} for one in accounts] + [{"partner": one} for one in contacts]
        for purpose in purposes_sudo:
            for who in people:
                ledger._note(
                    event, purpose.code, **who, way="hand", note=self.name,
                    happened_at=self.received_at,
                )  # fmt: skip

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **not_personal("restriction_ground restriction_id purpose_ids"),
        }
