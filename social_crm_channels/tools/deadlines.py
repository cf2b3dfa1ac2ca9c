# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""When an answer is due. Plain values: facts of a case in, deadlines and moments to act out.

Definitions as in the service figures: a first answer is the first one of a cycle, a next answer
is to the oldest word not answered since, a resolution ends the cycle. Time spent waiting for the
customer does not count. A network's reply window runs by the clock, whatever our hours.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from odoo.addons.social_crm_base.tools.business_time import due_moment

ON_CALL_BEFORE = timedelta(hours=4)
# A warning before a network's window closes, where no policy says how long before.
WINDOW_WARNING = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a policy promises, in working minutes; 0 promises nothing."""

    first: int = 0
    next: int = 0
    resolution: int = 0
    warning: int = 0


@dataclass(slots=True)
class Facts:
    """Where a case stands.

    :param datetime opened_at: of the running cycle
    :param datetime waiting_since: the oldest word not answered yet
    :param bool answered: somebody answered in this cycle before
    :param bool paused: we wait for the customer
    :param list pauses: earlier pauses of the cycle
    :param datetime reply_until: when the network closes the first of the places they wait in
    """

    opened_at: datetime
    waiting_since: datetime | None = None
    answered: bool = False
    paused: bool = False
    pauses: list = field(default_factory=list)
    reply_until: datetime | None = None


@dataclass(slots=True)
class Due:
    """One deadline that runs.

    :param str target: first, next, resolution or window
    :param datetime since: from when it was counted; names the turn it belongs to
    :param str source: policy or window
    :param dict stages: warning, on_call, breach to the moment each is due
    """

    target: str
    since: datetime
    deadline: datetime
    source: str
    stages: dict


def running(facts, promise, clock):
    """The deadlines of a case that run now.

    :param Promise promise:
    :param BusinessClock clock: read far enough
    :return: deadlines, and whether the clock ended before one of them
    :rtype: tuple[list[Due], bool]
    """
    if facts.paused:
        return [], False
    dues, too_short = [], False
    if facts.waiting_since:
        answer, short = _answer_due(facts, promise, clock)
        too_short |= short
        if answer:
            dues.append(answer)
        if facts.reply_until:
            dues.append(_window_due(facts))
    if promise.resolution:
        due, short = _promised(
            "resolution", facts.opened_at, promise.resolution, facts, promise, clock
        )
        too_short |= short
        if due:
            dues.append(due)
    return dues, too_short


def _answer_due(facts, promise, clock):
    """The earlier of what we promise and what the network allows."""
    target = "next" if facts.answered else "first"
    due, too_short = None, False
    if minutes := getattr(promise, target):
        due, too_short = _promised(target, facts.waiting_since, minutes, facts, promise, clock)
    window = facts.reply_until
    if window and (not due or window < due.deadline):
        warning = timedelta(minutes=promise.warning) if promise.warning else WINDOW_WARNING
        stages = {"warning": window - warning, "breach": window}
        due = Due(target, facts.waiting_since, window, "window", stages)
    return due, too_short


def _window_due(facts):
    """Whoever is on call hears of a closing window, also where our own promise ends before it."""
    window = facts.reply_until
    stages = {"on_call": window - ON_CALL_BEFORE}
    return Due("window", facts.waiting_since, window, "window", stages)


def _promised(target, since, minutes, facts, promise, clock):
    deadline = due_moment(clock, since, minutes * 60, facts.pauses)
    if not deadline:
        return None, True
    stages = {"breach": deadline}
    if 0 < promise.warning < minutes:
        warning = due_moment(clock, since, (minutes - promise.warning) * 60, facts.pauses)
        stages["warning"] = warning
    return Due(target, since, deadline, "policy", stages), False
