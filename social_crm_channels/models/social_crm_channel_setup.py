# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging

from odoo import api, fields, models

from odoo.addons.social_crm_base.exceptions import (
    ConnectorError,
    CredentialsError,
    NotSupported,
    TransientError,
)

from ..const import GUIDE_PATH
from ..tools.guide import has_guide

_logger = logging.getLogger(__name__)


class SocialCrmChannel(models.Model):
    """The set-up as a list: what to do on the network, looked at step by step.

    The words are made anew whenever somebody looks, in their language; only how a step stood when
    it was checked is kept.
    """

    _inherit = "social.crm.channel"

    setup_steps = fields.Html(
        string="Steps",
        compute="_compute_setup_steps",
        sanitize=False,  # our own template; what networks said is escaped in it
        groups="social_crm_base.group_manager",
    )
    setup_missing = fields.Char(
        compute="_compute_setup_missing", groups="social_crm_base.group_manager"
    )
    setup_checked_at = fields.Datetime(
        related="sync_ids.setup_checked_at",
        string="Looked At",
        groups="social_crm_base.group_manager",
    )
    guide_url = fields.Char(
        string="Guide", compute="_compute_guide_url", groups="social_crm_base.group_manager"
    )

    @api.depends("connector", "sync_ids.setup_outcomes")
    @api.depends_context("lang")
    def _compute_setup_steps(self):
        for channel in self:
            rows = channel._setup_rows()
            channel.setup_steps = bool(rows) and self.env["ir.qweb"]._render(
                "social_crm_channels.setup_steps", {"rows": rows}
            )

    @api.depends("connector", "sync_ids.setup_outcomes")
    @api.depends_context("lang")
    def _compute_setup_missing(self):
        for channel in self:
            rows = channel._setup_rows()
            titles = [row["step"].title for row in rows if row["state"] == "missing"]
            channel.setup_missing = bool(titles) and self.env._(
                "Still missing: %(steps)s.", steps=", ".join(titles)
            )

    @api.depends("connector")
    def _compute_guide_url(self):
        for channel in self:
            known = channel.connector != "manual" and has_guide(channel._connector())
            channel.guide_url = known and f"{GUIDE_PATH}/{channel.connector}"

    def _setup_rows(self):
        """The steps with how each stood when it was looked at last.

        :return: plain values for the template
        :rtype: list[dict]
        """
        channel = self._origin
        # sudo: addresses and the engine's own row; only managers get to see the list
        channel_sudo = channel.sudo()
        outcomes = channel_sudo.sync_ids[:1].setup_outcomes or {}
        labels = self._setup_state_labels()
        rows = []
        for step in self._connector()._setup_steps(channel_sudo):
            found = outcomes.get(step.key, {})
            state = found.get("state", "unchecked" if step.check else "unknown")
            rows.append(
                {
                    "step": step,
                    "state": state,
                    "label": labels[state],
                    "problem": found.get("problem", ""),
                }
            )
        return rows

    def _setup_state_labels(self):
        return {
            "done": self.env._("Done"),
            "missing": self.env._("Missing"),
            "optional": self.env._("Optional"),
            "failed": self.env._("Could not be checked"),
            "unknown": self.env._("See for yourself"),
            "unchecked": self.env._("Not checked yet"),
        }

    # === CHECKING === #

    def action_check_health(self):
        """The steps are looked at too: who presses this wants to know what is missing."""
        notice = super().action_check_health()
        self._check_setup_now()
        notice["params"]["next"] = {"type": "ir.actions.client", "tag": "soft_reload"}
        return notice

    def _check_setup_now(self):
        """Look at each step, and keep how it stands.

        Where a check finds the network out of reach or our credentials refused, the later ones
        would find the same: they say what they wait for instead of asking again.
        """
        self.ensure_one()
        # sudo: what is looked at is the connection, whoever wants to know; see also _setup_rows
        channel = self.sudo()
        outcomes, waits_for = {}, ""
        for step in channel._connector()._setup_steps(channel):
            if not step.check:
                continue
            if waits_for:
                words = self.env._("Waits for “%(step)s”.", step=waits_for)
                outcomes[step.key] = {"state": "failed", "problem": words}
                continue
            state, problem, stops = channel._look_at(step)
            waits_for = step.title if stops else ""
            outcomes[step.key] = {"state": state, "problem": problem}
        channel._sync().write(
            {"setup_outcomes": outcomes, "setup_checked_at": fields.Datetime.now()}
        )

    def _look_at(self, step):
        """:return: the step's state, the problem in words, whether later steps depend on it
        :rtype: tuple[str, str, bool]
        """
        missing = "optional" if step.optional else "missing"
        try:
            self._refresh_credentials()
            problem = step.look()
        except NotSupported:
            return "unknown", "", False
        except CredentialsError as error:
            return "missing", str(error), True
        except TransientError as error:
            return "failed", str(error), True
        except ConnectorError as error:
            return missing, str(error), False
        except Exception as error:
            _logger.exception("Step %s of channel %s cannot be checked", step.key, self.id)
            return "failed", type(error).__name__, False
        return (missing, problem, False) if problem else ("done", "", False)
