# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, models
from odoo.tools import SQL

# Views that answer "what shall I do now", in the order they are tried when nothing was saved.
FIRST_VIEWS = ("mine", "unassigned", "all")


class SocialCrmCase(models.Model):
    """What the inbox reads once, when it opens."""

    _inherit = "social.crm.case"

    @api.model
    def inbox_start(self):
        """Views, orders, saved filters and what is set up.

        :return: ``views``, ``sorts``, ``filters``, ``counts``, ``view`` to open with, ``setup``
        :rtype: dict
        """
        counts = self.inbox_counts()
        return {
            "views": [
                {"key": key, "label": label} for key, label, _domain in self._inbox_queue_views()
            ],
            "sorts": [{"key": key, "label": label} for key, label in self._inbox_sorts()],
            "filters": self.env["social.crm.inbox.filter"]._for_inbox(),
            "counts": counts,
            "view": next((view for view in FIRST_VIEWS if counts.get(view)), FIRST_VIEWS[0]),
            "setup": self._inbox_setup(),
        }

    @api.model
    def _inbox_setup(self):
        """What an empty queue offers as the next step.

        Other addons may add ``search_note``: why a search for words may find nothing.

        :rtype: dict
        """
        user = self.env.user
        # sudo: whether anything is connected at all, also where it is not this user's
        channels_sudo = self.env["social.crm.channel"].sudo().search_count(
            [("company_id", "in", self.env.companies.ids)], limit=1
        )
        return {
            "has_channel": bool(channels_sudo),
            "can_connect": user.has_group("social_crm_base.group_manager"),
            "can_work": user.has_group("social_crm_base.group_agent"),
            "teams": [
                {"id": team.id, "name": team.name} for team in user.social_crm_team_ids
            ],
        }

    @api.model
    @api.readonly
    def inbox_facets(self):
        """What the queue can be narrowed by, for the filter menu.

        :return: facets in order: ``key``, ``label``, ``options`` of ``value`` and ``label``
        :rtype: list[dict]
        """
        channels = self.env["social.crm.channel"].search([])
        teams = self.env["social.crm.team"].search([])
        facets = [
            ("channel", self.env._("Channel"), _named(channels)),
            ("platform", self.env._("Network"), _named(channels.platform_id)),
            ("team", self.env._("Team"), [(0, self.env._("No team")), *_named(teams)]),
            (
                "user",
                self.env._("Person"),
                [(0, self.env._("Nobody")), *_named((teams.member_ids | teams.user_id).sorted())],
            ),
            ("tag", self.env._("Tag"), _named(self.env["social.crm.tag"].search([]))),
            ("language", self.env._("Language"), self._inbox_languages()),
            ("relation", self.env._("Relation"), self._inbox_choices("partner_id.social_relation")),
            ("mood", self.env._("Mood"), self._inbox_choices("mood")),
            ("priority", self.env._("Priority"), self._inbox_choices("priority")),
        ]
        return [
            {
                "key": key,
                "label": label,
                "options": [{"value": value, "label": name} for value, name in options],
            }
            for key, label, options in facets
            if options
        ]

    @api.model
    def _inbox_choices(self, path):
        """The values of a selection, by the way to its field."""
        model, field = self, path
        if "." in path:
            link, field = path.split(".")
            model = self.env[self._fields[link].comodel_name]
        return model._fields[field]._description_selection(self.env)

    @api.model
    def _inbox_languages(self):
        """The languages customers of open cases write in."""
        found = self._search([("state", "!=", "closed"), ("identity_id.language", "!=", False)])
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT language FROM social_crm_identity WHERE id IN (%s)",
                found.select(SQL.identifier(found.table, "identity_id")),
            )
        )
        names = dict(self.env["res.lang"].get_installed())
        by_code = {code.split("_")[0]: name for code, name in reversed(names.items())}
        return sorted(
            (
                (code, names.get(code) or by_code.get(code.split("_")[0]) or code)
                for (code,) in rows
            ),
            key=lambda language: language[1],
        )


def _named(records):
    return [(record.id, record.display_name) for record in records]
