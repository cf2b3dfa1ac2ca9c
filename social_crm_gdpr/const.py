# Part of Social CRM. See LICENSE file for full copyright and licensing details.

#: What the person asks us, and what they concluded with us, is answered in every state.
OPEN_PURPOSES = frozenset({"answer", "contract"})
#: What we want of the person, and nobody but us: never a matter of contract or law.
WANTED_PURPOSES = frozenset({"feedback", "marketing"})
#: A privacy request as if nobody had looked yet who asks.
UNCHECKED = dict.fromkeys(
    (
        "check_method", "checked_at", "checked_by_id", "checked_people", "proved_identity_id",
        "proved_email", "approved_at", "approved_by_id",
    ),
    False,
)  # fmt: skip
