# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Text as Mastodon counts and addresses it.

Counting as in the server's StatusLengthValidator: grapheme clusters (what a reader takes for one
character), every address as a fixed length, of ``@user@server`` only ``@user``.
"""
import re

import regex

# The server takes an address only with its scheme, and not the punctuation after it.
URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?'()\[\]]", re.IGNORECASE)
# As in the server's Account::MENTION_RE.
MENTION = re.compile(
    r"(?<![=/\w])@(?P<user>[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)(?:@(?P<server>[\w.-]*\w))?",
    re.IGNORECASE,
)
CLUSTER = regex.compile(r"\X")


def length(text, per_url):
    """How long the server finds a text.

    :param int per_url: what an address counts, whatever its length
    :rtype: int
    """
    text = URL.sub("x" * per_url, text)
    text = MENTION.sub(lambda found: f"@{found['user']}", text)
    return len(CLUSTER.findall(text))


def with_mentions(text, handles):
    """The text, naming everybody who is to be told of it; without a name nobody is.

    :param handles: ``user@server``, in the order they are to be named
    :rtype: str
    """
    named = {found[0][1:].lower() for found in MENTION.finditer(text)}
    missing = []
    for handle in handles:
        handle = handle.lstrip("@")
        if handle and handle.lower() not in named:
            named.add(handle.lower())
            missing.append(f"@{handle}")
    return " ".join([*missing, text]).strip()


def comparable(text):
    """A text as it may be compared with what the server made of it.

    Servers show mentions without their server, and change white space.

    :rtype: str
    """
    text = MENTION.sub(lambda found: f"@{found['user'].lower()}", text)
    return " ".join(text.split())
