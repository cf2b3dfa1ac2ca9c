# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import GUIDE_PATH
from ..tools.guide import has_guide


class SocialCrmConnect(models.TransientModel):
    """What is to be done on the network, shown before anything is typed."""

    _inherit = "social.crm.connect"

    setup_steps = fields.Html(compute="_compute_setup", sanitize=False)
    guide_url = fields.Char(string="Guide", compute="_compute_setup")

    @api.depends("connector")
    @api.depends_context("lang")
    def _compute_setup(self):
        nothing_yet = self.env["social.crm.channel"]
        for wizard in self:
            speaker = wizard._speaker() if wizard.connector else None
            steps = speaker._setup_steps(nothing_yet) if speaker is not None else ()
            wizard.setup_steps = steps and self.env["ir.qweb"]._render(
                "social_crm_channels.setup_steps", {"rows": [{"step": step} for step in steps]}
            )
            known = speaker is not None and has_guide(speaker)
            wizard.guide_url = known and f"{GUIDE_PATH}/{wizard.connector}"

    def action_continue(self):
        self.ensure_one()
        if self.platform_id._is_retired():
            raise UserError(
                self.env._(
                    "%(network)s was closed on %(day)s: there is nothing to connect. What was said "
                    "there can still be imported.",
                    network=self.platform_id.name,
                    day=fields.Date.to_string(self.platform_id.retired_date),
                )
            )
        return super().action_continue()
