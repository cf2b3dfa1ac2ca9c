# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.social_crm_base.tests.common import comment, message, person, post
from odoo.addons.social_crm_base.tools.activity import Target

SAID = (
    ("ana", "Ćao, imate li kacigu?"),
    ("budi", "Where is my parcel?"),
    ("citra", "Do you open on Monday?"),
    ("dewi", "My voucher does not work"),
)


class InboxTourCommon(HttpCase):
    """A shop where four people wrote and three commented below one post."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["social.crm.case"].search([]).unlink()  # demo cases would stand between ours
        cls.env["social.crm.response.policy"].search([]).unlink()
        cls.agent = new_test_user(cls.env, "inbox_agent", "social_crm_base.group_agent")
        channel = cls.env["social.crm.channel"].create(
            {"name": "Shop", "platform_id": cls.env.ref("social_crm_base.platform_mastodon").id}
        )
        said = cls.env["social.crm.interaction"]
        said._ingest(
            channel,
            [
                *(
                    message(f"m-{who}", person(who), number, text=text)
                    for number, (who, text) in enumerate(SAID)
                ),
                post("sunday", 20, text="We open on Sundays"),
                *(
                    comment(f"c-{n}", person(f"fan{n}"), "sunday", 21 + n, root=Target("sunday"))
                    for n in range(3)
                ),
            ],
        )
        while said._run_second_stage():
            pass


@tagged("post_install", "-at_install")
class TestInboxTour(InboxTourCommon):
    """The queue of the inbox, by keyboard alone."""

    def test_keyboard_alone(self):
        self.start_tour("/odoo/social-inbox", "social_inbox_queue_tour", login="inbox_agent")
        closed = self.env["social.crm.case"].search([("state", "=", "closed")])
        self.assertEqual(closed.identity_id.name, "Budi")


@tagged("post_install", "-at_install")
class TestInboxPhoneTour(InboxTourCommon):
    """The inbox on a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_phone(self):
        self.start_tour("/odoo/social-inbox", "social_inbox_phone_tour", login="inbox_agent")
