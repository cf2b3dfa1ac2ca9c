# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""``odoo-bin social_crm_replay -d DATABASE``: erase again whom a restored backup brought back."""

import sys

from odoo import SUPERUSER_ID, api
from odoo.cli import Command
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config


class SocialCrmReplay(Command):
    """Replay the erasures a restored backup does not know, to their end."""

    name = "social_crm_replay"

    def run(self, args):
        """:param list args: options of Odoo's command line; ``-d`` names the database"""
        config.parse_config(args, setup_logging=True)
        names = config["db_name"]
        if len(names) != 1:
            sys.exit("Name one database with -d.")
        with Registry(names[0]).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            erasures = env["social.crm.erasure"]
            try:
                count = erasures._replay()
            except UserError as error:
                sys.exit(str(error))
            cr.commit()
            env.registry.signal_changes()  # servers at work forget what they remember
            erasures._cron_run()
            env.registry.signal_changes()
            left = erasures.search_count(
                ["|", ("state", "=", "withheld"), ("error", "!=", False)]
            )
        sys.stdout.write(f"{count} erasures replayed, {left} to be looked at.\n")
