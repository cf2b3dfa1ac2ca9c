# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A real Chromium, driven over its DevTools protocol from outside Odoo."""

import base64
import contextlib
import itertools
import json
import urllib.request

import websocket

from tools import odoo, system
from tools.console import Fail

from .waiting import wait_until

SECONDS = 60
# The web client keeps menus and texts in the browser's database and waits for it; where Chromium
# runs without a display that database now and then never opens. Told that there is none, the web
# client goes on without. Promises that nobody looks at and that were refused for just this reason
# are no problem; all others are.
NO_STORE = """
    const open = indexedDB.open.bind(indexedDB);
    const error = new Error('no store here');
    indexedDB.open = (name, ...version) => {
        if (name.includes('websocket') || name.includes('worker')) {
            return open(name, ...version);  // logs, which nobody waits for
        }
        const request = {error};
        setTimeout(() => request.onerror({target: request}));
        return request;
    };
    addEventListener('unhandledrejection', (event) => {
        if (event.reason === error) {
            event.preventDefault();
            event.stopImmediatePropagation();
        }
    });
"""
# What the web client says of that, word for word.
EXPECTED = 'IndexedDB error: no store here'


class Browser:
    """One page of a headless Chromium. Use as a context.

    ``problems`` collects what the page reported as an error: exceptions and ``console.error``.

    :param Path home: folder for the profile and screenshots.
    """

    def __init__(self, home):
        self.home = home
        self.problems = []
        self._numbers = itertools.count(1)
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        program = system.chromium()
        if not program:
            raise Fail('no Chromium: ./dev test installs it')
        with self._stack as stack:
            profile = self.home / 'profile'
            log = stack.enter_context((self.home / 'chromium.log').open('wb'))
            process = stack.enter_context(odoo.child(
                [program, '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
                 '--no-first-run', '--disable-extensions', '--disable-background-networking',
                 # or a page that nobody looks at is put to sleep while it starts
                 '--disable-background-timer-throttling', '--disable-renderer-backgrounding',
                 '--disable-backgrounding-occluded-windows', '--remote-debugging-port=0',
                 '--remote-allow-origins=*', '--window-size=1366,900',
                 f'--user-data-dir={profile}', 'about:blank'],
                stdout=log, stderr=log))
            port_file = profile / 'DevToolsActivePort'
            port = wait_until(
                lambda: process.poll() is None and port_file.exists()
                and port_file.read_text().split('\n')[0], what='Chromium')
            with urllib.request.urlopen(f'http://127.0.0.1:{port}/json', timeout=SECONDS) as answer:
                page = next(item for item in json.load(answer) if item['type'] == 'page')
            self._socket = websocket.create_connection(
                page['webSocketDebuggerUrl'], timeout=SECONDS, suppress_origin=True)
            stack.callback(self._socket.close)
            for domain in ('Page', 'Runtime', 'Network'):
                self._call(f'{domain}.enable')
            self._call('Page.addScriptToEvaluateOnNewDocument', source=NO_STORE)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception):
        return self._stack.__exit__(*exception)

    def open(self, url):
        """Go to an address and wait until the page stands."""
        self.evaluate('window.isLeft = true')
        self._call('Page.navigate', url=url)
        self.wait_for("!window.isLeft && document.readyState === 'complete'", what=url)

    def login(self, url, login, password):
        """Log in on Odoo's own page."""
        self.open(f'{url}/web/login')
        self.run(f"""
            document.querySelector('#login').value = {json.dumps(login)};
            document.querySelector('#password').value = {json.dumps(password)};
            document.querySelector('.oe_login_form').submit();
        """)
        # The first page of a fresh database waits for its scripts and styles to be put together,
        # and now and then stays white; a reload, as a person would do, then shows it.
        shown = "document.querySelector('.o_main_navbar')"
        for _attempt in range(3):
            try:
                self.wait_for(shown, seconds=45, what='the web client')
                return
            except AssertionError:
                self.open(f'{url}/odoo')
        self.wait_for(shown, seconds=45, what='the web client')

    def run(self, code):
        """Run statements in the page."""
        return self.evaluate(f'(() => {{ {code} }})()')

    def evaluate(self, expression):
        """:return: an expression's value in the page.

        :raise AssertionError: when it throws.
        """
        answer = self._call('Runtime.evaluate', expression=expression, returnByValue=True,
                            awaitPromise=True)
        assert 'exceptionDetails' not in answer, answer['exceptionDetails']
        return answer['result'].get('value')

    def wait_for(self, expression, *, seconds=SECONDS, what=None):
        """Wait until an expression is true; a page being loaded counts as not yet."""
        def holds():
            try:
                return self.evaluate(f'!!({expression})')
            except AssertionError:
                return False
        try:
            wait_until(holds, seconds=seconds, every=0.1, what=what or expression)
        except AssertionError as failure:
            failure.add_note(f'the page then: {self.screenshot("failure")}, {self.problems}')
            raise

    def click(self, selector):
        """Wait for an element and click it."""
        found = f'document.querySelector({json.dumps(selector)})'
        self.wait_for(found)
        self.evaluate(f'{found}.click()')

    def resize(self, width, height, *, is_phone=False):
        """Show the page in another size, in CSS pixels."""
        self._call('Emulation.setDeviceMetricsOverride', width=width, height=height,
                   deviceScaleFactor=1, mobile=is_phone)

    def screenshot(self, name, folder=None):
        """:return: path of a picture of the page, in the browser's own folder by default."""
        data = self._call('Page.captureScreenshot', format='png')['data']
        path = (folder or self.home) / f'{name}.png'
        path.write_bytes(base64.b64decode(data))
        return path

    def _call(self, method, **parameters):
        number = next(self._numbers)
        self._socket.send(json.dumps({'id': number, 'method': method, 'params': parameters}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get('id') == number:
                assert 'error' not in message, f'{method}: {message["error"]}'
                return message['result']
            self._note(message)

    def _note(self, message):
        details = message.get('params', {})
        if message.get('method') == 'Runtime.exceptionThrown':
            thrown = details['exceptionDetails']
            self.problems.append(f"{thrown['text']} {shown(thrown.get('exception', {}))}".strip())
        elif message.get('method') == 'Runtime.consoleAPICalled' and details['type'] == 'error':
            said = ' '.join(shown(item) for item in details['args'])
            if said != EXPECTED:
                self.problems.append(said)


def shown(remote_object):
    """:return: a value of the page as its console shows it."""
    return str(remote_object.get('value', remote_object.get('description', '')))
