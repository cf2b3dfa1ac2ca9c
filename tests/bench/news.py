# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""How long a word takes from the network's request to an open screen, on an idle server."""

import contextlib
import json
import time
from statistics import median

import websocket

from tools.bench import Result

from .common import connect, crowd, odoo_server, post_all, signed, talk

WORDS = 15
PAUSE = 2  # seconds, until nobody is busy with the word before
WAIT = 60
NEWS = "social_crm/interactions"


def run():
    with odoo_server("news") as server:
        path = connect(server)
        server.start_web()
        server.start_worker()
        server.schedule("_cron_process()", "_cron_second_stage()")
        with contextlib.closing(open_screen(server)) as screen:
            delays = []
            for item in talk(crowd(1), WORDS + 1):
                time.sleep(PAUSE)
                start = time.perf_counter()
                post_all(server.port, path, [signed(item)])
                wait_for_news(server, screen, item)
                delays.append(time.perf_counter() - start)
        delays = delays[1:]  # the first one finds everything unread
        yield Result(
            "seconds from webhook to the notification of open screens", median(delays), 2,
            at_most=True, note=f"at most {max(delays):.2f} in {len(delays)}",
        )


def open_screen(server):
    """The connection every open page of Odoo keeps, of an administrator.

    :rtype: websocket.WebSocket
    """
    cookie = server.user()._http.cookies["session_id"]
    screen = websocket.create_connection(
        server.url.replace("http", "ws") + "/websocket", timeout=WAIT, origin=server.url,
        cookie=f"session_id={cookie}")
    screen.send(json.dumps(
        {"event_name": "subscribe", "data": {"channels": [], "last": 0}}))
    return screen


def wait_for_news(server, screen, item):
    """Wait until open screens are told of this very item.

    :raise WebSocketTimeoutException: they are not.
    """
    while True:
        messages = [news["message"] for news in json.loads(screen.recv())]
        told = {
            interaction_id for message in messages if message["type"] == NEWS
            for interaction_id in message["payload"]["ids"]
        }
        if told and server.count(
            "social_crm_interaction", "external_id = %s AND id = ANY(%s)", item["id"], list(told)
        ):
            return
