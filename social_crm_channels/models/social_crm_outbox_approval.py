# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.social_crm_base.exceptions import PermanentError
from odoo.addons.social_crm_base.tools import keyring
from odoo.addons.social_crm_base.tools.privacy import not_personal

from .social_crm_approval import APPROVED

# States from which something is sent.
ON_ITS_WAY = frozenset({"queued", "held", "by_hand", "sending", "unknown"})
# Operations that put words of ours on a network.
WORDED = ("send", "publish", "edit")
# What a row does is settled when it is made; only its state moves afterwards.
SETTLED = frozenset(
    {
        "company_id", "channel_id", "conversation_id", "interaction_id", "operation", "payload",
        "user_id", "approval_id",
    }
)  # fmt: skip


class SocialCrmOutbox(models.Model):
    """Nothing that needs approval gets on its way without it, whoever asks and however.

    The gate stands where rows are made and where they change their state, so that no button and
    no call goes around it; what leaves is compared once more with what was approved.
    """

    _inherit = "social.crm.outbox"

    approval_id = fields.Many2one(
        "social.crm.approval", readonly=True, copy=False, ondelete="set null",
        index="btree_not_null",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any("approval_id" in vals for vals in vals_list):
            raise AccessError(self.env._("Approvals are given, not written."))
        rows = super().create(vals_list)
        rows._hold_for_approval()
        return rows

    def write(self, vals):
        if not self.env.su and vals.keys() & SETTLED:
            raise AccessError(
                self.env._("What is to be sent cannot be rewritten: take it back and write anew.")
            )
        resting = self.browse()
        if vals.get("state") in ON_ITS_WAY:
            resting = self.filtered(lambda row: row.state not in ON_ITS_WAY)
        done = super().write(vals)
        resting._hold_for_approval()
        return done

    def _hold_for_approval(self):
        """Put aside what is on its way and needs an approval it does not have."""
        for row in self:
            if row.state not in ON_ITS_WAY or row._is_approved():
                continue
            # sudo: whether it needs one does not depend on what its author may read
            row_sudo = row.sudo()
            approval_sudo = row_sudo.approval_id
            if approval_sudo.state == "pending":
                row_sudo.state = "approval"
            elif reason := row_sudo._approval_reason():
                row_sudo.write({"state": "approval", "not_before": False, "error": False})
                row_sudo.approval_id = approval_sudo._ask(row_sudo, self.env.user, reason)

    def _approval_reason(self):
        """Why this row must be approved; empty when it need not be.

        :rtype: str
        """
        self.ensure_one()
        if self.operation not in WORDED or not self.conversation_id or self._is_automatic():
            return ""
        return self.approval_id._needs_approval(
            self.conversation_id, self.env.user, self._words()
        )

    def _is_automatic(self):
        """Wordings that a manager wrote once, said by the system itself."""
        return (
            self.env.uid == api.SUPERUSER_ID
            and self.interaction_id.answer_type_id.code in ("automatic", "away")
        )

    def _is_approved(self):
        """Whether somebody approved just this.

        :rtype: bool
        """
        approval_sudo = self.sudo().approval_id  # sudo: the author may not read who approved
        return approval_sudo.state in APPROVED and (
            approval_sudo.fingerprint == self.sudo()._fingerprint()
        )

    def _words(self):
        """What this row puts on the network.

        :rtype: str
        """
        self.ensure_one()
        if self.operation == "edit":
            return (self.payload or {}).get("text", "")
        return (self.payload or {}).get("text") or self.interaction_id.body or ""

    def _fingerprint(self):
        """Keyed hash of everything an approver reads before they say yes.

        :rtype: str
        """
        said = self.interaction_id
        return keyring.keyed_hash(
            "approval",
            self.operation,
            self._words(),
            json.dumps(self.payload or {}, sort_keys=True),
            said.visibility or "",
            str(self.conversation_id.id),
            str(said.parent_id.id),
            ",".join(map(str, sorted(said.mention_ids.ids))),
            ",".join(sorted(f"{file.name}:{file.checksum}" for file in said.attachment_ids)),
        )

    def _reword(self, text):
        """Say it in the approver's words."""
        if self.operation == "edit" or (self.payload or {}).get("text"):
            self.payload = {**(self.payload or {}), "text": text}
        else:
            self.interaction_id.body = text

    # === WHAT MAY BECOME OF IT === #

    def action_take_back(self):
        taken = super().action_take_back()
        # sudo: who takes their words back writes no approvals, but nobody is asked any more
        self.sudo().approval_id._withdraw()
        return taken

    def action_done_by_hand(self):
        for row in self:
            if row.sudo().approval_id and not row._is_approved():  # sudo: see _is_approved
                raise UserError(self.env._("This was not approved. Try again to ask once more."))
        return super().action_done_by_hand()

    def _perform(self, message):
        """Only just what was approved leaves, also where rows were changed around the model."""
        if self.approval_id and not self._is_approved():
            raise PermanentError(self.env._("The words are not those that were approved."))
        return super()._perform(message)

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("approval_id")}
