# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.tools.action import CLOSE, notice
from odoo.addons.social_crm_base.tools.privacy import not_personal

from . import story

LIVE_MINUTES = 3


class SocialCrmChannel(models.Model):
    _inherit = "social.crm.channel"

    def _sandbox_play(self, code, *, seed=None, faults=True, live=False, run=None):
        """Let the pretended network tell a story on this channel.

        :param str code: one of ``story.codes()``
        :param int seed: of what the network does wrong; the story's own by default
        :param bool faults: False: nothing goes wrong
        :param bool live: over the next minutes instead of at once, as if it had just happened
        :param str run: what makes the ids of this playing its own; random by default
        :return: how many requests were taken and refused; (0, 0) when live
        :rtype: tuple[int, int]
        """
        self.ensure_one()
        recorded = story.load(code)
        run = run or secrets.token_hex(4)
        length, now = story.minutes(recorded), fields.Datetime.now()
        pace = LIVE_MINUTES / max(length, 1) if live else 1.0
        began = now if live else now - timedelta(minutes=length)
        accounts = self._sandbox_accounts(recorded["accounts"])
        items = story.told(recorded, run, began, accounts, pace)
        planned = story.plan(items, run, recorded["seed"] if seed is None else seed, faults)
        # sudo: the pretended network's own books, which nobody else writes
        network_sudo = self.env["social.crm.sandbox.delivery"].sudo()
        requests = [
            (
                now + timedelta(minutes=delivery.minute) if live else now,
                delivery.webhook_id,
                delivery.body,
                delivery.fault,
            )
            for delivery in planned
        ]
        deliveries_sudo = network_sudo._plan(self.app_id, requests, wake=live)
        return (0, 0) if live else deliveries_sudo._deliver()

    def _sandbox_accounts(self, names):
        """The accounts a story needs besides this one, made where they are missing.

        :param list names: as the story calls them
        :return: name to account id
        :rtype: dict[str, str]
        """
        accounts = {"": self.external_id}
        wanted = {name: f"{self.external_id}-{name}" for name in names}
        known = set(self.app_id.channel_ids.mapped("external_id"))
        self.create(
            [
                {
                    "name": f"{self.name} · {name}",
                    "company_id": self.company_id.id,
                    "platform_id": self.platform_id.id,
                    "app_id": self.app_id.id,
                    "connector": "sandbox",
                    "external_id": account,
                    "handle": account,
                    "team_ids": [fields.Command.set(self.team_ids.ids)],
                    "is_connected": True,
                }
                for name, account in wanted.items()
                if account not in known
            ]
        )
        return {**accounts, **wanted}


class SocialCrmSandboxPlay(models.TransientModel):
    """Choose a story and let it happen."""

    _name = "social.crm.sandbox.play"
    _inherit = ["social.crm.personal.data"]
    _description = "Play a Story"

    channel_id = fields.Many2one(
        "social.crm.channel",
        required=True,
        ondelete="cascade",
        domain=[("connector", "=", "sandbox")],
    )
    story = fields.Selection(selection="_selection_story", required=True)
    about = fields.Text(compute="_compute_about")
    pace = fields.Selection(
        [("past", "All at once, as if it were over"), ("live", "Over the next three minutes")],
        required=True,
        default="past",
    )
    faults = fields.Boolean(
        string="With Faults",
        default=True,
        help="Tells some things twice, late, in the wrong order or several at once, and sends "
        "forged requests besides, which must be refused.",
    )

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        if "channel_id" in fields_list and not defaults.get("channel_id"):
            active = self.env.context.get("active_model") == "social.crm.channel"
            defaults["channel_id"] = self.env.context.get("active_id") if active else False
        return defaults

    @api.model
    def _selection_story(self):
        return [(code, story.load(code)["title"]) for code in story.codes()]

    @api.depends("story")
    def _compute_about(self):
        for wizard in self:
            wizard.about = story.load(wizard.story)["description"] if wizard.story else False

    def action_play(self):
        """Play it, and say what the pretended network met with."""
        self.ensure_one()
        channel = self.channel_id
        if channel.connector != "sandbox" or not channel.app_id:
            raise UserError(self.env._("Stories can be played on a sandbox channel only."))
        live = self.pace == "live"
        taken, refused = channel._sandbox_play(self.story, faults=self.faults, live=live)
        words = self.env._(
            "%(taken)s requests were taken in, %(refused)s forged ones refused. The conversations "
            "appear in a moment.",
            taken=taken,
            refused=refused,
        )
        if live:
            words = self.env._("It happens over the next three minutes: watch the conversations.")
        return notice(words, then=CLOSE, title=dict(self._selection_story())[self.story])

    def _personal_data_fields(self):
        return not_personal("channel_id story pace faults")
