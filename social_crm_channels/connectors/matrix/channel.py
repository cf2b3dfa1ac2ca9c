# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.social_crm_base.tools.action import dialog_for
from odoo.addons.social_crm_base.tools.privacy import not_personal

from . import invite, service


class SocialCrmChannel(models.Model):
    _inherit = "social.crm.channel"

    connector = fields.Selection(
        selection_add=[("matrix", "Matrix")], ondelete={"matrix": "set default"}
    )
    matrix_invites = fields.Selection(
        [
            (invite.ANYONE, "Accept from everybody"),
            (invite.SERVERS, "Accept from people of some homeservers, decline others"),
            (invite.HAND, "A colleague decides: answering accepts"),
        ],
        string="Invitations",
        default=invite.ANYONE,
        required=True,
        help="What we do when somebody invites our account to a room. Customers' first private "
        "message is an invitation, too.",
    )
    matrix_servers = fields.Char(
        string="Homeservers",
        help="Names as they stand behind the colon of a Matrix ID, separated by spaces.",
    )
    matrix_is_service = fields.Boolean(compute="_compute_matrix_is_service")

    def _compute_matrix_is_service(self):
        for channel in self:
            connector = channel._connector()
            channel.matrix_is_service = (
                channel.connector == "matrix"
                and bool(channel.id)
                and connector._is_service(channel)
            )

    def action_matrix_registration(self):
        """Make the application service's registration file, with new tokens, and show it once."""
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group("social_crm_base.group_manager"):
            raise AccessError(self.env._("Only a manager can connect accounts."))
        if not self.matrix_is_service or not self.external_id:
            raise UserError(
                self.env._("This channel reads by itself: there is nothing to register.")
            )
        tokens = service.new_tokens()
        self.env["social.crm.credential"]._set_secrets(self.app_id, tokens)
        text = service.registration(
            self.app_id, self.external_id, self.app_id.webhook_url or "", tokens
        )
        return dialog_for(
            "social.crm.matrix.registration",
            self.env._("Registration File"),
            # in the browser's memory only: nothing of it is stored in a table
            registration=text,
            channel_id=self.id,
        )

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("matrix_invites matrix_servers")}


class SocialCrmMatrixRegistration(models.TransientModel):
    """The file as it is shown once; it is never saved."""

    _name = "social.crm.matrix.registration"
    _inherit = ["social.crm.personal.data"]
    _description = "Matrix Registration File"

    channel_id = fields.Many2one("social.crm.channel", readonly=True)
    registration = fields.Text(store=False, readonly=True)

    def _personal_data_fields(self):
        return not_personal("channel_id")
