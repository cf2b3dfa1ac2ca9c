# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.social_crm_base.exceptions import ConnectorError
from odoo.addons.social_crm_base.tools.privacy import not_personal


class SocialCrmAwayMessage(models.Model):
    """What a channel says by itself while nobody is there, in one language."""

    _name = "social.crm.away.message"
    _inherit = ["social.crm.personal.data"]
    _description = "Away Message"
    _order = "channel_id, sequence, id"

    channel_id = fields.Many2one(
        "social.crm.channel", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    lang_id = fields.Many2one(
        "res.lang",
        string="Language",
        context={"active_test": False},
        ondelete="cascade",
        help="Empty: for everybody whose language has no message of its own.",
    )
    body = fields.Text(required=True, string="Message")
    in_public = fields.Boolean(
        string="Also in Public",
        help="Under posts and reviews, where everybody reads it. Otherwise in private only.",
    )
    refusal = fields.Char(
        string="What the Network Says", compute="_compute_refusal",
        help="Why the network or a rule does not let this be sent by itself.",
    )

    _language_unique = models.UniqueIndex(
        "(channel_id, COALESCE(lang_id, 0)) WHERE active",
        "This channel has an away message in this language already.",
    )

    @api.depends("channel_id", "in_public")
    def _compute_refusal(self):
        rules = self.env["social.crm.platform.rule"]
        words = {"private": self.env._("in private"), "public": self.env._("in public")}
        for message in self:
            refused = []
            for flow in ("private", "public") if message.in_public else ("private",):
                platform = message.channel_id.platform_id
                verdict = rules._verdicts(
                    platform, "automatic_answer", flow=flow, company=message.company_id
                ).get(platform.id)
                if verdict and not verdict.permits(consent=False):
                    refused.append(f"{words[flow]}: {verdict.reason}")
            if message.channel_id.connector == "manual":
                refused.append(self.env._("This channel has no connection: nothing is sent."))
            message.refusal = " ".join(refused)

    @api.constrains("body", "channel_id")
    def _check_length(self):
        for message in self:
            channel = message.channel_id
            try:
                measure = channel._connector()._measure(channel, message.body)
            except ConnectorError:
                continue  # the network cannot be asked now; it is measured again when it is said
            if not measure.fits:
                raise ValidationError(
                    self.env._(
                        "Too long for %(channel)s: %(used)s of %(limit)s %(unit)s.",
                        channel=channel.name,
                        used=measure.used,
                        limit=measure.limit,
                        unit=measure.unit,
                    )
                )

    def _in_language(self, codes):
        """The one message of a channel for a person.

        :param list codes: languages, as in ``res.lang`` or ISO 639, the best first
        :return: empty where the channel has none
        :rtype: recordset
        """
        by_language = {short(message.lang_id.code): message for message in reversed(self)}
        for code in filter(None, codes):
            if found := by_language.get(short(code)):
                return found
        return by_language.get("") or self[:1]

    def _personal_data_fields(self):
        return not_personal("channel_id company_id sequence active lang_id body in_public")


class SocialCrmChannel(models.Model):
    _inherit = "social.crm.channel"

    away_message_ids = fields.One2many(
        "social.crm.away.message", "channel_id", string="Away Messages"
    )


def short(code):
    """The bare language of a code: ``sr@latin``, ``de_AT`` and ``pt-BR`` are sr, de and pt."""
    for mark in "_-@":
        code = (code or "").partition(mark)[0]
    return code.lower()
