# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.social_crm_base.tests.common import message, person


@tagged("post_install", "-at_install")
class TestIdeaTour(HttpCase):
    """From a message in the inbox to an idea and back to its supporter, in a real browser."""

    def test_a_message_supports_an_idea_and_its_author_hears_of_it(self):
        new_test_user(self.env, "idea_agent", "social_crm_base.group_agent")
        channel = self.env["social.crm.channel"].create(
            {
                "name": "Shop",
                "platform_id": self.env.ref("social_crm_base.platform_mastodon").id,
                "connector": "manual",
            }
        )
        said = self.env["social.crm.interaction"]._ingest(
            channel, [message("m1", person("ana"), text="Is the workshop open on Sundays?")]
        ).interactions
        idea = self.env["social.crm.idea"].create({"name": "Tour: workshop open on Sundays"})
        self.start_tour(
            f"/odoo/social-inbox?case={said.case_id.id}", "social_idea_tour", login="idea_agent"
        )
        self.assertEqual(idea.status, "planned")
        self.assertEqual(idea.supporter_ids.told_status, "planned")
        self.assertEqual(idea.supporter_ids.outbox_id.interaction_id.parent_id, said)
