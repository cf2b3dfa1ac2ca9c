# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import hashlib
from dataclasses import dataclass
from datetime import datetime

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.mail import email_normalize_all

from odoo.addons.phone_validation.tools.phone_validation import phone_format
from odoo.addons.social_crm_base.tools import keyring
from odoo.addons.social_crm_base.tools.privacy import not_personal

#: How long each kind blocks at most. Names and addresses change hands, a network's id does not.
MONTHS = {"id": 36, "handle": 12, "email": 12, "phone": 12}
#: A hit on these is no proof: a person decides.
WEAK = frozenset({"handle", "email", "phone"})


@dataclass(frozen=True, slots=True)
class Alias:
    """A name somebody goes by, in its normal form.

    :param str kind: a key of ``MONTHS``
    :param str network: code of the platform, for ids and handles
    :param str scope: within what an id or handle is unique
    """

    kind: str
    value: str
    network: str = ""
    scope: str = ""

    def hashed(self, key):
        """A hash that says nothing to whoever lacks the key.

        :param bytes key: see :meth:`SocialCrmSuppression._keys`
        :rtype: str
        """
        said = "\x1f".join((self.kind, self.network, self.scope, self.value)).encode()
        return hashlib.blake2b(said, key=key, digest_size=16).hexdigest()


class SocialCrmSuppression(models.Model):
    """Who was erased, as keyed hashes alone: what dates from before does not come back.

    Nobody is banned: what a person says after the cut-off is taken in as from anybody.
    """

    _name = "social.crm.suppression"
    _inherit = ["social.crm.cached", "social.crm.personal.data"]
    _description = "Suppression List"
    _order = "cutoff desc, id desc"
    _rec_name = "reference"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    reference = fields.Char(
        string="Erasure", required=True, readonly=True, index=True,
        help="The random name of the erasure in the evidence log.",
    )
    kind = fields.Selection(
        [
            ("id", "Network ID"),
            ("handle", "Handle"),
            ("email", "E-mail"),
            ("phone", "Phone"),
        ],
        required=True,
        readonly=True,
        help="A network's ID blocks. Anything else may have gone to somebody else meanwhile: a "
        "hit on it is put aside for you to decide.",
    )
    hash = fields.Char(required=True, readonly=True)
    key_name = fields.Char(
        string="Key", required=True, readonly=True, help="Which key made the hash."
    )
    cutoff = fields.Datetime(
        required=True,
        readonly=True,
        help="What dates from before, or has no date, is not taken in.",
    )
    until = fields.Date(required=True, readonly=True, help="The entry is deleted then.")
    is_released = fields.Boolean(
        string="Let In", readonly=True,
        help="A person decided that this name or address belongs to somebody else now.",
    )

    _hash_unique = models.UniqueIndex("(company_id, hash, key_name)")

    # === BUSINESS METHODS === #

    @api.model
    def _keys(self):
        """The hash keys by name, the one in use now last.

        :rtype: dict[str, bytes]
        """
        ring = keyring.current()
        return {name: ring.derive("suppression", name) for name in ring.keys}

    @api.model
    @tools.ormcache("company_id")
    def _used_keys(self, company_id):
        """Names of the keys entries of a company were made with; none where nothing is listed."""
        # sudo: the list holds for everybody and says nothing of anybody
        rows = self.sudo()._read_group(
            [("company_id", "=", company_id), ("is_released", "=", False)], ["key_name"]
        )
        return tuple(name for (name,) in rows)

    @api.model
    def _add(self, company, aliases, cutoff, reference):
        """List somebody who is being erased, once by the key in use.

        :param list aliases: :class:`Alias`
        :param datetime cutoff: naive UTC
        :param str reference: uuid of the erasure
        """
        name, key = list(self._keys().items())[-1]
        hashes = [(alias.kind, alias.hashed(key)) for alias in aliases]
        self._drop(company, aliases, [other for other in self._keys() if other != name])
        self._add_hashes(company, hashes, name, cutoff, reference)

    @api.model
    def _drop(self, company, aliases, key_names=None):
        """Take names off the list.

        :param list aliases: :class:`Alias`
        :param key_names: of the keys their entries were made with; all by default
        :return: how many entries there were
        :rtype: int
        """
        keys = self._keys()
        return self._drop_hashes(
            company, [alias.hashed(keys[name]) for alias in aliases for name in key_names or keys]
        )

    @api.model
    def _drop_hashes(self, company, hashes):
        """Take hashes off the list, whichever erasure listed them last.

        :return: how many entries there were
        :rtype: int
        """
        # sudo: see _add_hashes
        rows_sudo = self.sudo().search(
            [("company_id", "=", company.id), ("hash", "in", list(hashes))]
        )
        count = len(rows_sudo)
        rows_sudo.unlink()
        return count

    @api.model
    def _add_hashes(self, company, hashes, key_name, cutoff, reference):
        """List hashes, those already there with the later cut-off.

        :param list hashes: (kind, hash)
        """
        # sudo: nobody has the right to write here, erasure alone lists
        list_sudo = self.sudo()
        known = {
            row.hash: row
            for row in list_sudo.search(
                [
                    ("company_id", "=", company.id),
                    ("key_name", "=", key_name),
                    ("hash", "in", [found for _kind, found in hashes]),
                ]
            )
        }
        today = cutoff.date()
        values = {
            found: {
                "reference": reference,
                "cutoff": cutoff,
                "until": today + relativedelta(months=MONTHS[kind]),
                "is_released": False,
            }
            for kind, found in hashes
        }
        kinds = {found: kind for kind, found in hashes}
        for found, row in known.items():
            if row.cutoff < cutoff:
                row.write(values[found])
        list_sudo.create(
            [
                {
                    **vals,
                    "company_id": company.id,
                    "kind": kinds[found],
                    "hash": found,
                    "key_name": key_name,
                }
                for found, vals in values.items()
                if found not in known
            ]
        )

    @api.model
    def _hits(self, company, aliases):
        """Which of these names are listed, asked once for all.

        :param aliases: iterable of :class:`Alias`
        :return: alias to its entry, with the system's rights
        :rtype: dict
        :raise UserError: when a key is missing: then nobody can tell who was erased
        """
        aliases = set(aliases)
        used = self._used_keys(company.id) if aliases else ()
        if not used:
            return {}
        keys = self._keys()
        if missing := set(used) - set(keys):
            raise UserError(
                self.env._(
                    "The key %(names)s is missing from the key file: without it nobody can tell "
                    "who was erased, so nobody is taken in. Put it back.",
                    names=", ".join(sorted(missing)),
                )
            )
        hashes = {alias.hashed(keys[name]): alias for alias in aliases for name in used}
        # sudo: see _used_keys
        found = self.sudo().search(
            Domain("company_id", "=", company.id)
            & Domain("hash", "in", list(hashes))
            & Domain("is_released", "=", False)
            & Domain("until", ">", fields.Date.context_today(self))
        )
        # listed by two keys: what was said since the later erasure counts
        return {hashes[row.hash]: row for row in found.sorted("cutoff")}

    @api.model
    def _worst(self, aliases, hits, moment):
        """The entry that keeps somebody out, if any: one that blocks before one to decide on.

        :param aliases: the names of one account
        :param dict hits: see :meth:`_hits`
        :param datetime moment: when it was said, naive UTC, or nothing where nobody knows
        :return: one entry or none
        :rtype: recordset
        """
        found = [
            hits[alias]
            for alias in aliases
            if alias in hits and (not moment or moment < hits[alias].cutoff)
        ]
        found.sort(key=lambda row: row.kind in WEAK)
        return found[0] if found else self.browse()

    # === NORMAL FORMS === #

    @api.model
    def _account_aliases(self, platform, vals, former_ids=()):
        """What an account is looked for by: its id, and only without one its names.

        :param dict vals: scope, external_id, handle, verified_email, verified_phone
        :rtype: list[Alias]
        """
        scope = vals.get("scope") or ""
        ids = [found for found in (vals.get("external_id"), *former_ids) if found]
        if ids:
            return [Alias("id", str(found), platform.code, scope) for found in ids]
        key = self.env["social.crm.identity"]._handle_key(platform, vals.get("handle"))
        found = [Alias("handle", key, platform.code, scope)] if key else []
        return found + self._address_aliases(vals.get("verified_email"), vals.get("verified_phone"))

    @api.model
    def _address_aliases(self, email, phone, country=None):
        """E-mail and phone in normal form.

        :rtype: list[Alias]
        """
        found = []
        if email:
            found += [Alias("email", normal) for normal in email_normalize_all(email)]
        if phone:
            country = country or self.env.company.country_id
            normal = phone_format(
                str(phone), country.code, country.phone_code, force_format="E164",
                raise_exception=False,
            )
            found.append(Alias("phone", normal or str(phone)))
        return found

    # === ENDING === #

    @api.model
    def _cron_end(self):
        """Delete entries whose time is over."""
        over = self.search([("until", "<=", fields.Date.context_today(self))])
        counts = [(company, len(rows)) for company, rows in over.grouped("company_id").items()]
        references = {company: rows[0].reference for company, rows in
                      over.grouped("company_id").items()}  # fmt: skip
        over.unlink()
        for company, count in counts:
            self.env["social.crm.evidence"].with_company(company)._append(
                "suppression.ended", references[company], entries=count
            )

    def action_release(self):
        """Let this name or address in again: somebody else has it now, or the person asks so."""
        self.check_access("read")
        self.env["social.crm.erasure"]._check_clerk()
        # sudo: the list is written by acts alone
        for row in self.sudo().filtered(lambda row: not row.is_released):
            row.is_released = True
            self.env["social.crm.evidence"].with_company(row.company_id)._append(
                "suppression.released", row.reference, agrees=row.kind
            )

    def _personal_data_fields(self):
        return not_personal("company_id reference kind hash key_name cutoff until is_released")


def moment_of(value):
    """A date as it stands in values of ``create``, or None.

    :rtype: datetime | None
    """
    if isinstance(value, datetime):
        return value
    return fields.Datetime.to_datetime(value) if value else None
