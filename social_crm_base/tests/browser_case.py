# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import base64
import os
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import ChromeBrowser, HttpCase

# Pages that load later read the moved clock, too; time goes on from there, as timers need it to.
MOVED_CLOCK = """{
    const Real = Date;
    window.Date = class extends Real {
        constructor(...given) {
            given.length ? super(...given) : super(Real.now() + %(ms)d);
        }
        static now() {
            return Real.now() + %(ms)d;
        }
    };
}"""


class BrowserCase(HttpCase):
    """Tours whose clock can be moved, and which take the pictures of the documents.

    A step ``picture(name)`` (``social_crm_base/static/tests/tours/picture.js``) stores the page as
    ``<name>.png`` in the folder that the environment variable ``SOCIAL_CRM_IMAGES`` names; without
    it the step passes.
    """

    @contextmanager
    def clock_moved_to(self, moment):
        """Let Odoo and the browser live at another moment; time goes on from there.

        :param datetime moment: when it is, in UTC
        """
        ahead = (moment - fields.Datetime.now()).total_seconds()
        with freeze_time(moment, tick=True), self._in_page(MOVED_CLOCK % {"ms": ahead * 1000}):
            yield

    @contextmanager
    def _in_page(self, script):
        """Run a script in each page before anything else of it.

        :param str script: JavaScript
        """
        navigate_to = ChromeBrowser.navigate_to

        def navigate(browser, *args, **options):
            browser._websocket_request(
                "Page.addScriptToEvaluateOnNewDocument", params={"source": script}
            )
            return navigate_to(browser, *args, **options)

        with patch.object(ChromeBrowser, "navigate_to", navigate):
            yield

    def browser_js(self, *args, **options):
        folder = os.environ.get("SOCIAL_CRM_IMAGES")
        if not folder:
            return super().browser_js(*args, **options)
        navigate_to = ChromeBrowser.navigate_to

        def navigate(browser, *args, **options):
            browser._handlers["Runtime.bindingCalled"] = _photographer(browser, Path(folder))
            browser._websocket_request("Runtime.addBinding", params={"name": "socialCrmPicture"})
            return navigate_to(browser, *args, **options)

        with patch.object(ChromeBrowser, "navigate_to", navigate):
            return super().browser_js(*args, **options)


def _photographer(browser, folder):
    """What takes a picture whenever the page asks for one, and tells the page when it is taken."""

    def take(payload, **_more):
        shot = browser._websocket_send("Page.captureScreenshot", with_future=True)

        def keep(done):
            (folder / f"{payload}.png").write_bytes(base64.b64decode(done.result()["data"]))
            browser._websocket_send(
                "Runtime.evaluate", params={"expression": "window.socialCrmPictureTaken()"}
            )

        shot.add_done_callback(keep)

    return take
