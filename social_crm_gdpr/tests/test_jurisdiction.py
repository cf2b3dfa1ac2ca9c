# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime, timedelta

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestJurisdiction(TransactionCase):
    """Dates worked out by hand from the laws, not by the code under test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.laws = cls.env["social.crm.jurisdiction"]
        cls.company = cls.env["res.company"].create(
            {"name": "Terms", "country_id": cls.env.ref("base.de").id}
        )
        cls.company.resource_calendar_id.tz = "Europe/Berlin"
        cls.eu = cls.env.ref("social_crm_gdpr.jurisdiction_eu")
        cls.serbia = cls.env.ref("social_crm_gdpr.jurisdiction_rs")
        cls.indonesia = cls.env.ref("social_crm_gdpr.jurisdiction_id")

    def due(self, law, *moment, **options):
        return law._due(datetime(*moment), self.company, **options)

    def test_a_company_is_under_the_law_of_its_country_or_the_one_it_chose(self):
        self.assertEqual(self.laws._of(self.company), self.eu)
        self.company.country_id = self.env.ref("base.rs")
        self.assertEqual(self.laws._of(self.company), self.serbia)
        self.company.country_id = self.env.ref("base.br")
        self.assertEqual(self.laws._of(self.company), self.eu)
        self.company.social_crm_jurisdiction_id = self.indonesia
        self.assertEqual(self.laws._of(self.company), self.indonesia)

    def test_one_month_ends_with_the_same_day_of_the_next(self):
        # Tuesday 3 March 2026 to Friday 3 April 2026, midnight of summer time in Berlin
        self.assertEqual(self.due(self.eu, 2026, 3, 3, 12), datetime(2026, 4, 3, 21, 59, 59))

    def test_a_month_from_the_31st_ends_with_the_shorter_month(self):
        # Saturday 31 January to Saturday 28 February, moved to Monday 2 March
        self.assertEqual(self.due(self.eu, 2026, 1, 31, 9), datetime(2026, 3, 2, 22, 59, 59))

    def test_the_day_it_came_is_the_companys_day(self):
        # 23:30 UTC of 2 March is 3 March in Berlin
        self.assertEqual(self.due(self.eu, 2026, 3, 2, 23, 30), datetime(2026, 4, 3, 21, 59, 59))

    def test_holidays_and_weekends_move_the_last_day_on(self):
        self.env["resource.calendar.leaves"].create(
            [
                {
                    "name": "Good Friday and Easter Monday",
                    "company_id": self.company.id,
                    "calendar_id": self.company.resource_calendar_id.id,
                    "date_from": datetime(2026, 4, day, 22) - timedelta(days=1),
                    "date_to": datetime(2026, 4, day, 21, 59, 59),
                }
                for day in (3, 6)
            ]
        )
        self.assertEqual(self.due(self.eu, 2026, 3, 3, 12), datetime(2026, 4, 7, 21, 59, 59))

    def test_somebodys_own_holiday_moves_nothing(self):
        resource = self.env["resource.resource"].create(
            {"name": "Ada", "company_id": self.company.id}
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Away",
                "company_id": self.company.id,
                "calendar_id": self.company.resource_calendar_id.id,
                "resource_id": resource.id,
                "date_from": datetime(2026, 4, 2, 22),
                "date_to": datetime(2026, 4, 3, 21, 59, 59),
            }
        )
        self.assertEqual(self.due(self.eu, 2026, 3, 3, 12), datetime(2026, 4, 3, 21, 59, 59))

    def test_an_extension_adds_two_months_to_the_first_counted_from_the_beginning(self):
        # 31 January + 3 months = 30 April 2026, a Thursday
        self.assertEqual(
            self.due(self.eu, 2026, 1, 31, 9, extended=True), datetime(2026, 4, 30, 21, 59, 59)
        )

    def test_serbia_counts_thirty_days(self):
        # 2 March + 30 days = Wednesday 1 April 2026
        self.assertEqual(self.due(self.serbia, 2026, 3, 2, 12), datetime(2026, 4, 1, 21, 59, 59))
        # + 60 more = Sunday 31 May, moved to Monday 1 June
        self.assertEqual(
            self.due(self.serbia, 2026, 3, 2, 12, extended=True), datetime(2026, 6, 1, 21, 59, 59)
        )

    def test_indonesia_counts_three_times_24_hours_over_weekends(self):
        # a Friday to a Monday
        self.assertEqual(
            self.due(self.indonesia, 2026, 3, 6, 15, 20), datetime(2026, 3, 9, 15, 20)
        )

    def test_breaches_read_their_hours_from_the_law(self):
        self.company.social_crm_jurisdiction_id = self.eu.copy(
            {"code": "XX", "breach_hours": 24, "country_ids": False}
        )
        breach = self.env["social.crm.breach"].create(
            {"name": "Lost", "company_id": self.company.id}
        )
        self.assertEqual(breach.hours, 24)
