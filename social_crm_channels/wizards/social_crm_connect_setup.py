# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

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
