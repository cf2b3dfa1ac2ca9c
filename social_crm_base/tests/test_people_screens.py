# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import HttpCase, new_test_user, tagged

OPENS = """
const ready = () => document.querySelector(".o_action .o_content");
const broken = () => document.querySelector(".o_error_dialog");
const wanted = %r;
(async () => {
    for (let tries = 0; tries < 300; tries++) {
        if (broken()) throw new Error("an error dialog opened");
        if (ready() && location.pathname.includes(wanted) && document.querySelector("%s")) {
            console.log("test successful");
            return;
        }
        await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error("not opened: " + location.pathname);
})();
"""


@tagged("post_install", "-at_install")
class TestPeopleScreens(HttpCase):
    """Every screen of people opens in a real browser; the server alone does not notice a widget
    that asks for a field which is not there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_test_user(
            cls.env,
            "people_screens",
            "social_crm_base.group_manager,base.group_partner_manager",
            password="people_screens",
        )
        cls.account = cls.env["social.crm.identity"].create(
            {
                "platform_id": cls.env.ref("social_crm_base.platform_telegram").id,
                "external_id": "screens",
                "name": "Mara Screens",
                "verified_email": "mara@screens.example",
            }
        )
        cls.mara = cls.account._create_partner()
        cls.link = cls.account.link_ids
        cls.proposal = cls.link.create(
            {
                "identity_id": cls.account.copy({"external_id": "screens2"}).id,
                "partner_id": cls.mara.id,
            }
        )
        gone = cls.env["res.partner"].create({"name": "Gone"})
        cls.merge = cls.env["social.crm.partner.merge"]._record(gone, cls.mara)

    def opens(self, action, record=None, shows=".o_content"):
        path = f"/odoo/action-social_crm_base.{action}" + (f"/{record.id}" if record else "")
        wanted = f"/{record.id}" if record else "/odoo/"
        self.browser_js(path, OPENS % (wanted, shows), login="people_screens")

    def test_the_lists_open(self):
        self.opens("social_crm_identity_action", shows=".o_list_renderer .o_data_row")
        yes = ".o_kanban_record button[name=action_confirm]"
        self.opens("social_crm_identity_link_action", shows=yes)
        self.opens("res_partner_action_social", shows=".o_list_renderer .o_data_row")
        self.opens("social_crm_partner_merge_action", shows=".o_list_renderer .o_data_row")
        self.opens("social_crm_relation_rule_action", shows=".o_list_renderer .o_data_row")

    def test_the_forms_open(self):
        self.opens("social_crm_identity_action", self.account, ".o_field_widget[name=link_ids]")
        self.opens("social_crm_identity_link_action", self.link, "button[name=action_send_code]")
        self.opens("res_partner_action_social", self.mara, "a[name=social]")
        self.opens("social_crm_partner_merge_action", self.merge, ".o_field_widget[name=our_text]")
