# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Odoo as the web client speaks to it: a logged-in session with JSON-RPC and pages."""

import requests

SECONDS = 120


class Refused(Exception):
    """Odoo answered with an error: its text is what the user reads, ``kind`` its class."""

    def __init__(self, error):
        data = error.get('data') or {}
        self.kind = data.get('name', '')
        super().__init__(data.get('message') or error.get('message'))
        self.add_note(data.get('debug', ''))


class Session:
    """One user at work: ``session('res.partner', 'search_count', [])``.

    :param str address: where Odoo answers, without a trailing slash.
    :raise Refused: with a wrong password.
    """

    def __init__(self, address, database, login='admin', password='admin'):
        self.address = address
        self.login = login
        self.password = password
        self._http = requests.Session()
        self.user_id = self._rpc('/web/session/authenticate', db=database, login=login,
                                 password=password)['uid']

    def __call__(self, model, method, *arguments, **keywords):
        """Call a public method.

        :raise Refused: whatever Odoo does not allow.
        """
        return self._rpc(f'/web/dataset/call_kw/{model}/{method}', model=model, method=method,
                         args=arguments, kwargs=keywords)

    def read(self, model, domain, *fields, **options):
        """:return: the records found, as dictionaries, in the model's order."""
        return self(model, 'search_read', domain, fields=list(fields), **options)

    def get(self, url):
        """Open a page as the user's browser would.

        :rtype: requests.Response
        """
        return self._http.get(url, timeout=SECONDS)

    def _rpc(self, path, **params):
        answer = self._http.post(f'{self.address}{path}', timeout=SECONDS,
                                 json={'jsonrpc': '2.0', 'method': 'call', 'params': params})
        answer.raise_for_status()
        content = answer.json()
        if 'error' in content:
            raise Refused(content['error'])
        return content.get('result')
