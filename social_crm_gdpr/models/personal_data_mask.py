# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Masking, for every model of the suite alike: what a model declares as a name is one."""

import re

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import ormcache

from odoo.addons.social_crm_base.tools.privacy import CONTACT, CONTENT, IDENTITY

BULLETS = "•••"
#: Besides what is declared as identity or contact: by these, too, one finds who somebody is.
BESIDES = {
    "social.crm.case": "partner_id customer_key order_ref",
    "social.crm.conversation": "external_id dedup_key root_key",
    "social.crm.identity": "handle_key partner_id",
    "social.crm.identity.link": "partner_facts pair_key undo_data evidence evidence_data note",
    "social.crm.interaction": "permalink external_id container remote_ref remote_key dedup_key "
    "parent_key root_key versions media hook_errors",
    "social.crm.outbox": "payload receipt error idempotency_key",
}
#: What an account and a contact are called in other people's words and ours.
OF_ACCOUNT = (
    "name", "handle", "external_id", "profile_url", "avatar_url", "verified_email",
    "verified_phone",
)  # fmt: skip
OF_CONTACT = ("name", "email", "phone")


def initial(text):
    """What is left of a name where nobody needs to know it.

    :rtype: str
    """
    return f"{text.strip()[:1]}{BULLETS}" if (text or "").strip() else ""


def mask_of(names, called=()):
    """What replaces these names in data, however they are written.

    :param names: whatever names somebody; empty and very short ones are passed by
    :param called: what people are called: parts of it are replaced too, written with a capital
    :return: from JSON-able data to data without them; None where there is nothing to replace
    :rtype: callable | None
    """
    # a short number would be found in dates and prices
    whole = {text for text in names if text and len(text) > (5 if text.isdigit() else 2)}
    parts = {
        part
        for text in called
        for part in re.findall(r"[^\W\d_]{3,}", text or "")
        if part[0].isupper()
    }
    if not whole:
        return None
    whole_pattern, part_pattern = (
        re.compile(
            rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(found, key=len, reverse=True)))})(?!\w)",
            flags,
        )
        for found, flags in ((whole, re.IGNORECASE), (parts | whole, 0))
    )

    def mask(value):
        if isinstance(value, str):
            value = whole_pattern.sub(lambda found: initial(found[0]), value)
            return part_pattern.sub(lambda found: initial(found[0]), value)
        if isinstance(value, dict):
            if value.get("comodel") == "res.partner":  # a property: whom it names is known there
                value = {**value, "value": False}
            return {key: mask(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [mask(part) for part in value]
        return value

    return mask


class SocialCrmPersonalData(models.AbstractModel):
    _inherit = "social.crm.personal.data"

    @api.model
    def _masks_for_user(self):
        """Whether the current user sees initials of people, and this model may name any.

        :rtype: bool
        """
        return not self.env.su and self._is_ours() and self.env["social.crm.identity"]._masks()

    @api.model
    def _is_ours(self):
        return self._name.startswith("social.crm.") and not self._transient

    @api.model
    @ormcache()
    def _mask_fields(self):
        """Fields that tell who somebody is.

        :rtype: frozenset[str]
        """
        found = {
            name
            for name, personal in self._personal_data_fields().items()
            if personal.category in (IDENTITY, CONTACT)
        }
        found.update(BESIDES.get(self._name, "").split())
        found.update(
            name
            for name, field in self._fields.items()
            if field.related and self._mask_related(field.related)
        )
        return frozenset(
            name
            for name in found
            if name in self._fields and self._masks_field(self._fields[name])
        )

    @api.model
    def _mask_related(self, path, categories=(IDENTITY, CONTACT)):
        """Whether a related field fetches somebody's name from elsewhere.

        :param tuple categories: of personal data that is looked for
        :rtype: bool
        """
        model = self
        *way, last = path.split(".")
        for name in way:
            model = self.env[model._fields[name].comodel_name]
        if model._name == "res.partner":
            return last != "lang"
        declared = getattr(model, "_personal_data_fields", dict)().get(last)
        return bool(declared) and declared.category in categories

    @api.model
    def _masks_field(self, field):
        if field.relational:
            return field.comodel_name == "res.partner"
        return field.type in ("char", "text", "html", "json", "binary", "image")

    def _masked_rows(self):
        """Those of these records that speak of somebody of whom initials are shown.

        :rtype: recordset
        """
        if not self._masks_for_user():
            return self.browse()
        field = self._fields.get("identity_id")
        if field is None or field.comodel_name != "social.crm.identity":
            return self
        rows_sudo = self.sudo()  # sudo: whose it is, only compared
        masked = set(rows_sudo.identity_id.sudo(False)._masked().ids)
        return self.browse(
            row.id for row in rows_sudo if not row.identity_id or row.identity_id.id in masked
        )

    # === WAYS OUT === #

    def _read_format(self, fnames, load="_classic_read"):
        """Override: what leaves the server holds initials only."""
        rows = super()._read_format(fnames, load)
        if not rows or not self._masks_for_user():
            return rows
        wanted = self._mask_fields() & set(fnames)
        texts = self._mask_texts() & set(fnames) - wanted
        masked_ids = set(self._masked_rows().ids)
        mask = self._mask_known() if texts else None
        for row in rows:
            if row["id"] in masked_ids:
                for name in wanted & row.keys():
                    row[name] = self._mask_value(row[name])
            if mask:
                for name in texts & row.keys():
                    row[name] = mask(row[name])
        return rows

    @api.model
    def _mask_texts(self):
        """Words, also those worked out, in which names are replaced."""
        return {
            name
            for name, field in self._fields.items()
            if field.type in ("char", "text", "html", "json", "properties")
        }

    def _mask_known(self):
        """What takes the people these records speak of out of data, if there are any.

        :return: from JSON-able data to data without names
        :rtype: callable | None
        """
        rows_sudo = self.sudo()  # sudo: to know what must not be shown
        people_sudo = rows_sudo.env["social.crm.identity"]
        partners_sudo = rows_sudo.env["res.partner"]
        if self._name == "social.crm.identity":
            people_sudo = rows_sudo
        for name, field in self._fields.items():
            if field.comodel_name == "social.crm.identity" and field.store:
                people_sudo |= rows_sudo[name]
            elif field.comodel_name == "res.partner" and name == "partner_id":
                partners_sudo |= rows_sudo[name]
        masked_sudo = people_sudo._masked_for_user()
        shown_sudo = people_sudo - masked_sudo
        partners_sudo = (partners_sudo | masked_sudo.partner_id) - shown_sudo.partner_id
        found = {one[name] for one in masked_sudo for name in OF_ACCOUNT}
        found.update(one[name] for one in partners_sudo for name in OF_CONTACT)
        called = [*masked_sudo.mapped("name"), *partners_sudo.mapped("name")]
        return mask_of(found, called)

    def _mask_in(self, data):
        """Take the names of the people of these records out of data on its way to a screen.

        :param data: JSON-able
        """
        mask = self._mask_known() if self._masks_for_user() else None
        return mask(data) if mask else data

    @api.depends_context("uid", "company")
    def _compute_display_name(self):
        """Override: names in what a record is called, also where lists show it by way of others."""
        super()._compute_display_name()
        self._mask_display_names()

    def _mask_display_names(self):
        """Take people's names out of what these records are called; models that call them
        otherwise ask this after their own way."""
        if not self._is_ours() or not self._speaks_of_people():
            return
        # rights are lifted where a list names what it refers to, so the role alone counts
        if self.env["social.crm.identity"]._masks() and (mask := self._mask_known()):
            for record in self:
                record.display_name = mask(record.display_name)

    @api.model
    def _mask_value(self, value):
        if isinstance(value, str):
            return initial(value) or False
        return [] if isinstance(value, list) else False

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Override: who sees initials carries initials away, also by way of another record."""
        rows = super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        if self and self._masks_for_user() and self._masked_rows():
            names = self._mask_fields()
            columns = [at for at, path in enumerate(fields) if path and path[0] in names]
            for row in rows:
                for at in columns:
                    row[at] = initial(str(row[at])) if row[at] else row[at]
        return rows

    def copy_data(self, default=None):
        """Override: who may not make such a record has no use for a copy of its values.

        :raise AccessError: in words
        """
        if self._masks_for_user():
            self.check_access("create")
            if self._masked_rows():
                raise AccessError(self.env._("Names are masked for your role."))
        return super().copy_data(default)

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Override: colleagues name people in the chatter; who sees initials does not read it."""
        operations = super()._mail_get_operation_for_mail_message_operation(message_operation)
        # rights are lifted while this is asked, so the role alone counts
        if (
            message_operation == "read"
            and self._is_ours()
            and self._speaks_of_people()
            and self.env["social.crm.identity"]._masks()
        ):
            return dict.fromkeys(self, "write")
        return operations

    # === REPORTS === #

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Override: no group is named by what is masked, also by way of another record.

        :raise UserError: in words
        """
        name = groupby_spec.partition(":")[0].partition(".")[0]
        field = self._fields.get(name)
        if field is not None and not field.relational and self._masks_for_user():
            if name in self._mask_fields():
                # as of a field one may not read: screens do not offer it for grouping then
                raise AccessError(self._mask_refusal())
        return super()._read_group_groupby(alias, groupby_spec, query)

    @api.model
    def _mask_refusal(self):
        return self.env._("Names are masked for your role: group by something else.")

    @api.model
    def _refuse_word_groups(self, field):
        """Refuse to call groups on a screen by words, which may name people.

        :raise UserError: in words
        """
        personal = self._personal_data_fields().get(field.name)
        if personal and personal.category == CONTENT and not field.relational:
            if self._masks_for_user():
                raise UserError(self._mask_refusal())

    def _read_group_format_result(self, rows_dict, lazy_groupby):
        """Override: as :meth:`_web_read_group_groupby_formatter`, for clients of before."""
        super()._read_group_format_result(rows_dict, lazy_groupby)
        for spec in lazy_groupby:
            field = self._fields[spec.partition(":")[0].partition(".")[0]]
            self._refuse_word_groups(field)
            labels = [row[spec] for row in rows_dict if isinstance(row[spec], tuple)]
            nameless = self._nameless(field, {label[0] for label in labels})
            for row in rows_dict:
                if isinstance(row[spec], tuple):
                    row[spec] = nameless(row[spec])

    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        """Override: a report counts whose use is restricted, and who is masked, without a name."""
        formatter = super()._web_read_group_groupby_formatter(groupby_spec, values)
        field = self._fields[groupby_spec.partition(":")[0].partition(".")[0]]
        if "." in groupby_spec:  # the model at the end of the path is asked itself
            return formatter
        self._refuse_word_groups(field)
        if field.type not in ("many2one", "many2many"):
            return formatter
        nameless = self._nameless(field, {one.id for one in values if one})

        def without_names(value):
            label, domain = formatter(value)
            return (nameless(label) if label else label), domain

        return without_names

    @api.model
    def _nameless(self, field, ids):
        """What groups of people are called: not by name where their use is restricted or masked.

        :param field: by which is grouped
        :param set ids: of the groups
        :return: from a label (id, name) to the one to show
        :rtype: callable
        """
        if field.comodel_name not in ("res.partner", "social.crm.identity"):
            return lambda label: label
        people = self.env[field.comodel_name].browse(ids)
        restricted = set(people._is_restricted(self.env.companies).ids)
        masks = field.comodel_name == "res.partner" and self._masks_for_user()

        def nameless(label):
            if label[0] in restricted:
                return label[0], self.env._("Restricted person")
            return (label[0], initial(label[1])) if masks else label

        return nameless
