# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What a server counts of our account and our posts. No ORM."""
from ...tools import payload as read
from ...tools.contract import Metric
from . import api, const, poll
from .parse import counters, status_target


def figures_of(client):
    """:param HttpClient client: with our token
    :rtype: list[Metric]
    """
    now, account = poll.utcnow(), api.own_account(client)
    figures = []
    for key, name in const.ACCOUNT_COUNTERS.items():
        value = read.count(account, key)
        if value:  # servers that keep these to themselves say 0
            figures.append(Metric(None, name, value, now))
    path = f"/api/v1/accounts/{read.required(account, 'id')}/statuses"
    params = {"limit": const.PAGE, "exclude_reblogs": "true"}
    for status in poll.rows_of(client.get(path, params=params)):
        status = read.nested(status, "reblog") or status
        target = status_target(status)
        figures += [Metric(target, key, value, now) for key, value in counters(status).items()]
    return figures
