# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import re

from odoo import models

from odoo.addons.social_crm_base.tools.keyring import keyed_hash

from . import const


class SocialCrmInteraction(models.Model):
    """What Telegram's own words mean for our records, once they are stored."""

    _inherit = "social.crm.interaction"

    def _second_stage_hooks(self):
        return [
            *super()._second_stage_hooks(),
            (5, "telegram_migration", "_hook_telegram_migration"),
            (20, "telegram_start", "_hook_telegram_start"),
        ]

    def _hook_telegram_migration(self):
        """A group that became a supergroup stays one conversation under its new number."""
        for item in self.filtered(
            lambda item: item.family == const.MIGRATION and item.channel_id.connector == "telegram"
        ):
            self._migrate_group(item.conversation_id, item.container, item.external_id)

    def _migrate_group(self, old, former, number):
        """:param recordset old: the conversation under the ``former`` number"""
        key = f"g:{keyed_hash('group', number)}"
        if not old or old.dedup_key == key:
            return
        old_sudo = old.sudo()  # sudo: the workers' own bookkeeping
        new_sudo = old_sudo.search(
            [("channel_id", "=", old.channel_id.id), ("dedup_key", "=", key)], limit=1
        )
        if new_sudo:
            # sudo: what was said there already joins what was said here
            self.sudo().search([("conversation_id", "=", new_sudo.id)]).conversation_id = old_sudo
            self._move_outbox(new_sudo, old_sudo)
            for name in ("last_date", "last_in_date", "last_out_date"):
                dates = filter(None, (old_sudo[name], new_sudo[name]))
                old_sudo[name] = max(dates, default=False)
            new_sudo.unlink()
        old_sudo.write({"dedup_key": key, "external_id": number})
        # sudo: as above; anonymous administrators speak under the group's own number
        self.env["social.crm.identity"].sudo().search(
            [
                ("company_id", "=", old.company_id.id),
                ("platform_id", "=", old.platform_id.id),
                ("external_id", "=", former),
            ]
        ).external_id = number

    def _move_outbox(self, source_sudo, target_sudo):
        # sudo: the workers' own bookkeeping
        rows = self.env["social.crm.outbox"].sudo()
        rows.search([("conversation_id", "=", source_sudo.id)]).conversation_id = target_sudo

    def _hook_telegram_start(self):
        """Whoever came by ``t.me/bot?start=name`` came by the campaign of that name.

        Only by one that exists: what stands in such a link anybody may write.
        """
        begun = self.filtered(
            lambda item: item.channel_id.connector == "telegram"
            and item.direction == "in"
            and item.case_id
            and not item.case_id.campaign_id
            and const.START.fullmatch(item.body or "")
        )
        if not begun:
            return
        # sudo: workers read campaigns, of which the salespeople's app has the rights
        campaigns = {
            slug(campaign.title or campaign.name): campaign
            for campaign in self.env["utm.campaign"].sudo().search([], order="id desc")
        }
        source = self.env.ref("social_crm_base.utm_source_telegram", raise_if_not_found=False)
        medium = self.env.ref("social_crm_base.utm_medium_message", raise_if_not_found=False)
        for item in begun:
            payload = const.START.fullmatch(item.body)[1]
            if campaign := campaigns.get(slug(payload)):
                case = item.case_id
                case.write(
                    {
                        "campaign_id": campaign.id,
                        "source_id": case.source_id.id or (source and source.id),
                        "medium_id": case.medium_id.id or (medium and medium.id),
                    }
                )


def slug(name):
    """A campaign's name as it can stand in a link: ``Summer 2026`` is ``summer-2026``.

    :rtype: str
    """
    return re.sub(r"[\W_]+", "-", (name or "").lower()).strip("-")
