# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .personal_data_mask import initial

#: Roles that work with people; who has none of them only looks on.
WITH_NEED = (
    "social_crm_base.group_agent",
    "social_crm_base.group_publisher",
    "social_crm_base.group_privacy_clerk",
    "social_crm_base.group_privacy_officer",
    "sales_team.group_sale_salesman",
)
#: So long somebody who said why sees who it is.
UNMASKED_MINUTES = 15


class SocialCrmIdentity(models.Model):
    """Names for those who need them, and a note of who looked."""

    _inherit = "social.crm.identity"

    is_masked = fields.Boolean(compute="_compute_is_masked")

    @api.depends_context("uid", "company")
    def _compute_is_masked(self):
        masked = self._masked()
        for identity in self:
            identity.is_masked = identity in masked

    def _masked(self):
        """Those of these accounts of which the current user sees initials only.

        :rtype: recordset
        """
        return self.browse() if self.env.su else self._masked_for_user()

    @api.model
    def _masks(self):
        """Whether the current user's role and company show initials of people.

        :rtype: bool
        """
        # roles are at hand, the setting may have to be read
        if any(self.env.user.has_group(group) for group in WITH_NEED):
            return False
        # sudo: a setting, also of who may not read it
        return self.env.company.sudo().social_crm_mask_viewers

    def _masked_rows(self):
        """Override: an account is somebody itself."""
        return self._masked()

    def _masked_for_user(self):
        """As :meth:`_masked`, also where rights were lifted: lists name what they refer to so."""
        if not self or not self._masks():
            return self.browse()
        since = fields.Datetime.now() - timedelta(minutes=UNMASKED_MINUTES)
        # sudo: one's own reasons given just now
        shown_sudo = self.env["social.crm.access.log"].sudo().search(
            [
                ("user_id", "=", self.env.uid),
                ("action", "=", "unmask"),
                ("identity_id", "in", self.ids),
                ("happened_at", ">=", since),
            ]
        )
        return self.filtered(lambda who: not who.is_own) - self.browse(shown_sudo.identity_id.ids)

    @api.depends_context("uid", "company")
    def _compute_display_name(self):
        """Override: initials only, wherever an account is named."""
        super()._compute_display_name()
        for identity in self._masked_for_user():
            identity.display_name = initial(identity.display_name)

    # === NOTING WHO LOOKS === #

    def action_unmask(self, purpose=None):
        """Show who it is, for the reason given; it is logged.

        :param str purpose: why
        :raise UserError: without a reason
        """
        self.check_access("read")
        if not (purpose or "").strip():
            raise UserError(self.env._("Say why you need to know who this is."))
        self.env["social.crm.access.log"]._note("unmask", self, purpose=purpose.strip()[:200])
        self.invalidate_recordset(["display_name"])
        return True
