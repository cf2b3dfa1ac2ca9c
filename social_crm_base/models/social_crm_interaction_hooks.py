# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging
from math import log10

from psycopg2 import OperationalError

from odoo import api, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

SECOND_STAGE_BATCH = 200
BUS_NOTIFICATION = "social_crm/interactions"


class SocialCrmInteraction(models.Model):
    """The second stage: what is done with interactions after they are safely stored."""

    _inherit = "social.crm.interaction"

    @api.model
    def _second_stage_hooks(self):
        """The steps, each with its place in the order; addons add theirs by ``super()``.

        A step takes a batch of interactions, may be run again on the same ones, and must not
        commit.

        :return: (sequence, name, method name)
        :rtype: list[tuple[int, str, str]]
        """
        return [
            (40, "times", "_hook_service_times"),
            (50, "risk", "_hook_case_risk"),
            (90, "bus", "_hook_bus"),
        ]

    @api.model
    def _run_second_stage(self, limit=SECOND_STAGE_BATCH):
        """Run the steps over the next interactions that wait for them.

        Rows are locked, so several workers share the work; the mark goes in the same transaction
        as what the steps did, so a kill loses no step.

        :return: how many interactions were worked on; fewer than ``limit`` means none is left
        :rtype: int
        """
        self.flush_model(["hooks_pending"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM social_crm_interaction WHERE hooks_pending"
                " ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
                limit,
            )
        )
        # sudo: the job works for everybody; a person logging by hand runs it for own rows
        interactions_sudo = self.sudo().browse([found for (found,) in rows])
        interactions_sudo._run_hooks()
        return len(interactions_sudo)

    def _run_hooks(self):
        """Run all steps on these interactions and take them off the waiting list."""
        if not self:
            return
        failures = {}
        for _sequence, name, method in sorted(self._second_stage_hooks()):
            self._run_hook(name, method, failures)
        self.write({"hooks_pending": False, "hook_errors": False})
        for interaction_id, errors in failures.items():
            self.browse(interaction_id).hook_errors = errors

    def _run_hook(self, name, method, failures):
        """One step in a savepoint; where it fails, halve until the culprits stand alone."""
        try:
            with self.env.cr.savepoint():
                getattr(self, method)()
                self.env.flush_all()
        except OperationalError:
            raise  # two workers met: the whole transaction is run again
        except Exception as error:
            self.env.invalidate_all(flush=False)
            if len(self) > 1:
                middle = len(self) // 2
                self[:middle]._run_hook(name, method, failures)
                self[middle:]._run_hook(name, method, failures)
                return
            _logger.warning("Step %s failed on interaction %s", name, self.id, exc_info=True)
            failures.setdefault(self.id, {})[name] = f"{type(error).__name__}: {error}"

    def action_retry_hooks(self):
        """Let the second stage run again on interactions where a step failed."""
        self.check_access("write")
        self.filtered("hook_errors").hooks_pending = True

    def _may_profile(self):
        """Those of these interactions that may be weighed: mood, topics, scores, segments.

        Everything that learns something of a person from their words asks this first; other
        addons take some out by ``super()``.

        :rtype: recordset
        """
        return self

    # === STEPS === #

    def _hook_service_times(self):
        """Business hours of answers: asking calendars is too slow for the ingest itself."""
        self._cases_concerned()._fill_business_times()

    def _cases_concerned(self):
        """The cases of these interactions, and those answered by naming their customer.

        :rtype: recordset
        """
        mentioned = self.filtered(lambda said: said.direction == "out").mention_ids
        cases = self.case_id
        if mentioned:
            cases |= self.env["social.crm.case"].search(
                [("identity_id", "in", mentioned.ids), ("takes_new", "=", True)]
            )
        return cases

    def _hook_case_risk(self):
        """How much an open case could hurt: mood and how many people read along."""
        cases = self.case_id.filtered(lambda case: case.state != "closed")
        if not cases:
            return
        facts = self.env["social.crm.interaction"]._read_group(
            [("case_id", "in", cases.ids), ("direction", "=", "in")],
            ["case_id"],
            ["reach:max", "mood_score:min", "visibility:array_agg_distinct"],
        )
        audience = dict(
            self.env["social.crm.identity"]._read_group(
                [("id", "in", cases.identity_id.ids)], ["id"], ["followers:max"]
            )
        )
        for case, reach, worst, visibilities in facts:
            public = bool({"public", "unlisted"} & set(visibilities))
            readers = max(reach or 0, audience.get(case.identity_id, 0) or 0) if public else 0
            case.risk_score = risk_score(worst or 0.0, readers, case.priority)

    def _hook_bus(self):
        """Tell open screens; ids only, so that nobody learns what record rules hide."""
        self.env.ref("social_crm_base.group_viewer")._bus_send(
            BUS_NOTIFICATION,
            {
                "ids": self.ids,
                "case_ids": self.case_id.ids,
                "conversation_ids": self.conversation_id.ids,
            },
        )


def risk_score(mood, readers, priority):
    """Our own scale, 0 to 100: up to 50 for a bad mood, 30 for readers, 20 for priority.

    :param float mood: -1 to 1; 0 where unknown
    :param int readers: how many may read along; each factor of ten adds as much as the one before
    :param str priority: ``0`` to ``2``
    :rtype: float
    """
    temper = 50 * max(0.0, -mood)
    audience = min(30.0, 6 * log10(1 + readers))
    return round(temper + audience + 10 * int(priority), 1)
