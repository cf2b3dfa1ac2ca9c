# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from werkzeug.exceptions import NotFound

from odoo.http import Controller, content_disposition, request, route

from odoo.addons.social_crm_base.exceptions import ConnectorError

from ..const import MEDIA_PATH

# What a browser shows without running anything in it; the rest is to be saved.
SHOWN = ("image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/webm")
SHOWN += ("audio/mpeg", "audio/ogg", "audio/mp4")


class SocialMedia(Controller):
    """Files that networks give to our account only. They pass through and are not kept."""

    @route(
        f"{MEDIA_PATH}/<int:interaction_id>/<int:index>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def media(self, interaction_id, index, **_arguments):
        """One file of one message, for whoever may read the message.

        404 where there is none, or the network no longer gives it.
        """
        item = request.env["social.crm.interaction"].browse(interaction_id).exists()
        if not item:
            raise NotFound()
        item.check_access("read")
        found = (item.media or [])[index : index + 1]
        if not found or not found[0].get("ref") or not item.channel_id.is_connected:
            raise NotFound()
        channel = item.channel_id
        try:
            content = channel._connector()._fetch_media(channel, found[0]["ref"])
        except ConnectorError as error:
            raise NotFound() from error
        return request.make_response(content, self._headers(found[0]))

    def _headers(self, medium):
        mimetype = medium.get("mimetype") or ""
        headers = [
            ("Content-Type", mimetype if mimetype in SHOWN else "application/octet-stream"),
            ("X-Content-Type-Options", "nosniff"),
            ("Content-Security-Policy", "default-src 'none'; sandbox"),
            ("Cache-Control", "private, max-age=3600"),
        ]
        if mimetype not in SHOWN:
            name = medium.get("name") or "file"
            headers.append(("Content-Disposition", content_disposition(name)))
        return headers
