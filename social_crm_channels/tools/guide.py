# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The guides to networks: Markdown beside each connector, shown by Odoo itself."""
from pathlib import Path

from markdown import markdown
from markupsafe import Markup

from odoo.tools.misc import file_path


def has_guide(connector):
    """:rtype: bool"""
    return bool(_path(connector))


def guide_of(connector):
    """The guide as HTML; "" where a connector brings none.

    :rtype: Markup
    """
    path = _path(connector)
    if not path:
        return Markup()
    text = path.read_text(encoding="utf-8")
    # a file of an installed addon, as its templates are
    return Markup(markdown(text, extensions=["tables", "fenced_code", "sane_lists"]))


def _path(connector):
    try:
        return Path(file_path(connector._guide_path()))
    except (FileNotFoundError, ValueError):
        return None
