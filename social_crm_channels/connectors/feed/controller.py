# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.http import Controller, content_disposition, request, route

from . import opml


class SocialFeeds(Controller):
    @route("/social_crm/feeds.opml", type="http", auth="user", methods=["GET"], readonly=True)
    def export(self, ids="", **_arguments):
        """The feeds named, as far as this person may see them; without any, all of them."""
        wanted = [int(part) for part in ids.split(",") if part.isascii() and part.isdigit()]
        domain = [("connector", "=", "feed"), *([("id", "in", wanted)] if wanted else [])]
        channels = request.env["social.crm.channel"].search(domain, order="name, id")
        outlines = [
            opml.Outline(
                channel.feed_address or channel.external_id or "",
                channel.name,
                tuple(channel.tag_ids.mapped("name")),
            )
            for channel in channels
        ]
        headers = [
            ("Content-Type", "text/x-opml; charset=utf-8"),
            ("Content-Disposition", content_disposition("feeds.opml")),
        ]
        title = request.env._("Feeds of %(company)s", company=request.env.company.name)
        return request.make_response(opml.write(title, outlines), headers)
