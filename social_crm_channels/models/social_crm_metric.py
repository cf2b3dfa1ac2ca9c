# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging
import math
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.social_crm_base.exceptions import (
    ConnectorError,
    CredentialsError,
    TransientError,
)

from ..const import FIGURES_RETRY_SECONDS
from .social_crm_worker import CLAIM_FIGURES

_logger = logging.getLogger(__name__)


class SocialCrmMetric(models.Model):
    """Reading the networks' figures, once a day for each channel.

    A channel that cannot be read holds up no other; one out of reach is asked again the same day.
    """

    _name = "social.crm.metric"
    _inherit = ["social.crm.metric", "social.crm.worker"]

    @api.model
    def _cron_read_figures(self):
        """One reader. Any number of scheduled actions may run this at once."""
        tried, left = set(), 1
        while left > 0:
            channel = self._claim_channel("next_figures_at", CLAIM_FIGURES, "metrics", tried)
            if not channel:
                self._progress(0)
                return
            tried.add(channel.id)
            left = self._read_figures(channel)

    def _read_figures(self, channel):
        """Ask one channel's network, and settle when to ask again.

        :return: seconds left for this run
        :rtype: float
        """
        now = fields.Datetime.now()
        turn = fields.Datetime.start_of(now, "day") + timedelta(days=1)
        try:
            channel._refresh_credentials()
            self._store_figures(channel, channel._connector()._fetch_metrics(channel))
            self.env.flush_all()
        except ConnectorError as error:
            self._start_over()
            if isinstance(error, TransientError):
                turn = error.retry_after or now + timedelta(seconds=FIGURES_RETRY_SECONDS)
            elif isinstance(error, CredentialsError):
                channel._report_credentials(error)
            else:  # reading and sending may work all the same: the light is not for this
                _logger.warning("No figures of channel %s today: %s", channel.id, error)
        except Exception:
            self._start_over()
            _logger.exception("No figures of channel %s today", channel.id)
        channel._sync().next_figures_at = turn
        return self._progress(1, remaining=1)

    @api.model
    def _store_figures(self, channel, figures):
        """Note what the network told; of posts we do not have, and what is unknown, nothing.

        :param list figures: of ``tools.contract.Metric``
        """
        interactions = self.env["social.crm.interaction"]
        keys = {
            target: interactions._dedup_key(target.family, target.container, target.external_id)
            for target in {figure.target for figure in figures if figure.target}
        }
        found = dict(
            interactions._read_group(
                [("channel_id", "=", channel.id), ("dedup_key", "in", list(keys.values()))],
                ["dedup_key"],
                ["id:recordset"],
            )
        )
        rows = {}
        for figure in figures:
            post_id = found[keys[figure.target]].id if keys.get(figure.target) in found else False
            unknown = figure.value is None or not math.isfinite(figure.value)
            if unknown or (figure.target and not post_id):
                continue
            taken_at = figure.taken_at.replace(microsecond=0)
            rows[post_id, figure.key, taken_at] = figure.value
        self.create(
            [
                {
                    "company_id": channel.company_id.id,
                    "channel_id": channel.id,
                    "interaction_id": post_id,
                    "key": key,
                    "value": value,
                    "taken_at": taken_at,
                }
                for (post_id, key, taken_at), value in rows.items()
            ]
        )
