# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import re

from odoo import models

from .social_crm_case_presence import PRESENCE

ASKED = re.compile(r"social\.crm\.case_(\d+)")


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        return super()._build_bus_channel_list(self._presence_channels(channels))

    def _presence_channels(self, channels):
        """Who is at a case is told to those only who may read it and have it open.

        :param list channels: as the client asked for them
        :return: the same, with a case's channel in place of its name, or nothing for it
        :rtype: list
        """
        asked, others = set(), []
        for channel in channels:
            found = ASKED.fullmatch(channel) if isinstance(channel, str) else None
            if found:
                asked.add(int(found[1]))
            else:
                others.append(channel)
        Case = self.env["social.crm.case"]
        if asked and Case.has_access("read"):
            others += [(case, PRESENCE) for case in Case.search([("id", "in", list(asked))])]
        return others
