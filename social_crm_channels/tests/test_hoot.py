# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests import test_hoot


@tagged("post_install", "-at_install")
class TestHoot(test_hoot.TestHoot):
    """The tests of the inbox's components, in a real browser."""

    suite = "@social_crm_channels"
