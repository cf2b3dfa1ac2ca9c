# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The proxy loses what it was told to lose, and nothing else."""

import http.server
import threading

import pytest
import requests

from .proxy import RESET_AFTER, RESET_BEFORE, FaultyProxy


class Counter(http.server.BaseHTTPRequestHandler):
    """Counts what it was told, as a network that has no idempotency key."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length'])).decode()
        self.server.got.append(body)
        answer = f'{len(self.server.got)} žß'.encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), Counter) as httpd:
        httpd.got = []
        thread = threading.Thread(target=httpd.serve_forever, daemon=True)
        thread.start()
        yield httpd
        httpd.shutdown()
        thread.join()


@pytest.fixture
def proxy(server):
    with FaultyProxy('127.0.0.1', server.server_port) as proxy:
        yield proxy


def post(proxy, path, body):
    answer = requests.post(proxy.address + path, data=body.encode(), timeout=10)
    return answer.content.decode()


def test_requests_go_through_whole(proxy, server):
    assert post(proxy, '/a', 'ž' * 200_000) == '1 žß'
    assert server.got == ['ž' * 200_000]
    assert proxy.count('POST', '/a') == 1


def test_a_cut_before_loses_the_request_once(proxy, server):
    proxy.fault('POST', '/a', RESET_BEFORE)
    assert post(proxy, '/b', 'other path') == '1 žß'
    with pytest.raises(requests.ConnectionError):
        post(proxy, '/a', 'lost')
    assert post(proxy, '/a', 'again') == '2 žß'
    assert server.got == ['other path', 'again']
    assert proxy.count('POST', '/a', RESET_BEFORE) == 1


def test_a_cut_after_loses_the_answer_only(proxy, server):
    proxy.fault('POST', '/a', RESET_AFTER, times=2)
    for text in ('one', 'two'):
        with pytest.raises(requests.ConnectionError):
            post(proxy, '/a', text)
    assert post(proxy, '/a', 'three') == '3 žß'
    assert server.got == ['one', 'two', 'three']
