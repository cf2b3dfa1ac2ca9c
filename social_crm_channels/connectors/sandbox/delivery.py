# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging
import time
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.social_crm_base.exceptions import MalformedPayload, SignatureError
from odoo.addons.social_crm_base.tools.privacy import CONTENT, ROW, classify, not_personal

from ...tools import standard_webhooks

_logger = logging.getLogger(__name__)

BATCH = 100
STALE_SECONDS = 3600


class SocialCrmSandboxDelivery(models.Model):
    """A request the pretended network is going to make, and whether it signs it as it should."""

    _name = "social.crm.sandbox.delivery"
    _inherit = ["social.crm.personal.data"]
    _description = "Request of the Sandbox"
    _order = "due_at, id"

    company_id = fields.Many2one("res.company", required=True)
    app_id = fields.Many2one("social.crm.app", required=True, index=True, ondelete="cascade")
    due_at = fields.Datetime(required=True, index=True)
    webhook_id = fields.Char(required=True)
    body = fields.Text(required=True)
    fault = fields.Selection([("forged", "Signed by a stranger"), ("stale", "Signed long ago")])

    @api.model
    def _plan(self, app, requests, wake=True):
        """Note requests to come.

        :param recordset app: one sandbox app
        :param list requests: (due at, webhook id, body, fault)
        :param bool wake: have them made when they are due; else the caller makes them
        :rtype: recordset
        """
        planned = self.create(
            [
                {
                    "company_id": app.company_id.id,
                    "app_id": app.id,
                    "due_at": due_at,
                    "webhook_id": webhook_id,
                    "body": body,
                    "fault": fault or False,
                }
                for due_at, webhook_id, body, fault in requests
            ]
        )
        cron = self.env.ref("social_crm_channels.ir_cron_sandbox", raise_if_not_found=False)
        if wake and cron:
            # sudo: everybody who writes in a sandbox sets its pretended network going
            cron.sudo()._trigger(min(due_at for due_at, *_request in requests))
        return planned

    @api.model
    def _cron_deliver(self):
        """Make the requests that are due."""
        now = fields.Datetime.now()
        while due := self.search([("due_at", "<=", now)]).try_lock_for_update(limit=BATCH):
            done = len(due)
            due._deliver()
            waiting = self.search_count([("due_at", "<=", now)])
            if not self.env["ir.cron"]._commit_progress(done, remaining=waiting):
                return

    def _deliver(self):
        """Make these requests and forget them.

        :return: how many were taken, and how many refused
        :rtype: tuple[int, int]
        """
        taken = sum(delivery._request() for delivery in self)
        refused = len(self) - taken
        self.unlink()
        return taken, refused

    def _request(self):
        """What the webhook address does with one request, short of the wire.

        :return: whether it was accepted
        :rtype: bool
        """
        connector, body = self.env["social.crm.connector.sandbox"], self.body.encode()
        try:
            headers = self._headers()
            connector._webhook_verify(self.app_id, headers, body)
            items = connector._webhook_split(self.app_id, headers, body)
        except (SignatureError, MalformedPayload) as error:
            _logger.info("Sandbox request %s refused: %s", self.webhook_id, error)
            return False
        self.env["social.crm.event"]._accept(self.app_id, items, "push")
        return True

    def _headers(self):
        """Signature and all, as this request is to have them."""
        (secret,) = self.env["social.crm.connector.sandbox"]._secrets(self.app_id)
        if self.fault == "forged":
            secret = "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA=="
        signed_at = int(time.time()) - (STALE_SECONDS if self.fault == "stale" else 0)
        return standard_webhooks.headers(secret, self.webhook_id, self.body.encode(), signed_at)

    @api.autovacuum
    def _gc_forgotten(self):
        """What a stopped scheduler left undelivered for a week is told to nobody any more."""
        self.search([("due_at", "<", fields.Datetime.now() - timedelta(days=7))]).unlink()

    def _personal_data_fields(self):
        return {
            **not_personal("company_id app_id due_at webhook_id fault"),
            **classify(CONTENT, ROW, "body"),
        }
