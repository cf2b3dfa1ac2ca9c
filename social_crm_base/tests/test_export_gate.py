# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import tagged

from ..exceptions import RulebookRefusal
from .common import SocialCrmCommon, comment, person


@tagged("post_install", "-at_install")
class TestExportGate(SocialCrmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.linkedin = cls.env["social.crm.channel"].create(
            {
                "name": "Shop on LinkedIn",
                "platform_id": cls.env.ref("social_crm_base.platform_linkedin").id,
                "external_id": "urn:li:organization:1",
            }
        )
        cls.agent.group_ids += cls.env.ref("base.group_allow_export")

    def test_what_a_network_forbids_to_carry_away_is_not_exported(self):
        self.ingest(comment("c1", person("ana")), channel=self.linkedin)
        said = self.said("c1", self.linkedin).with_user(self.agent)
        for records in (said, said.identity_id, said.conversation_id):
            with self.assertRaisesRegex(RulebookRefusal, "LinkedIn"):
                records.export_data(["id"])

    def test_what_others_allow_is_exported(self):
        self.ingest(comment("c1", person("ana"), text="Vidimo se 👋"))
        said = self.said("c1").with_user(self.agent)
        self.assertEqual(said.export_data(["body"])["datas"], [["Vidimo se 👋"]])
