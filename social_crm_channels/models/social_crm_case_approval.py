# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from odoo.addons.social_crm_base.tools.action import dialog_for

DECISIONS = {"approve": "approved", "change": "changed", "reject": "rejected"}
GONE = ("deleted", "hidden", "expired")


class SocialCrmApproval(models.Model):
    """What an approver sees and presses."""

    _inherit = "social.crm.approval"

    platform_id = fields.Many2one(related="channel_id.platform_id", string="Network")
    platform_icon = fields.Char(related="channel_id.platform_id.icon_url", string="Network Icon")
    parent_id = fields.Many2one(related="interaction_id.parent_id", string="In Answer To")
    question = fields.Text(related="interaction_id.parent_id.body", string="They Wrote")
    attachment_ids = fields.Many2many(related="interaction_id.attachment_ids")
    may_decide = fields.Boolean(compute="_compute_may_decide")
    has_changed = fields.Boolean(compute="_compute_talk_changes")
    talk_changes = fields.Char(
        compute="_compute_talk_changes", string="Meanwhile",
        help="What happened in the talk since the answer was written.",
    )

    def _compute_may_decide(self):
        mine = self.filtered(lambda approval: approval.state == "pending")._decidable()
        for approval in self:
            approval.may_decide = approval in mine

    def _compute_talk_changes(self):
        changes = self._read_changes()
        for approval in self:
            approval.talk_changes = " ".join(approval._change_words(changes[approval.id]))
            approval.has_changed = bool(approval.talk_changes)

    def _compute_display_name(self):
        for approval in self:
            place = approval.sudo().conversation_id.display_name  # sudo: names of one's own list
            approval.display_name = f"{approval.author_id.name}: {place}"

    def _read_changes(self):
        """What was said in these talks since, and what became of the words answered.

        One query for all of them.

        :return: approval id to {words, answers, parent}
        :rtype: dict
        """
        changes = {
            approval.id: {"words": [], "answers": [], "parent": ""} for approval in self
        }
        waiting = self.filtered(lambda approval: approval.state == "pending")
        if waiting:
            said = self.env["social.crm.interaction"].search(
                [
                    ("conversation_id", "in", waiting.conversation_id.ids),
                    ("date_received", ">", min(waiting.mapped("asked_at"))),
                    ("kind", "not in", ("reaction", "follow", "system")),
                    ("state", "not in", GONE),
                ],
                order="date, id",
            )
            by_place = said.grouped("conversation_id")
            for approval in waiting:
                for word in by_place.get(approval.conversation_id, ()):
                    if (
                        word.date_received <= approval.asked_at
                        or word in approval.interaction_id | approval.parent_id
                    ):
                        continue
                    if word.direction == "in":
                        changes[approval.id]["words"].append(word)
                    elif word.delivery_state not in ("queued", "failed", "cancelled"):
                        changes[approval.id]["answers"].append(word)
        for approval in waiting:
            parent = approval.parent_id
            if parent.state in GONE:
                changes[approval.id]["parent"] = parent.state
            elif parent.edited_at and parent.edited_at > approval.asked_at:
                changes[approval.id]["parent"] = "edited"
        return changes

    def _change_words(self, changes):
        """The changes in words."""
        words = []
        if changes["parent"] == "edited":
            words.append(self.env._("The customer changed the words this answers."))
        elif changes["parent"]:
            words.append(self.env._("The words this answers are gone."))
        if changes["words"]:
            words.append(
                self.env._(
                    "The customer wrote again: %(text)s",
                    text=" / ".join(word.body or "…" for word in changes["words"][-3:]),
                )
            )
        if changes["answers"]:
            words.append(self.env._("Somebody else answered meanwhile."))
        return words

    # === BUTTONS === #

    def inbox_decide(self, decision, text=None, reason=None):
        """Decide from the inbox.

        :param str decision: approve, change or reject
        :param str text: the new wording, for change
        :param str reason: what the author is told; obligatory for reject
        :return: the approval as it stands now, as in :meth:`_inbox_data`
        :rtype: dict
        :raise AccessError: where one may not decide
        :raise UserError: where it is too late, or something is missing, in words
        """
        self.ensure_one()
        self.check_access("read")
        self._decide(DECISIONS[decision], text=text, reason=reason)
        return self._inbox_data()[0]

    def action_approve(self):
        """Send these words as they are."""
        for approval in self:
            approval._decide("approved")

    def action_change_dialog(self):
        """Change the words, then approve."""
        return self._open_dialog(self.env._("Change and Approve"), "changed")

    def action_reject_dialog(self):
        """Say why not."""
        return self._open_dialog(self.env._("Reject"), "rejected")

    def _open_dialog(self, title, state):
        self.ensure_one()
        return dialog_for(
            "social.crm.approval.decide",
            title,
            "medium",
            approval_id=self.id,
            decision=state,
            text=self.body,
        )

    def action_open_case(self):
        """Open the case, where the whole talk stands."""
        self.ensure_one()
        return self.case_id.get_formview_action()

    # === THE INBOX === #

    def _inbox_data(self):
        """These approvals, JSON-able.

        :rtype: list[dict]
        """
        changes = self._read_changes()
        return [
            {
                "id": approval.id,
                "state": approval.state,
                "outbox_id": approval.outbox_id.id,
                "outbox_state": approval.outbox_id.state,
                "interaction_id": approval.interaction_id.id,
                "parent_id": approval.parent_id.id,
                "conversation_id": approval.conversation_id.id,
                "channel": approval.channel_id.name,
                "author": {"id": approval.author_id.id, "name": approval.author_id.name},
                "approver": approval.approver_id.name or "",
                "asked_reason": approval.asked_reason or "",
                "reason": approval.reason or "",
                "body": approval.body or "",
                "changed_body": approval.changed_body or "",
                "attachments": [
                    {"id": file.id, "name": file.name, "mimetype": file.mimetype}
                    for file in approval.attachment_ids
                ],
                "asked_at": fields.Datetime.to_string(approval.asked_at),
                "expires_at": fields.Datetime.to_string(approval.expires_at) or "",
                "may_decide": approval.may_decide,
                "is_mine": approval.author_id == self.env.user,
                "changes": {
                    "words": [
                        {
                            "id": word.id,
                            "body": word.body or "",
                            "date": fields.Datetime.to_string(word.date),
                        }
                        for word in changes[approval.id]["words"]
                    ],
                    "answers": [word.id for word in changes[approval.id]["answers"]],
                    "parent": changes[approval.id]["parent"],
                    "notices": approval._change_words(changes[approval.id]),
                },
            }
            for approval in self
        ]


class SocialCrmCase(models.Model):
    _inherit = "social.crm.case"

    approval_ids = fields.One2many("social.crm.approval", "case_id")

    @api.model
    def _inbox_queue_views(self):
        """Add what waits for a second person, for those who may read that."""
        views = super()._inbox_queue_views()
        if self.env["social.crm.approval"].has_access("read"):
            waits = [("approval_ids.state", "=", "pending")]
            views.insert(-3, ("approval", self.env._("Waiting for approval"), waits))
        return views

    @api.model
    def _inbox_sections(self):
        return {**super()._inbox_sections(), "approvals": "_inbox_approvals"}

    def _inbox_approvals(self):
        """Answers in this matter that wait for approval, oldest first.

        :return: see ``social.crm.approval._inbox_data``; empty for who may read none
        :rtype: list[dict]
        """
        self.ensure_one()
        approvals = self.env["social.crm.approval"]
        if not approvals.has_access("read"):
            return []
        return approvals.search(
            [("case_id", "=", self.id), ("state", "=", "pending")], order="asked_at, id"
        )._inbox_data()
