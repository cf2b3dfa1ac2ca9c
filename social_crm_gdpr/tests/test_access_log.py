# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.base.models.ir_autovacuum import is_autovacuum

from .test_restriction import MeasureCommon

CONTACT_FORM = dict.fromkeys(("name", "email", "phone", "website", "street", "city", "vat"), {})
LEAD_FORM = dict.fromkeys(
    ("name", "partner_id", "email_from", "phone", "user_id", "team_id", "stage_id"), {}
)


@tagged("post_install", "-at_install")
class TestAccessLog(MeasureCommon):
    """Whose data is opened, printed, exported or merged, also by Odoo's own screens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env,
            "seller",
            groups="sales_team.group_sale_salesman,base.group_partner_manager,"
            "base.group_allow_export",
        )
        cls.stranger = cls.env["res.partner"].create({"name": "No Network"})
        cls.env["social.crm.access.log"].sudo().search([]).unlink()
        cls.env.flush_all()

    def logged(self, action="open", user=None):
        rows = self.env["social.crm.access.log"].search(
            [("user_id", "=", (user or self.seller).id), ("action", "=", action)]
        )
        return [(row.model, row.identity_id or row.partner_id) for row in rows]

    def test_opening_a_contact_of_the_suite_is_noted_once_in_a_while(self):
        contact = self.contact.with_user(self.seller)
        with freeze_time(fields.Datetime.now()) as clock:
            contact.web_read(CONTACT_FORM)
            contact.web_save({"city": "Niš"}, CONTACT_FORM)
            self.assertEqual(self.logged(), [("res.partner", self.contact)])
            clock.tick(timedelta(hours=9))
            contact.web_read(CONTACT_FORM)
            self.assertEqual(len(self.logged()), 2)

    def test_lists_references_and_everybody_else_are_not(self):
        partners = self.env["res.partner"].with_user(self.seller)
        for rows in (self.contact, self.contact + self.stranger):
            partners.web_search_read([("id", "in", rows.ids)], CONTACT_FORM)
        partners.web_read_group(
            [("id", "=", self.contact.id)], ["company_id"], auto_unfold=True,
            unfold_read_specification=CONTACT_FORM,
        )  # fmt: skip
        self.contact.with_user(self.seller).web_read({"display_name": {}})
        self.stranger.with_user(self.seller).web_read(CONTACT_FORM)
        self.assertFalse(self.logged())

    def test_nobody_can_say_they_only_looked_at_a_list(self):
        contact = self.contact.with_user(self.seller).with_context(social_crm_listed=True)
        contact.web_read(CONTACT_FORM)
        self.assertTrue(self.logged())

    def test_a_contact_without_networks_costs_one_question(self):
        stranger = self.stranger.with_user(self.seller)
        contact = self.contact.with_user(self.seller)
        contact.web_read(CONTACT_FORM)
        plain = self.queries(lambda: stranger.read(list(CONTACT_FORM)))
        self.assertEqual(self.queries(lambda: stranger.web_read(CONTACT_FORM)), plain + 1)
        # whose it is, their company, and whether that is noted already
        self.assertEqual(self.queries(lambda: contact.web_read(CONTACT_FORM)), plain + 3)

    def queries(self, call):
        call()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        return self.env.cr.sql_log_count - before

    def test_opening_a_lead_of_the_suite_is_noted_with_whom_it_is_of(self):
        leads = self.env["crm.lead"].create(
            [
                {"name": "By account", "social_identity_id": self.bo.id},
                {"name": "By contact", "partner_id": self.contact.id},
                {"name": "Of nobody", "partner_id": self.stranger.id},
            ]
        )
        leads.user_id = self.seller
        for lead in leads.with_user(self.seller):
            lead.web_read(LEAD_FORM)
        self.assertEqual(
            set(self.logged()), {("crm.lead", self.bo), ("crm.lead", self.contact)}
        )

    def test_every_form_of_the_suite_that_shows_a_person_is_noted(self):
        said = self.said("c2").with_user(self.agent)
        for record in (said, said.case_id, said.conversation_id):
            with self.subTest(model=record._name):
                self.env["social.crm.access.log"].sudo().search([]).unlink()
                names = [*record._fields][:12]
                record.web_read(dict.fromkeys(names, {}))
                self.assertEqual(self.logged(user=self.agent), [(record._name, self.bo)])

    def test_who_reads_a_journey_is_noted_once_for_all_its_pages(self):
        journeys = self.env["social.crm.journey"].with_user(self.agent)
        page = journeys.get_page("social.crm.identity", self.bo.id, limit=1)
        journeys.get_page("social.crm.identity", self.bo.id, cursor=page.get("cursor"))
        journeys.get_page("res.partner", self.contact.id)
        journeys.get_page("res.partner", self.stranger.id)
        self.assertEqual(
            set(self.logged(user=self.agent)),
            {("social.crm.identity", self.bo), ("res.partner", self.contact)},
        )

    def test_every_export_is_noted(self):
        self.contact.with_user(self.seller).export_data(["name"])
        self.stranger.with_user(self.seller).export_data(["name"])
        self.assertEqual(self.logged("export"), [("res.partner", self.contact)])

    def test_printing_is_noted_and_refused_to_who_sees_initials(self):
        self.company.social_crm_mask_viewers = True
        report = self.env["ir.actions.report"].create(
            {
                "name": "Talk", "model": "social.crm.interaction", "report_type": "qweb-html",
                "report_name": "social_crm_gdpr.talk",
            }
        )  # fmt: skip
        said = self.said("c2")
        for user in (self.agent, self.viewer):
            reports = report.with_user(user)
            if user == self.viewer:
                with self.assertRaises(AccessError):
                    reports._get_rendering_context(reports, said.ids, {})
            else:
                reports._get_rendering_context(reports, said.ids, {})
        self.assertEqual(
            self.logged("export", self.agent), [("social.crm.interaction", self.bo)]
        )

    def test_who_has_contacts_side_by_side_to_merge_them_is_noted(self):
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.seller)
        both = self.contact + self.stranger
        Form(wizard.with_context(active_model="res.partner", active_ids=both.ids))
        self.assertEqual(self.logged(), [("res.partner", self.contact)])

    def test_it_ends_after_twelve_months_by_the_nightly_job_and_is_not_in_the_chain(self):
        log = self.env["social.crm.access.log"]
        before = self.env["social.crm.evidence"].search_count([])
        with freeze_time("2025-01-31 10:00:00"):
            log.with_user(self.seller)._note("open", self.contact)
        self.assertEqual(self.env["social.crm.evidence"].search_count([]), before)
        self.assertTrue(is_autovacuum(type(log)._gc_old))
        self.assertTrue(self.env.ref("base.autovacuum_job").active)
        with freeze_time("2026-01-31 11:00:00"):
            done, is_more = log._gc_old()
        self.assertGreaterEqual(done, 1)
        self.assertFalse(is_more or self.logged())
