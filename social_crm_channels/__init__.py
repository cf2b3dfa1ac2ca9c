# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import controllers, models, wizards

# isort: split
# after the models: a connector builds on the contract
from . import connectors


def post_init_hook(env):
    """Fold what was said before this app was installed."""
    env["social.crm.case"].search([])._fill_thread_post()
