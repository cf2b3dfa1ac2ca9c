# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Payloads with something wrong somewhere, and what is made of nothing."""
import copy
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# What has no business in any place of a payload, tried in every one.
NASTY = [
    None,
    True,
    -1,
    2**70,
    float("nan"),
    "",
    "a\x00b",
    "\ud800",
    "2026-11-01T08:00:00.123456Z",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    "javascript:alert(1)",
    "https://[",
    "<b>" * 400,
    "@" * 50,
    [],
    [None],
    {},
    {"id": []},
]
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(st.characters(), max_size=20),
    st.sampled_from(["", "\x00", "\ud800", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59"]),
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fuzz = settings(
    max_examples=100,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def paths_of(value, path=()):
    """Every place in a payload."""
    yield path
    inside = value.items() if isinstance(value, dict) else ()
    inside = enumerate(value) if isinstance(value, list) else inside
    for key, inner in inside:
        yield from paths_of(inner, (*path, key))


def spoilt(sample, path, value):
    """A payload with something else in one place."""
    if not path:
        return value
    sample = copy.deepcopy(sample)
    place = sample
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return sample


def spoilt_payloads(samples):
    """Payloads of a network, each with a wrong value somewhere, and things made of nothing."""
    if not samples:
        return anything
    places = st.sampled_from(samples).flatmap(
        lambda sample: st.tuples(st.just(sample), st.sampled_from(list(paths_of(sample))))
    )
    return anything | st.tuples(places, anything).map(
        lambda drawn: spoilt(drawn[0][0], drawn[0][1], drawn[1])
    )


def leaves_of(value):
    """Every plain value in an activity."""
    if is_dataclass(value):
        value = [getattr(value, field.name) for field in fields(value)]
    if isinstance(value, Mapping):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list | tuple):
        for inner in value:
            yield from leaves_of(inner)
    else:
        yield value
