# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""./dev bench: the targets, measured as ratios so that they mean the same on every machine.

A benchmark is a module ``tests/bench/<name>.py`` with a function ``run()`` that yields
:class:`Result`; the name ``common`` is for what they share.
"""
import importlib
from dataclasses import dataclass
from statistics import median

from .console import Fail, say
from .paths import ROOT

FOLDER = ROOT / "tests" / "bench"
SHARED = ("__init__", "common", "conftest")


@dataclass
class Result:
    """One figure.

    :param str what: what was measured, against what.
    :param float value: the ratio; None when it could not be measured.
    :param float target: the value to reach.
    :param bool at_most: the target is an upper bound.
    :param str note: rates behind the ratio, or why there is none.
    """
    what: str
    value: float | None
    target: float
    at_most: bool = False
    note: str = ""

    @property
    def is_missed(self):
        if self.value is None:
            return False
        return self.value > self.target if self.at_most else self.value < self.target

    def __str__(self):
        sign = "≤" if self.at_most else "≥"
        value = "not measured" if self.value is None else f"{self.value:.2f}"
        verdict = "" if self.value is None else ("  MISSED" if self.is_missed else "  met")
        note = f"  ({self.note})" if self.note else ""
        return f"{self.what}: {value}, target {sign} {self.target:g}{verdict}{note}"


def ratio(ours, theirs, rounds=5):
    """Median of ``ours() / theirs()`` over alternated rounds.

    The order changes each round, so that a machine that slows down in between harms both alike.

    :param callable ours: returns a rate or a duration.
    :param callable theirs: returns the same of what we compare with.
    """
    values = []
    for number in range(rounds):
        if number % 2:
            base = theirs()
            values.append(ours() / base)
        else:
            mine = ours()
            values.append(mine / theirs())
    return median(values)


def run(options):
    names = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in SHARED)
    if unknown := set(options.what) - set(names):
        raise Fail(f"no benchmark {', '.join(sorted(unknown))}: there are {', '.join(names)}")
    results = []
    for name in options.what or names:
        say(f"• {name} …")
        for result in importlib.import_module(f"tests.bench.{name}").run():
            results.append(result)
            say(f"  {result}")
    missed = [result.what for result in results if result.is_missed]
    measured = [result for result in results if result.value is not None]
    say(f"\n{len(measured) - len(missed)} targets met, {len(missed)} missed, "
        f"{len(results) - len(measured)} not measured")
    return int(bool(missed))
