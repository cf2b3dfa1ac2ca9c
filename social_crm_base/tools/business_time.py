# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Working time between two moments, and the moment after so much of it, for many at once."""

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime, timedelta


class BusinessClock:
    """Answers from intervals read once, however many questions follow.

    :param intervals: (start, stop) of working time, sorted, as naive UTC datetimes
    """

    def __init__(self, intervals):
        self._starts, self._stops, self._before = [], [], [0.0]
        for start, stop in intervals:
            self._starts.append(start)
            self._stops.append(stop)
            self._before.append(self._before[-1] + (stop - start).total_seconds())

    @classmethod
    def of_calendar(cls, calendar, start, end, company=None):
        """The working time of a calendar, its public holidays taken out.

        :param recordset calendar: one ``resource.calendar``; none means day and night
        :param datetime start: naive UTC
        :param datetime end: naive UTC
        :param recordset company: whose public holidays count, where the calendar is shared
        """
        if not calendar:
            return cls([(start, end)] if end > start else [])
        company = calendar.company_id or company
        holidays = [("time_type", "=", "leave")]
        if company:
            holidays.append(("company_id", "in", (False, company.id)))
        intervals = calendar._work_intervals_batch(
            start.replace(tzinfo=UTC), end.replace(tzinfo=UTC), domain=holidays
        )[False]
        return cls(
            (
                begin.astimezone(UTC).replace(tzinfo=None),
                stop.astimezone(UTC).replace(tzinfo=None),
            )
            for begin, stop, _attendance in intervals
        )

    def seconds(self, start, end):
        """Working seconds from start to end; 0 where end is not later.

        :rtype: int
        """
        return max(0, int(self._worked_until(end) - self._worked_until(start)))

    def after(self, start, seconds):
        """When so many working seconds have passed since ``start``.

        :param float seconds: more than 0
        :return: naive UTC, or None where the intervals read end before
        :rtype: datetime | None
        """
        wanted = self._worked_until(start) + seconds
        index = bisect_left(self._before, wanted)
        if index == len(self._before):
            return None
        return self._stops[index - 1] - timedelta(seconds=self._before[index] - wanted)

    def period(self, moment):
        """The working or free time around a moment.

        :return: whether it is working time, since when it is so and until when; None where the
            intervals read end before
        :rtype: tuple[bool, datetime | None, datetime | None]
        """
        index = bisect_right(self._starts, moment)
        if index and moment < self._stops[index - 1]:
            return True, self._starts[index - 1], self._stops[index - 1]
        return (
            False,
            self._stops[index - 1] if index else None,
            self._starts[index] if index < len(self._starts) else None,
        )

    def _worked_until(self, moment):
        index = bisect_right(self._starts, moment)
        if not index:
            return 0.0
        into = min(moment, self._stops[index - 1]) - self._starts[index - 1]
        return self._before[index - 1] + into.total_seconds()


def read_pauses(stored):
    """Pauses as they are stored, as pairs of naive UTC datetimes, oldest first.

    :param list stored: pairs of ``YYYY-MM-DD HH:MM:SS``, or nothing
    :rtype: list[tuple[datetime, datetime]]
    """
    return sorted(
        (datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in stored or ()
    )


def worked_seconds(clock, start, end, pauses=()):
    """Working seconds from start to end without those in pauses.

    :rtype: int
    """
    paused = sum(clock.seconds(max(start, begin), min(end, stop)) for begin, stop in pauses)
    return clock.seconds(start, end) - paused


def due_moment(clock, start, seconds, pauses=()):
    """When so many working seconds have passed since ``start``, pauses left out.

    :param list pauses: pairs of datetimes, oldest first
    :rtype: datetime | None
    """
    for begin, stop in pauses:
        if stop <= start:
            continue
        worked = clock.seconds(start, begin) if begin > start else 0
        if worked >= seconds:
            break
        seconds -= worked
        start = stop
    return clock.after(start, seconds)
