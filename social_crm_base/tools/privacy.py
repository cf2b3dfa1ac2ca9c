# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The words in which a model declares what personal data it holds."""

from dataclasses import dataclass

# Categories: what the person reads in the answer to an access request.
NONE = "none"
IDENTITY = "identity"
CONTACT = "contact"
CONTENT = "content"
BEHAVIOUR = "behaviour"
PROFILING = "profiling"
EMPLOYEE = "employee"
TECHNICAL = "technical"
CATEGORIES = (NONE, IDENTITY, CONTACT, CONTENT, BEHAVIOUR, PROFILING, EMPLOYEE, TECHNICAL)

# What erasure does with the field.
KEEP = "keep"  # holds nothing of the person, or is kept on the ground the declaration names
CLEAR = "clear"  # emptied
PSEUDONYM = "pseudonymise"  # replaced by a value that no longer points at the person
ROW = "delete_row"  # the whole row goes
ERASURES = (KEEP, CLEAR, PSEUDONYM, ROW)


@dataclass(frozen=True, slots=True)
class Personal:
    """One stored field's declaration.

    :param str category: one of ``CATEGORIES``
    :param str erasure: one of ``ERASURES``
    :param str ground: the legal ground, where personal data is kept
    """

    category: str
    erasure: str = KEEP
    ground: str = ""

    def __post_init__(self):
        if self.category not in CATEGORIES or self.erasure not in ERASURES:
            raise ValueError(f"unknown declaration {self.category}/{self.erasure}")
        if self.erasure == KEEP and self.category != NONE and not self.ground:
            raise ValueError("personal data is kept only on a named ground")


def classify(category, erasure, names, ground=""):
    """Declare several fields alike.

    :param str names: field names separated by white space
    :return: a dictionary of declarations for ``_personal_data_fields``
    :rtype: dict[str, Personal]
    """
    return dict.fromkeys(names.split(), Personal(category, erasure, ground))


def not_personal(names):
    """Declare fields that say nothing of a person.

    :param str names: field names separated by white space
    :rtype: dict[str, Personal]
    """
    return classify(NONE, KEEP, names)
