# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What to do until a feed is read, looked at step by step."""
from ...tools.contract import Step


def steps_of(connector, channel):
    """:rtype: list[Step]"""
    env = connector.env

    def told_at_once():
        state = connector._state(channel)
        if not state.get("hub"):
            return env._("This feed names no hub: it is read by the clock.")
        if not connector._is_reachable(channel):
            return env._("This Odoo has no https address that the hub could call.")
        _seconds, topic, ends = connector._lease(channel)
        if topic != state.get("topic") or not ends:
            return env._("The hub was asked and has not called back yet.")
        return ""

    return [
        Step(
            "address",
            env._("Give the page's or the feed's address"),
            env._(
                "Press Connect and type the address of the page (newspaper.example) or of its "
                "feed. Where a page names several feeds, choose. Nothing has to be set up at the "
                "publisher's."
            ),
            lambda: connector._check_health(channel),
            _web(connector._address(channel)) if channel else "",
        ),
        Step(
            "hub",
            env._("Be told at once"),
            env._(
                "Where the feed names a hub (WebSub), it is asked to call this Odoo, which needs "
                "an https address that can be reached from outside. Nothing to do."
            ),
            told_at_once,
            optional=True,
        ),
        Step(
            "clock",
            env._("Choose how often it is read"),
            env._("Read Every (minutes) above. Unchanged feeds cost a publisher next to nothing."),
            lambda: "",
        ),
    ]


def _web(address):
    return address if address.startswith(("https://", "http://")) else ""
