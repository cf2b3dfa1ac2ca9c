# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What to do until customers can write to the address of their case, looked at step by step."""
from odoo.tools import config

from ...tools.contract import Step


def steps_of(connector, channel):
    """:rtype: list[Step]"""
    env = connector.env
    # sudo: whether mail servers are set is no secret, how is
    incoming_sudo, outgoing_sudo = env["fetchmail.server"].sudo(), env["ir.mail_server"].sudo()

    def incoming():
        if incoming_sudo.search_count([("state", "=", "done")], limit=1):
            return ""
        return env._(
            "No incoming mail server is confirmed here. Right so only where your mail server "
            "hands mail to Odoo by itself."
        )

    def outgoing():
        set_up = outgoing_sudo.search_count([], limit=1) or config["smtp_server"] != "localhost"
        return "" if set_up else env._("No outgoing mail server is set.")

    return [
        Step(
            "domain",
            env._("Give the company a mail domain"),
            env._(
                "Settings, Companies, Email Domain: the part after the @, for example "
                "help.ourshop.example. The addresses of cases are made below it."
            ),
            lambda: connector._check_health(channel),
        ),
        Step(
            "mailbox",
            env._("Have all mail to that domain arrive in one mailbox"),
            env._(
                "At your mail provider: point the domain's MX there and make it a catch-all, "
                "for every case has an address of its own (case-…@domain)."
            ),
        ),
        Step(
            "incoming",
            env._("Let Odoo fetch that mailbox"),
            env._("Settings, Technical, Incoming Mail Servers: add it and press Test & Confirm."),
            incoming,
            optional=True,
        ),
        Step(
            "outgoing",
            env._("Let Odoo send"),
            env._("Settings, Technical, Outgoing Mail Servers: add the server and test it."),
            outgoing,
        ),
        Step(
            "spf",
            env._("Be believed by other servers"),
            env._(
                "SPF, DKIM and DMARC for the domain name the outgoing server: without them "
                "answers end in the spam folder. Your mail provider says what to enter."
            ),
        ),
    ]
