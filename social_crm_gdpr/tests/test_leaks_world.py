# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import re
from contextlib import suppress

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.http import _generate_routing_rules
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tools.discuss import Store
from odoo.addons.social_crm_base.tests.common import comment, message, person

from .leak_common import LeakCommon

#: What a chatter asks for besides its messages.
CHATTER = [
    "activities", "attachments", "contact_fields", "display_name", "followers",
    "scheduledMessages", "suggestedRecipients",
]  # fmt: skip
#: Rows of Odoo's own models that hang on records of the suite, by the field that names the model.
HANGING = {
    "mail.activity": "res_model",
    "mail.followers": "res_model",
    "mail.message": "model",
    "ir.attachment": "res_model",
}


@tagged("post_install", "-at_install", "social_crm_slow")
class TestLeakScan(LeakCommon, HttpCase):
    """A full demo world and everything a client can get of it: no role without need finds a name.

    Models and fields come from the registry, so that a new one is in the scan by itself.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls.said("m-kanarinac-1").case_id
        case.activity_schedule("mail.mail_activity_data_todo", summary="Call Kanarinac Žutić")
        case.message_post(body="Kanarinac Žutić called", partner_ids=cls.bird.partner_id.ids)
        case.message_subscribe(cls.bird.partner_id.ids)
        cls.env["ir.attachment"].create(
            {
                "name": "Kanarinac Žutić.txt", "raw": b"x", "res_model": case._name,
                "res_id": case.id,
            }
        )  # fmt: skip
        cls.env.flush_all()

    def words(self):
        """What people said, as far as it is their own."""
        said = self.interactions.search([("direction", "=", "in"), ("body", "!=", False)])
        return {text.body[:60].strip() for text in said if len(text.body) > 20}

    # === WAYS OUT === #

    def screens_of(self, user):
        """Defaults, suggestions, groups of boards, side panels and chatters of all models."""
        for name, model in self.models(user):
            known = model.fields_get(attributes=["type"])
            with suppress(AccessError, UserError):
                yield f"{name} defaults", model.default_get([*known])
            yield f"{name} help", model.get_empty_list_help("")
            rows = model.search([], limit=3)
            yield f"{name} names", [row.display_name for row in rows]
            for field, facts in known.items():
                yield from self.panels(name, model, field, facts["type"])
            if hasattr(model, "_thread_to_store"):
                yield from self.chatters(name, rows)
        yield from self.hanging(user)
        yield from self.contact(user)

    def panels(self, name, model, field, kind):
        if not model._fields[field].store or kind not in ("many2one", "selection"):
            return
        with suppress(AccessError, UserError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            yield f"{name}.{field} board", model.web_read_group(
                [], [field], auto_unfold=True, unfold_read_specification={"display_name": {}}
            )
            if kind == "many2one" and field not in getattr(model, "_mask_fields", set)():
                yield f"{name}.{field} panel", model.search_panel_select_range(
                    field, enable_counters=True, limit=80
                )
            else:
                colors = {"field": field, "colors": {"x": "success"}}
                yield f"{name}.{field} bar", model.read_progress_bar([], field, colors)

    def chatters(self, name, rows):
        for row in rows:
            store = Store()
            with suppress(AccessError):
                row._thread_to_store(store, [], request_list=CHATTER)
            yield f"{name} chatter", store.get_result()

    def hanging(self, user):
        """Odoo's own records that hang on ours, and what one may ask of them."""
        for name, field in HANGING.items():
            model = self.env[name].with_user(user)
            if not model.has_access("read"):
                continue
            domain = [(field, "=like", "social.crm.%")]
            names = [
                one for one, facts in model.fields_get(attributes=["type"]).items()
                if facts["type"] not in ("binary", "image") and self.readable(model, one)
                and model._has_field_access(model._fields[one], "read")
            ]
            yield name, model.search(domain, limit=400).read(names)
        activities = self.env["mail.activity"].with_user(user)
        if activities.has_access("read"):
            with suppress(AccessError):
                yield "activity view", activities.get_activity_data("social.crm.case", [])

    def contact(self, user):
        """The suite's fields on Odoo's own contact; its name is Odoo's own to show."""
        contact = self.bird.partner_id.with_user(user)
        if not contact.has_access("read"):
            return
        ours = {
            name: {"fields": {"display_name": {}}} if field.relational else {}
            for name, field in contact._fields.items()
            if any(module.startswith("social_crm_") for module in field._modules)
            and contact._has_field_access(field, "read")
            and name != "social_name_key"  # of the name itself
        }
        yield "contact", contact.web_read(ours)

    # === WHO === #

    def test_who_only_looks_on_finds_nobody_on_any_screen(self):
        needles = self.names(self.people())
        self.assertGreater(len(needles), 100)
        self.assertNoLeak(needles, self.screens_of(self.viewer))

    def test_a_colleague_of_another_company_finds_neither_names_nor_words(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        needles = self.names(self.people()) | self.words()
        for role in ("agent", "manager", "privacy_clerk", "privacy_officer"):
            user = new_test_user(
                self.env,
                f"far_{role}",
                groups=f"social_crm_base.group_{role},base.group_allow_export",
                company_id=other.id,
                company_ids=[Command.set(other.ids)],
            )
            self.assertNoLeak(needles, self.ways_out(user, reports=role == "manager"))
            self.assertNoLeak(needles, self.hanging(user))

    def test_an_agent_of_another_team_finds_nothing_of_what_is_confidential(self):
        case = self.said("m-kanarinac-1").case_id
        case.write({"confidential": True, "confidential_user_ids": self.agent.ids})
        self.env.flush_all()
        needles = {"Ovde Kanarinac Žutić, kasni mi pošiljka", "Kanarinac Žutić called"}
        user = new_test_user(
            self.env,
            "other_team",
            groups="social_crm_base.group_agent,base.group_allow_export",
        )
        self.assertNoLeak(needles, self.ways_out(user))
        self.assertNoLeak(needles, self.hanging(user))

    def test_who_has_no_role_finds_nothing_that_hangs_on_our_records(self):
        needles = self.names(self.people()) | self.words()
        for group in ("base.group_user", "base.group_portal", "base.group_public"):
            user = new_test_user(self.env, f"norole_{group[11:]}", groups=group)
            self.assertNoLeak(needles, self.hanging(user))
            for name, model in self.models(user):
                self.assertEqual(group, "base.group_user", name)
                names = [
                    field for field in model.fields_get()
                    if model._fields[field].store and self.readable(model, field)
                ]
                self.assertNoLeak(needles, [(name, model.search_read([], names))])

    # === A DAY, AND THE STREET === #

    def test_a_day_tells_no_viewer_a_name_by_bus_mail_or_notification(self):
        self.env["bus.bus"].sudo().search([]).unlink()
        mails = self.env["mail.mail"].sudo().search([]).ids
        case = self.said("m-kanarinac-1").case_id
        case.message_subscribe(self.viewer.partner_id.ids)
        self.ingest(
            message("m-kanarinac-9", person("bird9", name="Kanarinka Plavić"), minutes=9),
            comment("c-kanarinac-9", person("bird9", name="Kanarinka Plavić"), "p1", minutes=9),
        )
        self.interactions._run_second_stage()
        case.with_user(self.agent).conversation_ids[:1]._queue_reply("Odgovor")
        case.user_id = self.agent
        case.message_post(body="Kanarinac Žutić called again", subtype_xmlid="mail.mt_comment")
        self.env.cr.precommit.run()
        needles = self.names(self.people())
        self.assertIn("Kanarinka Plavić", needles)
        told = self.env["bus.bus"].sudo().search([])
        self.assertTrue(told)
        partner = self.viewer.partner_id
        common = told.filtered(
            lambda row: "res.partner" not in row.channel or f", {partner.id}]" in row.channel
        )
        self.assertFalse(self.find(needles, common.mapped("message")))
        sent = self.env["mail.mail"].sudo().search([("id", "not in", mails)])
        to_viewer = sent.filtered(lambda mail: partner in mail.recipient_ids)
        self.assertFalse(self.find(needles, to_viewer.mapped("body_html")))

    def test_no_public_page_names_anybody(self):
        needles = self.names(self.people()) | self.words()
        tried = 0
        modules = sorted(self.env.registry._init_modules)
        for url, endpoint in _generate_routing_rules(modules, nodb_only=False):
            if not endpoint.func.__module__.startswith("odoo.addons.social_crm"):
                continue
            if endpoint.routing["auth"] == "user":
                continue
            path = re.sub(r"<int[^>]*>", "1", url)
            path = re.sub(r"<[^>]*>", "x", path)
            for data in (None, {"handle": self.bird.handle, "email": "kanarina@example.com"}):
                with mute_logger("odoo.http", "odoo.addons.social_crm_channels"):
                    answer = self.url_open(path, data=data)
                tried += 1
                self.assertFalse(self.find(needles - {self.bird.handle}, answer.text), path)
        self.assertGreater(tried, 15)
