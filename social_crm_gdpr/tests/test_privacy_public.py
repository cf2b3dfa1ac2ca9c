# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
from urllib.parse import urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import HTTPException

from odoo.http import Response
from odoo.tests import tagged

from odoo.addons.http_routing.tests.common import MockRequest

from ..controllers.privacy import SocialCrmPrivacy
from ..tools.signed_request import BadSignature, sign, verify
from .privacy_common import PrivacyCommon

SECRET = "app secret"
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@tagged("post_install", "-at_install")
class TestPrivacyPublic(PrivacyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.app = cls.env["social.crm.app"].create(
            {
                "name": "Meta",
                "platform_id": cls.env.ref("social_crm_base.platform_facebook").id,
                "connector": "webhook",
            }
        )
        cls.env["social.crm.credential"]._set_secrets(cls.app, {"client_secret": SECRET})
        cls.public_env = cls.env(user=cls.env.ref("base.public_user"))

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()  # the cap counts in a transaction of its own
        self.http_request_allow_all = True
        self.addCleanup(setattr, self, "http_request_allow_all", False)

    def call(self, name, *args, method="GET", body=b"", **params):
        shown = {}
        with MockRequest(self.public_env, remote_addr="192.0.2.9") as request:
            request.httprequest.method = method
            request.httprequest.get_data = lambda *_a, **_k: body

            def render(template, values, status=200):
                shown.update(values, template=template)
                return Response(status=status)

            request.render = render
            try:
                response = getattr(SocialCrmPrivacy(), name)(*args, **params)
            except HTTPException as error:
                response = error.get_response()
        return response, shown

    def requests(self):
        return self.env["social.crm.privacy.request"].search([], order="id desc")

    # === FORM === #

    def test_the_answer_is_the_same_for_known_and_unknown(self):
        answers = []
        for handle in ("ada@example.social", "nobody@example.social"):
            response, shown = self.call(
                "ask", method="POST", kind="access", said_handle=handle, website=""
            )
            answers.append((response.status_code, shown["template"], shown.get("message")))
        self.assertEqual(answers[0], answers[1])
        known, unknown = self.requests()[1], self.requests()[0]
        self.assertEqual(known.subject_identity_ids, self.ada)
        self.assertFalse(unknown.subject_identity_ids)
        self.assertEqual((known.source, known.state), ("web", "received"))

    def test_the_form_judges_by_itself_and_keeps_what_was_typed(self):
        before = len(self.requests())
        for said in (
            {"kind": "nonsense", "said_handle": "ada"},
            {"kind": "access"},
            {"kind": "access", "said_name": "Ada"},
            {"kind": "access", "said_email": "no address"},
        ):
            response, shown = self.call("ask", method="POST", **said)
            self.assertEqual(response.status_code, 422, said)
            self.assertTrue(shown["error"])
        self.assertEqual(len(self.requests()), before)

    def test_machines_that_fill_every_field_are_thanked_and_forgotten(self):
        before = len(self.requests())
        response, _shown = self.call(
            "ask", method="POST", kind="access", said_handle="x", website="http://spam.example"
        )
        self.assertEqual((response.status_code, len(self.requests())), (200, before))

    def test_nothing_sent_can_set_what_a_step_writes(self):
        self.call(
            "ask", method="POST", kind="erasure", said_handle="ada@example.social",
            state="approved", approved_by_id="1", company_id=None, description="x" * 9000,
        )  # fmt: skip
        request = self.requests()[0]
        self.assertEqual((request.state, len(request.description)), ("received", 5000))

    def test_an_unknown_company_is_not_found(self):
        response, _shown = self.call("ask", 987654)
        self.assertEqual(response.status_code, 404)

    # === LINKS === #

    def test_opening_a_link_changes_nothing_and_confirming_works_once(self):
        request = self.request()
        self.ada.verified_email = "ada@example.org"
        token = self.env["social.crm.privacy.token"]._issue(request, "email", 1, "ada@example.org")
        for _time in range(3):  # scanners of mail servers
            response, shown = self.call("confirm", token)
            self.assertEqual(shown["template"], "social_crm_gdpr.public_confirm")
        self.assertEqual(request.state, "received")
        self.assertEqual(self.call("confirm", token, method="POST")[0].status_code, 200)
        self.assertEqual(request.state, "identified")
        self.assertEqual(self.call("confirm", token, method="POST")[0].status_code, 404)
        self.assertEqual(self.call("confirm", token)[0].status_code, 404)
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")

    def test_no_altered_link_works(self):
        tokens = self.env["social.crm.privacy.token"]
        token = tokens._issue(self.request(), "email", 1)

        @QUICK
        @given(st.data())
        def altered(data):
            place = data.draw(st.integers(0, len(token) - 1))
            letter = data.draw(st.characters(codec="utf-8"))
            other = token[:place] + letter + token[place + 1 :]
            if other != token:
                self.assertFalse(tokens._look(other, "email"))
            self.assertFalse(tokens._look(token[:place], "email"))
            self.assertFalse(tokens._look(token + letter, "email"))

        @QUICK
        @given(st.one_of(st.text(), st.none(), st.integers(), st.binary()))
        def forged(anything):
            self.assertFalse(tokens._look(anything, "email"))

        altered()
        forged()
        self.assertFalse(tokens._look(token, "package"), "a link is for one purpose")
        self.assertTrue(tokens._look(token, "email"))

    def test_the_database_holds_no_link(self):
        token = self.env["social.crm.privacy.token"]._issue(self.request(), "email", 1)
        self.env.flush_all()
        self.env.cr.execute("SELECT row_to_json(t)::text FROM social_crm_privacy_token t")
        self.assertNotIn(token.partition(".")[2], str(self.env.cr.fetchall()))

    # === META === #

    def told(self, payload, secret=SECRET, webhook=None):
        body = urlencode({"signed_request": sign(payload, secret).decode()}).encode()
        with MockRequest(self.env) as request:
            request.httprequest.get_data = lambda *_a, **_k: body
            try:
                return SocialCrmPrivacy().deletion(webhook or self.app.webhook_token)
            except HTTPException as error:
                return error.get_response()

    def test_a_known_signature_reads_as_the_network_documents_it(self):
        published = (
            b"cUMrxkuthIGGfU1jwyijhj_FqllLkNQA1IC_VpnjNDA."
            b"eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsInVzZXJfaWQiOiI0MiJ9"
        )
        payload = {"algorithm": "HMAC-SHA256", "user_id": "42"}
        self.assertEqual(sign(payload, "x").partition(b".")[2][:10], b"eyJhbGdvcm")
        with self.assertRaises(BadSignature):
            verify(published, "not the secret")

    def test_no_forged_or_altered_deletion_is_taken(self):
        good = sign({"algorithm": "HMAC-SHA256", "user_id": "42"}, SECRET)

        @QUICK
        @given(st.integers(0, len(good) - 1), st.integers(0, 255))
        def altered(place, byte):
            other = good[:place] + bytes([byte]) + good[place + 1 :]
            if other != good:
                with self.assertRaises(BadSignature):
                    verify(other, SECRET)

        @QUICK
        @given(st.binary(max_size=300))
        def forged(anything):
            with self.assertRaises(BadSignature):
                verify(anything, SECRET)

        altered()
        forged()
        for secret in ("", None, "other"):
            with self.assertRaises(BadSignature):
                verify(good, secret)
        for payload in ([], {"user_id": "42"}, {"algorithm": "none", "user_id": "42"}):
            with self.assertRaises(BadSignature):
                verify(sign(payload, SECRET), SECRET)
        self.assertEqual(verify(good, SECRET)["user_id"], "42")

    def test_told_by_meta_it_is_one_request_with_a_status_page(self):
        facebook = self.env.ref("social_crm_base.platform_facebook")
        account = self.env["social.crm.identity"].create(
            {"platform_id": facebook.id, "external_id": "42", "name": "Ada"}
        )
        payload = {"algorithm": "HMAC-SHA256", "user_id": "42"}
        answers = [json.loads(self.told(payload).data) for _time in range(2)]
        request = self.requests().filtered(lambda found: found.state != "joined")[0]
        self.assertEqual(set(answers[0]), {"url", "confirmation_code"})
        self.assertEqual(request.subject_identity_ids, account)
        self.assertEqual((request.kind, request.state), ("erasure", "identified"))
        self.assertEqual(request.check_method, "network")
        for answer in answers:  # told twice: each code works, the request is one
            self.assertTrue(answer["url"].endswith(f"/privacy/status/{answer['confirmation_code']}"))
            _response, shown = self.call("status", answer["confirmation_code"])
            self.assertEqual((shown["number"], shown["state"]), (request.name, "Identified"))
            self.assertNotIn("Ada", str(shown))
        request.write({"refusal_ground": "claims", "refusal_reason": "Owed"})
        request.action_refuse()
        _response, shown = self.call("status", answers[0]["confirmation_code"])
        self.assertTrue(shown["refused"] and shown["ground"])

    def test_told_of_nobody_known_a_clerk_looks(self):
        response = self.told({"algorithm": "HMAC-SHA256", "user_id": "4242"})
        self.assertEqual(response.status_code, 200)
        request = self.requests()[0]
        self.assertEqual((request.state, request.said_handle), ("received", "4242"))
        self.assertFalse(request.subject_identity_ids)

    def test_what_is_not_metas_is_refused_without_a_trace(self):
        before = len(self.requests())
        payload = {"algorithm": "HMAC-SHA256", "user_id": "42"}
        self.assertEqual(self.told(payload, secret="other").status_code, 403)
        self.assertEqual(self.told({**payload, "user_id": "1 or 1"}).status_code, 403)
        self.assertEqual(self.told(payload, webhook="guessed").status_code, 404)
        self.assertEqual(len(self.requests()), before)

    def test_no_guessed_status_is_shown(self):
        for code in ("x", "", "é", "a" * 100):
            self.assertEqual(self.call("status", code)[0].status_code, 404)
