# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.action import form_of
from ..tools.activity import Activity
from ..tools.by_hand import FAMILY, content_id
from ..tools.privacy import CONTENT, ROW, classify, not_personal


class SocialCrmShare(models.TransientModel):
    """Carry words of ours to a network that lets no program in, by the form it opens itself.

    The network's record says how that form is called (``share_url_pattern``); whoever presses the
    button there posts it, and notes here that it was done.
    """

    _name = "social.crm.share"
    _inherit = ["social.crm.personal.data"]
    _description = "Share on a Network"

    interaction_id = fields.Many2one(
        "social.crm.interaction", string="Post", ondelete="cascade", readonly=True
    )
    platform_id = fields.Many2one(
        "social.crm.platform", string="Network", required=True, domain=lambda self: self._takers()
    )
    channel_id = fields.Many2one(
        "social.crm.channel", string="As", ondelete="cascade",
        compute="_compute_channel_id", store=True, readonly=False,
        domain="[('platform_id', '=', platform_id)]",
        help="Our account there. Needed only to note that it was posted.",
    )
    url = fields.Char(
        string="Address", compute="_compute_words", store=True, readonly=False,
        help="The page that is shared: the network shows its title and picture.",
    )
    text = fields.Text(string="Words", compute="_compute_words", store=True, readonly=False)
    takes_text = fields.Boolean(compute="_compute_link")
    link = fields.Char(compute="_compute_link")

    @api.model
    def _takers(self):
        """Networks that open a form for us and are still there."""
        return Domain("share_url_pattern", "!=", False) & (
            Domain("retired_date", "=", False) | Domain("retired_date", ">", fields.Date.today())
        )

    @api.depends("interaction_id")
    def _compute_words(self):
        for wizard in self:
            wizard.url = wizard.interaction_id.permalink or wizard.url
            wizard.text = wizard.interaction_id.body or wizard.text

    @api.depends("platform_id")
    def _compute_channel_id(self):
        channels = self.env["social.crm.channel"]
        for wizard in self:
            if wizard.channel_id.platform_id != wizard.platform_id:
                domain = [("platform_id", "=", wizard.platform_id.id)]
                wizard.channel_id = wizard.platform_id and channels.search(domain, limit=1)

    @api.depends("platform_id", "url", "text")
    def _compute_link(self):
        for wizard in self:
            platform = wizard.platform_id
            wizard.takes_text = "{text}" in (platform.share_url_pattern or "")
            wizard.link = platform and platform._share_url(wizard.url or "", wizard.text or "")

    def action_open(self):
        """Open the network's own form, filled in, in another tab; this one stays."""
        self._check_complete()
        return {"type": "ir.actions.act_url", "url": self.link, "target": "new"}

    def action_note(self):
        """Note that it was posted, as anything else that was said there by hand."""
        self._check_complete()
        if not self.channel_id:
            raise UserError(
                self.env._(
                    "As: choose our account there. If there is none yet, make it under "
                    "Configuration, Channels; it needs no connection."
                )
            )
        said = "\n".join(filter(None, (self.text, self.url)))
        interactions = self.env["social.crm.interaction"]
        now = fields.Datetime.now()
        name = content_id(self.channel_id.id, "share", said, fields.Date.today())
        activity = Activity(
            "create",
            now,
            kind="post",
            family=FAMILY,
            external_id=name,
            direction="out",
            visibility=(
                "followers" if self.platform_id.public_visibility == "followers" else "public"
            ),
            text=said,
        )
        result = interactions._ingest(self.channel_id, [activity])
        if result.dropped:
            raise UserError(result.dropped[0][1])
        key = interactions._dedup_key(FAMILY, "", name)
        noted = interactions.search(
            [("channel_id", "=", self.channel_id.id), ("dedup_key", "=", key)]
        )
        noted.write({"is_by_hand": True, "author_id": self.env.uid})
        noted._run_second_stage()
        return form_of(noted)

    def _check_complete(self):
        self.ensure_one()
        if not (self.url or "").startswith(("https://", "http://")):
            raise UserError(self.env._("Address: it begins with https:// or http://."))
        self.interaction_id._gate_show()

    def _personal_data_fields(self):
        return {
            **not_personal("platform_id channel_id"),
            **classify(CONTENT, ROW, "interaction_id url text"),
        }

    def _personal_data_domain(self, identities, partners):
        return Domain("interaction_id.identity_id", "in", identities.ids)


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    def action_share(self):
        """Offer to carry what everybody can read to another network."""
        self.ensure_one()
        self._gate_show()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "social_crm_base.social_crm_share_action"
        )
        action["context"] = {"default_interaction_id": self.id}
        return action
