# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What a mail to a case's own address means. Pure."""
from markupsafe import Markup, escape

from odoo.tools import email_normalize

from odoo.addons.social_crm_base.exceptions import MalformedPayload
from odoo.addons.social_crm_base.tools.activity import Activity, Actor, Target

from ...tools import payload as read
from ...tools.markup import html_to_text, safe_html
from .const import FAMILY, MAX_QUOTED, MAX_REFERENCES, MAX_TEXT, OWN_ID

MAX_ID = 400


def parse(data, quoted_label):
    """One mail as what was said.

    A sender names themselves: no address here counts as known to be theirs. What a machine wrote
    is a notice, which opens nothing and waits for no answer.

    :param dict data: id, alias, from, name, subject, time, html, quoted, references, automatic
    :param str quoted_label: what the collapsed quotation is called
    :rtype: list[Activity]
    :raise MalformedPayload:
    """
    read.expect_object(data)
    address = email_normalize(read.required(data, "from")) or ""
    if not address or len(address) > MAX_ID:
        raise MalformedPayload("from is no mail address")
    alias = read.required(data, "alias")[:MAX_ID]
    container = container_of(alias, address)
    fresh, quoted = read.text(data, "html"), read.text(data, "quoted")
    text = html_to_text(fresh)[:MAX_TEXT]
    return [
        Activity(
            "create",
            read.required_time(data, "time"),
            kind="system" if read.flag(data, "automatic") else "message",
            external_id=read.required(data, "id")[:MAX_ID],
            family=FAMILY,
            container=container,
            ref=alias,
            actor=Actor(
                external_id=address,
                handle=address,
                name=read.text(data, "name").strip()[:MAX_ID],
            ),
            visibility="direct",
            parent=_parent(data, container),
            title=" ".join(read.text(data, "subject").split())[:MAX_ID],
            text=text,
            html=_html(fresh, quoted, text, quoted_label),
        )
    ]


def container_of(alias, address):
    """Within what a Message-ID of somebody else is unique: they choose it themselves, so it must
    never meet one of ours, nor another sender's.

    :rtype: str
    """
    return f"{alias}|{address}"


def _parent(data, container):
    """The last mail it names; ours are known by how their ids begin."""
    references = data.get("references")
    if not isinstance(references, list):
        return None
    for named in reversed(references[-MAX_REFERENCES:]):
        if isinstance(named, str) and 0 < len(named) <= MAX_ID:
            named = read.clean(named)
            return Target(named, FAMILY, "" if named.startswith(OWN_ID) else container)
    return None


def _html(fresh, quoted, text, label):
    """Markup where there is any; what is quoted, and the signature, stand collapsed below."""
    shown = safe_html(fresh)
    rest = html_to_text(quoted)[:MAX_QUOTED]
    if not rest:
        return shown
    shown = Markup(shown) if shown else escape(text).replace("\n", Markup("<br>"))
    rest = escape(rest).replace("\n", Markup("<br>"))
    return str(
        Markup('%s<details><summary>%s</summary><blockquote>%s</blockquote></details>')
        % (shown, label, rest)
    )
