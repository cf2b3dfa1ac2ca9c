# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.const import PRIVATE_VISIBILITY
from odoo.addons.social_crm_base.tools.privacy import IDENTITY, ROW, classify, not_personal

#: So many supporters are shown and told at once.
BATCH = 100


class SocialCrmIdeaTell(models.TransientModel):
    """Tells the supporters of an idea what became of it, each where they spoke of it."""

    _name = "social.crm.idea.tell"
    _inherit = ["social.crm.personal.data"]
    _description = "Tell the Supporters of an Idea"

    idea_id = fields.Many2one("social.crm.idea", required=True, readonly=True, ondelete="cascade")
    status = fields.Selection(related="idea_id.status")
    body = fields.Text(string="Answer", required=True)
    line_ids = fields.One2many("social.crm.idea.tell.line", "dialog_id", string="Supporters")
    shown_ids = fields.Many2many(
        "social.crm.idea.supporter", "social_crm_idea_tell_shown_rel",
        help="Who was shown already, in this batch and those before.",
    )
    can_count = fields.Integer(compute="_compute_counts")
    skip_count = fields.Integer(compute="_compute_counts")
    more_count = fields.Integer(
        readonly=True, help="Supporters who come after these: they are shown next."
    )

    @api.depends("line_ids.is_chosen", "line_ids.reason")
    def _compute_counts(self):
        for dialog in self:
            dialog.can_count = len(dialog.line_ids._to_tell())
            dialog.skip_count = len(dialog.line_ids) - dialog.can_count

    # === OPENING === #

    @api.model
    def _open_for(self, idea):
        """Show who would be told and who not, and why. Nothing is sent."""
        shown = self.env["social.crm.idea.supporter"]
        return self._show_next(idea, self._default_body(idea), shown)

    @api.model
    def _show_next(self, idea, body, shown):
        """Show the next supporters.

        :param recordset shown: those shown before
        """
        idea.check_access("write")
        rows = [row for row in self._rows(idea) if row["supporter_id"] not in shown.ids]
        batch = [row["supporter_id"] for row in rows[:BATCH]]
        dialog = self.create(
            {
                "idea_id": idea.id,
                "body": body,
                "more_count": len(rows) - len(batch),
                "shown_ids": [fields.Command.set([*shown.ids, *batch])],
                "line_ids": [fields.Command.create(row) for row in rows[:BATCH]],
            }
        )
        for line in dialog.line_ids.filtered(lambda line: not line.reason):
            line.reason = line._place_refusal()
            line.is_chosen = not line.reason
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tell the Supporters"),
            "res_model": self._name,
            "res_id": dialog.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "large"},
        }

    @api.model
    def _default_body(self, idea):
        words = {
            "new": self.env._("Thank you for your idea “%(idea)s”. We noted it.", idea=idea.name),
            "review": self.env._(
                "Thank you for your idea “%(idea)s”. We are looking into it.", idea=idea.name
            ),
            "planned": self.env._(
                "Good news: we plan to do what you suggested, “%(idea)s”.", idea=idea.name
            ),
            "done": self.env._(
                "Good news: what you suggested is there now, “%(idea)s”. Thank you!",
                idea=idea.name,
            ),
            "declined": self.env._(
                "Thank you for your idea “%(idea)s”. We thought it over and will not do it.",
                idea=idea.name,
            ),
        }
        return words[idea.status]

    @api.model
    def _rows(self, idea):
        """Supporters who have not heard of this status, those who can be told first.

        What tells without asking the network who cannot be told; each person once.
        """
        supporters = idea.supporter_ids.filtered(lambda one: one.told_status != idea.status)
        told = set((idea.supporter_ids - supporters).partner_id)
        readable = supporters.interaction_id._filtered_access("read")
        places = readable.conversation_id._filtered_access("read")
        rows = []
        for supporter in supporters:
            said, reason = supporter.interaction_id, ""
            if not said:
                reason = self.env._("There is no message of theirs to answer.")
            elif said not in readable or said.conversation_id not in places:
                reason = self.env._("Spoke on a channel that is not yours.")
            elif said.state in ("deleted", "expired"):
                reason = self.env._("Their words are gone.")
            elif supporter.partner_id and supporter.partner_id in told:
                reason = self.env._("The same person is told on another account.")
            elif supporter.partner_id:
                told.add(supporter.partner_id)
            rows.append({"supporter_id": supporter.id, "reason": reason})
        return sorted(rows, key=lambda row: bool(row["reason"]))

    # === DOING === #

    def action_tell(self):
        """Queue one answer for each supporter chosen, then show the next ones if there are any."""
        self.ensure_one()
        self.idea_id.check_access("write")
        lines = self.line_ids._to_tell()
        if not lines and not self.more_count:
            raise UserError(self.env._("Nobody here can be told. See the reasons in the list."))
        refused = Counter(self.line_ids.filtered("reason").mapped("reason"))
        told = 0
        lines.supporter_id._lock_telling()
        for line in lines:
            if reason := line._tell(self.body):
                refused[reason] += 1
            else:
                told += 1
        self.idea_id._message_log(body=self._told_words(told, refused))
        if self.more_count:
            return self._show_next(self.idea_id, self.body, self.shown_ids)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if told else "warning",
                "message": self.env._(
                    "%(told)s answers are on their way, %(skipped)s were left out.",
                    told=told, skipped=len(self.line_ids) - told,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }  # fmt: skip

    def _told_words(self, told, refused):
        """What stays in the idea's history: how many were told, and why others were not."""
        statuses = dict(self.idea_id._fields["status"]._description_selection(self.env))
        said = self.env._(
            "Told %(count)s supporters that it is: %(status)s.",
            count=told,
            status=statuses[self.idea_id.status],
        )
        for reason, count in refused.items():
            said += " " + self.env._("Not told (%(count)s): %(why)s", count=count, why=reason)
        return said

    def _personal_data_fields(self):
        return {
            **not_personal("idea_id body more_count"),
            **classify(IDENTITY, ROW, "shown_ids"),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("shown_ids.identity_id", "in", identities.ids)


class SocialCrmIdeaTellLine(models.TransientModel):
    """One supporter: where the answer would go, or why it cannot."""

    _name = "social.crm.idea.tell.line"
    _inherit = ["social.crm.personal.data"]
    _description = "Supporter to Be Told"
    _order = "id"

    dialog_id = fields.Many2one("social.crm.idea.tell", required=True, ondelete="cascade")
    supporter_id = fields.Many2one(
        "social.crm.idea.supporter", required=True, ondelete="cascade", readonly=True
    )
    identity_id = fields.Many2one(related="supporter_id.identity_id")
    platform_id = fields.Many2one(related="supporter_id.platform_id", string="Network")
    platform_icon = fields.Char(related="supporter_id.platform_icon", string="Network Icon")
    words = fields.Char(related="supporter_id.words")
    language = fields.Char(compute="_compute_place")
    place = fields.Char(compute="_compute_place", string="Who Can Read It")
    is_chosen = fields.Boolean(string="Tell")
    reason = fields.Char(readonly=True, string="Why Not")

    @api.depends("supporter_id")
    def _compute_place(self):
        # A message one may not read says nothing of where it stands
        readable = self.supporter_id.interaction_id._filtered_access("read")
        for line in self:
            said = line.supporter_id.interaction_id & readable
            line.language = said.language
            line.place = bool(said) and (
                self.env._("Only they")
                if said.visibility in PRIVATE_VISIBILITY
                else self.env._("Everybody")
            )

    def _to_tell(self):
        return self.filtered(lambda line: line.is_chosen and not line.reason)

    def _place_refusal(self):
        """Why nobody can answer them where they spoke, in words; empty when one can."""
        said = self.supporter_id.interaction_id
        place = said.conversation_id
        if place._taken_slot(said):
            return self.env._("Has our one answer already; another would replace it.")
        return place._reply_refusal()

    def _tell(self, body):
        """Queue the answer.

        :return: why it was refused, in words; empty when it is queued
        :rtype: str
        """
        supporter = self.supporter_id
        said = supporter.interaction_id
        if supporter.told_status == self.dialog_id.idea_id.status:
            self.reason = self.env._("Was told meanwhile.")
            return self.reason
        try:
            with self.env.cr.savepoint():
                outbox = said.conversation_id._queue_reply(body, parent=said, purpose="answer")
        except UserError as refusal:
            self.reason = str(refusal)
            return self.reason
        supporter.write(
            {
                "told_status": self.dialog_id.idea_id.status,
                "told_at": fields.Datetime.now(),
                "outbox_id": outbox.id,
            }
        )
        return ""

    def _personal_data_fields(self):
        return {
            **not_personal("dialog_id is_chosen reason"),
            **classify(IDENTITY, ROW, "supporter_id"),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("supporter_id.identity_id", "in", identities.ids)
