# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What the journey is made of: whose it is, where its rows come from, where it goes on."""
from dataclasses import dataclass
from datetime import datetime

from odoo import fields
from odoo.fields import Domain


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose journey it is.

    :param tuple identities: ids of ``social.crm.identity``
    :param tuple partners: ids of ``res.partner``
    :param tuple disclosed: the partners whose orders and invoices may be shown here
    :param tuple leads: ids of ``crm.lead`` that belong to it, whoever their contact is
    """

    identities: tuple[int, ...] = ()
    partners: tuple[int, ...] = ()
    disclosed: tuple[int, ...] = ()
    leads: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of row in the journey.

    :param str code: names the source in a cursor
    :param str type: what the reader filters by; several sources may share it
    :param str model: the model, read with the reader's own rights
    :param str date: the field the row is sorted by
    :param Domain domain: the subject's rows
    :param tuple search: fields a text is looked for in
    """

    code: str
    type: str
    model: str
    date: str
    domain: Domain
    search: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page, by the whole sort key: nothing is shown twice or left out."""

    date: datetime
    rank: int
    id: int

    @classmethod
    def parse(cls, text, ranks):
        """Read what :meth:`dump` wrote.

        :param dict ranks: source code to its rank now
        :raise ValueError: for anything else
        """
        date, code, res_id = text.split("|")
        return cls(fields.Datetime.to_datetime(date), ranks[code], int(res_id))

    @staticmethod
    def dump(date, code, res_id):
        return f"{fields.Datetime.to_string(date)}|{code}|{res_id}"


def shorten(text, width=600):
    """Text for a card: the whole remark is one click away.

    :param int width: characters
    """
    text = (text or "").strip()
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"
