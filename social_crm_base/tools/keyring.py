# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Keys that live outside the database: for hashes that outlive a person, and for credentials.

The key material is one or more lines of ``name:base64`` (32 bytes each), read from the
environment variable ``SOCIAL_CRM_KEYS`` (lines or commas) or from the file named by
``SOCIAL_CRM_KEY_FILE``, else by ``social_crm_key_file`` in Odoo's configuration. The first key is
the one hashes are made with, for ever; the last one encrypts. Rotation adds a line.
Without any of these a key file is made in Odoo's data directory, and ``is_provisional`` says so.
"""

import base64
import hashlib
import hmac
import logging
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from odoo.tools import config

_logger = logging.getLogger(__name__)

KEY_BYTES = 32
ENV_KEYS = "SOCIAL_CRM_KEYS"
ENV_FILE = "SOCIAL_CRM_KEY_FILE"
CONFIG_FILE = "social_crm_key_file"
PROVISIONAL_NAME = "social_crm.key"


class KeyringError(Exception):
    """The keys are named but cannot be read; the message says what to mend."""


@dataclass(frozen=True)
class Keyring:
    """The keys in force: ``keys`` maps name to bytes in the order of the file."""

    keys: dict
    source: str
    is_provisional: bool

    @property
    def newest(self):
        """Name of the key that encrypts what is written now."""
        return list(self.keys)[-1]

    def derive(self, purpose, name=None):
        """A key for one purpose, so that no two uses share one (HKDF's extract step, RFC 5869).

        :param str purpose: for example ``dedup`` or ``credential``
        :param str name: which key; the first one by default
        :rtype: bytes
        """
        master = self.keys[name] if name else next(iter(self.keys.values()))
        return hmac.new(master, purpose.encode(), hashlib.sha256).digest()


def keyed_hash(*parts):
    """A hash that nobody without the key can recompute from a guessed id.

    :return: 32 hexadecimal digits; parts are separated so that they cannot run together
    :rtype: str
    """
    joined = "\x1f".join(parts).encode()
    return hashlib.blake2b(joined, key=_hash_key(_stamp()), digest_size=16).hexdigest()


def current():
    """The keyring as configured now.

    :rtype: Keyring
    :raise KeyringError: when a source is named but holds no usable key
    """
    return _load(_stamp())


def _stamp():
    """What the cached keyring hangs on: changes when the administrator points elsewhere."""
    return os.environ.get(ENV_KEYS), os.environ.get(ENV_FILE), config.get(CONFIG_FILE)


@lru_cache(maxsize=4)
def _hash_key(stamp):
    return _load(stamp).derive("dedup")


@lru_cache(maxsize=4)
def _load(stamp):
    inline, env_file, config_file = stamp
    if inline:
        return Keyring(parse_keys(inline.replace(",", "\n"), ENV_KEYS), ENV_KEYS, False)
    named = env_file or config_file
    if named:
        return Keyring(_read(Path(named)), named, False)
    path = Path(config["data_dir"]) / PROVISIONAL_NAME
    if not path.exists():
        _create_provisional(path)
    return Keyring(_read(path), str(path), True)


def forget():
    """Read the keys anew at the next use (after rotation, in tests)."""
    _hash_key.cache_clear()
    _load.cache_clear()


def parse_keys(text, source):
    """Read ``name:base64`` lines.

    :raise KeyringError: naming the source and line, never the key
    :rtype: dict[str, bytes]
    """
    keys = {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, _sep, encoded = line.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not name or len(key) != KEY_BYTES or name in keys:
            raise KeyringError(
                f"{source}, line {number}: expected a new name, a colon and {KEY_BYTES} bytes in "
                "base64"
            )
        keys[name] = key
    if not keys:
        raise KeyringError(f"{source} holds no key")
    return keys


def new_key_line(name):
    """A fresh line for the key file.

    :rtype: str
    """
    return f"{name}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}"


def _read(path):
    try:
        return parse_keys(path.read_text(encoding="ascii"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise KeyringError(f"The key file {path} cannot be read: {error}") from error


def _create_provisional(path):
    """Two processes may come here at once: the file appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(new_key_line("k1") + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        _logger.info("Another process made the key file first")
    finally:
        draft.unlink()
    _logger.warning(
        "No key file is configured for Social CRM; one was made in Odoo's data directory. "
        "Configure your own before real use, and back it up apart from the database."
    )
