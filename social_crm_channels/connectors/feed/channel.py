# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import not_personal

from .connector import GONE

NEVER = timedelta(days=3650)


class SocialCrmChannel(models.Model):
    _inherit = "social.crm.channel"

    connector = fields.Selection(
        selection_add=[("feed", "Feed")], ondelete={"feed": "set default"}
    )
    tag_ids = fields.Many2many(
        "social.crm.tag",
        "social_crm_channel_tag_rel",
        "channel_id",
        "tag_id",
        string="Tags",
        help="To find channels by; feeds that were imported have the folders they lay in.",
    )
    feed_address = fields.Char(related="app_id.base_url", string="Feed Address")

    def _feed_moved(self, address):
        """The publisher says that the feed is elsewhere for good."""
        self.ensure_one()
        # sudo: follows from reading a channel, as its app does
        app_sudo = self._ensure_app().sudo()
        before = app_sudo.base_url or self.external_id
        if before == address:
            return
        app_sudo.base_url = address
        # sudo: the engine speaks
        self.sudo().message_post(
            body=self.env._(
                "The publisher moved this feed for good, and it is read there from now on: "
                "%(after)s (before: %(before)s).",
                after=address,
                before=before,
            ),
            subtype_xmlid="mail.mt_note",
        )

    def _feed_gone(self):
        """The publisher says that the feed is gone for good: stop asking, and say what to do."""
        self.ensure_one()
        sync = self._sync()
        speaker = self._connector()
        sync.write(
            {
                "cursor": {**(sync.cursor or {}), "gone": True},
                "next_fetch_at": fields.Datetime.now() + NEVER,
            }
        )
        message, todo = speaker._gone_message(), speaker._gone_todo()
        self._set_health("red", message, todo)
        summary = self.env._("%(channel)s: the feed is gone", channel=self.name)
        self._open_incident("trouble", summary, f"{message}\n{todo}")

    def action_export_opml(self):
        """Download these feeds as OPML, which every reader of feeds takes."""
        self.check_access("read")
        listed = ",".join(map(str, self.filtered(lambda c: c.connector == "feed").ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/social_crm/feeds.opml?ids={listed}",
            "target": "download",
        }

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("tag_ids")}


class SocialCrmChannelSync(models.Model):
    _inherit = "social.crm.channel.sync"

    def write(self, vals):
        """A connector writes nothing itself: its cursor says that the feed moved."""
        moved = (vals.get("cursor") or {}).get("feed_moved_to")
        if not moved:
            return super().write(vals)
        cursor = {key: value for key, value in vals["cursor"].items() if key != "feed_moved_to"}
        written = super().write({**vals, "cursor": cursor})
        for sync in self:
            sync.channel_id._feed_moved(moved)
        return written


class SocialCrmEvent(models.Model):
    _inherit = "social.crm.event"

    def _fetch_failed(self, channel, error):
        if channel.connector == "feed" and getattr(error, "status", None) == GONE:
            channel._feed_gone()
            return
        super()._fetch_failed(channel, error)
