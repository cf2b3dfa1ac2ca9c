# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""OCA's mail_gateway_telegram on a real Odoo: what ours is compared with."""

import os
import time

from tests.live.odoo_server import OdooServer
from tools import odoo, setup
from tools.console import Fail, run
from tools.paths import HOME
from tools.steps import make_folder

ADDON = "mail_gateway_telegram"
OWN = ("odoo-addon-mail-gateway-telegram==19.0.*", "odoo-addon-mail-gateway==19.0.*")
NEEDED = ("python-telegram-bot", "lottie", "cairosvg")
FOLDER = HOME / "bench-oca"
SECRET = "a secret of the bot"
KEY = "bench"
PATH = f"/gateway/telegram/{KEY}/update"
HEADERS = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": SECRET}


def fetch():
    """Fetch the addons and what they need, beside the environment of the product.

    :raise Fail: they cannot be fetched.
    """
    def build(folder):
        pip = (setup.venv_python(), "-m", "pip", "--disable-pip-version-check")
        install = (*pip, "install", "--quiet", "--target", folder)
        # their metadata names Odoo, which is no package there
        run([*install, "--no-deps", *OWN], fail="cannot fetch OCA's mail gateway")
        constraints = folder / "constraints.txt"
        constraints.write_text(run([*pip, "freeze"], fail="cannot list the Python packages"))
        run([*install, "-c", constraints, *NEEDED], fail="cannot fetch what the gateway needs")

    make_folder("fetch OCA's mail gateway", FOLDER, " ".join((*OWN, *NEEDED)), build)


class OcaServer(OdooServer):
    """An Odoo with OCA's gateway in place of ours."""

    def __init__(self, home, name, *, workers=0):
        path = os.pathsep.join([odoo.environment()["PYTHONPATH"], str(FOLDER)])
        super().__init__(home, name, workers=workers, env={"PYTHONPATH": path})
        self.addons = f"--addons-path={odoo.addons_path(FOLDER / 'odoo' / 'addons')}"

    def make_database(self):
        process = self.start("install", ["server", "-i", ADDON, *odoo.QUIET, self.addons])
        if process.wait(300):
            raise Fail(f"OCA's mail gateway does not install: {self.log()[-300:]}")

    def start_web(self, *options):
        super().start_web(self.addons, *options)
        session = self.user()
        session("mail.gateway", "create", {
            "name": "Bench", "gateway_type": "telegram", "token": "1:bench", "webhook_key": KEY,
            "webhook_secret": SECRET, "integrated_webhook_state": "integrated",
            "member_ids": [(4, session.user_id)]})

    def messages(self):
        """:return: how many it has taken in."""
        return self.count("mail_message", "gateway_type = 'telegram'")


def update(person, number):
    """What Telegram posts when a person writes to the bot (core.telegram.org/bots/api, Update).

    :param int person: the chat's id.
    :param int number: different for each message.
    """
    who = {"id": person, "first_name": f"Kupac {person} 🙂"}
    return {"update_id": number, "message": {
        "message_id": number, "date": int(time.time()), "from": {**who, "is_bot": False},
        "chat": {**who, "type": "private"},
        "text": f"Где је моја поруџбина {number}? I ordered it three weeks ago and nobody "
        "answers."}}
