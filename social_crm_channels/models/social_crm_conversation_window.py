# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.social_crm_base.tools.privacy import not_personal


class SocialCrmConversation(models.Model):
    """The network's own window for answers, kept where many are asked for at once."""

    _inherit = "social.crm.conversation"

    reply_until = fields.Datetime(
        readonly=True, help="Until then the network lets us answer here. Empty: nothing ends."
    )

    def _keep_windows(self):
        """Write down until when one may answer in these places; one statement for all."""
        until = {}
        for channel, places in self.grouped("channel_id").items():
            until.update(channel._connector()._reply_until(channel, places))
        changed = {place: at for place, at in until.items() if (place.reply_until or None) != at}
        if not changed:
            return
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE social_crm_conversation c SET reply_until = v.at"
                "  FROM unnest(%s::int[], %s::timestamp[]) AS v(id, at) WHERE c.id = v.id"
                " RETURNING c.id",
                [place.id for place in changed],
                list(changed.values()),
            )
        )
        self.invalidate_model(["reply_until"], flush=False)

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("reply_until")}
