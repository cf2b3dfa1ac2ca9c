# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Wait for a server that was just started."""

import contextlib
import time

import requests


def comes_up(process, is_up, seconds):
    """Wait until a server is up.

    :param Popen process: the server's
    :param is_up: looks whether it is
    :return: whether it is; not if it ended, or needs longer than these seconds
    :rtype: bool
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        if is_up():
            return True
        time.sleep(0.05)
    return False


def answers(url, seconds=5):
    """:return: whether a call of this address is answered well
    :rtype: bool
    """
    with contextlib.suppress(requests.RequestException):
        return requests.get(url, timeout=seconds).ok
    return False
