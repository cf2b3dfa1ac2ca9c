# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What the public privacy notice says around what is known of the company (GDPR Art. 13 and 14)."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

NOTICE = {
    "title": _lt("How we handle your data on social networks"),
    "who": _lt("Who we are"),
    "who_text": _lt(
        "{company} answers for what is described here. You reach us on the account where we "
        "talk, and here: {contact}."
    ),
    "sources": _lt("Where your data comes from"),
    "sources_text": _lt(
        "From you, when you write to us; and from what is said in public to our accounts or about "
        "us. We read it on: {networks}."
    ),
    "data": _lt("Which data"),
    "data_text": _lt(
        "Name, handle and picture address of your account there, what was written and when, "
        "reactions, and what you tell us besides."
    ),
    "purposes": _lt("What for, and on which ground"),
    "basis_consent": _lt("only with your consent, Art. 6(1)(a) GDPR"),
    "basis_contract": _lt("for our contract with you, Art. 6(1)(b) GDPR"),
    "basis_law": _lt("because the law asks for it, Art. 6(1)(c) GDPR"),
    "basis_interest": _lt(
        "for our legitimate interest, Art. 6(1)(f) GDPR; you may object, and we tell you on "
        "request how we weighed it"
    ),
    "recipients": _lt("Who gets it"),
    "recipients_text": _lt(
        "The network on which you wrote, which answers for its own part; inside the company only "
        "those who work on your matter."
    ),
    "retention": _lt("For how long"),
    "retention_text": _lt(
        "As long as the talk and its purpose need it and the network allows it. What the network "
        "deletes is deleted here. Besides:"
    ),
    "retention_days": _lt("{name}: {days} days"),
    "suppression": _lt("So that erased stays erased"),
    "suppression_text": _lt(
        "If you have your data erased, we keep a keyed hash of your account for three years at "
        "most, only so that older data does not come back from the network. You may decline that. "
        "What you say to us afterwards is answered like anybody's."
    ),
    "rights": _lt("Your rights"),
    "rights_text": _lt(
        "You may ask for access to your data and a copy of it, have it corrected or erased, have "
        "its use restricted, object to it, withdraw a consent at any time, and complain to a data "
        "protection authority. Write to us where we talk, in your own words. To get no more "
        "offers and questions, write STOP."
    ),
    "automated": _lt("No decision by machines"),
    "automated_text": _lt("No decision about you is taken by a machine alone."),
    "as_of": _lt("As of {day}."),
}
