# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.tools.keyring import keyed_hash
from odoo.addons.social_crm_base.tools.privacy import CONTENT, ROW, classify, not_personal

from ..tools import activity_json

#: After so many days without a decision what was put aside is dropped: the careful way.
DECIDE_DAYS = 30


class SocialCrmSuppressionHit(models.Model):
    """Something old of somebody who has a name or address of a person who was erased.

    It may be the same person, whose past must not come back, or somebody else who has that handle,
    number or address now. A person decides; without a decision it is dropped.
    """

    _name = "social.crm.suppression.hit"
    _inherit = ["social.crm.personal.data"]
    _description = "Put Aside: Perhaps Erased"
    _order = "id desc"
    _rec_name = "channel_id"

    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    channel_id = fields.Many2one(
        "social.crm.channel", required=True, readonly=True, ondelete="cascade", index=True
    )
    suppression_id = fields.Many2one(
        "social.crm.suppression", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    kind = fields.Selection(related="suppression_id.kind", string="What Agrees")
    digest = fields.Char(required=True, readonly=True)
    activity = fields.Json(readonly=True)
    said_at = fields.Datetime(readonly=True, help="When it was said, as the source tells.")
    author = fields.Char(compute="_compute_said")
    text = fields.Text(compute="_compute_said")
    state = fields.Selection(
        [("open", "To decide"), ("let_in", "Somebody else: taken in"), ("dropped", "Dropped")],
        required=True, readonly=True, default="open", index=True,
    )

    _digest_unique = models.UniqueIndex("(digest)")

    @api.depends("activity")
    def _compute_said(self):
        for hit in self:
            plain = hit.activity or {}
            actor = plain.get("actor") or plain.get("counterpart") or {}
            hit.author = actor.get("name") or actor.get("handle")
            hit.text = plain.get("text") or plain.get("title")

    @api.model
    def _put_aside(self, channel, pairs):
        """Keep activities for a decision; what was put aside before stays as it was decided.

        :param list pairs: (activity, entry of the suppression list)
        """
        digests = {
            keyed_hash(
                "hit", str(channel.id), activity.verb, activity.family, activity.container,
                activity.external_id, activity.occurred_at.isoformat(),
            ): (activity, entry)
            for activity, entry in pairs
        }
        # sudo: whoever brings it in, only a clerk sees it
        hits_sudo = self.sudo()
        known = set(hits_sudo.search([("digest", "in", list(digests))]).mapped("digest"))
        hits_sudo.create(
            [
                {
                    "channel_id": channel.id,
                    "suppression_id": entry.id,
                    "digest": digest,
                    "activity": activity_json.dump(activity),
                    "said_at": activity.occurred_at,
                }
                for digest, (activity, entry) in digests.items()
                if digest not in known
            ]
        )

    # === ACTIONS === #

    def action_same_person(self):
        """It is the erased person's past: drop it."""
        self._decide("dropped")

    def action_somebody_else(self):
        """Somebody else has that name or address now: let them in, here and from now on."""
        hits_sudo = self._decide("let_in", keep=True)
        hits_sudo.suppression_id.action_release()
        for channel, hits in hits_sudo.grouped("channel_id").items():
            self.env["social.crm.interaction"].sudo()._ingest(  # sudo: the clerk only decides
                channel, [activity_json.load(hit.activity) for hit in hits]
            )
        hits_sudo.activity = False

    def _decide(self, state, keep=False):
        self.check_access("read")
        self.env["social.crm.erasure"]._check_clerk()
        # sudo: written by the decision alone
        hits_sudo = self.sudo().filtered(lambda hit: hit.state == "open")
        if not hits_sudo:
            raise UserError(self.env._("This was decided already."))
        hits_sudo.write({"state": state, **({} if keep else {"activity": False})})
        for hit in hits_sudo:
            self.env["social.crm.evidence"].with_company(hit.company_id)._append(
                f"suppression.{state}", hit.suppression_id.reference, agrees=hit.kind
            )
        return hits_sudo

    @api.model
    def _cron_drop(self):
        """Drop what nobody decided on in time."""
        limit = fields.Datetime.now() - timedelta(days=DECIDE_DAYS)
        old = self.search([("state", "=", "open"), ("create_date", "<", limit)])
        old.write({"state": "dropped", "activity": False})

    def _personal_data_fields(self):
        return {
            **not_personal("company_id channel_id suppression_id digest state"),
            **classify(CONTENT, ROW, "activity said_at"),
        }
