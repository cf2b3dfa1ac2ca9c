# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields

from odoo.addons.social_crm_base.tests.common import SocialCrmCommon, know

from .archive_samples import TEXT, tweet, x_archive, x_message, x_talk, zipped


class ArchiveCommon(SocialCrmCommon):
    """Imports as a manager makes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.x_zip = zipped(
            x_archive(
                [
                    tweet(1, TEXT),
                    tweet(
                        2, "@Ana da, šaljemo", 2, in_reply_to_status_id_str="900",
                        in_reply_to_user_id_str="77",
                        entities={"user_mentions": [{"screen_name": "Ana", "id_str": "77"}]},
                    ),
                ],
                [
                    x_talk(x_message(5, 77, 42, "Šaljete li u Niš?"),
                           x_message(6, 42, 77, "Da! 😀")),
                    x_talk(x_message(7, 88, 42, "Hello"), number="42-88"),
                ],
            )
        )

    def channel_of(self, code):
        platform = self.env.ref(f"social_crm_base.platform_{code}")
        channels = self.env["social.crm.channel"]
        return channels.search(
            [("platform_id", "=", platform.id), ("name", "=", "Old account")]
        ) or channels.create({"name": "Old account", "platform_id": platform.id})

    def archive(self, code, *files, **vals):
        """An import as a manager fills it in."""
        attachments = self.env["ir.attachment"].with_user(self.manager).create(
            [{"name": name, "raw": content} for name, content in files]
        )
        return self.env["social.crm.archive"].with_user(self.manager).create(
            {
                "format": code,
                "channel_id": self.channel_of(code).id,
                "attachment_ids": [fields.Command.set(attachments.ids)],
                "ground": "contract",
                "keep_months": 24,
                "tz": "UTC",
                **vals,
            }
        )

    def contact(self, identity):
        """The account is a contact's, with the consent its network asks for."""
        identity.consent_basis = "opt_in"
        know(identity, self.env["res.partner"].create({"name": "Ana Petrović"}))

    def run_worker(self):
        with self.enter_registry_test_mode():
            self.env.ref("social_crm_channels.ir_cron_archive").method_direct_trigger()
        self.env.invalidate_all()

    def taken(self, code, *files, **vals):
        """An import from the file to the end."""
        archive = self.archive(code, *files, **vals)
        archive.action_read()
        archive.action_import()
        self.run_worker()
        return archive

    def brought(self, archive):
        return self.interactions.search([("archive_id", "=", archive.id)], order="date, id")
