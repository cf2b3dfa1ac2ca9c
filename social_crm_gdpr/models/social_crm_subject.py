# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from dataclasses import dataclass
from typing import Any

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from odoo.addons.phone_validation.tools.phone_validation import phone_format
from odoo.addons.social_crm_base.tools.handles import FORM_CONTACT, FORM_PHONE

#: Why it takes a person to decide whether somebody is meant.
FORMER_NAME = "former_name"
SEVERAL_NETWORKS = "several_networks"
SEVERAL_CONTACTS = "several_contacts"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a request is about, as far as that can be known without asking.

    :param identities: accounts that are surely the person's, with the system's rights
    :param partners: contacts that are surely the person's, likewise
    :param tuple ambiguous: ``(why, records)``: accounts or contacts of which a person decides
    :param shared: those of ``identities`` several people write from: ask whose words
    """

    identities: Any
    partners: Any
    ambiguous: tuple = ()
    shared: Any = None

    def __bool__(self):
        return bool(self.identities or self.partners)


class SocialCrmSubject(models.AbstractModel):
    """Finding a person by whatever they say of themselves."""

    _name = "social.crm.subject"
    _description = "Person of a Privacy Request"

    @api.model
    def _find(
        self, handle="", url="", email="", phone="", partner=None, identity=None, platform=None,
        company=None,
    ):  # fmt: skip
        """Find all accounts and contacts of one person.

        Each thing said is looked for over present handles, former ones, addresses a network
        vouches for and contacts; then links are followed in both directions. Names that several
        people could mean are not decided on here.

        :param str handle: as the person wrote it
        :param str url: link to a profile
        :param str email: address
        :param str phone: number, with or without country code
        :param recordset partner: contacts known to be the person's
        :param recordset identity: accounts known to be the person's
        :param recordset platform: network of the handle, where it is known
        :param recordset company: whose people; the current one by default
        :rtype: Subject
        """
        company = company or self.env.company
        # sudo: who is who does not depend on who looks; callers check what they show
        identities = self.env["social.crm.identity"].sudo().browse(identity.ids if identity else ())
        # sudo: as above
        partners = self.env["res.partner"].sudo().browse(partner.ids if partner else ())
        ambiguous = []
        for found in (
            self._by_names(self._names_of(handle, platform, company), company),
            self._by_names(self._names_of_link(url), company),
            self._by_address(email, "email", company),
            self._by_address(phone, "phone", company),
        ):
            identities |= found.identities
            partners |= found.partners
            ambiguous += found.ambiguous
        identity_ids, partner_ids = self.env["social.crm.measure"]._everything_of(
            identities, partners, company
        )
        identities, partners = identities.browse(identity_ids), partners.browse(partner_ids)
        sure = {identities._name: identities, partners._name: partners}
        ambiguous = tuple(
            (why, left) for why, records in ambiguous if (left := records - sure[records._name])
        )
        return Subject(identities, partners, ambiguous, identities.filtered("is_shared"))

    # === BY NAME === #

    @api.model
    def _names_of(self, handle, platform, company):
        """What a handle can mean: (network, normal form), on every network that allows it.

        :rtype: set[tuple[int, str]]
        """
        if not (handle or "").strip():
            return set()
        # sudo: networks are known to everybody
        platforms = platform or self.env["social.crm.platform"].sudo().with_context(
            active_test=False
        ).search([])
        region = company.sudo().country_id.code or ""  # sudo: where a company is
        names = {
            (network.id, network._normalize_handle(handle, region=region)) for network in platforms
        }
        return {(network, name) for network, name in names if name}

    @api.model
    def _names_of_link(self, url):
        if not (url or "").strip():
            return set()
        # sudo: networks are known to everybody
        parsed = self.env["social.crm.platform"].sudo()._parse_profile_urls([url.strip()])
        return {
            (network, name)
            for network, parts in parsed.values()
            for name in (parts.handle, parts.external_id and f"\0{parts.external_id}")
            if name
        }

    @api.model
    def _by_names(self, names, company):
        """Accounts that have, or had, one of these names.

        :param set names: (network, normal form), or (network, NUL and id)
        :rtype: Subject
        """
        # sudo: see _find
        identities_sudo = self.env["social.crm.identity"].sudo()
        partners_sudo = self.env["res.partner"].sudo()  # sudo: see _find
        if not names:
            return Subject(identities_sudo, partners_sudo)
        networks = [network for network, _name in names]
        handles = [name for _network, name in names if name[0] != "\0"]
        ids = [name[1:] for _network, name in names if name[0] == "\0"]
        here = (
            Domain("company_id", "=", company.id)
            & Domain("platform_id", "in", networks)
            & Domain("is_own", "=", False)
        )
        now = identities_sudo.search(
            here & (Domain("handle_key", "in", handles) | Domain("external_id", "in", ids))
        ).filtered(
            lambda who: (who.platform_id.id, who.handle_key) in names
            or (who.platform_id.id, f"\0{who.external_id}") in names
        )
        # a name may have gone to somebody else since, also outside of what we know
        former = self._by_former_names(names, here) - now
        ambiguous = [(FORMER_NAME, former)] if former else []
        if len(now.platform_id) > 1:  # a bare handle belongs to somebody else on each network
            return Subject(
                identities_sudo, partners_sudo, ((SEVERAL_NETWORKS, now), *ambiguous)
            )
        return Subject(now, partners_sudo, tuple(ambiguous))

    @api.model
    def _by_former_names(self, names, here):
        """Accounts that were once called so; former names stand as they were written then."""
        spelt = Domain.OR(
            Domain("value", "=ilike", literal(name.lstrip("\0"))) for _network, name in names
        )
        # sudo: see _find
        found_sudo = self.env["social.crm.identity.alias"].sudo().search(
            Domain("identity_id", "any", here) & spelt
        )
        return found_sudo.filtered(
            lambda alias: (
                alias.identity_id.platform_id.id,
                alias.identity_id.platform_id._normalize_handle(alias.value)
                if alias.kind == "handle"
                else f"\0{alias.value}",
            )
            in names
        ).identity_id

    # === BY ADDRESS === #

    @api.model
    def _by_address(self, address, kind, company):
        """Contacts with this address, and accounts whose network vouches for it.

        :param str kind: ``email`` or ``phone``
        :rtype: Subject
        """
        # sudo: see _find
        identities_sudo = self.env["social.crm.identity"].sudo()
        partners_sudo = self.env["res.partner"].sudo()  # sudo: see _find
        key = self._address_key(address, kind, company)
        if not key:
            return Subject(identities_sudo, partners_sudo)
        column = "email_normalized" if kind == "email" else "phone_sanitized"
        partners_sudo = partners_sudo.with_context(active_test=False).search(
            Domain(column, "=", key) & Domain("company_id", "in", [False, company.id])
        )
        # sudo: networks are known to everybody
        platforms_sudo = self.env["social.crm.platform"].sudo().search(
            [("handle_form", "in", [FORM_CONTACT, *([FORM_PHONE] if kind == "phone" else [])])]
        )
        identities_sudo = identities_sudo.search(
            Domain("company_id", "=", company.id)
            & Domain("is_own", "=", False)
            & (
                Domain(f"verified_{kind}", "=ilike", literal(key))
                | Domain("platform_id", "in", platforms_sudo.ids) & Domain("handle_key", "=", key)
            )
        )
        if len(partners_sudo) > 1:  # a family, or an address of a whole office
            return Subject(
                identities_sudo, partners_sudo.browse(), ((SEVERAL_CONTACTS, partners_sudo),)
            )
        return Subject(identities_sudo, partners_sudo)

    @api.model
    def _address_key(self, address, kind, company):
        """The address as contacts store it, empty if it is none.

        :rtype: str
        """
        address = (address or "").strip()
        if not address:
            return ""
        if kind == "email":
            return email_normalize(address) or ""
        country = company.sudo().country_id  # sudo: where a company is
        return phone_format(
            address, country.code, country.phone_code, force_format="E164", raise_exception=False
        ) or ""


def literal(text):
    """Text that ``=ilike`` takes as it is.

    :rtype: str
    """
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
