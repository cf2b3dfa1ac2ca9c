# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models

from ..const import DELIVERY_RANK, PRIVATE_VISIBILITY
from ..ingest import Ingest, item_key

# What was said, and what was found out from it.
BLANKED = [
    "title",
    "body",
    "body_html",
    "versions",
    "media",
    "language",
    "counters",
    "mood",
    "mood_score",
    "mood_source",
]
# What the network called it: needed to answer, useless once it is gone there too.
NAMES = ["permalink", "external_id", "container", "remote_ref", "remote_key"]


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    @api.model
    def _ingest(self, channel, activities, opens_cases=True, case=None, touches_cases=True):
        """The one way in: store what happened on a network.

        The same activities give the same rows in any order and any number of times. Nothing is
        committed, and the second stage (matching, mood, routing) is left to its own job.

        :param recordset channel: one ``social.crm.channel``
        :param list activities: :class:`~odoo.addons.social_crm_base.tools.activity.Activity`
        :param bool opens_cases: False for history, which asks nobody for an answer
        :param recordset case: the matter all of it belongs to, where the way it came by says so
        :param bool touches_cases: False for what is long past: no case gets it, also none that is
            open with the same person, and no turn is counted
        :rtype: IngestResult
        :raise AccessError: when the user may not log on this channel
        """
        channel.ensure_one()
        self.check_access("create")
        channel.check_access("read")
        # sudo: cycles, turns and identities follow from what was said; nobody writes them by hand
        return Ingest(self.sudo().env, channel.sudo()).run(
            activities,
            opens_cases=opens_cases,
            case_id=case.id if case else None,
            touches_cases=touches_cases,
        )

    @api.model
    def _prepare_activities(self, channel, activities):
        """Activities as they may be taken in: other addons leave out who must not be named.

        :return: as many activities, in the same order
        :rtype: list
        """
        return activities

    @api.model
    def _gate_activities(self, channel, activities):
        """Which activities may not be stored, asked once for the batch.

        :return: (position, reason in words); other addons add theirs
        :rtype: list[tuple[int, str]]
        """
        verdicts = {
            private: self.env["social.crm.platform.rule"]._verdicts(
                channel.platform_id,
                "store",
                flow=self._flows(channel, private),
                company=channel.company_id,
            )[channel.platform_id.id]
            for private in (False, True)
        }
        return [
            (position, verdict.reason)
            for position, activity in enumerate(activities)
            if (verdict := verdicts[activity.visibility in PRIVATE_VISIBILITY]).verdict == "refuse"
        ]

    @api.model
    def _flows(self, channel, private):
        """What the rulebook is asked about: who can read the words, and how they came to us.

        :rtype: tuple[str, str]
        """
        return (
            "private" if private else "public",
            "by_hand" if channel.connector == "manual" else "api",
        )

    @api.model_create_multi
    def create(self, vals_list):
        """The rulebook is asked here too, so that no way in goes around it."""
        for channel_id, platform_id, private in {
            (
                vals.get("channel_id"),
                vals.get("platform_id"),
                vals.get("visibility") in PRIVATE_VISIBILITY,
            )
            for vals in vals_list
        }:
            channel = self.env["social.crm.channel"].browse(channel_id)
            self.env["social.crm.platform.rule"]._check(
                self.env["social.crm.platform"].browse(platform_id),
                "store",
                flow=self._flows(channel, private),
                company=channel.company_id,
                decision=True,
            )
        return super().create(vals_list)

    @api.model
    def _content_lifetimes(self, channel):
        """For how many hours what is said may be kept; 0 means as long as we need it.

        :return: (direction, is private) to hours
        :rtype: dict
        """
        rules = self.env["social.crm.platform.rule"]
        return {
            (direction, private): rules._content_lifetime_hours(
                channel.platform_id,
                of="content" if direction == "in" else "own_content",
                flow=self._flows(channel, private),
                company=channel.company_id,
            )
            for direction in ("in", "out")
            for private in (False, True)
        }

    @api.model
    def _content_expiry(self, activity, received, lifetimes):
        """When an item's content has to go: its own expiry or the network's rule, the earlier.

        :param datetime received: from when the network's lifetime runs
        :param dict lifetimes: see :meth:`_content_lifetimes`
        :rtype: datetime | bool
        """
        private = activity.visibility in PRIVATE_VISIBILITY
        hours = lifetimes[activity.direction, private]
        ends = [activity.expires_at] if activity.expires_at else []
        if hours:
            ends.append(received + timedelta(hours=hours))
        return min(ends, default=False)

    @api.model
    def _dedup_key(self, family, container, external_id):
        """The key by which an item of a channel is recognised, also after erasure.

        :rtype: str
        """
        return item_key(family, container, external_id)

    @api.model
    def _name_sent(self, names):
        """Give what we sent the name the network gave it.

        :param dict names: interaction id to external_id, family, container, remote_key,
            remote_ref and permalink
        """
        for interaction_id, name in names.items():
            interaction = self.browse(interaction_id)
            key = self._dedup_key(name["family"], name["container"], name["external_id"])
            interaction.write(
                {
                    **{field: value or False for field, value in name.items()},
                    "family": name["family"],
                    "dedup_key": key,
                    "root_key": key
                    if interaction.root_key == interaction.dedup_key
                    else interaction.root_key,
                }
            )
        self.browse(names)._climb_delivery(dict.fromkeys(names, "sent"))

    def _climb_delivery(self, receipts):
        """Delivery only climbs: sent, delivered, read; failed is final.

        :param dict receipts: interaction id to delivery state
        :return: ids of the interactions that changed
        :rtype: list[int]
        """
        ranks = list(DELIVERY_RANK)
        self.flush_model(["delivery_state"])
        self.env.cr.execute(
            """
            UPDATE social_crm_interaction i SET delivery_state = v.state
              FROM unnest(%s::int[], %s::text[]) AS v(id, state)
             WHERE i.id = v.id AND i.direction = 'out'
               AND (i.delivery_state IS NULL
                    OR array_position(%s::text[], v.state)
                       > array_position(%s::text[], i.delivery_state::text))
            RETURNING i.id
            """,
            [list(receipts), list(receipts.values()), ranks, ranks],
        )
        changed = [found for (found,) in self.env.cr.fetchall()]
        self.invalidate_model(["delivery_state"], flush=False)
        return changed

    def _blank_content(self, state, moments=None):
        """Take content and media away and keep the shell, so that replays find the row.

        :param str state: ``deleted`` or ``expired``
        :param dict moments: interaction id to when it was deleted; now by default
        :return: ids of the interactions that had something to lose
        :rtype: list[int]
        """
        if not self:
            return []
        self.flush_model()
        names = BLANKED + (NAMES if state == "deleted" else [])
        blanks = ", ".join(f"{name} = NULL" for name in names)
        now = fields.Datetime.now()
        self.env.cr.execute(
            f"""
            UPDATE social_crm_interaction i
               SET {blanks}, rating = 0, state = %s, deleted_at = v.at, expires_at = NULL
              FROM unnest(%s::int[], %s::timestamp[]) AS v(id, at)
             WHERE i.id = v.id AND (i.state NOT IN ('deleted', %s)
                   OR (i.state = %s AND v.at < i.deleted_at))
            RETURNING i.id
            """,
            [
                state,
                self.ids,
                [(moments or {}).get(found, now) for found in self.ids],
                state,
                state,
            ],
        )
        changed = [found for (found,) in self.env.cr.fetchall()]
        self.invalidate_model(flush=False)
        blanked = self.browse(changed)
        # sudo: the files hang on what is blanked, whoever uploaded them
        blanked.sudo().attachment_ids.unlink()
        return changed
