# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.const import OUTBOX_OPERATIONS
from odoo.addons.social_crm_base.tools.privacy import (
    BEHAVIOUR,
    CLEAR,
    CONTENT,
    EMPLOYEE,
    KEEP,
    PSEUDONYM,
    TECHNICAL,
    classify,
    not_personal,
)

from ..tools.contract import MODERATION

OPERATIONS = [(code, label) for code, label in OUTBOX_OPERATIONS if code in MODERATION]
OUTCOMES = [
    ("asked", "Under way"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("cancelled", "Taken back"),
]
UNDOING = {"hide": "unhide", "spam": "unhide", "ban": "unban"}


class SocialCrmModeration(models.Model):
    """Who hid, removed, reported or banned what and why. Rows are added, never changed by hand."""

    _name = "social.crm.moderation"
    _inherit = ["social.crm.personal.data"]
    _description = "Moderation"
    _order = "date desc, id desc"

    company_id = fields.Many2one("res.company", required=True)
    channel_id = fields.Many2one("social.crm.channel", required=True, ondelete="restrict")
    platform_icon = fields.Char(related="channel_id.platform_id.icon_url", string="Network Icon")
    operation = fields.Selection(OPERATIONS, required=True)
    interaction_id = fields.Many2one(
        "social.crm.interaction", string="What", index="btree_not_null", ondelete="set null"
    )
    identity_id = fields.Many2one(
        "social.crm.identity", string="Whose", index="btree_not_null", ondelete="set null"
    )
    case_id = fields.Many2one("social.crm.case", index="btree_not_null", ondelete="set null")
    reason_id = fields.Many2one(
        "social.crm.moderation.reason", string="Why", ondelete="restrict"
    )
    note = fields.Char(help="What the colleague wrote besides; never told to the network.")
    user_id = fields.Many2one("res.users", string="By", ondelete="restrict")
    is_rule = fields.Boolean(string="By a Rule")
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    outcome = fields.Selection(OUTCOMES, required=True, default="asked")
    error = fields.Char(string="Why It Failed")
    outbox_id = fields.Many2one(
        "social.crm.outbox", string="Sending", index="btree_not_null", ondelete="set null"
    )
    can_undo = fields.Boolean(compute="_compute_can_undo")

    _list_index = models.Index("(date DESC, id DESC)")

    @api.depends("operation", "identity_id", "date")
    def _compute_display_name(self):
        operations = dict(self._fields["operation"]._description_selection(self.env))
        for row in self:
            who = row.identity_id.display_name or row.channel_id.display_name or ""
            row.display_name = f"{operations.get(row.operation, '')}: {who}"

    @api.depends("operation", "outcome", "interaction_id.state", "identity_id.banned_channel_ids")
    def _compute_can_undo(self):
        for row in self:
            if row.operation == "ban":
                row.can_undo = row.channel_id in row.identity_id.banned_channel_ids
            else:
                row.can_undo = (
                    row.operation in UNDOING
                    and row.outcome == "done"
                    and row.interaction_id.state == "hidden"
                )

    def action_undo(self):
        """Show again what was hidden, lift the ban; a case closed as spam is taken up again."""
        self.ensure_one()
        if not self.can_undo:
            raise UserError(self.env._("There is nothing to undo: look how it stands now."))
        if self.operation == "ban":
            self.identity_id._lift_ban(self.channel_id)
        else:
            self.interaction_id.action_moderate(UNDOING[self.operation])
        if self.operation == "spam":
            closed = self.case_id.filtered(lambda case: case.state == "closed")
            closed._filtered_access("write").action_reopen()

    def _settle(self, outcome, error=False):
        """What became of it, once the network has answered."""
        # sudo: nobody writes the log by hand; the outcome follows from the sending
        self.sudo().write({"outcome": outcome, "error": error})

    def _personal_data_fields(self):
        return {
            **not_personal(
                "company_id channel_id operation interaction_id case_id reason_id is_rule date "
                "outcome outbox_id"
            ),
            **classify(CONTENT, PSEUDONYM, "identity_id"),
            **classify(CONTENT, CLEAR, "note"),
            **classify(TECHNICAL, CLEAR, "error"),
            **classify(EMPLOYEE, KEEP, "user_id", ground="employment: who moderated"),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("identity_id", "in", identities.ids)


class SocialCrmIdentity(models.Model):
    """Whom we banned, and from where."""

    _inherit = "social.crm.identity"

    banned_channel_ids = fields.Many2many(
        "social.crm.channel",
        "social_crm_identity_ban_rel",
        string="Banned From",
        readonly=True,
        copy=False,
        help="Accounts of ours that this one can no longer write to.",
    )

    def _lift_ban(self, channel):
        """Let this account write to ours again.

        :raise UserError: in words, where that cannot be done
        """
        self.ensure_one()
        last = self.env["social.crm.interaction"].search(
            [("identity_id", "=", self.id), ("channel_id", "=", channel.id)], limit=1
        )
        if not last:
            raise UserError(
                self.env._("Nothing this person said here is left: lift the ban on the network.")
            )
        last.action_moderate("unban")

    def action_lift_bans(self):
        """Let this account write to all of ours again."""
        self.ensure_one()
        for channel in self.banned_channel_ids:
            self._lift_ban(channel)

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **classify(BEHAVIOUR, CLEAR, "banned_channel_ids"),
        }


class SocialCrmOutbox(models.Model):
    """What became of a moderation is written to the log and to the person."""

    _inherit = "social.crm.outbox"

    identity_id = fields.Many2one(
        "social.crm.identity",
        string="Whom",
        index="btree_not_null",
        ondelete="cascade",
        help="The person a ban is about.",
    )
    moderation_ids = fields.One2many("social.crm.moderation", "outbox_id")

    def _mark_done(self, receipt):
        super()._mark_done(receipt)
        # sudo: what follows from what was done, whoever pressed the button
        row_sudo = self.sudo()
        row_sudo.moderation_ids._settle("done")
        if self.operation in ("ban", "unban"):
            command = fields.Command.link if self.operation == "ban" else fields.Command.unlink
            row_sudo.identity_id.banned_channel_ids = [command(self.channel_id.id)]

    def _mark_failed(self, message):
        super()._mark_failed(message)
        # sudo: as above
        row_sudo = self.sudo()
        if row_sudo.moderation_ids:
            row_sudo.moderation_ids._settle("failed", message)
            row_sudo.interaction_id.hooks_pending = True  # open screens are told

    def action_take_back(self):
        super().action_take_back()
        # sudo: as above
        self.sudo().moderation_ids._settle("cancelled")

    def action_retry(self):
        super().action_retry()
        # sudo: as above
        self.sudo().moderation_ids._settle("asked")

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **classify(CONTENT, PSEUDONYM, "identity_id")}
