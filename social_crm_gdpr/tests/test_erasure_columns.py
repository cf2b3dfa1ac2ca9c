# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json

from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .erasure_common import ErasureCommon, know, person

CANARY = "kanarinac 🐤"
#: What a canary of each type of column is, and how it looks as text.
CANARIES = {
    "character varying": CANARY, "text": CANARY, "jsonb": json.dumps({"1": CANARY}),
    "numeric": 77.125, "double precision": 77.125, "integer": 7, "boolean": True,
    "date": "1977-07-07", "timestamp without time zone": "1977-07-07 07:07:07",
}  # fmt: skip
#: Not the person's: numbers, rights, what the kind of row is; of a lead what figures count.
TECHNICAL = {
    "res_partner": "id create_uid create_date write_uid write_date company_id active type "
    "autopost_bills partner_share commercial_partner_id social_erased_at social_relation_at "
    "name complete_name",
    "res_users": "id create_uid create_date write_uid write_date company_id partner_id active "
    "share notification_type login",
    "crm_lead": "id create_uid create_date write_uid write_date company_id active type stage_id "
    "team_id user_id priority color probability automated_probability expected_revenue "
    "prorated_revenue recurring_plan recurring_revenue recurring_revenue_monthly "
    "recurring_revenue_monthly_prorated recurring_revenue_prorated lost_reason_id won_status "
    "campaign_id medium_id source_id date_automation_last date_closed date_conversion "
    "date_deadline date_last_stage_update date_open day_close day_open name social_identity_id",
}


@tagged("post_install", "-at_install", "social_crm_slow")
class TestErasureColumns(ErasureCommon):
    """Whatever stands in a column of the person, and whatever points at them."""

    def setUp(self):
        super().setUp()
        self.portal = new_test_user(
            self.env, "ana.anic@mail.example", groups="base.group_portal",
            partner_id=self.contact.id,
        )  # fmt: skip
        self.lead = self.env["crm.lead"].create(
            {"name": "An offer", "partner_id": self.contact.id,
             "social_identity_id": self.ana.id}
        )  # fmt: skip

    def sql(self, query, *values):
        self.env.flush_all()
        self.env.cr.execute(query, values)
        return self.env.cr.fetchall() if self.env.cr.description else None

    def plant(self, table, row):
        """Put a canary into each column that is not technical.

        :return: names of the columns
        """
        planted = []
        for name, kind in self.sql(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s",
            table,
        ):
            if name in TECHNICAL[table].split():
                continue
            points = self.sql(
                "SELECT c.confrelid::regclass::text FROM pg_constraint c JOIN pg_attribute a"
                " ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
                " WHERE c.contype = 'f' AND c.conrelid = %s::regclass AND a.attname = %s",
                table, name,
            )  # fmt: skip
            value = CANARIES[kind]
            if points:
                found = self.sql(f"SELECT min(id) FROM {points[0][0]}")[0][0]
                value = found
            if value is None:
                continue
            self.env.cr.execute(
                SQL("UPDATE %s SET %s = %s WHERE id = %s", SQL.identifier(table),
                    SQL.identifier(name), value, row)
            )  # fmt: skip
            planted.append(name)
        self.env.invalidate_all(flush=False)
        return planted

    def test_no_column_of_contact_user_and_lead_is_left(self):
        rows = {
            "res_partner": self.contact.id, "res_users": self.portal.id, "crm_lead": self.lead.id,
        }  # fmt: skip
        erasure = self.proposed(self.ana)
        self.assertEqual(erasure.partner_ids, self.contact)
        planted = {table: self.plant(table, row) for table, row in rows.items()}
        for names, at_least in zip(planted.values(), (50, 10, 20), strict=True):
            self.assertGreater(len(names), at_least)
        erasure.with_user(self.second).action_approve()
        self.work(erasure)
        for table, row in rows.items():
            left = dict(self.sql(
                f"SELECT e.key, e.value FROM {table} t, jsonb_each_text(to_jsonb(t)) e"
                " WHERE t.id = %s AND e.value IS NOT NULL", row,
            ))  # fmt: skip
            self.assertFalse(left.keys() & {*planted[table]}, table)
        self.assertEqual(self.contact.name, "Erased contact")

    def test_devices_keys_and_settings_of_a_portal_user_are_gone(self):
        user = self.portal
        key = "x" * 8
        self.sql("INSERT INTO res_device_log (user_id, session_identifier, ip_address, city)"
                 " VALUES (%s, %s, '203.0.113.9', 'Novi Sad')", user.id, "a" * 42)  # fmt: skip
        self.sql("INSERT INTO res_users_apikeys (user_id, name, index, key)"
                 " VALUES (%s, 'Ana', %s, 'k')", user.id, key)  # fmt: skip
        self.sql("INSERT INTO auth_totp_device (user_id, name, index, key)"
                 " VALUES (%s, 'Ana', %s, 'k')", user.id, key)  # fmt: skip
        self.sql("INSERT INTO mail_push_device (partner_id, endpoint, keys)"
                 " VALUES (%s, 'https://push.example/ana', '{}')", self.contact.id)  # fmt: skip
        self.sql("UPDATE res_users SET totp_secret = 'secret' WHERE id = %s", user.id)
        self.erase(self.ana)
        for table, column, row in (
            ("res_device_log", "user_id", user.id), ("res_users_apikeys", "user_id", user.id),
            ("auth_totp_device", "user_id", user.id),
            ("mail_push_device", "partner_id", self.contact.id),
        ):  # fmt: skip
            self.assertFalse(self.sql(f"SELECT 1 FROM {table} WHERE {column} = %s", row), table)
        self.assertEqual(
            self.sql("SELECT totp_secret, active FROM res_users WHERE id = %s", user.id),
            [(None, False)],
        )

    def test_meetings_ratings_and_chats_do_not_tell_of_the_person(self):
        events = self.env["calendar.event"]
        values = {
            "description": "wound at home", "start": "2026-03-02 09:07", "location": "Tajna 7",
            "stop": "2026-03-02 10:00",
        }  # fmt: skip
        alone = events.create(
            {**values, "name": "A visit",
             "partner_ids": (self.contact + self.agent.partner_id).ids}
        )  # fmt: skip
        other = self.env["res.partner"].create({"name": "Cveta"})
        many = events.create(
            {**values, "name": "A round", "partner_ids": (self.contact + other).ids}
        )
        about = events.create({**values, "name": "An offer", "opportunity_id": self.lead.id,
                               "partner_ids": self.agent.partner_id.ids})  # fmt: skip
        said = self.contact.message_post(body="Five stars", author_id=self.contact.id)
        ratings = self.env["rating.rating"].create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                    "res_id": other.id, "partner_id": self.contact.id, "rating": 4,
                    "feedback": "my wound", "consumed": True, "message_id": message,
                }
                for message in (False, said.id)
            ]
        )  # fmt: skip
        chat = self.env["discuss.channel"].with_user(self.agent)._get_or_create_chat(
            (self.contact + self.agent.partner_id).ids
        )
        chat.message_post(body="How is the wound?", message_type="comment")
        chat_id, notes = chat.id, chat.message_ids.ids
        self.erase(self.ana)
        for meeting in alone + about:
            self.assertFalse(meeting.description or meeting.location or meeting.opportunity_id)
            self.assertEqual(meeting.name, "Erased")
        self.assertEqual((many.name, many.partner_ids), ("A round", other))
        self.assertFalse((alone + many).attendee_ids.filtered(
            lambda attendee: attendee.partner_id == self.contact))  # fmt: skip
        self.assertEqual(ratings.mapped("rating"), [4, 4], "a figure")
        self.assertFalse(ratings.partner_id or any(ratings.mapped("feedback")))
        self.assertFalse(self.env["discuss.channel"].browse(chat_id).exists())
        self.assertFalse(self.env["mail.message"].browse(notes).exists())
        for table, column in (("mail_followers", "partner_id"), ("calendar_attendee", "partner_id"),
                              ("mail_message_res_partner_rel", "res_partner_id")):  # fmt: skip
            found = self.sql(f"SELECT 1 FROM {table} WHERE {column} = %s", self.contact.id)
            self.assertFalse(found, table)

    def test_everything_that_points_at_people_has_a_fate(self):
        for table in ("res_partner", "social_crm_identity"):
            ties = self.env["social.crm.erasure"]._ties(table)
            self.assertGreater(len(ties), 20)
            self.assertEqual([place for place, tie in ties.items() if not tie], [])

    def test_what_nobody_decided_on_is_shown_and_withholds_the_certificate(self):
        self.sql("CREATE TABLE tie_of_another_addon (id serial, note text,"
                 " partner_id int REFERENCES res_partner)")  # fmt: skip
        self.sql("INSERT INTO tie_of_another_addon (note, partner_id) VALUES ('ill', %s)",
                 self.contact.id)  # fmt: skip
        erasure = self.proposed(self.ana)
        line = erasure.line_ids.filtered(lambda line: line.action == "look")
        self.assertEqual((line.model, line.planned), ("tie_of_another_addon", 1))
        erasure.with_user(self.second).action_approve()
        erasure = self.work(erasure)
        self.assertEqual(erasure.state, "withheld")
        hit = erasure.hit_ids
        self.assertEqual((hit.table, hit.column), ("tie_of_another_addon", "partner_id"))
        hit.with_user(self.clerk).action_others()
        self.work(erasure)
        self.assertEqual(erasure.state, "done")

    def test_a_contact_another_company_answers_for_too_is_left_to_it(self):
        company = self.env["res.company"].create({"name": "Second"})
        theirs = self.env["social.crm.identity"].with_company(company).create(
            {"company_id": company.id, "platform_id": self.ana.platform_id.id,
             "external_id": "id-ana", "handle": person("ana").handle,
             "first_seen": "2026-03-01 00:00:00"}
        )  # fmt: skip
        self.env.user.company_ids += company
        know(theirs.with_context(allowed_company_ids=company.ids), self.contact)
        name = self.contact.name
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column"]))
        self.assertEqual((self.contact.name, self.contact.active), (name, True))
        self.assertEqual(theirs.partner_id, self.contact)
        self.assertFalse(self.ana.exists())
        self.assertGreaterEqual(erasure.facts["kept"]["company"], 1)
