# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json

from werkzeug.exceptions import NotFound

from odoo.http import Controller, Response, request, route

from ..tools import page_words, token
from ..tools.public import check_cap, public

CAP = 30


def _is_colleague():
    """Whether somebody of ours is logged in: they see the page, and decide nothing on it.

    :rtype: bool
    """
    return request.env.user._is_internal()


class SocialCrmPreferencePage(Controller):
    """A person's own page. The signed link is the key, so there is no session and no CSRF token."""

    @route(
        "/privacy/preferences/<string:secret>",
        type="http", auth="public", methods=["GET", "POST"], csrf=False, save_session=False,
    )  # fmt: skip
    @public(form="preferences", limit=CAP)
    def preferences(self, secret, lang="", **form):
        """Show what holds, and take down what is changed."""
        opened = page, person, company, lang = self._opened(secret, lang)
        said = ""
        if request.httprequest.method == "POST" and not _is_colleague():
            wanted, read = self._ticked("purpose"), self._ticked("read")
            read = {int(text) for text in read if text.isdecimal()}
            said = "saved" if page._decide(person, company, wanted, lang, read) else "changed"
        return self._show(secret, opened, said)

    @route(
        "/privacy/preferences/<string:secret>/stop",
        type="http", auth="public", methods=["GET", "POST"], csrf=False, save_session=False,
    )  # fmt: skip
    @public()
    def stop(self, secret, lang="", **form):
        """End all at one press; also the mail program's own button (RFC 8058).

        The mail program's button ends what STOP ends, the page's own everything it lists.
        Opening the address changes nothing: programs that look at links open it. Only guesses are
        capped: a mail provider presses the button for all its customers from few addresses.
        """
        is_pressed = request.httprequest.method == "POST"
        try:
            opened = page, person, company, lang = self._opened(secret, lang)
        except NotFound:
            if is_pressed:
                check_cap("preferences", CAP)
            raise
        said = ""
        if is_pressed and not _is_colleague():
            page._stop(person, company, lang)
            if form.get("everything"):
                page._decide(person, company, set(), lang, set())
            said = "stopped"
        return self._show(secret, opened, said)

    @route(
        "/privacy/preferences/<string:secret>/receipt",
        type="http", auth="public", methods=["GET"], save_session=False,
    )  # fmt: skip
    @public()
    def receipt(self, secret, lang="", **form):
        """Everything recorded of that account, to read and print."""
        page, person, company, lang = self._opened(secret, lang)
        words = page._words(lang)
        return self._render(
            "social_crm_gdpr.receipt_page",
            lang,
            company=company,
            about=page._about(person),
            rows=page._receipt_rows(person, company, lang),
            path=page._path("preferences", secret, lang),
            title=words["receipt"],
        )

    @route(
        "/privacy/preferences/<string:secret>/receipt.json",
        type="http", auth="public", methods=["GET"], save_session=False,
    )  # fmt: skip
    @public()
    def receipt_file(self, secret, lang="", **form):
        """The same as a file."""
        page, person, company, _lang = self._opened(secret, lang)
        text = json.dumps(page._receipt(person, company), ensure_ascii=False, indent=2)
        return Response(
            text,
            content_type="application/json; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="consents.json"'},
        )

    @route(
        "/privacy/consent/<string:secret>",
        type="http", auth="public", methods=["GET", "POST"], csrf=False, save_session=False,
    )  # fmt: skip
    @public(form="consent", limit=CAP)
    def confirm(self, secret, lang="", **form):
        """The second step of a double opt-in: a press of a button, never the opening alone."""
        # sudo: the signature says which consent it is; nobody is logged in here
        found = token.read(request.env(su=True), secret, "c")
        if not found:
            raise self._dead(lang)
        consent, company = found
        lang = page_words.language(lang, consent.text_id.lang)
        done = request.httprequest.method == "POST" and not _is_colleague()
        if done and not consent._confirm():
            raise self._dead(lang)
        words = page_words.words(lang)
        return self._render(
            "social_crm_gdpr.confirm_page",
            lang,
            company=company,
            consent=consent,
            done=done,
            is_colleague=_is_colleague(),
            path=request.httprequest.path,
            title=words["confirm_title"],
        )

    # === PARTS === #

    def _ticked(self, name):
        return set(request.httprequest.form.getlist(name))

    def _opened(self, secret, lang):
        """What a link opens: the page, whose it is, of which company, and in which language.

        :rtype: tuple
        :raise NotFound: the link is dead
        """
        # sudo: the signed link is the right to this one person's decisions
        env = request.env(su=True)
        found = token.read(env, secret, "p")
        if not found:
            raise self._dead(lang)
        page = env["social.crm.preferences"]
        return page, *found, page._language_of(found[0], lang)

    def _show(self, secret, opened, said):
        page, person, company, lang = opened
        words = page._words(lang)
        return self._render(
            "social_crm_gdpr.preferences_page",
            lang,
            company=company,
            about=page._about(person),
            choices=page._choices(person, company, lang),
            path=page._path("preferences", secret),
            notice=company._social_notice_path(lang),
            said=words.get(said, ""),
            is_colleague=_is_colleague(),
            title=words["title"],
        )

    def _dead(self, lang):
        """The same for a link that is forged, altered, too old, or of somebody erased.

        :rtype: NotFound
        """
        wanted = request.httprequest.accept_languages.best or ""
        lang = page_words.language(lang, wanted)
        page = self._render("social_crm_gdpr.dead_page", lang, status=404, title="")
        return NotFound(response=page)

    def _render(self, template, lang, status=200, **values):
        values = {
            "company": None,
            "path": "",
            **values,
            "speaks": lang,  # "lang" is the template engine's own
            "words": page_words.words(lang),
            "languages": page_words.NAMES,
        }
        # sudo: templates are the system's; the values were chosen above
        html = request.env["ir.qweb"].sudo()._render(template, values)
        return Response(f"<!DOCTYPE html>\n{html}", status=status, mimetype="text/html")
