# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
import logging
from urllib.parse import parse_qsl

from werkzeug.exceptions import BadRequest, Forbidden, NotFound

from odoo import SUPERUSER_ID
from odoo.http import Controller, Response, request, route
from odoo.tools import email_normalize, format_date

from ..models.social_crm_privacy_request import KIND_SELECTION
from ..tools.public import dead_link, generic_answer, public
from ..tools.signed_request import MAX_LENGTH, BadSignature

_logger = logging.getLogger(__name__)

#: Longest things the form takes.
LIMITS = {
    "said_name": 100, "said_handle": 320, "said_url": 2000, "said_email": 254, "said_phone": 40,
    "description": 5000,
}  # fmt: skip
REACHABLE = ("said_handle", "said_url", "said_email", "said_phone")


class SocialCrmPrivacy(Controller):
    """Pages where people ask for their rights, without an account and without being told apart."""

    @route(
        ["/privacy/request", "/privacy/request/<int:company_id>"],
        type="http", auth="public", methods=["GET", "POST"], sitemap=False, website=True,
    )  # fmt: skip
    @public(form="request")
    def ask(self, company_id=None, **said):
        """The form; what it answers is the same for everybody."""
        # sudo: a stranger names the company they ask
        companies_sudo = request.env["res.company"].sudo()
        company = companies_sudo.browse(company_id).exists() if company_id else request.env.company
        if not company:
            raise NotFound()
        if request.httprequest.method == "GET":
            return self._form(company, {}, "")
        if said.get("website"):  # people do not see this field
            return generic_answer()
        values = {
            name: text.strip()[:limit]
            for name, limit in LIMITS.items()
            if isinstance(text := said.get(name), str) and text.strip() and "\0" not in text
        }
        kind = said.get("kind")
        if error := self._refusal(kind, values):
            return self._form(company, {**values, "kind": kind}, error)
        request.env["social.crm.privacy.request"]._receive(
            kind, "web", company=company, language=request.env.lang, **values
        )
        return generic_answer()

    def _refusal(self, kind, values):
        """What is missing, judged by the form alone: never by what we know."""
        if kind not in dict(KIND_SELECTION):
            return request.env._("Choose what you ask for.")
        if not any(values.get(name) for name in REACHABLE):
            return request.env._(
                "Tell us a name on a network, a link to a profile, an e-mail address or a phone "
                "number: without any of them we cannot find you nor answer."
            )
        if "said_email" in values and not email_normalize(values["said_email"]):
            return request.env._("This e-mail address cannot be right: please look at it again.")
        return ""

    def _form(self, company, values, error):
        law = request.env["social.crm.jurisdiction"]._of(company).sudo()  # sudo: facts of law
        return request.render(
            "social_crm_gdpr.public_request",
            {
                "company": company,
                "law": law,
                "kinds": self._kinds(),
                "values": values,
                "error": error,
            },
            status=422 if error else 200,
        )

    def _kinds(self):
        """What people ask for, in their words rather than the law's.

        :rtype: list[tuple[str, str]]
        """
        env = request.env
        return [
            ("access", env._("A copy of everything you know about me")),
            ("portability", env._("My data in a form other services can read")),
            ("rectification", env._("Correct something that is wrong")),
            ("erasure", env._("Erase my data")),
            ("restriction", env._("Keep my data, but stop using it")),
            ("objection", env._("I object to how you use my data")),
            ("withdrawal", env._("I take back a consent I gave")),
            ("complaint", env._("I complain about how you handle my data")),
        ]

    # === LINKS === #

    @route("/privacy/confirm/<string:token>", type="http", auth="public", methods=["GET", "POST"],
           sitemap=False, website=True)  # fmt: skip
    @public(form="confirm", limit=30)
    def confirm(self, token, **_said):
        """Confirm by e-mail. Opening changes nothing: mail scanners open links, too."""
        tokens = request.env["social.crm.privacy.token"]
        if request.httprequest.method == "GET":
            if not tokens._look(token, "email"):
                return dead_link()
            return request.render("social_crm_gdpr.public_confirm", {"token": token})
        found = tokens._redeem(token, "email")
        if not found:
            return dead_link()
        found.request_id._confirmed_by_link(found)
        return generic_answer(
            request.env._("Thank you. We go on with your request, and you will hear from us.")
        )

    @route("/privacy/status/<string:code>", type="http", auth="public", methods=["GET"],
           sitemap=False, website=True)  # fmt: skip
    @public(form="status", limit=30, methods=("GET", "HEAD"))
    def status(self, code):
        """How far a deletion is that a network told us of."""
        found = request.env["social.crm.privacy.request"]._by_confirmation(code)
        if not found:
            raise NotFound()
        states = dict(found._fields["state"]._description_selection(request.env))
        grounds = dict(found._fields["refusal_ground"]._description_selection(request.env))
        return request.render(
            "social_crm_gdpr.public_status",
            {
                "number": found.name,
                "state": states[found.state],
                "refused": found.state == "refused",
                "ground": grounds.get(found.refusal_ground, ""),
                "answer_by": "" if found.closed_at else format_date(request.env, found.due_date),
                "rows": found._status_rows(),
                "told": found._text_values() if found.kind == "erasure" else {},
            },
        )

    # === META === #

    @route("/privacy/deletion/<string:token>", type="http", auth="none", methods=["POST"],
           csrf=False, save_session=False, max_content_length=2 * MAX_LENGTH,
           raw_body=True)  # fmt: skip
    def deletion(self, token, **_said):
        """Meta's data deletion callback: 403 for anything not signed with the app's secret."""
        # the system's rights: a network calls, which proves itself by the signature
        env = request.env(user=SUPERUSER_ID)
        found = env["social.crm.app"]._by_webhook_token(token)
        if not found:
            raise NotFound()
        fields_sent = dict(parse_qsl(request.httprequest.get_data(), max_num_fields=10))
        signed = fields_sent.get(b"signed_request")
        if not signed:
            raise BadRequest()
        app = env["social.crm.app"].browse(found[0])
        requests = env["social.crm.privacy.request"].with_company(app.company_id)
        try:
            code = requests._receive_deletion(app, signed)
        except BadSignature as error:
            _logger.warning("Deletion callback of app %s refused: %s", found[0], error)
            raise Forbidden() from error
        answer = {
            "url": f"{requests.get_base_url()}/privacy/status/{code}",
            "confirmation_code": code,
        }
        return Response(json.dumps(answer), content_type="application/json")
