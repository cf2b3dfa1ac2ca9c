# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What the codes of the evidence log mean, for who reads it."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

#: The part of a code before the dot, and after it.
SUBJECTS = {
    "breach": _lt("Breach"),
    "consent": _lt("Consent"),
    "erasure": _lt("Erasure"),
    "hold": _lt("Legal hold"),
    "request": _lt("Request"),
    "restriction": _lt("Restriction"),
    "retention": _lt("Retention"),
    "staff": _lt("Colleague who left"),
    "suppression": _lt("Suppression list"),
}
EVENTS = {
    "answered": _lt("answered"),
    "approved": _lt("approved"),
    "asked": _lt("asked"),
    "begun": _lt("begun"),
    "certified": _lt("certified"),
    "claim": _lt("words kept for a claim"),
    "closed": _lt("closed"),
    "confirmed": _lt("confirmed"),
    "decided": _lt("a find was explained"),
    "declined": _lt("the list was declined"),
    "dismissed": _lt("was none"),
    "dropped": _lt("words dropped"),
    "end_moved": _lt("end moved"),
    "ended": _lt("ended"),
    "expired": _lt("ran out"),
    "extended": _lt("extended"),
    "forgotten": _lt("name taken out"),
    "given": _lt("given"),
    "identified": _lt("identity checked"),
    "in_progress": _lt("carried out"),
    "joined": _lt("joined to another"),
    "lapsed": _lt("ended by its date"),
    "let_in": _lt("words taken in"),
    "log_lost": _lt("log lost, a new one begun"),
    "no_report": _lt("no report needed"),
    "objected": _lt("objected"),
    "package_built": _lt("package built"),
    "package_fetched": _lt("package fetched"),
    "package_handed_out": _lt("package handed out"),
    "package_sent": _lt("link to the package sent"),
    "told_before_erasure": _lt("told before the account was erased"),
    "persons_told": _lt("people told"),
    "proposed": _lt("proposed"),
    "received": _lt("received"),
    "recorded": _lt("written down"),
    "refused": _lt("refused"),
    "refused_erasure": _lt("held back an erasure"),
    "released": _lt("entry taken off"),
    "replayed": _lt("done again after a restored backup"),
    "reported": _lt("authority told"),
    "run": _lt("data taken away"),
    "switched_off": _lt("rule switched off"),
    "switched_on": _lt("rule switched on"),
    "withdrawn": _lt("withdrawn"),
    "withheld": _lt("finds to look at"),
}


def words(env, kind):
    """A code in words; one that is not known, as it stands.

    :param str kind: for example ``consent.given``
    :rtype: str
    """
    subject, _dot, event = kind.partition(".")
    if subject not in SUBJECTS or event not in EVENTS:
        return kind
    lang = env.lang or "en_US"
    return f"{SUBJECTS[subject]._translate(lang)}: {EVENTS[event]._translate(lang)}"
