# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.social_crm_base.exceptions import MalformedPayload
from odoo.addons.social_crm_base.tools.privacy import not_personal

from . import opml


class SocialCrmFeedImport(models.TransientModel):
    """Take over a list of feeds from another reader: look first, then connect."""

    _name = "social.crm.feed.import"
    _inherit = ["social.crm.personal.data"]
    _description = "Import Feeds"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    data = fields.Binary(string="OPML File", attachment=False)
    filename = fields.Char()
    line_ids = fields.One2many("social.crm.feed.import.line", "import_id", string="Feeds")
    note = fields.Text(readonly=True)
    new_count = fields.Integer(compute="_compute_counts")
    known_count = fields.Integer(compute="_compute_counts")

    @api.depends("line_ids.is_chosen", "line_ids.channel_id")
    def _compute_counts(self):
        for wizard in self:
            wizard.known_count = len(wizard.line_ids.filtered("channel_id"))
            wizard.new_count = len(wizard.line_ids._importable())

    @api.onchange("data")
    def _onchange_data(self):
        """Show what is in the file before anything happens."""
        self.line_ids = [fields.Command.clear()]
        self.note = False
        if self.data:
            lines, unread = self._preview()
            self.line_ids = [fields.Command.create(vals) for vals in lines]
            self.note = unread

    def _preview(self):
        """:return: values of the lines, and in words what cannot be read
        :rtype: tuple[list[dict], str | bool]
        """
        try:
            outlines, unread = opml.read(base64.b64decode(self.data))
        except (MalformedPayload, binascii.Error, ValueError) as error:
            raise UserError(
                self.env._(
                    "This file cannot be read as OPML: %(reason)s. In your reader, look for "
                    "Export or OPML in its settings.",
                    reason=str(error),
                )
            ) from error
        known = self._known([outline.address for outline in outlines])
        lines = [
            {
                "name": outline.title,
                "address": outline.address,
                "folders": " / ".join(outline.folders),
                "channel_id": known.get(outline.address, False),
                "is_chosen": outline.address not in known,
            }
            for outline in outlines
        ]
        words = self.env._("Left out, as these are no web addresses:")
        return lines, "\n".join((words, *unread)) if unread else False

    def _known(self, addresses):
        """:return: address to channel id of what is read already, also of what moved there
        :rtype: dict
        """
        channels = self.env["social.crm.channel"].with_context(active_test=False).search(
            [
                ("company_id", "=", self.company_id.id),
                ("connector", "=", "feed"),
                "|",
                ("external_id", "in", addresses),
                ("app_id.base_url", "in", addresses),
            ]
        )
        return {
            address: channel.id
            for channel in channels
            for address in (channel.external_id, channel.feed_address)
        }

    def action_import(self):
        """Make a channel of each feed chosen; they are read from now on."""
        self.ensure_one()
        if not self.env.user.has_group("social_crm_base.group_manager"):
            raise AccessError(self.env._("Only a manager can connect accounts."))
        lines = self.line_ids._importable()
        known = self._known(lines.mapped("address"))  # somebody may have been quicker
        lines = lines.filtered(lambda line: line.address not in known)
        if not lines:
            raise UserError(
                self.env._("There is nothing to import: choose a file with feeds that are new.")
            )
        channels = self._make_channels(lines)
        self.env["social.crm.event"]._wake("_cron_fetch")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "social_crm_base.social_crm_channel_action"
        )
        action["domain"] = [("id", "in", channels.ids)]
        return action

    def _make_channels(self, lines):
        platform = self.env.ref("social_crm_base.platform_rss")
        apps = self.env["social.crm.app"].create(
            [
                self.env["social.crm.app"]._feed_vals(platform, self.company_id, line.address)
                for line in lines
            ]
        )
        tags = self._tags({name for line in lines for name in line._folder_names()})
        return self.env["social.crm.channel"].create(
            [
                {
                    "name": line.name,
                    "company_id": self.company_id.id,
                    "platform_id": platform.id,
                    "connector": "feed",
                    "app_id": app.id,
                    "external_id": line.address,
                    "user_id": self.env.uid,
                    "is_connected": True,
                    "tag_ids": [
                        fields.Command.set([tags[n.casefold()] for n in line._folder_names()])
                    ],
                }
                for line, app in zip(lines, apps, strict=True)
            ]
        )

    def _tags(self, names):
        """:return: name in small letters to tag id; missing tags are made
        :rtype: dict
        """
        tags = self.env["social.crm.tag"].with_context(active_test=False)
        wanted = {name.casefold(): name for name in sorted(names)}
        held = {tag.name.casefold(): tag.id for tag in tags.search([])}
        missing = [key for key in wanted if key not in held]
        made = tags.create([{"name": wanted[key]} for key in missing])
        return {**held, **dict(zip(missing, made.ids, strict=True))}

    def _personal_data_fields(self):
        return not_personal("company_id data filename note")


class SocialCrmFeedImportLine(models.TransientModel):
    """One feed of the file."""

    _name = "social.crm.feed.import.line"
    _inherit = ["social.crm.personal.data"]
    _description = "Feed to Be Imported"

    import_id = fields.Many2one("social.crm.feed.import", required=True, ondelete="cascade")
    is_chosen = fields.Boolean(string="Chosen")
    name = fields.Char(required=True)
    address = fields.Char(required=True)
    folders = fields.Char(help="They become tags.")
    channel_id = fields.Many2one(
        "social.crm.channel", string="Connected Already", help="Feeds we read already are left out."
    )

    def _importable(self):
        return self.filtered(lambda line: line.is_chosen and not line.channel_id)

    def _folder_names(self):
        return [name for part in (self.folders or "").split(" / ") if (name := part.strip())]

    def _personal_data_fields(self):
        return not_personal("import_id is_chosen name address folders channel_id")
