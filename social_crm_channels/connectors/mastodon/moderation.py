# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models

from odoo.addons.social_crm_base.exceptions import PermanentError

from ...tools import payload as read
from . import api, const
from .parse import actor_of


class SocialCrmConnectorMastodon(models.AbstractModel):
    """What an account may do about others: block them and report what they said.

    It leaves out hiding and removing what others said, for which the API has no call.

    Accounts connected before this was there have no permission for it: the server answers 403,
    and connecting the account again asks for it.
    """

    _inherit = "social.crm.connector.mastodon"

    def _capabilities(self, channel):
        return super()._capabilities(channel) | {"ban", "report"}

    def _moderate(self, channel, operation, target, reason=""):
        if operation not in ("ban", "unban", "report"):
            raise self._unsupported()
        client = self._open(channel)
        if operation == "report":
            self._report(client, target, reason)
            return
        account_id = self._account_id(channel, client, target)
        call = "block" if operation == "ban" else "unblock"
        client.post(f"/api/v1/accounts/{account_id}/{call}")

    def _report(self, client, target, reason):
        """Tell our server's moderators; the other server hears of it without our name."""
        answer = api.call_status(client, "GET", target)
        status = read.expect_object(answer.json(), "the status")
        client.post(
            "/api/v1/reports",
            json={
                "account_id": read.required(read.nested(status, "account"), "id"),
                "status_ids": [read.required(status, "id")],
                "category": const.REPORT_CATEGORIES.get(reason, "other"),
                "forward": True,
            },
        )

    def _account_id(self, channel, client, person):
        """The id by which our server knows an account.

        :param Actor person:
        :rtype: str
        :raise PermanentError: with status 404 when it knows none
        """
        params = {
            "q": person.external_id or person.handle,
            "type": "accounts",
            "resolve": "true",
            "limit": 5,
        }
        answer = client.get("/api/v2/search", params=params).json()
        facts = self._facts(channel)
        for account in read.objects(read.expect_object(answer, "the answer"), "accounts"):
            found = actor_of(account, facts)
            if person.external_id in ("", found.external_id) and (
                person.external_id or found.handle == person.handle
            ):
                return read.required(account, "id")
        raise PermanentError("the server no longer knows this account", status=404)
