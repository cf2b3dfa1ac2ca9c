# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What to do until something else sends here, looked at step by step."""
from ...tools.contract import Step


def steps_of(connector, channel):
    """:rtype: list[Step]"""
    env = connector.env

    def address():
        # sudo: looked at for the administrator, shown to managers only
        if (channel.app_id.sudo().webhook_url or "").startswith("https://"):
            return ""
        return env._(
            "This Odoo's own address (web.base.url) does not begin with https: whatever sends "
            "from outside would do so unencrypted, or not at all."
        )

    def arrived():
        # sudo: the engine's own rows
        events_sudo = env["social.crm.event"].sudo()
        domain = [("app_id", "=", channel.app_id.id), ("source", "=", "push")]
        return "" if events_sudo.search_count(domain, limit=1) else env._("Nothing has come yet.")

    def answers():
        return "" if connector._callback(channel) else connector._no_callback()

    return [
        Step(
            "secret",
            env._("Agree on a signing secret"),
            env._(
                "Make one, for example with: openssl rand -base64 32. Write whsec_ before it, "
                "give it to the other side and to Connect here."
            ),
            lambda: connector._check_health(channel),
        ),
        Step(
            "address",
            env._("Give the other side this channel's address"),
            env._("It stands above as Webhook URL. Whoever knows it still needs the secret."),
            address,
        ),
        Step(
            "arrived",
            env._("Have it send something"),
            env._("Signed as Standard Webhooks say; what is refused is answered with the reason."),
            arrived,
            "https://www.standardwebhooks.com/",
        ),
        Step(
            "answers",
            env._("Take answers there"),
            env._(
                "An https address on the other side to which we send what is written here, "
                "signed with the same secret. Give it as Address for answers to Connect."
            ),
            answers,
            optional=True,
        ),
    ]
