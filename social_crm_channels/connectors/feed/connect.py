# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import not_personal


class SocialCrmConnect(models.TransientModel):
    """A feed is connected by an address and nothing else: no credentials, no consent."""

    _inherit = "social.crm.connect"

    feed_url = fields.Char(string="Page or Feed", help="The address of a page or of its feed.")

    def action_continue(self):
        if self.connector != "feed":
            return super().action_continue()
        self.ensure_one()
        self._check_manager()
        self.app_id = self._find_app()
        with self._in_words():
            grant = self._speaker()._grant(self.app_id, {"feed_url": self.feed_url})
        return self._granted(grant)

    def action_connect(self):
        """A channel that is connected anew may read from another address than before."""
        if self.connector == "feed" and self.channel_id.external_id:
            self._check_manager()
            lines = self.account_ids
            same = lines.filtered(
                lambda line: line.profile_url
                in (self.channel_id.feed_address, self.channel_id.external_id)
            )
            chosen = lines.filtered("is_chosen")[:1] or same[:1]
            if not chosen:
                self.state = "accounts"
                return self._reopen()
            (lines - chosen).unlink()
            chosen.write({"external_id": self.channel_id.external_id, "is_chosen": True})
        return super().action_connect()

    def _connect_account(self, line):
        if self.connector != "feed":
            return super()._connect_account(line)
        address = line.profile_url
        channel = self.channel_id or self._feed_channel(address)
        apps = self.env["social.crm.app"]
        self.app_id = channel.app_id or (
            apps.create(self._feed_app_vals(address)) if self.app_id.channel_ids else self.app_id
        )
        self.app_id.write({"base_url": address, "name": self._feed_app_vals(address)["name"]})
        line.external_id = channel.external_id or address
        return super()._connect_account(line)

    def _feed_channel(self, address):
        """The channel that reads this address already, also one that moved there."""
        return self.env["social.crm.channel"].with_context(active_test=False).search(
            [
                ("company_id", "=", self.company_id.id),
                ("connector", "=", "feed"),
                "|",
                ("external_id", "=", address),
                ("app_id.base_url", "=", address),
            ],
            limit=1,
        )

    def _feed_app_vals(self, address):
        return self.env["social.crm.app"]._feed_vals(
            self.platform_id, self.company_id, address
        )

    def _start(self, channel):
        if channel.connector == "feed":
            sync = channel._sync()
            known = (sync.cursor or {}).get("known", {})
            sync.cursor = {"known": known}  # asked afresh, also where it was gone
        super()._start(channel)

    def _own_identity(self, line):
        """A feed is somebody else's page mostly: nothing in it is taken for our own words."""
        if self.connector == "feed":
            return self.env["social.crm.identity"]
        return super()._own_identity(line)

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("feed_url")}


class SocialCrmApp(models.Model):
    _inherit = "social.crm.app"

    def _feed_vals(self, platform, company, address):
        """One feed has one app, so that a hub's call says which feed it is about."""
        host = address.partition("://")[2].partition("/")[0]
        return {
            "name": f"{platform.name} · {host}",
            "company_id": company.id,
            "platform_id": platform.id,
            "connector": "feed",
            "base_url": address,
        }
