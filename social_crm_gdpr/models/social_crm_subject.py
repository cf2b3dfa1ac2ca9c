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
SAID_TOGETHER = "said_together"
#: More than one person ever has under one address.
MANY = 20


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

    def _meets(self, other):
        """Whether both are one person: a contact or account is both's that is one person's alone.

        :param Subject other: of the same company
        :rtype: bool
        """
        common = self.identities & other.identities
        return bool(self.partners & other.partners or common.filtered(lambda it: not it.is_shared))

    def _within(self, other):
        """Whether the other one is all of this and perhaps more.

        :param Subject other: of the same company
        :rtype: bool
        """
        return self.identities <= other.identities and self.partners <= other.partners


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
        people could mean are not decided on here. Neither is whether things said together mean one
        person: anybody can say another's name beside an address of their own. Unless links lead
        from one to the other, none of them is sure; beside somebody known, none but theirs.

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
        given = self._everything(Subject(identities, partners), company)
        found = [
            self._by_names(self._names_of(handle, platform, company), company),
            self._by_names(self._names_of_link(url), company),
            self._by_address(email, "email", company),
            self._by_address(phone, "phone", company),
        ]
        ambiguous = [reason for one in found for reason in one.ambiguous]
        said = self._united([self._everything(one, company) for one in found if one])
        sure = [given] if given else said if len(said) == 1 else []
        for one in said:
            if given and (one._meets(given) or one._within(given)):
                sure.append(one)
            elif one not in sure:
                ambiguous += [(SAID_TOGETHER, one.identities), (SAID_TOGETHER, one.partners)]
        for one in sure:
            identities |= one.identities
            partners |= one.partners
        known = {identities._name: identities, partners._name: partners}
        ambiguous = tuple(
            (why, left) for why, records in ambiguous if (left := records - known[records._name])
        )
        return Subject(identities, partners, ambiguous, identities.filtered("is_shared"))

    @api.model
    def _everything(self, found, company):
        """All accounts and contacts that links lead to from these.

        :param Subject found: where to begin
        :rtype: Subject
        """
        identity_ids, partner_ids = self.env["social.crm.measure"]._everything_of(
            found.identities, found.partners, company
        )
        return Subject(found.identities.browse(identity_ids), found.partners.browse(partner_ids))

    @api.model
    def _united(self, subjects):
        """One for each person: what meets made one, what lies within another left out.

        :param list[Subject] subjects: each with all that links lead to
        :rtype: list[Subject]
        """
        people = []
        for one in subjects:
            for other in [other for other in people if other._meets(one)]:
                people.remove(other)
                one = Subject(one.identities | other.identities, one.partners | other.partners)
            people.append(one)
        return [
            one
            for place, one in enumerate(people)
            if not any(
                one._within(other) and (place > at or not other._within(one))
                for at, other in enumerate(people)
                if at != place
            )
        ]

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
        found = Subject(identities_sudo, partners_sudo)
        if self._several_people(found, company):
            reasons = ((SEVERAL_CONTACTS, partners_sudo), (SEVERAL_CONTACTS, identities_sudo))
            return Subject(identities_sudo.browse(), partners_sudo.browse(), reasons)
        return found

    @api.model
    def _several_people(self, found, company):
        """Whether an address is a family's or an office's: it leads to several contacts.

        Accounts whose network vouches for the address are whoever's reads it, linked or not.

        :rtype: bool
        """
        if len(found.identities) + len(found.partners) > MANY:
            return True
        nobody, none = found.identities.browse(), found.partners.browse()
        people = self._united(
            [
                self._everything(one, company)
                for one in (
                    *(Subject(identity, none) for identity in found.identities),
                    *(Subject(nobody, partner) for partner in found.partners),
                )
            ]
        )
        return len([one for one in people if one.partners]) > 1

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
