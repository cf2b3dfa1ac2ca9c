# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.http import request, route

from ..models.social_crm_preferences import day
from ..tools import page_words
from ..tools.notice_words import NOTICE
from ..tools.public import public
from .preferences import SocialCrmPreferencePage


class SocialCrmNoticePage(SocialCrmPreferencePage):
    @route(
        "/privacy/n/<string:code>", type="http", auth="public", methods=["GET"],
        save_session=False,
    )  # fmt: skip
    @public()
    def notice(self, code, lang="", **params):
        """How a company handles people's data, for everybody."""
        # sudo: published for everybody
        notice = request.env["social.crm.notice"].sudo().search(
            [("code", "=", code), ("state", "=", "published")]
        )
        wanted = request.httprequest.accept_languages.best or ""
        if not notice:
            raise self._dead(lang)
        lang = page_words.language(lang, wanted)
        text = notice._text(lang)
        words = page_words.words(text.lang, NOTICE)
        return self._render(
            "social_crm_gdpr.notice_page",
            text.lang,
            company=notice.company_id,
            body=text.body,
            as_of=words["as_of"].replace("{day}", day(notice.published_at, text.lang)),
            path=f"/privacy/n/{code}",
            title=words["title"],
        )
