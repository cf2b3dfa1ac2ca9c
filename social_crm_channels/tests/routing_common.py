# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime

from freezegun import freeze_time

from odoo.addons.social_crm_base.tests.common import (
    SocialCrmCommon,
    at,
    comment,
    message,
    person,
    post,
)

# A Monday, in the working hours of Odoo's standard calendar.
NOW = datetime(2026, 3, 2, 10, 0, 0)


class RoutingCommon(SocialCrmCommon):
    """A shop with a team of two, Mira and Jovan, and no rules but the test's own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        freezer = freeze_time(NOW)
        cls.clock = freezer.start()
        cls.addClassCleanup(freezer.stop)
        cls.rules = cls.env["social.crm.rule"]
        cls.rules.search([]).action_archive()
        cls.mira = cls._user("agent", login="mira", name="Mira")
        cls.jovan = cls._user("agent", login="jovan", name="Jovan")
        cls.team = cls.env["social.crm.team"].create(
            {
                "name": "Belgrade",
                "user_id": cls.leader.id,
                "member_ids": [cls.mira.id, cls.jovan.id],
                "channel_ids": [cls.channel.id],
                "capacity": 3,
            }
        )
        cls.ingest(post("p0"))

    def setUp(self):
        super().setUp()
        self.clock.move_to(NOW)

    @classmethod
    def agent_of(cls, user):
        """How this colleague works."""
        return cls.env["social.crm.agent"]._of(user, cls.company)

    @classmethod
    def come_online(cls, *users, status="online"):
        """These have Odoo open."""
        for user in users:
            presence = cls.env["mail.presence"].search([("user_id", "=", user.id)])
            if presence:
                presence.status = status
            else:
                presence.create({"user_id": user.id, "status": status})

    @classmethod
    def rule(cls, name="Rule", **vals):
        """A rule at the end of the list."""
        last = cls.rules.search([], order="sequence desc", limit=1).sequence
        return cls.rules.create({"name": name, "sequence": last + 1, **vals})

    def says(self, who, text="Hello", minutes=1, **facts):
        """Somebody comments, rules are asked; the case."""
        number = self.interactions.search_count([]) + 1
        self.ingest(comment(f"w{number}", person(who), "p0", minutes, text=text, **facts))
        return self._worked_off(f"w{number}")

    def writes(self, who, text="Hello", minutes=1, **facts):
        """Somebody writes in private, rules are asked; the case."""
        number = self.interactions.search_count([]) + 1
        self.ingest(message(f"w{number}", person(who), minutes, text=text, **facts))
        return self._worked_off(f"w{number}")

    def _worked_off(self, external_id):
        self.run_second_stage()
        said = self.said(external_id)
        self.assertFalse(said.hook_errors)
        return said.case_id

    def run_second_stage(self):
        """Work off everything that waits."""
        while self.interactions._run_second_stage():
            pass

    def share_out(self, minutes=None):
        """The scheduled action, so many minutes after the beginning."""
        if minutes is not None:
            self.clock.move_to(at(minutes))
        with self.enter_registry_test_mode():
            self.env.ref("social_crm_channels.ir_cron_share_out").method_direct_trigger()
        self.env.invalidate_all()

    def log_of(self, case):
        """What stands in the log of a case, as text."""
        return " ".join(case.message_ids.mapped("body"))
