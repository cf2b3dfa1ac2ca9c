# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.action import dialog_for


class SocialCrmCase(models.Model):
    """What people do with a case."""

    _inherit = "social.crm.case"

    def action_assign_to_me(self):
        """Take these cases; one without a team comes to the taker's team for its channel."""
        me = self.env.user
        self.write({"user_id": me.id})
        for case in self.filtered(lambda case: not case.team_id):
            case.team_id = me.social_crm_team_ids.filtered(
                lambda team, case=case: team in case.channel_id.team_ids
                and team.company_id == case.company_id
            )[:1]

    def action_close_dialog(self):
        """Ask for reason and outcome, then close."""
        return self._open_dialog(
            self.env._("Close"),
            "social.crm.case.close",
            reason_id=self.reason_id.id if len(self) == 1 else False,
            outcome_id=self.outcome_id.id if len(self) == 1 else False,
        )

    def action_snooze_dialog(self):
        """Ask until when these cases shall rest."""
        return self._open_dialog(self.env._("Snooze"), "social.crm.case.snooze")

    def action_join_dialog(self):
        """Ask which of these cases shall hold the others' talk."""
        if len(self) < 2:
            raise UserError(self.env._("Choose at least two cases that are the same matter."))
        oldest = self.sorted(
            lambda case: (case.state == "closed", case.opened_at or case.create_date)
        )
        return self._open_dialog(
            self.env._("Join Cases"), "social.crm.case.join", target_id=oldest[:1].id
        )

    def action_split_dialog(self):
        """Ask what of the talk is another matter."""
        self.ensure_one()
        action = self._open_dialog(self.env._("Split Off"), "social.crm.case.split")
        action["context"] = {"default_case_id": self.id, "dialog_size": "large"}
        return action

    def _open_dialog(self, name, model, **defaults):
        return dialog_for(
            model, name, "medium", case_ids=[Command.set(self.ids)], **defaults
        )

    def action_reopen(self):
        """Take up again what was closed, set to wait or snoozed."""
        self.write({"state": "open", "snoozed_until": False})

    def action_wait(self):
        """The next word is the customer's: our clock stands still until it comes."""
        self.write({"state": "waiting"})

    def action_no_answer_needed(self):
        """Close without an answer: a thank-you, a laugh, a remark to nobody."""
        outcome = self.env.ref("social_crm_base.case_outcome_no_answer", raise_if_not_found=False)
        for outcome_before, cases in self.grouped("outcome_id").items():
            vals = {"state": "closed"}
            if outcome and not outcome_before:
                vals["outcome_id"] = outcome.id
            cases.write(vals)

    def action_spam(self):
        """Close what is no matter at all."""
        outcome = self.env.ref("social_crm_base.case_outcome_spam", raise_if_not_found=False)
        self.write({"state": "closed", **({"outcome_id": outcome.id} if outcome else {})})

    def action_take_new(self):
        """The customer's next message shall come here, and no longer to another case of theirs."""
        self.ensure_one()
        if not self.customer_key:
            raise UserError(
                self.env._("Nobody is known as the customer of this case, so nothing more comes.")
            )
        # sudo: only the mark moves; the other case may be another team's
        other_sudo = self.sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("customer_key", "=", self.customer_key),
                ("takes_new", "=", True),
                ("id", "!=", self.id),
            ]
        )
        other_sudo.write({"takes_new": False})
        other_sudo.flush_recordset()  # before ours: the unique index sees each statement
        self.takes_new = True

    def action_make_confidential(self):
        """Keep these cases and what was said in them to the people who work on them."""
        for case in self:
            case.write(
                {
                    "confidential": True,
                    "confidential_user_ids": [
                        Command.link(user.id) for user in case.user_id | self.env.user
                    ],
                }
            )

    def action_end_confidential(self):
        """Let the team read these cases and what was said in them again."""
        self.write({"confidential": False, "confidential_user_ids": [Command.clear()]})

    # === BUSINESS METHODS === #

    def _join(self, others):
        """Take over what was said in ``others``, which turned out to be the same matter.

        The others stay, closed and pointing here; the matter and its figures are counted once.

        :param recordset others: cases of the same company
        :raise RulebookRefusal: when a network forbids combining its people with others'
        """
        self.ensure_one()
        others -= self
        if others.company_id - self.company_id:
            raise UserError(self.env._("Cases of different companies cannot be joined."))
        if others.identity_id - self.identity_id:
            self.env["social.crm.platform.rule"]._check(
                (self | others).platform_id, "combine", company=self.company_id
            )
        was_taking = others.filtered("takes_new") and not self.takes_new
        if self.state == "closed" and any(case.state != "closed" for case in others):
            self.write({"state": "open"})
        hidden = (self | others).filtered("confidential")
        if hidden:
            self.write(
                {
                    "confidential": True,
                    "confidential_user_ids": [
                        Command.link(user.id) for user in hidden.confidential_user_ids
                    ],
                }
            )
        others.interaction_ids.write({"case_id": self.id, "confidential": self.confidential})
        # sudo: leads stay with their case also where one has no right to the pipeline
        self_sudo, others_sudo = self.sudo(), others.sudo().with_context(active_test=False)
        self_sudo.lead_ids = [Command.link(lead.id) for lead in others_sudo.lead_ids]
        self.write(
            {
                "tag_ids": [Command.link(tag.id) for tag in others.tag_ids],
                "priority": max((self | others).mapped("priority")),
            }
        )
        others.write({"state": "closed", "joined_into_id": self.id, "takes_new": False})
        others.flush_recordset()
        if was_taking and any(case.customer_key == self.customer_key for case in others):
            self.takes_new = True
        # sudo: cycles are service figures, which nobody writes by hand
        others.sudo().cycle_ids.unlink()
        self._date_from_talk()
        (self | others)._recount_turns()
        for case in others:
            case.message_post(
                body=self.env._("Joined into %(case)s.", case=self._get_html_link())
            )
        self.message_post(
            body=self.env._(
                "Holds the talk of %(cases)s from now on.", cases=", ".join(others.mapped("name"))
            )
        )

    def _split(self, interactions, name):
        """Make a case of its own of what is another matter.

        The customer's next message keeps coming to this case.

        :param recordset interactions: what was said in this case about the other matter
        :param str name: subject of the new case
        :return: the new case
        """
        self.ensure_one()
        interactions = interactions.filtered(lambda said: said.case_id == self)
        if not interactions:
            raise UserError(self.env._("Choose what was said about the other matter."))
        if len(interactions) == self.interaction_count:
            raise UserError(
                self.env._("Leave something in this case: all of it is no other matter.")
            )
        opened = min(interactions.mapped("date"))
        new = self.create(
            {
                "name": name,
                "company_id": self.company_id.id,
                "identity_id": self.identity_id.id,
                "partner_id": self.partner_id.id,
                "channel_id": interactions.sorted("date")[0].channel_id.id,
                "team_id": self.team_id.id,
                "user_id": self.user_id.id,
                "customer_key": self.customer_key,
                "takes_new": False,
                "confidential": self.confidential,
                "confidential_user_ids": [Command.set(self.confidential_user_ids.ids)],
                "opened_at": opened,
            }
        )
        interactions.write({"case_id": new.id})
        (self | new)._date_from_talk()
        (self | new)._recount_turns()
        new.message_post(body=self.env._("Split off from %(case)s.", case=self._get_html_link()))
        self.message_post(
            body=self.env._("Split off: %(case)s.", case=new._get_html_link())
        )
        return new

    def _date_from_talk(self):
        """Set the dates of the last words from what the cases hold now."""
        last = {}
        for case, direction, date in self.env["social.crm.interaction"]._read_group(
            [("case_id", "in", self.ids), ("kind", "not in", ("reaction", "follow"))],
            ["case_id", "direction"],
            ["date:max"],
        ):
            last.setdefault(case.id, {})[direction] = date
        for case in self:
            dates = last.get(case.id, {})
            case.write(
                {
                    "last_date": max(dates.values(), default=False),
                    "last_in_date": dates.get("in", False),
                }
            )
