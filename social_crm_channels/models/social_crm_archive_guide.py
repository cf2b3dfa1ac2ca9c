# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from markupsafe import Markup

from odoo import api, models


class SocialCrmArchive(models.Model):
    """How to get each network's download, and what to say of a wrong file."""

    _inherit = "social.crm.archive"

    @api.depends("format")
    def _compute_guide(self):
        guides = self._guides()
        for archive in self:
            steps, note = guides.get(archive.format, ((), ""))
            archive.guide = (
                Markup("<ol class='mb-1'>%s</ol><p class='mb-0'>%s</p>")
                % (Markup().join(Markup("<li>%s</li>") % step for step in steps), note)
                if steps
                else False
            )

    @api.model
    def _guides(self):
        """Where each network gives its download; menus as the networks name them in English.

        :return: format to (steps, what is taken and what is not)
        :rtype: dict
        """
        return {
            "x": (
                [
                    self.env._("On x.com: More, Settings and privacy, Your account."),
                    self.env._("Download an archive of your data; confirm with your password."),
                    self.env._(
                        "X tells you when it is ready, mostly after a day. Add the zip as it is."
                    ),
                ],
                self.env._(
                    "Taken: posts, answers and private messages. Likes, followers and the address "
                    "book are not opened."
                ),
            ),
            "facebook": (
                [
                    self.env._(
                        "On facebook.com: Settings, Accounts Centre, Your information and "
                        "permissions."
                    ),
                    self.env._("Export your information, for the page or profile, to this device."),
                    self.env._(
                        "Choose JSON, not HTML; posts, comments and messages are enough. Add each "
                        "zip as it is."
                    ),
                ],
                self.env._(
                    "Taken: posts, our comments and messages. Friends, followers and contacts are "
                    "not opened."
                ),
            ),
            "instagram": (
                [
                    self.env._(
                        "On instagram.com: Settings, Accounts Centre, Your information and "
                        "permissions."
                    ),
                    self.env._("Export your information, for the account, to this device."),
                    self.env._(
                        "Choose JSON, not HTML; posts, comments and messages are enough. Add each "
                        "zip as it is."
                    ),
                ],
                self.env._(
                    "Taken: posts, stories, our comments and messages. Followers and contacts are "
                    "not opened."
                ),
            ),
            "linkedin": (
                [
                    self.env._("On linkedin.com: Me, Settings & Privacy, Data privacy."),
                    self.env._(
                        "Get a copy of your data; the larger archive has posts and comments too."
                    ),
                    self.env._(
                        "The link comes by mail within a day. Add the zip, or single CSV files."
                    ),
                ],
                self.env._(
                    "Taken: Shares.csv, Comments.csv and messages.csv. Connections and imported "
                    "contacts are address books and are not opened."
                ),
            ),
            "whatsapp": (
                [
                    self.env._("On the phone, open the chat and its menu: More, Export chat."),
                    self.env._("Choose Without media."),
                    self.env._(
                        "Add the zip (iPhone) or the text file (Android); several chats at once."
                    ),
                ],
                self.env._(
                    "Taken: the messages of the chat. After looking inside, mark which name is "
                    "ours."
                ),
            ),
            "google_plus": (
                [
                    self.env._(
                        "Google+ closed on 2 April 2019: only a Google Takeout made before has it."
                    ),
                    self.env._("Look for takeout-….zip with a folder Google+ Stream in it."),
                    self.env._("Add the zip as it is; JSON and HTML are both read."),
                ],
                self.env._(
                    "Taken: posts and their comments with their date. Circles, contacts and the "
                    "activity log are not opened."
                ),
            ),
            "mastodon": (
                [
                    self.env._("On your server: Preferences, Import and export, Data export."),
                    self.env._("Request your archive; it can be made once a week."),
                    self.env._("Add the zip or tar.gz as it is."),
                ],
                self.env._(
                    "Taken: our own posts and answers. What others wrote is not in it, and "
                    "followers are not opened."
                ),
            ),
        }

    def _wrong_words(self, error):
        """What is wrong with a file, what is expected, and where to get it.

        :param WrongArchive error:
        :rtype: str
        """
        name = error.detail or ", ".join(self.attachment_ids.mapped("name"))
        network = self.platform_id.name
        problem = {
            "html": self.env._(
                "%(file)s is the HTML form of the download; the JSON form is needed.", file=name
            ),
            "broken": self.env._(
                "%(file)s is broken: download it again, and add it without unpacking.", file=name
            ),
            "locked": self.env._(
                "%(file)s is locked by a password: add it without one.", file=name
            ),
            "too_big": self.env._(
                "%(file)s unpacks to far more than such a download holds. It was not opened.",
                file=name,
            ),
        }.get(error.code) or self.env._(
            "%(file)s is not a download of %(network)s.", file=name, network=network
        )
        steps, _note = self._guides().get(self.format, ((), ""))
        return "\n".join((problem, self.env._("How to get it:"), *steps))
