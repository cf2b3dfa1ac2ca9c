# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, models


class SocialCrmCached(models.AbstractModel):
    """A model of few rows that are read often, through a cache or by a cached record rule.

    Any change that can make the cache untrue empties it, in all processes, after it is written.
    """

    _name = "social.crm.cached"
    _description = "Read Through a Cache"

    _cache_name = "default"  # as in @ormcache(cache=...)

    def _touches_cache(self, vals):
        """Whether writing these values can make the cache untrue."""
        return True

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache(self._cache_name)
        return records

    def write(self, vals):
        done = super().write(vals)
        if self._touches_cache(vals):
            self.env.registry.clear_cache(self._cache_name)
        return done

    def unlink(self):
        done = super().unlink()
        self.env.registry.clear_cache(self._cache_name)
        return done
