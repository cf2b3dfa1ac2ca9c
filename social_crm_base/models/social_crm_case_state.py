# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..tools.privacy import not_personal


class SocialCrmCase(models.Model):
    """What follows when a case changes its state or becomes confidential, whoever changes it."""

    _inherit = "social.crm.case"

    joined_into_id = fields.Many2one(
        "social.crm.case",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="This case turned out to be the same matter as that one, which holds its talk now.",
    )

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("joined_into_id")}

    @api.constrains("confidential", "confidential_user_ids")
    def _check_somebody_may_read(self):
        for case in self:
            if case.confidential and not case.confidential_user_ids:
                raise ValidationError(
                    self.env._(
                        "Name at least one person who may read the confidential case %(case)s: "
                        "nobody could open it any more.",
                        case=case.name,
                    )
                )

    def write(self, vals):
        before = {case: case.state for case in self} if "state" in vals else {}
        done = super().write(vals)
        changed = self.filtered(lambda case: before.get(case, case.state) != case.state)
        if changed:
            changed._follow_state(before)
        if "confidential" in vals:
            self._hide_interactions()
        return done

    def _hide_interactions(self):
        """What was said in a confidential case is for the same people."""
        Interaction = self.env["social.crm.interaction"]
        Interaction.flush_model(["case_id", "confidential"])
        for confidential, cases in self.grouped("confidential").items():
            self.env.execute_query(
                SQL(
                    "UPDATE social_crm_interaction SET confidential = %s"
                    " WHERE case_id = ANY(%s) AND confidential IS DISTINCT FROM %s RETURNING id",
                    confidential,
                    cases.ids,
                    confidential,
                )
            )
        Interaction.invalidate_model(["confidential"])

    def _follow_state(self, before):
        """Keep cycles, clocks and dates in step with the new state.

        :param dict before: case to the state it had
        """
        now = fields.Datetime.now()
        # sudo: cycles and answered turns are service figures, which nobody writes by hand
        cycles_sudo = self.env["social.crm.case.cycle"].sudo().search(
            [("case_id", "in", self.ids), ("closed_at", "=", False)]
        )
        by_case = {cycle.case_id.id: cycle for cycle in cycles_sudo}
        for cycle in cycles_sudo:
            cycle._follow_state(before[cycle.case_id.sudo(False)], cycle.case_id.state, now)
        closed = self.filtered(lambda case: case.state == "closed")
        closed.write(
            {
                "closed_at": now,
                "snoozed_until": False,
                "deadline_first": False,
                "deadline_next": False,
                "deadline_resolution": False,
            }
        )
        reopened = (self - closed).filtered(lambda case: before[case] == "closed")
        reopened.write({"closed_at": False})
        reopened.filtered(lambda case: case.id not in by_case)._open_cycles(now)
        self._recount_turns()

    def _open_cycles(self, now):
        """Begin a new cycle of each case."""
        # sudo: see _follow_state
        Cycle_sudo = self.env["social.crm.case.cycle"].sudo()
        last = {
            case.id: sequence
            for case, sequence in Cycle_sudo._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["sequence:max"]
            )
        }
        Cycle_sudo.create(
            [
                {"case_id": case.id, "sequence": last.get(case.id, 0) + 1, "opened_at": now}
                for case in self
            ]
        )

    @api.model
    def _cron_wake_snoozed(self):
        """Put snoozed cases whose time has come back into the queue."""
        due = self.search([("state", "=", "snoozed"), ("snoozed_until", "<=", "now")], limit=1000)
        due.write({"state": "open", "snoozed_until": False})


class SocialCrmCaseCycle(models.Model):
    _inherit = "social.crm.case.cycle"

    def _follow_state(self, old, new, now):
        """Pause while we wait for the customer; close with the case.

        :param str old: the case's state before
        :param str new: the case's state now
        :param datetime now: when it changed
        """
        self.ensure_one()
        vals = {}
        if old == "waiting" and self.paused_since:
            paused = (now - self.paused_since).total_seconds()
            vals = {
                "paused_since": False,
                "paused_seconds": self.paused_seconds + int(paused),
                "pauses": [
                    *(self.pauses or []),
                    [fields.Datetime.to_string(self.paused_since), fields.Datetime.to_string(now)],
                ],
            }
        if new == "waiting":
            vals["paused_since"] = now
        elif new == "closed":
            spent = int((now - self.opened_at).total_seconds())
            vals.update(
                closed_at=now,
                closed_by_id=self.env.uid,
                resolution_seconds=max(
                    0, spent - vals.get("paused_seconds", self.paused_seconds)
                ),
            )
        if vals:
            self.write(vals)
