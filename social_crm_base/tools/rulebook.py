# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The rulebook's arithmetic, without ORM: which rows apply, and what they say together.

All rows that apply are read together and the strictest wins, so adding a row can only tighten.
Loosening is done by an override, which takes one row out for one company and a limited time.
"""

import datetime
from dataclasses import dataclass

ALLOW = "allow"
ASK = "ask"
CONSENT = "consent"
REFUSE = "refuse"
#: From the loosest to the strictest.
VERDICTS = (ALLOW, ASK, CONSENT, REFUSE)

HOUSE = "house"
CONTRACT = "contract"
LAW = "law"

ANY_FLOW = "any"
#: A flow says two independent things: who can read the words, and how they came to us.
FLOW_AXES = (frozenset({"private", "public"}), frozenset({"api", "by_hand"}))
FLOWS = frozenset().union(*FLOW_AXES) | {ANY_FLOW}

#: Refused even where no row speaks of them: nobody may, so silence is not a yes.
FAIL_CLOSED_ACTIONS = frozenset({"sensitive", "minor", "keep_deleted"})


@dataclass(frozen=True)
class Override:
    """An override in force: its row and the last day it holds."""

    id: int
    until: datetime.date


@dataclass(frozen=True)
class Rule:
    """One row of the rulebook as plain values, fit for a cache."""

    id: int
    platform_id: int
    action: str
    flow: str
    verdict: str
    strength: str
    reason: str
    source: str
    alternative: str
    alternative_url: str
    checked_on: datetime.date | None
    lifetime_hours: int
    lifetime_of: str
    overrides: tuple[Override, ...] = ()

    def applies(self, platform_id, action, flows):
        """Whether the row speaks about this network, action and flow.

        A row about one side of an axis also applies when the question leaves that axis open: who
        does not say whether a message was private is answered as if it were.

        :param frozenset flows: flows of the question without ``any``.
        """
        if self.action != action or self.platform_id not in (0, platform_id):
            return False
        if self.flow == ANY_FLOW or self.flow in flows:
            return True
        axis = next(axis for axis in FLOW_AXES if self.flow in axis)
        return not axis & flows

    def override_on(self, day):
        """Return the override that takes this row out on a day, or None."""
        return next((override for override in self.overrides if override.until >= day), None)


@dataclass(frozen=True)
class Verdict:
    """The answer to "may we do this on this network?".

    :param str verdict: ``allow``, ``ask`` (a person decides each time), ``consent`` (the person's
        express opt-in, or data they gave us themselves) or ``refuse``.
    :param int lifetime_hours: how long what is stored may live; 0: no limit.
    :param int rule_id: the row that decided; 0 when none spoke.
    :param int override_id: the override without which the answer would be stricter; 0 when none.
    """

    verdict: str = ALLOW
    reason: str = ""
    source: str = ""
    alternative: str = ""
    alternative_url: str = ""
    checked_on: datetime.date | None = None
    lifetime_hours: int = 0
    strength: str = ""
    rule_id: int = 0
    override_id: int = 0

    @property
    def allowed(self):
        """Whether it may be done as it stands, by a person or by a machine."""
        return self.verdict == ALLOW

    @property
    def needs_consent(self):
        """Whether the person's own opt-in would make it allowed."""
        return self.verdict == CONSENT

    @property
    def needs_decision(self):
        """Whether a colleague has to decide it one by one; a machine may not."""
        return self.verdict == ASK

    def permits(self, consent=False, decision=False):
        """Whether it may be done given what is on record.

        :param bool consent: the person opted in, or gave us the data directly.
        :param bool decision: a colleague decided this single case.
        """
        return (
            self.allowed
            or (self.needs_consent and consent)
            or (self.needs_decision and (decision or consent))
        )


def flow_set(flow):
    """Return the flows of a question as a set.

    :param str|Iterable[str] flow: one flow or several on different axes.
    :raise ValueError: for a flow that does not exist.
    """
    flows = frozenset([flow] if isinstance(flow, str) else flow)
    if unknown := flows - FLOWS:
        raise ValueError(f"Unknown flow: {sorted(unknown)}")
    return flows - {ANY_FLOW}


def decide(rules, platform_id, action, flows, day, closed_reason=""):
    """Return the verdict of all rows together: the strictest one that no override takes out.

    :param Iterable[Rule] rules: the rulebook.
    :param datetime.date day: the day overrides are compared with.
    :param str closed_reason: reason given for an action nobody may do when no row speaks of it.
    :rtype: Verdict
    """
    standing, lifted = [], []
    for rule in rules:
        if rule.applies(platform_id, action, flows):
            (lifted if rule.override_on(day) else standing).append(rule)
    strictest = max(standing, key=_severity, default=None)
    if strictest is None and action in FAIL_CLOSED_ACTIONS:
        return Verdict(REFUSE, reason=closed_reason, strength=LAW)
    loosened = max(lifted, key=_severity, default=None)
    override = None
    if loosened and (strictest is None or _severity(loosened) > _severity(strictest)):
        override = loosened.override_on(day)
    hours = shortest_lifetime(standing, platform_id, "content", flows)
    if strictest is None:
        return Verdict(override_id=override.id if override else 0)
    return Verdict(
        strictest.verdict,
        strictest.reason,
        strictest.source,
        strictest.alternative,
        strictest.alternative_url,
        strictest.checked_on,
        hours,
        strictest.strength,
        strictest.id,
        override.id if override else 0,
    )


def shortest_lifetime(rules, platform_id, of, flows):
    """Return how many hours a kind of data may live, 0 when nothing limits it."""
    return min(
        (
            rule.lifetime_hours
            for rule in rules
            if rule.lifetime_hours
            and rule.lifetime_of == of
            and rule.applies(platform_id, "store", flows)
        ),
        default=0,
    )


def _severity(rule):
    """Order of strictness; among equals the stronger ground, then the network's own row."""
    return (
        VERDICTS.index(rule.verdict),
        (HOUSE, CONTRACT, LAW).index(rule.strength),
        bool(rule.platform_id),
    )
