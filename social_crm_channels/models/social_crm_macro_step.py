# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from odoo.addons.social_crm_base.const import PRIORITY_SELECTION
from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify, not_personal

# A macro's answer can be taken back like any other.
HOLD_SECONDS = 10
# Which field a step cannot do without; those not named need none.
NEEDED = {
    "answer": "text",
    "note": "text",
    "team": "team_id",
    "tag": "tag_ids",
    "priority": "priority",
    "snooze": "snooze",
    "server": "server_action_id",
}


class SocialCrmMacroStep(models.Model):
    """One thing a macro does to a case."""

    _name = "social.crm.macro.step"
    _inherit = ["social.crm.personal.data"]
    _description = "Step of a Macro"
    _order = "sequence, id"

    macro_id = fields.Many2one(
        "social.crm.macro", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="macro_id.company_id")
    sequence = fields.Integer(default=10)
    action = fields.Selection(
        [
            ("answer", "Answer"),
            ("note", "Write a note"),
            ("assign", "Assign"),
            ("team", "Give to a team"),
            ("tag", "Tag"),
            ("priority", "Set the priority"),
            ("snooze", "Snooze"),
            ("wait", "Wait for the customer"),
            ("close", "Close"),
            ("server", "Run a server action"),
        ],
        required=True,
        default="answer",
    )
    canned_id = fields.Many2one("mail.canned.response", string="Saved Answer", ondelete="set null")
    text = fields.Text(
        compute="_compute_text", store=True, readonly=False, help="What is said or noted."
    )
    user_id = fields.Many2one(
        "res.users", string="To", help="Empty: to whoever runs the macro.", ondelete="cascade"
    )
    team_id = fields.Many2one("social.crm.team", ondelete="cascade")
    tag_ids = fields.Many2many("social.crm.tag", string="Tags")
    priority = fields.Selection(PRIORITY_SELECTION)
    snooze = fields.Selection(
        [
            ("hours", "For 3 hours"),
            ("tomorrow", "Until tomorrow morning"),
            ("monday", "Until Monday morning"),
            ("month", "For a month"),
        ]
    )
    reason_id = fields.Many2one(
        "social.crm.case.reason", string="Contact Reason", domain="[('kind', '=', 'reason')]",
        ondelete="set null",
    )
    outcome_id = fields.Many2one(
        "social.crm.case.reason", domain="[('kind', '=', 'outcome')]", ondelete="set null"
    )
    server_action_id = fields.Many2one(
        "ir.actions.server", domain="[('model_id.model', '=', 'social.crm.case')]",
        ondelete="cascade",
    )

    @api.depends("canned_id")
    def _compute_text(self):
        for step in self:
            if step.canned_id:
                step.text = step.canned_id.substitution

    @api.constrains("action", *set(NEEDED.values()))
    def _check_complete(self):
        for step in self:
            name = NEEDED.get(step.action)
            if name and not step[name]:
                raise ValidationError(
                    self.env._(
                        "The step “%(step)s” needs: %(field)s.",
                        step=step._words(),
                        field=self._fields[name]._description_string(self.env),
                    )
                )
            # sudo: only the model's name is looked at
            model = step.server_action_id.sudo().model_name
            if model and model != "social.crm.case":
                raise ValidationError(self.env._("The server action must work on cases."))

    @api.model_create_multi
    def create(self, vals_list):
        self._check_may_program(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_may_program([vals])
        return super().write(vals)

    def _check_may_program(self, vals_list):
        """Code is a manager's business, whoever the macro belongs to."""
        if any(vals.get("server_action_id") for vals in vals_list) and not (
            self.env.su or self.env.user.has_group("social_crm_base.group_manager")
        ):
            raise AccessError(self.env._("Only managers may put server actions into macros."))

    # === IN WORDS === #

    def _words(self):
        """The step in a few words."""
        self.ensure_one()
        label = dict(self._fields["action"]._description_selection(self.env))[self.action]
        # sudo: its name only, which stands on the macro for all to see
        server_action = self.server_action_id.sudo().name
        detail = {
            "answer": self.canned_id.source or (self.text or "")[:40],
            "note": (self.text or "")[:40],
            "assign": self.user_id.name or self.env._("me"),
            "team": self.team_id.name,
            "tag": ", ".join(self.tag_ids.mapped("name")),
            "priority": dict(PRIORITY_SELECTION).get(self.priority),
            "snooze": self.snooze
            and dict(self._fields["snooze"]._description_selection(self.env))[self.snooze],
            "close": self.outcome_id.display_name,
            "server": server_action,
        }.get(self.action)
        return f"{label}: {detail}" if detail else label

    def _foresee(self, case):
        """What this step would do to a case; begins with ``!`` when it cannot.

        :rtype: str
        """
        if self.action != "answer":
            return self._words()
        place = case._answer_place()
        if not place:
            return "! " + self.env._("The customer said nothing here that could be answered.")
        if reason := place._reply_refusal():
            return f"! {reason}"
        words, _purpose, problem = self._answer_words(place, case)
        return problem and f"! {problem}" or self.env._(
            "Answer in %(place)s: %(text)s", place=place.display_name, text=words
        )

    def _answer_words(self, place, case):
        """What the customer would read: a saved answer in their language, names filled in.

        :param recordset place: the conversation
        :return: words, purpose, and what is missing, in words
        :rtype: tuple[str, str, str]
        """
        text, purpose = self.text, "answer"
        if self.canned_id and text == self.canned_id.substitution:
            shortcut = self.canned_id.source
            for saved in place._saved_answers(shortcut, case):
                if saved["shortcut"] == shortcut:
                    text, purpose = saved["text"], saved["purpose"] or purpose
                    break
        words, missing = place._fill_words(text, case)
        lacking = "; ".join(
            f"{one['label']}: {one['reason']}" if one.get("reason") else one["label"]
            for one in missing
        )
        return words, purpose, lacking and self.env._("Missing: %(what)s", what=lacking)

    # === DOING === #

    def _apply(self, case):
        """Do it.

        :raise UserError: in words, why not
        """
        self.ensure_one()
        getattr(self, f"_apply_{self.action}")(case)

    def _apply_answer(self, case):
        place = case._answer_place()
        if not place:
            raise UserError(self.env._("The customer said nothing here that could be answered."))
        words, purpose, problem = self._answer_words(place, case)
        if problem:
            raise UserError(problem)
        place._queue_reply(words, purpose=purpose, hold_seconds=HOLD_SECONDS)

    def _apply_note(self, case):
        case.inbox_note(self.text)

    def _apply_assign(self, case):
        case.user_id = self.user_id or self.env.user

    def _apply_team(self, case):
        self.env["social.crm.transfer"].create(
            {"case_ids": [Command.set(case.ids)], "team_id": self.team_id.id}
        ).action_transfer()

    def _apply_tag(self, case):
        case.tag_ids = [Command.link(tag.id) for tag in self.tag_ids]

    def _apply_priority(self, case):
        case.priority = self.priority

    def _apply_snooze(self, case):
        until = self.env["social.crm.case.snooze"].new({"choice": self.snooze}).until
        case.write({"state": "snoozed", "snoozed_until": until})

    def _apply_wait(self, case):
        case.action_wait()

    def _apply_close(self, case):
        self.env["social.crm.case.close"].create(
            {
                "case_ids": [Command.set(case.ids)],
                "reason_id": (case.reason_id or self.reason_id).id,
                "outcome_id": self.outcome_id.id,
            }
        ).action_close()

    def _apply_server(self, case):
        self.server_action_id.with_context(
            active_model=case._name, active_id=case.id, active_ids=case.ids
        ).run()

    def _personal_data_fields(self):
        return {
            **not_personal(
                "macro_id sequence action canned_id text team_id tag_ids priority snooze "
                "reason_id outcome_id server_action_id"
            ),
            **classify(EMPLOYEE, KEEP, "user_id", ground="employment: who is assigned"),
        }


class SocialCrmCase(models.Model):
    _inherit = "social.crm.case"

    def _answer_place(self):
        """Where an answer to this case goes: where the customer spoke last.

        :rtype: recordset (``social.crm.conversation``)
        """
        self.ensure_one()
        return (
            self.env["social.crm.interaction"]
            .search(
                [
                    ("case_id", "=", self.id),
                    ("direction", "=", "in"),
                    ("kind", "not in", ("reaction", "follow", "system")),
                    ("state", "not in", ("deleted", "expired")),
                ],
                limit=1,
            )
            .conversation_id
        )
