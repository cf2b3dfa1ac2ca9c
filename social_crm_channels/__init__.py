# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import controllers, models, wizards

# isort: split
# after the models: a connector builds on the contract
from . import connectors


def post_init_hook(env):
    """Fold what was said before this app was installed, and know who is on a team already."""
    env["social.crm.case"].search([])._fill_thread_post()
    env["social.crm.team"].search([])._know_members()
