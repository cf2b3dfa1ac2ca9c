# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Seconds of working time between two moments, for many pairs at once."""

from bisect import bisect_right
from datetime import UTC


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
    def of_calendar(cls, calendar, start, end):
        """The working time of a calendar, its public holidays taken out.

        :param recordset calendar: one ``resource.calendar``
        :param datetime start: naive UTC
        :param datetime end: naive UTC
        """
        intervals = calendar._work_intervals_batch(
            start.replace(tzinfo=UTC), end.replace(tzinfo=UTC)
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

    def _worked_until(self, moment):
        index = bisect_right(self._starts, moment)
        if not index:
            return 0.0
        into = min(moment, self._stops[index - 1]) - self._starts[index - 1]
        return self._before[index - 1] + into.total_seconds()
