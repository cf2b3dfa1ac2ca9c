# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from array import array

from odoo import api, models
from odoo.fields import Date, Datetime, Domain
from odoo.tools import html2plaintext

from odoo.addons.social_crm_base.tools.privacy import (
    CONTACT,
    CONTENT,
    EMPLOYEE,
    IDENTITY,
    TECHNICAL,
)

from ..tools.package import Column

#: Without them nobody understands a row, though they say nothing of the person.
CONTEXT = ("platform_id", "channel_id", "kind", "direction", "visibility", "state", "purpose_id")
#: What is read first.
FIRST = ("date", "name", "platform_id", "channel_id", "identity_id", "direction", "kind", "body")
ORIGIN = "_origin"
NUMBER = "_number"
#: What Art. 20 means: given by the person, not made of it by us.
PORTABLE = frozenset({IDENTITY, CONTACT, CONTENT})
READ_BATCH = 500
#: Of a contact, what Odoo itself stores; the suite's own fields declare themselves.
CONTACT_FIELDS = (
    "name", "email", "phone", "function", "street", "street2", "zip", "city", "state_id",
    "country_id", "lang", "website", "vat", "comment", "create_date",
)  # fmt: skip
LEFT_OUT = frozenset({"social.crm.privacy.token"})
#: Fields that hold somebody's picture; smaller ones are copies.
PICTURES = ("image_1920",)
#: By what a row belongs to an account.
ACCOUNT_PATHS = {
    "identity_id": "identity_id",
    "conversation_id": "conversation_id.identity_id",
    "interaction_id": "interaction_id.conversation_id.identity_id",
    "case_id": "case_id.identity_id",
}


class Base(models.AbstractModel):
    """A person's rows, in words they can read; also those of other apps, see business_data."""

    _inherit = "base"

    def _privacy_columns(self, portable=False):
        """What of a row is told.

        :param bool portable: only what the person gave us
        :return: of :class:`odoo.addons.social_crm_gdpr.tools.package.Column`
        :rtype: list
        """
        declared = self._privacy_declared()
        told = {
            name: personal.category
            for name, personal in declared.items()
            if personal.category not in ("none", EMPLOYEE)
            and (not portable or personal.category in PORTABLE)
            and self._fields[name].type != "binary"
        }
        context = [name for name in CONTEXT if name in self._fields and name not in told]
        more = self._privacy_more_fields()
        if not portable:
            more += [name for name in self._privacy_business_fields() if name not in told]
        names = list(dict.fromkeys([*more, *context, *told]))
        names.sort(key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))
        labels = {name: self._fields[name]._description_string(self.env) for name in names}
        return [
            Column(NUMBER, self.env._("Record"), is_technical=True),
            *(Column(name, labels[name], told.get(name) == TECHNICAL) for name in names),
            Column(ORIGIN, self.env._("Origin")),
        ]

    def _privacy_more_fields(self):
        """Further fields of a model of Odoo's own that the suite does not declare.

        :rtype: list[str]
        """
        return []

    def _privacy_rows(self, columns, identities, partners):
        """These rows in plain values; what is not the person's is masked.

        :param list columns: see :meth:`_privacy_columns`
        :param recordset identities: whose they are
        :param recordset partners: whose they are
        :return: one dictionary a row
        :rtype: list[dict]
        """
        names = [column.name for column in columns if column.name in self._fields]
        rows = {row["id"]: row for row in self.read(["id", *names], load="")}
        for row in self._privacy_said_better():  # a model may tell more, or say it better
            told = rows.setdefault(row["id"], {})
            told.update({name: value for name, value in row.items() if name in names})
        origins = self._privacy_origins()
        foreign = set(self._privacy_foreign(identities, partners).ids)
        words = self._privacy_words(names, rows.values(), identities, partners)
        result = []
        for record_id, row in rows.items():
            told = {
                name: words[name](row.get(name)) if name in words else row.get(name)
                for name in names
            }
            if record_id in foreign:
                told = self._privacy_mask(told)
            result.append(
                {**told, NUMBER: f"{self._name},{record_id}", ORIGIN: origins.get(record_id, "")}
            )
        return result

    def _privacy_words(self, names, rows, identities, partners):
        """How values of fields become words.

        :return: field name to a function
        :rtype: dict
        """
        words = {}
        for name in names:
            field = self._fields[name]
            if field.type == "selection":
                labels = dict(field._description_selection(self.env))
                words[name] = lambda value, labels=labels: labels.get(value, value)
            elif field.type == "datetime":
                words[name] = lambda value: f"{Datetime.to_string(value)} UTC" if value else None
            elif field.type == "date":
                words[name] = lambda value: Date.to_string(value) if value else None
            elif field.type == "html":
                words[name] = lambda value: html2plaintext(value) if value else None
            elif field.relational:
                words[name] = self._privacy_names(field, rows, identities, partners)
        return words

    def _privacy_names(self, field, rows, identities, partners):
        """Names of what a field refers to; other people are not named.

        :return: a function from ids to names
        """
        ids = set()
        for row in rows:
            value = row.get(field.name)
            ids.update(value if isinstance(value, list | tuple) else [value] if value else [])
        ids = {one for one in ids if isinstance(one, int)}
        records = self.env[field.comodel_name].browse(ids).exists()
        known = {"social.crm.identity": identities, "res.partner": partners}
        own = known.get(field.comodel_name)
        if field.comodel_name == "res.users":
            names = dict.fromkeys(ids, self.env._("our staff"))
        else:
            other = self.env._("another person")
            names = {
                record.id: other
                if own is not None and record not in own and not self._privacy_is_ours(record)
                else record.display_name
                for record in records
            }

        def name(value):
            if isinstance(value, list | tuple):
                return [names.get(one, one) for one in value]
            return names.get(value, value) if isinstance(value, int) else value

        return name

    @api.model
    def _privacy_is_ours(self, record):
        return record._name == "social.crm.identity" and record.is_own

    def _privacy_foreign(self, identities, partners):
        """Those of these rows that hold other people's words: told that they are there, no more.

        :rtype: recordset
        """
        return self.browse()

    def _privacy_mask(self, row):
        """A row of somebody else's.

        :rtype: dict
        """
        kept = {"date", "kind", "platform_id", "channel_id"}
        return {
            **{name: value for name, value in row.items() if name in kept},
            "body": self.env._("(words of another person)"),
        }

    def _privacy_origins(self):
        """Where each row is from, in words (GDPR Art. 15(1)(g)).

        :rtype: dict[int, str]
        """
        return dict.fromkeys(self.ids, self.env._("Made by us while working with you"))

    @api.model
    def _privacy_ids(self, identities, partners, company, period=None):
        """The ids of a person's rows, oldest first, in as little memory as can be.

        :param recordset company: whose rows
        :param tuple period: see ``_privacy_period_domain``
        :rtype: array
        """
        domain = Domain(self._privacy_domain(identities, partners))
        if domain.is_false():
            return array("q")
        if "company_id" in self._fields and self._fields["company_id"].store:
            domain &= Domain("company_id", "in", [company.id, False])
        if period:
            domain &= self._privacy_period_domain(*period)
        query = self.with_context(active_test=False)._search(domain, order="id")
        self.env.cr.execute(query.select())
        return array("q", (row for (row,) in iter(self.env.cr.fetchone, None)))

    @api.model
    def _privacy_period_domain(self, shared, begin, end):
        """Leave out what others wrote from an account they share with the person.

        :param recordset shared: accounts
        :param datetime begin: since when the person wrote from them; None: leave them out whole
        :param datetime end: until when
        :rtype: Domain
        """
        paths = self._privacy_account_paths()
        if not paths:
            return Domain.TRUE
        other = Domain.AND(Domain(path, "not in", shared.ids) for path in paths)
        if begin is None or "date" not in self._fields:
            return other
        within = Domain("date", ">=", begin)
        if end:
            within &= Domain("date", "<", end)
        return other | within

    @api.model
    def _privacy_account_paths(self):
        """By which fields a row belongs to accounts: by itself, its talk, its words, its case.

        :rtype: list[str]
        """
        return [
            path
            for name, path in ACCOUNT_PATHS.items()
            if (field := self._fields.get(name))
            and field.store
            and field.relational
            and field.comodel_name.startswith("social.crm.")
        ]

    def _privacy_files(self):
        """Files that belong to these rows, and the picture of a contact.

        :return: of ``ir.attachment``
        :rtype: recordset
        """
        # sudo: the person's own files, whoever may open them
        return self.env["ir.attachment"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("res_field", "in", [False, *PICTURES]),
                ("type", "=", "binary"),
            ],
            order="id",
        )


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    def _privacy_foreign(self, identities, partners):
        """Override: in shared threads others speak too."""
        return self.filtered(
            lambda said: said.direction == "in" and said.identity_id not in identities
        )

    def _privacy_origins(self):
        """Override: said on a network, or written down by one of us."""
        by_hand = self.env._("Written down by our staff")
        texts = {}
        for channel, said in self.grouped("channel_id").items():
            text = self.env._(
                "%(network)s, our account %(channel)s",
                network=channel.platform_id.name,
                channel=channel.name,
            )
            texts |= {one.id: by_hand if one.is_by_hand else text for one in said}
        return texts

    def _privacy_files(self):
        """Override: what came with the person's own words."""
        return super()._privacy_files() | self.attachment_ids

    @api.model
    def _privacy_period_domain(self, shared, begin, end):
        """Override: our answers in a talk with a shared account belong to whoever wrote then."""
        other = Domain("identity_id", "not in", shared.ids) & Domain(
            "conversation_id.identity_id", "not in", shared.ids
        )
        if begin is None:
            return other
        within = Domain("date", ">=", begin)
        return other | (within & Domain("date", "<", end) if end else within)


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    def _privacy_origins(self):
        """Override: the network told it."""
        return {
            one.id: self.env._("%(network)s, as you show it there", network=one.platform_id.name)
            for one in self
        }


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _privacy_more_fields(self):
        """Override: what Odoo stores of a contact."""
        return [name for name in CONTACT_FIELDS if name in self._fields]

    def _privacy_origins(self):
        """Override: fields filled from a network name it; the rest was given to us or entered."""
        # sudo: the export reads everything of the person
        filled_sudo = self.env["social.crm.partner.origin"].sudo().search(
            [("partner_id", "in", self.ids), ("emptied_at", "=", False)]
        )
        texts = dict.fromkeys(self.ids, self.env._("Given by you, or entered by our staff"))
        for partner, rows in filled_sudo.grouped("partner_id").items():
            texts[partner.id] += "".join(
                f"; {row.field_label}: {row.platform_id.name}" for row in rows
            )
        return texts
