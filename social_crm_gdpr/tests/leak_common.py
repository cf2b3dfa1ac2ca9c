# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import base64
import json
import re
from contextlib import suppress

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from odoo.addons.social_crm_base.exceptions import RulebookRefusal
from odoo.addons.social_crm_base.tests.common import (
    SocialCrmCommon,
    comment,
    know,
    message,
    person,
    post,
)
from odoo.addons.social_crm_base.tools import keyring

ROWS = 120
SHORTEST = 6
#: What of an account and of a contact tells who it is.
OF_ACCOUNT = (
    "name", "handle", "handle_key", "external_id", "profile_url", "avatar_url", "verified_email",
    "verified_phone",
)  # fmt: skip
OF_CONTACT = ("name", "email", "phone")


class LeakCommon(SocialCrmCommon):
    """The example shop and a bird of our own, and every way to make the server speak of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.social_crm_mask_viewers = True
        cls.viewer.group_ids += cls.env.ref("base.group_allow_export")
        bird = person(
            "bird",
            external_id="id-kanarinac-77",
            handle="kanarinac@example.social",
            name="Kanarinac Žutić",
            profile_url="https://example.social/@kanarinac",
            avatar_url="https://example.social/kanarinac.png",
        )
        cls.ingest(
            post("p1"),
            message("m-kanarinac-1", bird, text="Ovde Kanarinac Žutić, kasni mi pošiljka"),
            comment(
                "c-kanarinac-1", bird, "p1", permalink="https://example.social/@kanarinac/1"
            ),
        )
        cls.bird = cls.said("m-kanarinac-1").identity_id
        contact = cls.env["res.partner"].create(
            {
                "name": "Kanarina Zutić", "email": "kanarina@example.com",
                "phone": "+381 64 7654321",
            }
        )  # fmt: skip
        know(cls.bird, contact)
        cls.interactions._run_second_stage()
        cls.env.flush_all()

    @classmethod
    def people(cls):
        return cls.env["social.crm.identity"].search(
            [("is_own", "=", False), ("company_id", "=", cls.company.id)]
        )

    def names(self, people):
        """Every text that tells who one of them is."""
        people = people.sudo()
        found = {person[name] for person in people for name in OF_ACCOUNT}
        found.update(alias.value for alias in people.alias_ids)
        found.update(one[name] for one in people.partner_id for name in OF_CONTACT)
        users = self.env["res.users"].sudo().search([])
        channels = self.env["social.crm.channel"].search([])
        shared = {self.company.name, *users.mapped("name"), *channels.mapped("name")}
        return {text for text in found - shared if text and len(text) >= SHORTEST}

    def secrets(self):
        """What no role may read: credentials, tokens, the key of all hashes."""
        app = self.env["social.crm.app"].sudo().search([])
        found = set(app.mapped("webhook_token")) | set(app.mapped("webhook_token_hash"))
        for credential in self.env["social.crm.credential"].sudo().search([]):
            found.update(
                value for name, value in credential.read()[0].items() if isinstance(value, str)
                and name not in ("display_name", "kind", "state")
            )
        for key in keyring.current().keys.values():
            found |= {key.hex(), base64.b64encode(key).decode()}
        return {text for text in found if text and len(text) >= 12}

    def find(self, needles, data):
        text = json.dumps(data, default=str, ensure_ascii=False)
        return sorted({found[0] for found in self.pattern(needles).finditer(text)})

    def pattern(self, needles):
        key = frozenset(needles)
        known = self.__dict__.setdefault("_patterns", {})
        if key not in known:
            words = sorted(map(re.escape, needles), key=len, reverse=True)
            known[key] = re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)")
        return known[key]

    def models(self, user):
        for name, cls in sorted(self.env.registry.items()):
            if name.startswith("social.crm.") and not (cls._abstract or cls._transient):
                model = self.env[name].with_user(user).with_context(active_test=False)
                if model.has_access("read"):
                    yield name, model

    def ways_out(self, user, reports=True):
        """Whatever one user can make the server say of the suite's records."""
        for name, model in self.models(user):
            known = model.fields_get(attributes=["type", "exportable", "store"])
            names = [
                field for field, facts in known.items()
                if facts["type"] != "binary" and self.readable(model, field)
            ]
            yield f"{name} search_read", model.search_read([], names, limit=ROWS)
            nested = {
                field: {"fields": {"display_name": {}}} if facts["type"].endswith("2one") else {}
                for field, facts in known.items()
                if field in names and "reference" not in facts["type"]
            }
            yield f"{name} web", model.web_search_read([], nested, limit=ROWS)
            yield f"{name} name_search", model.name_search("", limit=ROWS)
            records = model.search([], limit=ROWS)
            fields = [
                field for field, facts in known.items()
                if facts.get("exportable") and field in names and field != "id"
            ]
            if reports:
                fields += [
                    f"{field}/{part}" for field in fields
                    if known[field]["type"] == "many2one"
                    and model._fields[field].comodel_name == "social.crm.identity"
                    for part in ("name", "handle", "external_id", "partner_id/email")
                ]
            yield from self.exported(name, records, fields)
            if not reports:
                continue
            for field in known:
                yield from self.grouped(name, model, field, known[field])
            with suppress(AccessError, UserError):
                yield f"{name} copy", records[:5].copy_data()

    def exported(self, name, records, fields):
        """By network, as one that forbids exports forbids the whole of it."""
        parts = [records]
        if "platform_id" in records._fields:
            parts = records.grouped("platform_id").values()
        plain = [f for f in fields if "/" not in f and not records._fields[f].comodel_name]
        for part in parts:
            for names in (fields, plain):
                # Odoo refuses what names one record the role may not read
                with suppress(UserError, RulebookRefusal):
                    yield f"{name} export", part.export_data(names)

    def readable(self, model, field):
        """Odoo itself refuses what points at records a role may not read."""
        comodel = model._fields[field].comodel_name
        return not comodel or model.env[comodel].has_access("read")

    def grouped(self, name, model, field, facts):
        stored = model._fields[field]
        if not stored.store or facts["type"] in ("binary", "one2many", "json", "html", "date"):
            return
        if facts["type"] == "datetime" or field in ("create_uid", "write_uid"):
            return
        paths = [field]
        if facts["type"] == "many2one" and stored.comodel_name == "social.crm.identity":
            paths += [f"{field}.{part}" for part in ("handle", "partner_id")]
        for path in paths:
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                    yield f"{name} report", model.formatted_read_group([], [path], ["__count"])
                    [rows] = model.formatted_read_grouping_sets([], [[path]], ["__count"])
                    yield f"{name} pivot", rows
            except (UserError, ValueError, NotImplementedError, TypeError):
                continue

    def assertNoLeak(self, needles, ways):
        leaks = {}
        for where, data in ways:
            if found := self.find(needles, data):
                leaks[where] = found[:4]
        self.assertFalse(
            leaks, "\n".join(f"{where}: {found}" for where, found in leaks.items())
        )
