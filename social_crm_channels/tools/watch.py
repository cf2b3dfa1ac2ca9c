# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Posts that are looked at again, for what no network tells: edits, deletions, figures.

What is watched is a dict that the connector keeps between calls: a post's name to a row in which
stands, in seconds, when it was ``seen`` first and ``checked`` last.
"""


def forget_old(watched, now, *, days, most):
    """Drop what is watched for too long, or too much of it; the newest stay.

    :rtype: dict
    """
    since = now - days * 86400
    kept = [item for item in watched.items() if item[1]["seen"] >= since]
    kept.sort(key=lambda item: item[1]["seen"])
    return dict(kept[-most:])


def due(watched, now, *, seconds, most, checked="checked"):
    """What to look at now: those not looked at for longest.

    :param checked: where in a row stands when it was last looked at
    :return: their names
    :rtype: list[str]
    """
    waiting = [name for name, row in watched.items() if row[checked] <= now - seconds]
    waiting.sort(key=lambda name: watched[name][checked])
    return waiting[:most]
