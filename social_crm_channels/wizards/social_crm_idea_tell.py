# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.tools.action import CLOSE, dialog_of, notice
from odoo.addons.social_crm_base.tools.privacy import IDENTITY, ROW, classify, not_personal

from ..tools.languages import root_of

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
    text_ids = fields.One2many("social.crm.idea.tell.text", "dialog_id", string="By Language")
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
        return self._show_next(
            idea, self._default_body(idea), {}, self.env["social.crm.idea.supporter"]
        )

    @api.model
    def _show_next(self, idea, body, texts, shown):
        """Show the next supporters.

        :param dict texts: language to what was written for it before
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
        dialog._add_texts(texts)
        return dialog_of(dialog, self.env._("Tell the Supporters"), "large")

    def _add_texts(self, texts):
        """A text for each other language in which people here spoke of it.

        Proposed where that language is installed; one left empty gets the general answer.
        """
        installed = {
            root_of(code): code for code, _name in self.env["res.lang"].get_installed()
        }
        ours = root_of(self.env.lang)
        spoken = {root_of(line.language) for line in self.line_ids._to_tell() if line.language}
        self.text_ids = [
            fields.Command.create(
                {
                    "language": language,
                    "body": texts.get(language)
                    or language in installed
                    and self.with_context(lang=installed[language])._default_body(
                        self.idea_id.with_context(lang=installed[language])
                    ),
                }
            )
            for language in sorted(spoken - {ours})
        ]

    def _body_for(self, line):
        """What this supporter is told, in their language where somebody wrote it."""
        texts = {text.language: text.body for text in self.text_ids}
        return texts.get(root_of(line.language)) or self.body

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
            if reason := line._tell(self._body_for(line)):
                refused[reason] += 1
            else:
                told += 1
        self.idea_id._message_log(body=self._told_words(told, refused))
        if self.more_count:
            texts = {text.language: text.body for text in self.text_ids}
            return self._show_next(self.idea_id, self.body, texts, self.shown_ids)
        return notice(
            self.env._(
                "Answers on their way: %(told)s. Left out: %(skipped)s.",
                told=told, skipped=len(self.line_ids) - told,
            ),
            "success" if told else "warning",
            then=CLOSE,
        )

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

