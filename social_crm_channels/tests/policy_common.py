# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.fields import Command

from odoo.addons.social_crm_base.tests.common import START as BASE_START
from odoo.addons.social_crm_base.tests.common import SocialCrmCommon, message, person

MONDAY = datetime(2026, 3, 2, 9, 0)  # the office opens


class PolicyCommon(SocialCrmCommon):
    """A team with office hours, Monday to Friday 9 to 17 UTC, and people in the real roles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["social.crm.response.policy"].search([]).active = False
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Office",
                "tz": "UTC",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": f"Day {day}",
                            "dayofweek": str(day),
                            "hour_from": 9,
                            "hour_to": 17,
                            "day_period": "morning",
                        }
                    )
                    for day in range(5)
                ],
            }
        )
        cls.team = cls.env["social.crm.team"].create(
            {
                "name": "Service",
                "resource_calendar_id": cls.calendar.id,
                "user_id": cls.leader.id,
                "member_ids": [Command.set((cls.agent | cls.leader).ids)],
            }
        )
        cls.channel.team_ids = cls.team

    @classmethod
    def policy(cls, **values):
        """A policy that was promised long ago."""
        return cls.env["social.crm.response.policy"].create(
            {
                "name": "Everybody",
                "first_minutes": 60,
                "next_minutes": 120,
                "warning_minutes": 20,
                "promised_from": datetime(2020, 1, 1),
                **values,
            }
        )

    def asks(self, key, moment, who="ana", channel=None, **facts):
        """The customer writes at a moment, and the second stage runs."""
        return self._says(key, moment, who, channel, direction="in", **facts)

    def answers(self, key, moment, who="ana", channel=None, **facts):
        """We answer on the network itself."""
        return self._says(key, moment, who, channel, direction="out", **facts)

    def _says(self, key, moment, who, channel, **facts):
        minutes = (moment - BASE_START).total_seconds() / 60
        with freeze_time(moment):
            self.ingest(message(key, person(who), minutes, **facts), channel=channel)
            self.interactions._run_second_stage()
        return self.said(key, channel).case_id

    def watch(self, moment):
        """The scheduled action runs at a moment, as Odoo would run it."""
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref("social_crm_channels.ir_cron_watch_deadlines").method_direct_trigger()
        self.env.invalidate_all()

    def notices(self, case, **facts):
        """What the watch did about a case, oldest first, as (target, stage)."""
        found = self.env["social.crm.deadline.notice"].search(
            [("case_id", "=", case.id), *((name, "=", value) for name, value in facts.items())],
            order="id",
        )
        return [(notice.target, notice.stage) for notice in found]

    def told(self, case):
        """Who got an Odoo notification about the case, each as often as it came."""
        messages = self.env["mail.message"].search(
            [
                ("model", "=", "social.crm.case"),
                ("res_id", "=", case.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        return sorted(
            partner.user_ids.login for message in messages for partner in message.partner_ids
        )


def later(moment, **delta):
    return moment + timedelta(**delta)
