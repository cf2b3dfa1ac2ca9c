# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What goes, what stays and why; read from the declarations, so that new models are covered."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from odoo.addons.social_crm_base.tools.names import fold
from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, NONE, ROW

#: Last, in this order: by these all others are found.
LAST = (
    "social.crm.interaction",
    "social.crm.case",
    "social.crm.conversation",
    "crm.lead",
    "social.crm.identity.alias",
    "social.crm.identity.link",
    "social.crm.identity",
    "res.partner",
)
#: What is about measures, erasures and proof goes by its own rules.
LEFT_OUT = frozenset({"social.crm.erasure", "social.crm.evidence"})
#: Documents that tax law keeps, by model: which of them, and the field of the person.
TAX_DOCUMENTS = {
    "account.move": ([("state", "=", "posted")], ("partner_id", "partner_shipping_id")),
    "sale.order": (
        [("state", "in", ["sale", "done"])],
        ("partner_id", "partner_invoice_id", "partner_shipping_id"),
    ),
    "purchase.order": ([("state", "in", ["purchase", "done"])], ("partner_id",)),
    "pos.order": ([("state", "!=", "draft")], ("partner_id",)),
}


class SocialCrmErasure(models.Model):
    _inherit = "social.crm.erasure"

    @api.model
    def _grounds(self):
        """Why something stays: code and words. The certificate counts by these.

        :rtype: list[tuple[str, str]]
        """
        return [
            ("hold", self.env._("Legal hold (Art. 17(3)(e) GDPR)")),
            ("tax", self.env._("Tax and accounting law (Art. 17(3)(b) GDPR)")),
            ("contract", self.env._("Concludes or disputes a contract (Art. 17(3)(e) GDPR)")),
            ("others", self.env._("Other people's words")),
            ("namesake", self.env._("Somebody else of that name")),
            ("objection", self.env._("So that an objection is heeded (Art. 21(3) GDPR)")),
            ("accountability", self.env._("Proof of what was done (Art. 5(2) GDPR)")),
            ("request", self.env._("The request itself, until it is answered (Art. 12(3) GDPR)")),
            ("undecided", self.env._("Put aside for a person to decide, 30 days at most")),
            ("unread", self.env._("Waits to be read: what is the person's is dropped then")),
            ("company", self.env._("Another company answers for it")),
            ("after", self.env._("Said after the cut-off")),
        ]

    # === WHERE IT IS === #

    @api.model
    def _erasable_models(self):
        """Names of all models that hold personal data of people we speak with, in their order.

        :rtype: list[str]
        """
        found = [
            name
            for name, model in sorted(self.env.registry.items())
            if not model._abstract
            and model._auto
            and name not in LEFT_OUT
            and name not in LAST
            and hasattr(model, "_personal_data_fields")
            and self._takes(name)
        ]
        return [*found, *LAST]

    @api.model
    def _takes(self, model):
        """Declared fields of a model that erasure changes, without those about our own users.

        :rtype: dict
        """
        return {
            name: personal
            for name, personal in self.env[model]._personal_data_fields().items()
            if personal.erasure != KEEP and personal.category not in (NONE, EMPLOYEE)
        }

    @api.model
    def _deletes_rows(self, model):
        return any(personal.erasure == ROW for personal in self._takes(model).values())

    def _rows_of(self, model):
        """Ids of the person's rows in a model, found by indexed columns.

        :rtype: list[int]
        """
        if model == "social.crm.identity":
            return self.identity_ids.ids
        if model == "res.partner":
            return self.partner_ids.ids
        records = self.env[model].with_context(active_test=False)
        domain = records._personal_data_domain(self.identity_ids, self.partner_ids)
        if Domain(domain).is_false():
            return []
        if model == "social.crm.legal.hold":
            domain &= Domain("state", "=", "ended")  # what holds yet has to know whom
        if "company_id" in records._fields and records._fields["company_id"].store:
            domain &= Domain("company_id", "in", [self.company_id.id, False])
        return list(records._search(domain, order="id"))

    # === WHAT STAYS === #

    def _kept_rows(self):
        """Rows that stay, by model and ground.

        :return: model to ground to ids
        :rtype: dict[str, dict[str, list[int]]]
        """
        kept = {}
        for model in ("social.crm.case", "social.crm.interaction"):
            records = self.env[model].browse(self._rows_of(model))
            if held := records._held():
                kept.setdefault(model, {})["hold"] = held.ids
        words = self.env["social.crm.interaction"].browse(self._rows_of("social.crm.interaction"))
        held = set(kept.get(words._name, {}).get("hold", ()))
        claims = words.search([("id", "in", words.ids), ("retention_ground", "!=", False)])
        if claims := [said.id for said in claims if said.id not in held]:
            kept.setdefault(words._name, {})["contract"] = claims
        self._keep_people_of(kept)
        for model, by_ground in self._kept_naming().items():
            for ground, ids in by_ground.items():
                own = kept.setdefault(model, {}).setdefault(ground, [])
                kept[model][ground] = sorted({*own, *ids})
        requests = self.env["social.crm.privacy.request"]
        requests = requests.browse(self._rows_of(requests._name)).filtered_domain(
            requests._open_domain()
        )
        if requests:
            kept[requests._name] = {"request": requests.ids}
        for model, ids in self._tax_documents().items():
            kept.setdefault(model, {})["tax"] = ids
        foreign = self._foreign_partners()
        if partners := set(self._tax_partners()) - set(foreign):
            kept.setdefault("res.partner", {})["tax"] = sorted(partners)
        if foreign:
            kept.setdefault("res.partner", {})["company"] = foreign
        return kept

    def _foreign_partners(self):
        """Contacts another company answers for: its own, and those it has linked to an account.

        :rtype: list[int]
        """
        links = self.env["social.crm.identity.link"].search(
            [
                ("partner_id", "in", self.partner_ids.ids),
                ("state", "=", "confirmed"),
                ("company_id", "!=", self.company_id.id),
            ]
        )
        own = self.partner_ids.filtered(
            lambda partner: partner.company_id and partner.company_id != self.company_id
        )
        return sorted({*links.partner_id.ids, *own.ids})

    def _keep_people_of(self, kept):
        """Who said it, and to whom, belongs to what stays."""
        for ground in ("hold", "contract"):
            words = self.env["social.crm.interaction"].browse(
                kept.get("social.crm.interaction", {}).get(ground, [])
            )
            cases = self.env["social.crm.case"].browse(
                kept.get("social.crm.case", {}).get(ground, [])
            )
            talks = words.conversation_id
            people = (words.identity_id | talks.identity_id | cases.identity_id) & (
                self.identity_ids
            )
            for records in (talks.filtered("identity_id"), people):
                if records:
                    kept.setdefault(records._name, {})[ground] = records.ids

    def _tax_documents(self):
        """Posted invoices and confirmed orders, by model.

        :rtype: dict[str, list[int]]
        """
        found = {}
        for model, (domain, names) in TAX_DOCUMENTS.items():
            if model not in self.env or not self.partner_ids:
                continue
            of_person = Domain.OR(
                Domain(name, "in", self.partner_ids.ids)
                for name in names
                if name in self.env[model]._fields
            )
            if ids := self.env[model].search(Domain(domain) & of_person).ids:
                found[model] = ids
        return found

    def _tax_partners(self):
        """Contacts whose documents tax law keeps.

        :rtype: list[int]
        """
        partners = self.env["res.partner"]
        for model, ids in self._tax_documents().items():
            documents = self.env[model].browse(ids)
            for name in TAX_DOCUMENTS[model][1]:
                if name in documents._fields:
                    partners |= documents[name] | documents[name].commercial_partner_id
        if "account.move.line" in self.env and self.partner_ids:
            lines = self.env["account.move.line"]._read_group(
                [("partner_id", "in", self.partner_ids.ids), ("parent_state", "=", "posted")],
                ["partner_id"],
            )
            partners = partners.union(*(partner for (partner,) in lines))
        return (partners & self.partner_ids).ids

    # === PREVIEW === #

    def _count(self):
        """Write down how much would go, and what would stay on which ground."""
        self.ensure_one()
        kept = self._kept_rows()
        rows = []
        for model in self._erasable_models():
            stays = {row for ids in kept.get(model, {}).values() for row in ids}
            going = [row for row in self._rows_of(model) if row not in stays]
            if going:
                action = "delete" if self._deletes_rows(model) else "clear"
                rows.append({"model": model, "action": action, "planned": len(going)})
        if named := self._naming_words():
            rows.append({"model": named._name, "action": "replace", "planned": len(named)})
            rows.append(
                {"model": named._name, "action": "keep", "ground": "others", "planned": len(named)}
            )
        for model, by_ground in kept.items():
            for ground, ids in by_ground.items():
                rows.append(
                    {"model": model, "action": "keep", "ground": ground, "planned": len(ids)}
                )
        for (table, _column), count in self._undecided_ties().items():
            rows.append({"model": self._model_of(table), "action": "look", "planned": count})
        self.line_ids.unlink()
        self.env["social.crm.erasure.line"].create(
            [{"erasure_id": self.id, **values} for values in rows]
        )

    # === NAMES === #

    def _collect_aliases(self):
        """Everything the person is called in what we hold: what the proving scan looks for.

        :return: dictionaries of kind and value
        :rtype: list[dict]
        """
        found = set()
        for identity in self.identity_ids:
            where = (identity.platform_id.code, identity.scope or "")
            found |= {
                ("id", identity.external_id),
                ("handle", identity.handle, *where),
                ("handle", identity.handle_key, *where),
                ("name", identity.name),
                ("url", identity.profile_url, *where),
                ("url", identity.avatar_url),
                ("email", identity.verified_email),
                ("phone", identity.verified_phone),
            }
            found |= {(alias.kind, alias.value, *where) for alias in identity.alias_ids}
        # of one emptied before a hold parked the rest, the names are known
        for partner in self.partner_ids.filtered(lambda partner: not partner.social_erased_at):
            found |= {
                ("name", partner.name),
                ("email", partner.email and (email_normalize(partner.email) or partner.email)),
                ("phone", partner.phone),
                ("phone", partner.phone_sanitized),
                ("url", partner.website),
                # not looked for: by these a namesake is told from the person
                ("street", fold(partner.street)),
                ("parent", partner.parent_id and str(partner.parent_id.id)),
            }
        parts = ("kind", "value", "network", "scope")
        found |= {
            tuple(alias[part] for part in parts if part in alias) for alias in self.aliases or []
        }
        return [
            dict(zip(parts, named, strict=False))
            for named in sorted(named for named in found if named[1])
        ]

    def _suppression_aliases(self):
        """What the suppression list and the erasure log know the person by.

        :return: :class:`Alias`
        :rtype: list
        """
        listed = self.env["social.crm.suppression"]
        found = []
        for identity in self.identity_ids:
            vals = {
                "scope": identity.scope,
                "external_id": identity.external_id,
                "handle": identity.handle,
                "verified_email": identity.verified_email,
                "verified_phone": identity.verified_phone,
            }
            former = identity.alias_ids.filtered(lambda alias: alias.kind == "id")
            found += listed._account_aliases(identity.platform_id, vals, former.mapped("value"))
            found += listed._account_aliases(identity.platform_id, {**vals, "external_id": False})
        for partner in self.partner_ids:
            found += listed._address_aliases(partner.email, partner.phone, partner.country_id)
        return list(dict.fromkeys(found))
