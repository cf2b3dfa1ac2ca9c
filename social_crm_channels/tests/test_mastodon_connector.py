# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import dataclasses
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from odoo.tests import tagged

from odoo.addons.social_crm_base.exceptions import (
    CredentialsError,
    NotSupported,
    PermanentError,
    RateLimited,
    TransientError,
)
from odoo.addons.social_crm_base.tools.activity import Actor, Target

from ..connectors.mastodon.text import length
from ..tools.contract import OutMedia, OutMessage
from .fake_network import FakeNetwork
from .mastodon_common import ME, STATUSES, MastodonCase
from .mastodon_entities import (
    AWAY,
    HOME,
    account,
    mention,
    own_account,
    status,
)

METADATA = "/.well-known/oauth-authorization-server"
ANA = Actor(external_id=f"{AWAY}/users/ana", handle="ana@away.example")
QUESTION = Target(f"{AWAY}/users/ana/statuses/1", ref="1001")


@tagged("post_install", "-at_install")
class TestMastodonSetUp(MastodonCase):
    def test_each_server_gets_an_app_of_its_own(self):
        self.network.answer("POST", "/api/v1/apps", {"client_id": "a", "client_secret": "b"})
        secrets = self.connector._register_app(self.app, "https://crm.example/back")
        self.assertEqual(secrets, {"client_id": "a", "client_secret": "b"})
        (asked,) = self.network.asked("POST", "/api/v1/apps")
        self.assertEqual(asked["data"]["redirect_uris"], "https://crm.example/back")

    def test_a_server_with_pkce_gets_a_challenge_that_fits_the_verifier(self):
        self.network.answer("GET", METADATA, {"code_challenge_methods_supported": ["S256"]})
        self.network.answer("POST", "/oauth/token", {"access_token": "t", "token_type": "Bearer"})
        self.network.answer("GET", "/api/v2/instance", {"domain": "shop.example"})
        url = self.connector._authorize_url(self.app, "https://crm.example/back", "s1")
        query = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
        self.assertEqual((query["state"], query["client_id"]), ("s1", "id1"))
        self.connector._exchange_code(self.app, "c", "https://crm.example/back", state="s1")
        (asked,) = self.network.asked("POST", "/oauth/token")
        verifier = asked["data"]["code_verifier"]
        from ..connectors.mastodon.connector import _challenge

        self.assertEqual(query["code_challenge"], _challenge(verifier))
        self.assertNotIn(verifier, url)

    def test_a_server_without_metadata_is_asked_without_pkce(self):
        url = self.connector._authorize_url(self.app, "https://crm.example/back", "s1")
        self.assertNotIn("code_challenge", url)

    def test_a_front_page_instead_of_metadata_means_no_pkce(self):
        page = TransientError("a web page", status=200)
        self.network.answer("GET", METADATA, page)
        url = self.connector._authorize_url(self.app, "https://crm.example/back", "s1")
        self.assertNotIn("code_challenge", url)

    def test_the_code_opens_our_account_under_the_servers_own_name(self):
        self.network.answer("POST", "/oauth/token", {"access_token": "secret-token"})
        self.network.answer("GET", "/api/v2/instance", {"domain": "example.social"})
        grant = self.connector._exchange_code(self.app, "c", "https://crm.example/b", state="s")
        (ours,) = grant.accounts
        self.assertEqual(ours.external_id, f"{HOME}/users/shop")
        self.assertEqual(ours.handle, "shop@example.social")
        self.assertEqual(ours.secrets, {"access_token": "secret-token"})
        self.assertNotIn("secret-token", repr(grant))

    def test_a_used_code_asks_for_a_new_connection(self):
        self.network.answer("POST", "/oauth/token", {"error": "invalid_grant"}, status=400)
        with self.assertRaises(CredentialsError):
            self.connector._exchange_code(self.app, "c", "https://crm.example/b", state="s")

    def test_health_is_read_from_the_account(self):
        self.assertEqual(self.connector._check_health(self.channel).level, "green")

    def test_health_is_red_with_somebody_elses_token(self):
        self.channel.external_id = f"{HOME}/users/other"
        health = self.connector._check_health(self.channel)
        self.assertEqual(health.level, "red")
        self.assertTrue(health.todo)

    def test_a_token_the_server_does_not_know_is_a_matter_of_credentials(self):
        for refused in (401, 403, 422):  # 422: snac
            network = FakeNetwork().answer("GET", ME, {}, status=refused)
            with self.subTest(refused), network.patched(), self.assertRaises(CredentialsError):
                self.connector._check_health(self.channel)

    def test_a_channel_without_token_says_so_without_a_call(self):
        self.env["social.crm.credential"]._set_secrets(self.channel, {"access_token": ""})
        with self.assertRaises(CredentialsError):
            self.connector._fetch(self.channel, {})
        self.assertFalse(self.network.calls)

    def test_disconnecting_revokes_the_token_where_the_server_can(self):
        for code in (200, 403, 404):
            network = FakeNetwork().answer("POST", "/oauth/revoke", {}, status=code)
            with self.subTest(code), network.patched():
                self.connector._unsubscribe(self.channel)
            self.assertEqual(network.asked("POST", "/oauth/revoke")[0]["data"]["token"], "token1")


@tagged("post_install", "-at_install")
class TestMastodonSending(MastodonCase):
    def setUp(self):
        super().setUp()
        self.network.answer("GET", "/api/v1/statuses/1001", status())
        self.sent = status(5, author=own_account(), in_reply_to_id="1001", visibility="unlisted")
        self.sent["content"] = "<p>@<span>ana</span> We look into it</p>"
        self.network.answer("POST", "/api/v1/statuses", self.sent)
        self.reply = OutMessage(
            "We look into it",
            conversation_kind="thread",
            parent=QUESTION,
            recipient=ANA,
            visibility="unlisted",
            idempotency_key="key1",
            language="en",
        )

    def posted(self):
        return self.network.asked("POST", "/api/v1/statuses")[-1]

    def test_a_reply_names_the_person_and_what_it_answers(self):
        receipt = self.connector._send(self.channel, self.reply)
        self.assertEqual(
            self.posted()["json"],
            {
                "status": "@ana@away.example We look into it",
                "visibility": "unlisted",
                "language": "en",
                "in_reply_to_id": "1001",
            },
        )
        self.assertEqual(self.posted()["headers"], {"Idempotency-Key": "key1"})
        echo = {"type": "status", "status": self.sent, "thread": {}}
        (parsed,) = self.connector._parse(self.channel, echo)
        self.assertEqual(
            (receipt.family, receipt.container, receipt.external_id),
            (parsed.family, parsed.container, parsed.external_id),
        )
        self.assertEqual(receipt.ref, parsed.ref)

    def test_a_private_answer_to_a_public_post_reaches_only_the_person(self):
        private = dataclasses.replace(
            self.reply, conversation_kind="direct", visibility="direct", recipient=ANA, mentions=()
        )
        self.connector._send(self.channel, private)
        posted = self.posted()["json"]
        self.assertEqual(posted["visibility"], "direct")
        self.assertEqual(posted["in_reply_to_id"], "1001")
        self.assertEqual(posted["status"], "@ana@away.example We look into it")

    def test_whoever_is_named_already_is_not_named_twice(self):
        named = dataclasses.replace(self.reply, text="Dear @Ana@away.example, yes", mentions=(ANA,))
        self.assertEqual(self.connector._render(self.channel, named), named.text)

    def test_ourselves_are_not_named(self):
        own = Actor(handle="Shop@shop.example")
        message = dataclasses.replace(self.reply, mentions=(own,))
        self.assertEqual(
            self.connector._render(self.channel, message), "@ana@away.example We look into it"
        )

    def test_a_direct_message_stays_direct(self):
        for visibility in ("direct", "group"):
            message = dataclasses.replace(self.reply, visibility=visibility)
            self.connector._send(self.channel, message)
            self.assertEqual(self.posted()["json"]["visibility"], "direct")
        careless = dataclasses.replace(
            self.reply, conversation_kind="direct", visibility="public"
        )
        self.connector._send(self.channel, careless)
        self.assertEqual(self.posted()["json"]["visibility"], "direct")

    def test_a_group_is_answered_as_a_group(self):
        group = status(visibility="direct", mentions=[mention(), mention("budi", AWAY)])
        self.network._answers["GET", "/api/v1/statuses/1001"] = [(group, 200, {})]
        message = dataclasses.replace(
            self.reply, conversation_kind="group", visibility="group", recipient=None
        )
        self.connector._send(self.channel, message)
        self.assertEqual(
            self.posted()["json"]["status"],
            "@ana@away.example @budi@away.example We look into it",
        )

    def test_an_id_the_server_forgot_is_looked_up_by_its_uri(self):
        self.network._answers["GET", "/api/v1/statuses/1001"] = [({}, 404, {})]
        self.network.answer("GET", "/api/v2/search", {"statuses": [status(id="2002")]})
        self.network.answer("GET", "/api/v1/statuses/2002", status(id="2002"))
        self.connector._send(self.channel, self.reply)
        self.assertEqual(self.posted()["json"]["in_reply_to_id"], "2002")

    def test_a_reply_to_something_deleted_is_refused_and_not_posted_alone(self):
        self.network._answers["GET", "/api/v1/statuses/1001"] = [({}, 404, {})]
        self.network.answer("GET", "/api/v2/search", {"statuses": [status(9)]})
        with self.assertRaises(PermanentError):
            self.connector._send(self.channel, self.reply)
        self.assertFalse(self.network.asked("POST", "/api/v1/statuses"))

    def test_a_lost_answer_says_that_it_may_have_been_sent(self):
        lost = TransientError("the connection broke off", maybe_done=True)
        self.network._answers["POST", "/api/v1/statuses"] = [(lost, 200, {})]
        with self.assertRaises(TransientError) as caught:
            self.connector._send(self.channel, self.reply)
        self.assertTrue(caught.exception.maybe_done)

    def find(self, **changes):
        message = dataclasses.replace(self.reply, tried_at=datetime(2026, 11, 1, 8), **changes)
        return self.connector._find_sent(self.channel, message)

    def test_what_was_sent_is_found_below_what_it_answers(self):
        context = {"ancestors": [], "descendants": [status(4), self.sent]}
        self.network.answer("GET", "/api/v1/statuses/1001/context", context)
        self.assertEqual(self.find().external_id, self.sent["uri"])

    def test_another_text_another_place_or_another_time_is_not_it(self):
        context = {"ancestors": [], "descendants": [self.sent]}
        self.network.answer("GET", "/api/v1/statuses/1001/context", context)
        self.network.answer("GET", STATUSES, [self.sent])
        self.network.answer("GET", "/api/v1/timelines/home", [self.sent])
        self.assertIsNone(self.find(text="Something else"))
        self.assertIsNone(self.find(visibility="direct"))
        self.assertIsNone(self.find(parent=None))
        late = dataclasses.replace(self.reply, tried_at=datetime(2026, 11, 1, 9))
        self.assertIsNone(self.connector._find_sent(self.channel, late))

    def test_a_post_is_found_among_our_own(self):
        post = status(6, author=own_account(), mentions=[])
        self.network.answer("GET", STATUSES, [post])
        message = OutMessage("Hello", tried_at=datetime(2026, 11, 1, 8))
        self.assertEqual(
            self.connector._find_sent(self.channel, message).external_id, post["uri"]
        )

    def test_files_go_first_and_one_still_in_work_postpones_the_post(self):
        media = OutMedia("cat.mp4", "video/mp4", b"...", "A cat")
        message = dataclasses.replace(self.reply, media=(media,))
        self.network.answer("POST", "/api/v2/media", {"id": "m1", "url": None}, status=202)
        self.network.answer("GET", "/api/v1/media/m1", {"id": "m1"}, status=206)
        self.network.answer("GET", "/api/v1/media/m1", {"id": "m1", "url": "https://m/1"})
        for _attempt in range(2):
            with self.assertRaises(TransientError) as caught:
                self.connector._send(self.channel, message)
            self.assertFalse(caught.exception.maybe_done)
        self.connector._send(self.channel, message)
        self.assertEqual(len(self.network.asked("POST", "/api/v2/media")), 1)
        self.assertEqual(self.posted()["json"]["media_ids"], ["m1"])
        (upload,) = self.network.asked("POST", "/api/v2/media")
        self.assertEqual(upload["data"], {"description": "A cat"})

    def test_an_edit_keeps_what_it_does_not_change(self):
        before = {
            **self.sent,
            "spoiler_text": "Care",
            "media_attachments": [{"id": "m7", "type": "image", "url": "https://m/7.png"}],
        }
        self.network.answer("GET", "/api/v1/statuses/1005", before)
        self.network.answer("PUT", "/api/v1/statuses/1005", self.sent)
        target = Target(self.sent["uri"], ref="1005")
        message = OutMessage("Corrected", target=target, recipient=ANA)
        self.connector._update_remote(self.channel, message)
        (asked,) = self.network.asked("PUT", "/api/v1/statuses/1005")
        self.assertEqual(asked["json"]["status"], "@ana@away.example Corrected")
        self.assertEqual(asked["json"]["spoiler_text"], "Care")
        self.assertEqual(asked["json"]["media_ids"], ["m7"])

    def test_deleting_twice_does_no_harm(self):
        self.network.answer("DELETE", "/api/v1/statuses/1005", {})
        self.network.answer("DELETE", "/api/v1/statuses/1005", {}, status=404)
        self.network.answer("GET", "/api/v2/search", {"statuses": []})
        for _time in range(2):
            self.connector._delete_remote(self.channel, Target(self.sent["uri"], ref="1005"))
        self.assertEqual(len(self.network.asked("DELETE", "/api/v1/statuses/1005")), 2)

    def test_we_favourite_share_and_take_it_back_and_nothing_else(self):
        for verb in ("favourite", "unfavourite", "reblog", "unreblog"):
            self.network.answer("POST", f"/api/v1/statuses/1001/{verb}", status())
        self.connector._react(self.channel, QUESTION, "favourite")
        self.connector._react(self.channel, QUESTION, "favourite", remove=True)
        self.connector._react(self.channel, QUESTION, "share")
        self.connector._react(self.channel, QUESTION, "share", remove=True)
        verbs = [path.rpartition("/")[2] for method, path, _options in self.network.calls]
        self.assertEqual(verbs, ["favourite", "unfavourite", "reblog", "unreblog"])
        with self.assertRaises(NotSupported):
            self.connector._react(self.channel, QUESTION, "😀")

    def test_the_conversation_of_a_direct_message_is_marked_as_read(self):
        conversations = [{"id": "c1", "unread": True, "last_status": status()}]
        self.network.answer("GET", "/api/v1/conversations", conversations)
        self.network.answer("POST", "/api/v1/conversations/c1/read", {})
        self.connector._mark_read(self.channel, QUESTION)
        self.assertEqual(len(self.network.asked("POST", "/api/v1/conversations/c1/read")), 1)

    def test_errors_tell_what_to_do_by_their_class(self):
        expected = {
            401: CredentialsError,
            403: PermanentError,
            422: PermanentError,
            429: RateLimited,
            500: TransientError,
            503: TransientError,
        }
        for code, error in expected.items():
            self.network._answers["POST", "/api/v1/statuses"] = [({"error": "x"}, code, {})]
            with self.subTest(code), self.assertRaises(error):
                self.connector._send(self.channel, self.reply)


@tagged("post_install", "-at_install")
class TestMastodonTextAndFigures(MastodonCase):
    def test_length_is_counted_as_the_server_counts(self):
        counted = {
            "": 0,
            "šđč": 3,
            "👨‍👩‍👧‍👦": 1,  # one family of seven code points
            "🇷🇸🇮🇩": 2,
            "e\u0301": 1,
            "see https://example.org/a/very/long/way?to=it.": 4 + 23 + 1,
            "(https://e.org)": 25,
            "@ana@away.example hi": 7,
            "mail ana@away.example": 21,
        }
        for text, used in counted.items():
            with self.subTest(text):
                self.assertEqual(length(text, 23), used)

    def test_the_server_says_how_long_a_text_may_be(self):
        statuses = {"max_characters": 5000, "characters_reserved_per_url": 30}
        self.network.answer("GET", "/api/v2/instance", {"configuration": {"statuses": statuses}})
        measure = self.connector._measure(self.channel, "https://e.org")
        self.assertEqual((measure.used, measure.limit), (30, 5000))
        self.connector._measure(self.channel, "again")
        self.assertEqual(len(self.network.asked("GET", "/api/v2/instance")), 1)

    def test_an_older_address_serves_as_well(self):
        described = {"configuration": {"statuses": {"max_characters": 700}}}
        self.network.answer("GET", "/api/v1/instance", described)
        self.assertEqual(self.connector._measure(self.channel, "x").limit, 700)

    def test_while_the_server_is_silent_the_usual_limit_holds(self):
        self.network.answer("GET", "/api/v2/instance", TransientError("no connection"))
        self.assertEqual(self.connector._measure(self.channel, "x").limit, 500)

    def test_figures_are_of_the_account_and_of_its_posts(self):
        self.network.answer("GET", ME, own_account())
        post = status(author=own_account(), favourites_count=3)
        self.network.answer("GET", STATUSES, [post])
        figures = self.connector._fetch_metrics(self.channel)
        found = {(figure.target, figure.key): figure.value for figure in figures}
        self.assertEqual(found[None, "followers"], 12)
        self.assertEqual(found[Target(post["uri"]), "likes"], 3)

    def test_followers_a_server_hides_are_unknown(self):
        self.network._answers["GET", ME] = [(own_account(followers_count=0), 200, {})]
        self.network.answer("GET", STATUSES, [])
        figures = self.connector._fetch_metrics(self.channel)
        self.assertNotIn("followers", [figure.key for figure in figures])

    def test_nobody_answers_an_account_that_is_gone(self):
        identity = self.env["social.crm.identity"].create(
            {
                "platform_id": self.channel.platform_id.id,
                "external_id": account()["uri"],
                "handle": "ana@away.example",
                "state": "deleted",
            }
        )
        conversation = self.env["social.crm.conversation"].new(
            {"kind": "direct", "identity_id": identity.id}
        )
        self.assertFalse(self.connector._reply_options(self.channel, conversation).can_reply)
        identity.state = "active"
        options = self.connector._reply_options(self.channel, conversation)
        self.assertTrue(options.can_reply)
        self.assertIn("not encrypted", options.reason)
