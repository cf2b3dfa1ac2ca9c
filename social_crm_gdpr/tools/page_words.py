# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What the public pages say, in the person's language: also one no colleague works in.

Odoo's templates speak the languages that are installed only; these words are looked up in the
translation files themselves.
"""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

#: Language of the pages to the name of its translation file.
LANGUAGES = {"en": "en_US", "de": "de_DE", "sr": "sr@latin", "id": "id_ID"}
NAMES = {"en": "English", "de": "Deutsch", "sr": "Srpski", "id": "Bahasa Indonesia"}

WORDS = {
    "title": _lt("Your choices"),
    "about": _lt("This page is for"),
    "lead": _lt(
        "Here you decide what {company} may use your data for. Nothing you choose changes how "
        "your questions are answered."
    ),
    "agreed_since": _lt("You agreed on {day}."),
    "agreed_until": _lt("You agreed on {day}; it ends on {end}."),
    "waits": _lt("Not confirmed yet."),
    "no_objection": _lt("We do this unless you object."),
    "objected_since": _lt("You objected on {day}."),
    "withdrawn_since": _lt("You ended it on {day}."),
    "ended": _lt("It ended on {day}."),
    "not_asked": _lt("You have not agreed."),
    "elsewhere": _lt(
        "You objected from another of your accounts. To allow it again, open the page of that "
        "account."
    ),
    "save": _lt("Save my choices"),
    "stop": _lt("Stop all"),
    "stop_lead": _lt("One press ends everything above that goes beyond answering you."),
    "saved": _lt("Saved. It holds from now on."),
    "colleague": _lt(
        "You are logged in as a colleague and only see this page. Nobody but the person decides "
        "here."
    ),
    "changed": _lt(
        "Not everything is saved: the words were changed meanwhile. Read them, and choose again."
    ),
    "stopped": _lt("Stopped. You get nothing of this any more."),
    "receipt": _lt("What we recorded"),
    "receipt_lead": _lt("Every decision we know of, with the words you read and when."),
    "receipt_page": _lt("Show and print"),
    "receipt_file": _lt("Download as a file"),
    "receipt_none": _lt("Nothing is recorded yet."),
    "back": _lt("Back to your choices"),
    "notice": _lt("How we handle your data"),
    "request": _lt("Ask for your data, or to have it erased"),
    "when": _lt("When"),
    "purpose": _lt("Purpose"),
    "decision": _lt("Decision"),
    "way": _lt("How"),
    "words": _lt("Words"),
    "message": _lt("Your message"),
    "reference": _lt("Reference"),
    "event_asked": _lt("We asked you"),
    "event_given": _lt("You agreed"),
    "event_confirmed": _lt("You confirmed"),
    "event_refused": _lt("You said no"),
    "event_withdrawn": _lt("You ended it"),
    "event_objected": _lt("You objected"),
    "event_expired": _lt("It expired"),
    "way_message": _lt("By message"),
    "way_page": _lt("On this page"),
    "way_email": _lt("By a link in an e-mail"),
    "way_hand": _lt("Told to a colleague"),
    "way_import": _lt("Taken over from an older list"),
    "way_system": _lt("By itself"),
    "confirm_subject": _lt("Please confirm: {company}"),
    "confirm_title": _lt("Please confirm"),
    "confirm_mail": _lt("Somebody gave {company} this consent with your e-mail address:"),
    "confirm_button": _lt("Yes, I agree"),
    "confirm_ignore": _lt("If it was not you, do nothing: without your yes nothing happens."),
    "confirmed": _lt("Thank you, that is confirmed. You can end it at any time."),
    "dead": _lt(
        "This link does not work, or not any more. Write STOP to us where we talk, or ask us for "
        "a new link."
    ),
}


def language(*wanted):
    """The first of these languages the pages speak.

    :param str wanted: language codes of any length, or nothing
    :rtype: str
    """
    for code in wanted:
        code = (code or "")[:2].lower()
        if code in LANGUAGES:
            return code
    return "en"


def words(lang, table=None):
    """All words in one language.

    :param str lang: a key of ``LANGUAGES``
    :rtype: dict[str, str]
    """
    found = LANGUAGES[language(lang)]
    return {key: word._translate(found) for key, word in (table or WORDS).items()}
