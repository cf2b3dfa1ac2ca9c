# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SocialCrmCommon, message, person

HOOKS = "odoo.addons.social_crm_base.models.social_crm_interaction_hooks"
BROKEN = "Tell b"


def stumbles(interactions):
    """A step that cannot take certain words."""
    if BROKEN in interactions.mapped("body"):
        raise ValueError(BROKEN)


@tagged("post_install", "-at_install")
class TestSecondStage(SocialCrmCommon):
    def test_a_step_that_fails_stops_its_culprit_only_until_a_manager_has_it_run_again(self):
        words = self.ingest(
            *(message(key, person("ana"), text=f"Tell {key}") for key in "abc")
        ).interactions.sorted("id")
        with (
            patch.object(self.registry["social.crm.interaction"], "_hook_case_risk", stumbles),
            mute_logger(HOOKS),
        ):
            words._run_second_stage()
        failed = words.search([("id", "in", words.ids), ("hook_errors", "!=", False)])
        self.assertEqual(failed.mapped("body"), [BROKEN])
        self.assertEqual(failed.hook_errors, {"risk": f"ValueError: {BROKEN}"})
        self.assertFalse(any(words.mapped("hooks_pending")))
        with self.assertRaises(AccessError):
            words.with_user(self.viewer).action_retry_hooks()
        words.with_user(self.manager).action_retry_hooks()
        self.assertEqual(words.filtered("hooks_pending"), failed, "what is done stays done")
        words._run_second_stage()
        self.assertFalse(failed.hook_errors)
