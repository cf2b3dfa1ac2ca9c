# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import not_personal


class SocialCrmPlatform(models.Model):
    _inherit = "social.crm.platform"

    joint_agreement = fields.Char(
        string="Arrangement with the Network",
        help="Art. 26 or 28 GDPR: its name or address on the web.",
    )
    joint_agreement_on = fields.Date(string="Arrangement of")

    def _privacy_warning(self):
        """What is not settled with this network, in words; empty where everything is.

        :rtype: str
        """
        self.ensure_one()
        said = []
        if self.transfer_ground == "open":
            said.append(
                self.env._(
                    "No ground for the transfer to %(network)s is settled (Art. 44 GDPR): ask "
                    "your data protection officer before you connect.",
                    network=self.name,
                )
            )
        if self.our_role in ("joint", "processor") and not self.joint_agreement_on:
            said.append(
                self.env._(
                    "No arrangement with %(network)s is on file (Art. 26, 28 GDPR): write its "
                    "name and date on the network.",
                    network=self.name,
                )
            )
        return " ".join(said)

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **not_personal("joint_agreement joint_agreement_on"),
        }
