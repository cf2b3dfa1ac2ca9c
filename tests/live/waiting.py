# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Wait for what happens in another process."""

import time


def wait_until(condition, *, seconds=60, every=0.2, what='the condition'):
    """Call ``condition`` until it returns something true.

    :param float seconds: how long to wait at most.
    :param float every: pause between two calls, in seconds.
    :param str what: what is waited for, in words, for the failure.
    :return: what ``condition`` returned.
    :raise AssertionError: when the time is over.
    """
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        assert time.monotonic() < deadline, f'waited {seconds} s in vain for {what}: {result!r}'
        time.sleep(every)
