# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.browser_case import BrowserCase


class PicturesCase(BrowserCase):
    """The example shop's inbox, where the documents' pictures are taken."""

    def walk(self, tour):
        if not self.env.ref("social_crm_channels.social_crm_channel_sandbox_demo", False):
            self.skipTest("the example shop is not installed")
        with self.enter_registry_test_mode():
            self.env.ref("social_crm_channels.ir_cron_watch_deadlines").method_direct_trigger()
        self.start_tour("/odoo/social-inbox", tour, login="admin")


@tagged("post_install", "-at_install")
class TestDeskPictures(PicturesCase):
    """The inbox on a desk."""

    browser_size = "1440x900"

    def test_the_example_shop_shows_what_the_documents_promise(self):
        self.walk("social_inbox_pictures_tour")


@tagged("post_install", "-at_install")
class TestPhonePictures(PicturesCase):
    """The inbox on a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_the_example_shop_fits_a_phone(self):
        self.walk("social_inbox_phone_pictures_tour")
