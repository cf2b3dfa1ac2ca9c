# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import ormcache

from odoo.addons.social_crm_base.tools.privacy import not_personal

#: The law that holds where a company's country belongs to none that is known.
DEFAULT_CODE = "EU"
SATURDAY = 5
UNITS = [("hour", "Hours"), ("day", "Days"), ("month", "Months")]


class SocialCrmJurisdiction(models.Model):
    """A law of data protection: its terms and the articles they stand in."""

    # No company: it is the law of countries
    _name = "social.crm.jurisdiction"
    _inherit = ["social.crm.cached", "social.crm.personal.data"]
    _description = "Data Protection Law"
    _order = "sequence, id"

    name = fields.Char(string="Law", required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    country_ids = fields.Many2many("res.country", string="Countries")
    answer_amount = fields.Integer(string="Time to Answer", required=True)
    answer_unit = fields.Selection(UNITS, required=True, default="month")
    answer_article = fields.Char(string="Article on Answering", required=True)
    extension_amount = fields.Integer(
        string="Longest Extension", help="0: the law knows none."
    )
    extension_unit = fields.Selection(UNITS, default="month")
    extension_article = fields.Char(string="Article on Extension")
    next_working_day = fields.Boolean(
        default=True,
        help="A term in days or months that ends on a weekend or holiday ends on the next "
        "working day.",
    )
    next_working_day_article = fields.Char(string="Article on Holidays")
    breach_hours = fields.Integer(
        string="Hours to Report a Breach", required=True, default=72
    )
    breach_article = fields.Char(string="Article on Breaches", required=True)
    breach_tell_persons = fields.Boolean(
        string="People Are Told of Every Breach", help="Not only where the risk is high."
    )
    age_of_consent = fields.Integer(
        required=True, default=16, help="Where a country has no age of its own."
    )
    age_article = fields.Char(string="Article on Children", required=True)
    access_article = fields.Char(required=True)
    portability_article = fields.Char(required=True)
    rectification_article = fields.Char(required=True)
    erasure_article = fields.Char(required=True)
    restriction_article = fields.Char(required=True)
    objection_article = fields.Char(required=True)
    withdrawal_article = fields.Char(required=True)
    complaint_article = fields.Char(required=True)
    authority = fields.Char(
        translate=True, help="Whom the person can complain to; the answer names it."
    )

    _code_unique = models.Constraint("UNIQUE(code)", "This law is there already.")
    _terms_positive = models.Constraint(
        "CHECK(answer_amount > 0 AND breach_hours > 0 AND extension_amount >= 0)",
        "A term is longer than nothing.",
    )

    @api.model
    def _of(self, company):
        """The law a company is under: the one chosen, else by its country, else the EU's.

        :rtype: recordset
        """
        # sudo: a setting and a fact of law, for whoever asks
        company_sudo = company.sudo()
        return company_sudo.social_crm_jurisdiction_id or self.browse(
            self._id_of_country(company_sudo.country_id.id)
        )

    @api.model
    @ormcache("country_id")
    def _id_of_country(self, country_id):
        laws_sudo = self.sudo()  # sudo: a fact of law
        found_sudo = laws_sudo.search([("country_ids", "in", [country_id])], limit=1)
        return (found_sudo or laws_sudo.search([("code", "=", DEFAULT_CODE)], limit=1)).id

    def _article(self, kind):
        """The article a right stands in.

        :param str kind: kind of a ``social.crm.privacy.request``
        :rtype: str
        """
        self.ensure_one()
        return self[f"{kind}_article"]

    # === TERMS === #

    def _due(self, received_at, company, extended=False):
        """The last moment to answer.

        Terms in days and months are counted in the company's days: the day of the event does not
        count, the last one counts whole and moves on from weekends and holidays (Regulation
        (EEC, Euratom) 1182/71, Art. 3). Terms in hours run on the clock.

        :param datetime received_at: naive UTC
        :param recordset company: whose days and holidays
        :param bool extended: with the longest extension
        :return: naive UTC
        :rtype: datetime
        """
        self.ensure_one()
        terms = [(self.answer_unit, self.answer_amount)]
        if extended:
            terms.append((self.extension_unit, self.extension_amount))
        if self.answer_unit == "hour":
            return received_at + sum((_step(*term) for term in terms), timedelta())
        zone = self._zone(company)
        day = received_at.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()
        steps = relativedelta()
        for term in terms:  # one sum: a month from the 31st is not shortened twice
            steps += _step(*term)
        day += steps
        if self.next_working_day:
            day = self._working_day(day, company)
        last = datetime.combine(day, time(23, 59, 59), zone)
        return last.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)

    def _last_day(self, due_at, company):
        """The day of a moment where the company is.

        :param datetime due_at: naive UTC
        :rtype: date
        """
        return due_at.replace(tzinfo=ZoneInfo("UTC")).astimezone(self._zone(company)).date()

    @api.model
    def _zone(self, company):
        # sudo: where a company is, for whoever asks
        return ZoneInfo(company.sudo().resource_calendar_id.tz or "UTC")

    @api.model
    def _working_day(self, day, company):
        """This day, or the next that is neither weekend nor holiday of the company.

        :rtype: date
        """
        zone = self._zone(company)
        calendar_sudo = company.sudo().resource_calendar_id  # sudo: everybody's working hours
        # sudo: holidays are everybody's
        leaves_sudo = self.env["resource.calendar.leaves"].sudo().search(
            [
                ("resource_id", "=", False),
                ("company_id", "in", [False, company.id]),
                ("date_to", ">=", datetime.combine(day, time.min)),
                ("date_from", "<=", datetime.combine(day + timedelta(days=40), time.max)),
            ]
        )
        spans = [
            tuple(
                moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)
                for moment in (leave.date_from, leave.date_to)
            )
            for leave in leaves_sudo
            if not leave.calendar_id or leave.calendar_id == calendar_sudo
        ]
        while day.weekday() >= SATURDAY or any(_covers(span, day) for span in spans):
            day += timedelta(days=1)
        return day

    def _personal_data_fields(self):
        return not_personal(
            "name code sequence active country_ids answer_amount answer_unit answer_article "
            "extension_amount extension_unit extension_article next_working_day "
            "next_working_day_article breach_hours breach_article breach_tell_persons "
            "age_of_consent age_article access_article portability_article "
            "rectification_article erasure_article restriction_article objection_article "
            "withdrawal_article complaint_article authority"
        )


def _step(unit, amount):
    if unit == "hour":
        return timedelta(hours=amount)
    return relativedelta(**{f"{unit}s": amount})


def _covers(span, day):
    """Whether a holiday takes the middle of a day: half a morning off is no holiday."""
    noon = datetime.combine(day, time(12), span[0].tzinfo)
    return span[0] <= noon <= span[1]
