# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.addons.social_crm_base.tests.common import SocialCrmCommon, comment, message, person

from .common import channel_on


class ComposerCommon(SocialCrmCommon):
    """Ana asked something in private and then in public, on a sandbox account of the shop."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What the example shop has written down is not asked here.
        cls.env["social.crm.brand.rule"].search([]).active = False
        cls.env["social.crm.protocol"].search([]).active = False
        cls.env["mail.canned.response"].search([]).social_platform_ids = cls.platform
        cls.channel = channel_on(cls.env, "sandbox", external_id="composer-shop")
        cls.sandbox, cls.app = cls.channel.platform_id, cls.channel.app_id
        cls.ingest(
            message("m1", person("ana"), text="Hello, may I ask something?"),
            comment("c1", person("ana"), minutes=5, text="Where is my parcel?", language="en"),
        )
        cls.public = cls.said("c1").conversation_id.with_user(cls.agent)
        cls.private = cls.said("m1").conversation_id.with_user(cls.agent)
        cls.case = cls.said("c1").case_id
        cls.case.user_id = cls.agent
        cls.mine = cls.case.with_user(cls.agent)

    def open(self):
        return self.mine.inbox_open(["composer"])["composer"]

    def measure(self, place, text, **options):
        return self.mine.inbox_measure(place.id, text, **options)

    def send(self, body="Hello", place=None, mode="reply", **values):
        place = place or self.public
        return self.mine.inbox_send(
            {"conversation_id": place.id, "body": body, "mode": mode, **values}
        )

    def row(self, sent):
        return self.env["social.crm.outbox"].browse(sent["outbox_id"])
