# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models

from odoo.addons.social_crm_base.exceptions import PermanentError

from ...tools import payload as read
from . import const
from .api import own
from .parse import reply_of
from .record import record_key, split, stamp


class SocialCrmConnectorBluesky(models.AbstractModel):
    """What an account may do about others: hide answers in its own threads, block and report.

    It leaves out removing what others said: on this network everybody's words stay their own, and
    only hiding them below ours is ours to decide.
    """

    _inherit = "social.crm.connector.bluesky"

    def _capabilities(self, channel):
        return super()._capabilities(channel) | {"hide", "ban", "report"}

    def _moderate(self, channel, operation, target, reason=""):
        if operation in ("hide", "unhide"):
            self._hide(channel, target, hidden=operation == "hide")
        elif operation in ("ban", "unban"):
            self._block(channel, target, lift=operation == "unban")
        elif operation == "report":
            self._report(channel, target, reason)
        else:
            raise self._unsupported()

    def _hide(self, channel, target, *, hidden):
        """Readers of the thread find it behind "hidden answers" (app.bsky.feed.threadgate)."""
        api = self._api(channel)
        post = api.post(target.external_id)
        _parent, root = reply_of(read.nested(post, "record"))
        if not own(root, channel.external_id):
            raise PermanentError(
                self.env._("Only answers below a post of our own account can be hidden.")
            )
        did, _collection, key = split(root)
        # read from our own server: the answer of readers' servers may be some seconds old
        found = api.record(f"at://{did}/{const.THREADGATE}/{key}") or {}
        record = read.nested(found, "value") or {
            "$type": const.THREADGATE,
            "post": root,
            "createdAt": stamp(),
        }
        before = [uri for uri in record.get("hiddenReplies") or [] if isinstance(uri, str)]
        after = [uri for uri in before if uri != target.external_id]
        if hidden:
            after = [*after, target.external_id][-const.MAX_HIDDEN :]
        if after == before:
            return
        # the swap: somebody may be changing it in the app at this very moment
        swap = read.text(found, "cid")
        record = {**record, "hiddenReplies": after}
        self._put(channel, api, const.THREADGATE, key, record, swap=swap)

    def _block(self, channel, person, *, lift):
        """:param Actor person:"""
        api = self._api(channel)
        profile = api.ask("app.bsky.actor.getProfile", actor=person.external_id or person.handle)
        made = read.text(read.nested(profile, "viewer"), "blocking")
        if lift:
            if made:
                api.delete(made)
            return
        if made:
            return
        did = read.required(profile, "did")
        record = {"$type": const.BLOCK, "subject": did, "createdAt": stamp()}
        key = record_key(channel.external_id, const.BLOCK, did)
        self._put(channel, api, const.BLOCK, key, record)

    def _report(self, channel, target, reason):
        """Tell the moderators our server sends reports to; the author is not told by whom."""
        api = self._api(channel)
        post = api.post(target.external_id)
        sort = const.REPORT_REASONS.get(reason, "reasonOther")
        body = {
            "reasonType": f"com.atproto.moderation.defs#{sort}",
            "subject": {
                "$type": "com.atproto.repo.strongRef",
                "uri": read.required(post, "uri"),
                "cid": read.required(post, "cid"),
            },
        }
        api.do("com.atproto.moderation.createReport", body)
