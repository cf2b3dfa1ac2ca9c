# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from urllib.parse import parse_qs, urlsplit

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import SocialCrmCommon, post


@tagged("post_install", "-at_install")
class TestShare(SocialCrmCommon):
    """To networks that let no program in, a person carries the words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.xing = cls.env.ref("social_crm_base.platform_xing")
        cls.page = cls.env["social.crm.channel"].create(
            {"name": "Our page", "platform_id": cls.xing.id}
        )

    def share(self, **values):
        wizard = self.env["social.crm.share"].with_user(self.agent)
        return wizard.create(
            {"platform_id": self.xing.id, "url": "https://shop.example/torbe?x=1&y=ž", **values}
        )

    def test_a_post_of_ours_is_carried_to_xing_with_its_address_filled_in(self):
        self.ingest(post("p1", text="Nove torbe 👜", permalink="https://shop.example/@shop/p1"))
        said = self.said("p1").with_user(self.agent)
        action = said.action_share()
        form = Form(self.env["social.crm.share"].with_user(self.agent).with_context(
            **action["context"]
        ))
        form.platform_id = self.xing
        wizard = form.save()
        self.assertEqual((wizard.url, wizard.text), (said.permalink, "Nove torbe 👜"))
        self.assertEqual(wizard.channel_id, self.page)
        self.assertFalse(wizard.takes_text, "XING's form takes an address and nothing else")
        opened = wizard.action_open()
        self.assertEqual(opened["target"], "new")
        self.assertTrue(opened["url"].startswith("https://www.xing.com/spi/shares/new?"))
        self.assertEqual(parse_qs(urlsplit(opened["url"]).query), {"url": [said.permalink]})

    def test_what_was_typed_survives_any_sign(self):
        opened = self.share(platform_id=self.env.ref("social_crm_base.platform_telegram").id,
                            text="50 % & više 😀").action_open()
        query = parse_qs(urlsplit(opened["url"]).query)
        self.assertEqual(query["url"], ["https://shop.example/torbe?x=1&y=ž"])
        self.assertEqual(query["text"], ["50 % & više 😀"])

    def test_a_network_joins_by_its_record_alone(self):
        network = self.env["social.crm.platform"].create(
            {
                "name": "Ours",
                "code": "ours",
                "share_url_pattern": "https://ours.example/new?u={url}&t={text}",
            }
        )
        takers = self.env["social.crm.platform"].search(self.env["social.crm.share"]._takers())
        self.assertIn(network, takers)
        link = self.share(platform_id=network.id, url="https://a.example", text="Da").link
        self.assertEqual(link, "https://ours.example/new?u=https%3A%2F%2Fa.example&t=Da")

    def test_a_closed_network_is_not_offered(self):
        network = self.env["social.crm.platform"].create(
            {
                "name": "Gone",
                "code": "gone",
                "share_url_pattern": "https://gone.example/?u={url}",
                "retired_date": "2019-04-02",
            }
        )
        takers = self.env["social.crm.platform"].search(self.env["social.crm.share"]._takers())
        self.assertNotIn(network, takers)
        self.assertNotIn(self.env.ref("social_crm_base.platform_google_plus"), takers)

    def test_what_was_posted_is_noted_once_and_opens_no_case(self):
        wizard = self.share(text="Nove torbe")
        noted = self.env["social.crm.interaction"].browse(wizard.action_note()["res_id"])
        self.assertEqual((noted.direction, noted.kind), ("out", "post"))
        self.assertEqual(noted.channel_id, self.page)
        self.assertIn("Nove torbe", noted.body)
        self.assertEqual(noted.author_id, self.agent)
        self.assertTrue(noted.is_by_hand)
        self.assertFalse(noted.case_id)
        self.assertEqual(wizard.action_note()["res_id"], noted.id, "not twice")

    def test_what_is_missing_is_said(self):
        for values, word in (({"url": "javascript:alert(1)"}, "Address"), ({"url": ""}, "Address")):
            with self.assertRaisesRegex(UserError, word):
                self.share(**values).action_open()
        with self.assertRaisesRegex(UserError, "our account"):
            telegram = self.env.ref("social_crm_base.platform_telegram")
            self.share(platform_id=telegram.id).action_note()
