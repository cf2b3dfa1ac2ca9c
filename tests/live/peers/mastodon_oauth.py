# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""OAuth code flow of Mastodon's API, with the human's part played by posting snac's own form."""

import secrets
from urllib.parse import parse_qs, urlsplit

import requests

REDIRECT_URI = 'http://127.0.0.1/authorized'
SCOPES = 'read write follow'
SECONDS = 30


def human_login(authorize_url, login, password):
    """Do what a person does on the consent page: log in and allow.

    :param str authorize_url: the page the application sends the browser to.
    :return: the address the server sends the browser back to, with ``code`` and ``state``.
    :raise PermissionError: when the server does not accept the person.
    """
    url = urlsplit(authorize_url)
    query = {key: values[0] for key, values in parse_qs(url.query).items()}
    page = requests.get(authorize_url, timeout=SECONDS)
    page.raise_for_status()
    answer = requests.post(
        f'{url.scheme}://{url.netloc}/oauth/x-snac-login', allow_redirects=False, timeout=SECONDS,
        data={'login': login, 'passwd': password, 'redir': query['redirect_uri'],
              'cid': query['client_id'], 'state': query.get('state', '')})
    location = answer.headers.get('Location', '')
    if answer.status_code != 303 or 'code=' not in location:
        raise PermissionError(f'{url.netloc} did not let {login} in: HTTP {answer.status_code}')
    return location


def authorize(base_url, login, password, client_name='Social CRM live tests'):
    """Get an access token for an account.

    :return: the bearer token.
    :rtype: str
    """
    app = _post(f'{base_url}/api/v1/apps', {
        'client_name': client_name, 'redirect_uris': REDIRECT_URI, 'scopes': SCOPES})
    state = secrets.token_urlsafe(16)
    page = requests.Request('GET', f'{base_url}/oauth/authorize', params={
        'response_type': 'code', 'client_id': app['client_id'], 'redirect_uri': REDIRECT_URI,
        'scope': SCOPES, 'state': state}).prepare().url
    answer = parse_qs(urlsplit(human_login(page, login, password)).query)
    if answer['state'] != [state]:
        raise PermissionError('the server answered with another state')
    token = _post(f'{base_url}/oauth/token', {
        'grant_type': 'authorization_code', 'client_id': app['client_id'],
        'client_secret': app['client_secret'], 'redirect_uri': REDIRECT_URI,
        'code': answer['code'][0]})
    return token['access_token']


def _post(url, form):
    answer = requests.post(url, data=form, timeout=SECONDS)
    answer.raise_for_status()
    return answer.json()
