# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from collections import Counter, defaultdict

from dateutil.relativedelta import relativedelta

from odoo import fields, models

from ..tools import address_form
from ..tools.privacy import CLEAR, PROFILING, classify

#: Habits are what somebody did in the last year.
MONTHS = 12
#: Fewer words than this show no hours.
MIN_FOR_HOURS = 5
#: So many of somebody's last words are read for the form of address.
TEXTS = 50


class ResPartner(models.Model):
    """How this person likes to be spoken to: worked out when looked at, each with its reason."""

    _inherit = "res.partner"

    social_address_form = fields.Selection(
        [("formal", "Formal"), ("informal", "Informal")],
        string="Form of Address",
        copy=False,
        help="How we address this person, where their language has two forms. Empty: as suggested.",
    )
    social_channel_id = fields.Many2one(
        "social.crm.channel", string="Favourite Channel", compute="_compute_social_habits",
        groups="social_crm_base.group_viewer",
    )
    social_channel_reason = fields.Char(
        string="Why This Channel", compute="_compute_social_habits",
        groups="social_crm_base.group_viewer",
    )
    social_language = fields.Char(
        string="Language They Write", compute="_compute_social_habits",
        groups="social_crm_base.group_viewer",
    )
    social_language_reason = fields.Char(
        string="Why This Language", compute="_compute_social_habits",
        groups="social_crm_base.group_viewer",
    )
    social_address_suggested = fields.Selection(
        [("formal", "Formal"), ("informal", "Informal")],
        string="Suggested Form of Address",
        compute="_compute_social_habits",
        groups="social_crm_base.group_viewer",
    )
    social_address_reason = fields.Char(
        string="Why This Form", compute="_compute_social_habits",
        groups="social_crm_base.group_viewer",
    )
    social_hours = fields.Char(
        string="Active Hours", compute="_compute_social_habits",
        groups="social_crm_base.group_viewer",
    )
    social_hours_reason = fields.Char(
        string="Why These Hours", compute="_compute_social_habits",
        groups="social_crm_base.group_viewer",
    )

    def _compute_social_habits(self):
        """Only what the reader may read, and only networks whose rules let us sum people up."""
        channels = self._social_count("channel_id")
        languages = self._social_count("language")
        hours = self._social_count("date:hour_number")
        for partner in self:
            of = partner._origin
            partner._set_social_channel(channels[of])
            partner._set_social_language(languages[of])
            partner._set_social_address()
            partner._set_social_hours(hours[of])

    # === COUNTING === #

    def _social_habit_domain(self):
        since = fields.Datetime.now() - relativedelta(months=MONTHS)
        return [
            ("identity_id.partner_id", "in", self._origin._social_profiled().ids),
            ("platform_id", "in", self._social_profiled_platforms().ids),
            ("direction", "=", "in"),
            ("state", "in", ("normal", "edited")),
            ("kind", "not in", ("reaction", "follow", "system")),
            ("date", ">=", since),
        ]

    def _social_count(self, by):
        """How often each contact did something, by one dimension; in the reader's time zone.

        :return: partner -> Counter
        :rtype: dict
        """
        counted = defaultdict(Counter)
        for identity, value, count in self.env["social.crm.interaction"]._read_group(
            self._social_habit_domain(), ["identity_id", by], ["__count"]
        ):
            if value or value == 0:
                counted[identity.partner_id][value] += count
        return counted

    # === EACH HABIT WITH ITS REASON === #

    def _set_social_channel(self, counted):
        channel, count = _most(counted)
        self.social_channel_id = channel or False
        self.social_channel_reason = bool(channel) and self.env._(
            "%(count)s of %(total)s messages of the last %(months)s months.",
            count=count, total=sum(counted.values()), months=MONTHS,
        )  # fmt: skip

    def _set_social_language(self, counted):
        language, count = _most(counted)
        if language:
            self.social_language = language
            self.social_language_reason = self.env._(
                "%(count)s of %(total)s messages whose language is known.",
                count=count, total=sum(counted.values()),
            )  # fmt: skip
        else:
            self.social_language = self.lang
            self.social_language_reason = self.lang and self.env._("The contact's own setting.")

    def _set_social_address(self):
        language = self.social_language
        self.social_address_suggested = False
        self.social_address_reason = False
        if not language:
            return
        if not address_form.distinguishes(language):
            self.social_address_reason = self.env._(
                "We know no two forms of address in %(language)s.", language=language
            )
            return
        said = self.env["social.crm.interaction"].search(
            [*self._social_habit_domain(), ("language", "=like", language[:2] + "%")], limit=TEXTS
        )
        form, count, told = address_form.read_form(said.mapped("body"), language)
        self.social_address_suggested = form or address_form.FORMAL
        self.social_address_reason = (
            self.env._(
                "%(count)s of %(told)s messages that show it address us so.",
                count=count, told=told,
            )
            if form
            else self.env._("Their own words do not tell; formal is never wrong.")
        )  # fmt: skip

    def _set_social_hours(self, counted):
        total = sum(counted.values())
        start, count = _busiest(counted)
        self.social_hours = False
        if total < MIN_FOR_HOURS:
            self.social_hours_reason = bool(total) and self.env._(
                "Only %(count)s messages: too few to tell.", count=total
            )
            return
        self.social_hours = f"{start:02d}:00 - {(start + 3) % 24:02d}:00"
        self.social_hours_reason = self.env._(
            "%(count)s of %(total)s messages fall into these three hours (your time zone).",
            count=count, total=total,
        )  # fmt: skip

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **classify(PROFILING, CLEAR, "social_address_form"),
        }


def _most(counted):
    """The most frequent value and how often it came; of equals the first by number."""
    return max(counted.items(), key=lambda item: item[1], default=(None, 0))


def _busiest(counted):
    """The first hour of the three following ones in which most was said."""
    windows = {
        hour: sum(counted.get((hour + step) % 24, 0) for step in range(3)) for hour in range(24)
    }
    return max(windows.items(), key=lambda item: item[1])
