# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from psycopg2.extras import execute_values

from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import CONTENT, ROW, classify

GONE = ["deleted", "expired"]


class SocialCrmEvent(models.Model):
    """Whom and what raw events speak of, so that they go when the person or the content goes."""

    _inherit = "social.crm.event"

    interaction_ids = fields.Many2many(
        "social.crm.interaction",
        "social_crm_event_interaction_rel",
        "event_id",
        "interaction_id",
        string="Interactions",
        readonly=True,
        help="What it became, or speaks of.",
    )

    def _relate_people(self, channel, activities):
        """Note whom events speak of, so that a person's raw data can be found.

        :param dict activities: event id to its activities
        """
        by_id, by_handle = {}, {}
        for event_id, found in activities.items():
            for activity in found:
                for actor in (activity.actor, activity.counterpart, *activity.mentions):
                    if actor and actor.external_id:
                        by_id.setdefault((actor.scope, actor.external_id), set()).add(event_id)
                    elif actor:
                        by_handle.setdefault((actor.scope, actor.handle), set()).add(event_id)
        normalize = channel.platform_id._normalize_handle
        by_key = {(scope, normalize(handle)): ids for (scope, handle), ids in by_handle.items()}
        self.env.cr.execute(
            """
            SELECT id, scope, external_id, handle_key FROM social_crm_identity
             WHERE company_id = %s AND platform_id = %s
               AND (external_id = ANY(%s) OR handle_key = ANY(%s))
            """,
            [
                channel.company_id.id,
                channel.platform_id.id,
                [key for _scope, key in by_id],
                [key for _scope, key in by_key],
            ],
        )
        pairs = [
            (event_id, identity_id)
            for identity_id, scope, external_id, handle_key in self.env.cr.fetchall()
            for event_id in by_id.get((scope, external_id), set())
            | by_key.get((scope, handle_key), set())
        ]
        if pairs:
            execute_values(
                self.env.cr._obj,
                "INSERT INTO social_crm_event_identity_rel (event_id, identity_id) VALUES %s"
                " ON CONFLICT DO NOTHING",
                pairs,
                page_size=len(pairs),
            )

    def _relate_interactions(self, channel, activities):
        """Note what events became or speak of; what is gone already takes the raw form with it.

        :param dict activities: event id to its activities
        """
        key_of = self.env["social.crm.interaction"]._dedup_key
        events = {}
        for event_id, found in activities.items():
            for activity in found:
                target = activity.points_at
                if target:
                    key = key_of(target.family, target.container, target.external_id)
                    events.setdefault(key, set()).add(event_id)
        self.env.cr.execute(
            "SELECT id, dedup_key, state FROM social_crm_interaction"
            " WHERE channel_id = %s AND dedup_key = ANY(%s)",
            [channel.id, list(events)],
        )
        found = self.env.cr.fetchall()
        pairs = [
            (event_id, interaction_id)
            for interaction_id, key, _state in found
            for event_id in events[key]
        ]
        if pairs:
            execute_values(
                self.env.cr._obj,
                "INSERT INTO social_crm_event_interaction_rel (event_id, interaction_id) VALUES %s"
                " ON CONFLICT DO NOTHING",
                pairs,
                page_size=len(pairs),
            )
        self._drop_raw([interaction_id for interaction_id, _key, state in found if state in GONE])

    def _drop_raw(self, interaction_ids):
        """Empty every raw event that carries or quotes these interactions."""
        if interaction_ids:
            self.env.cr.execute(
                """
                UPDATE social_crm_event e SET payload = NULL
                  FROM social_crm_event_interaction_rel r
                 WHERE r.event_id = e.id AND r.interaction_id = ANY(%s) AND e.payload IS NOT NULL
                """,
                [interaction_ids],
            )
            self.invalidate_model(["payload"], flush=False)

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **classify(CONTENT, ROW, "interaction_ids"),
        }


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    def _blank_content(self, state, moments=None):
        """What is blanked is blanked in its raw form too."""
        changed = super()._blank_content(state, moments)
        self.env["social.crm.event"]._drop_raw(changed)
        return changed
