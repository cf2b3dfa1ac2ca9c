# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What a page reports as an error fails the test; only the missing store is let pass."""

import pytest

from .waiting import wait_until

pytestmark = pytest.mark.browser
PAGE = 'data:text/html,<p>page</p>'


@pytest.fixture
def page(browser):
    """An empty page; its problems are expected, so they are gone at the end."""
    browser.open(PAGE)
    yield browser
    browser.problems.clear()


@pytest.mark.parametrize(('code', 'words'), [
    ("Promise.reject(new Error('foreign'))", 'Uncaught (in promise) Error: foreign'),
    ("Promise.reject(new Error('no store here'))", 'Uncaught (in promise) Error: no store here'),
    ("Promise.reject()", 'Uncaught (in promise)'),
    ("Promise.reject('a word')", 'Uncaught (in promise) a word'),
    ("throw new TypeError('thrown')", 'Uncaught TypeError: thrown'),
    ("console.error('The widget', 7, 'says: no store here')",
     'The widget 7 says: no store here'),
])
def test_an_error_is_a_problem(page, code, words):
    page.run(f'setTimeout(() => {{ {code} }})')
    wait_until(lambda: page.evaluate('1') and page.problems, what=words)
    [problem] = page.problems
    assert problem.startswith(words)


def test_the_missing_store_is_none(page):
    """As the web client's two ways of asking for it end."""
    page.run("""
        window.refusals = [];
        const store = () => new Promise((resolve, reject) => {
            const request = indexedDB.open('keyval-store');
            request.onerror = () => { window.refusals.push(1); reject(request.error); };
        });
        store();
        (async () => { await store(); })();
        indexedDB.open('menus').onerror = (event) => {
            window.refusals.push(1);
            console.error(`IndexedDB error: ${event.target.error?.message}`);
        };
        addEventListener('unhandledrejection', () => window.refusals.push('seen'));
    """)
    page.wait_for('window.refusals.length >= 3')
    page.evaluate('new Promise((resolve) => setTimeout(resolve, 200))')
    assert page.evaluate('window.refusals') == [1, 1, 1], 'nor does the page act on it'
    assert page.problems == []
