# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import io
from unittest.mock import patch

from PIL import Image

from odoo.tests import tagged

from odoo.addons.social_crm_base.exceptions import (
    CredentialsError,
    NotSupported,
    PermanentError,
    RateLimited,
    TransientError,
)
from odoo.addons.social_crm_base.tools.activity import Actor, Target

from ..tools.contract import OutMedia, OutMessage
from .bluesky_common import (
    CREATE,
    DELETE,
    LOGIN,
    POSTS,
    PROFILE,
    PUT,
    RECORD,
    REFRESH,
    RESOLVE,
    WHO,
    BlueskyCase,
    refusal,
)
from .bluesky_entities import ANA, DID, OURS, post, profile, reply, session, strong, token, uri

MENTION = Target(uri(1))
GATE = f"at://{DID}/app.bsky.feed.threadgate/{OURS[-13:]}"


def answer(text="Da, imamo", **other):
    values = {
        "conversation_kind": "mention",
        "parent": MENTION,
        "mentions": (Actor(external_id=ANA, handle="ana.example"),),
        "idempotency_key": "key-1",
        "language": "sr",
    }
    return OutMessage(text, **{**values, **other})


def picture(kind="PNG", size=(40, 20), noise=False):
    content = io.BytesIO()
    image = Image.effect_noise(size, 90) if noise else Image.new("RGB", size, "teal")
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    image.save(content, kind, exif=exif.tobytes())
    return content.getvalue()


@tagged("post_install", "-at_install")
class TestBlueskySend(BlueskyCase):
    def setUp(self):
        super().setUp()
        self.network._answers.pop(("GET", POSTS))
        self.network.answer("GET", POSTS, {"posts": [post(1)]})

    def created(self):
        return [call["json"] for call in self.network.asked("POST", CREATE)]

    def test_an_answer_hangs_on_its_parent_and_root_and_names_nobody_twice(self):
        self.network._answers.pop(("GET", POSTS))
        above = {"root": strong(OURS), "parent": strong(OURS)}
        self.network.answer("GET", POSTS, {"posts": [post(1, of={"reply": above})]})
        self.network.answer("POST", CREATE, strong(uri(9, DID)))
        receipt = self.connector._send(self.channel, answer())
        (body,) = self.created()
        self.assertEqual(body["record"]["text"], "Da, imamo", "who is answered is told anyway")
        self.assertEqual(body["record"]["reply"]["root"], strong(OURS))
        self.assertEqual(body["record"]["reply"]["parent"]["uri"], uri(1))
        self.assertEqual((body["repo"], body["record"]["langs"]), (DID, ["sr"]))
        self.assertEqual(receipt.external_id, uri(9, DID))
        self.assertEqual(receipt.remote_key, receipt.external_id)

    def test_a_second_attempt_has_the_same_name_and_looks_first(self):
        self.network.answer("POST", CREATE, TransientError("lost", maybe_done=True))
        for _time in range(2):
            with self.assertRaises(TransientError):
                self.connector._send(self.channel, answer())
        first, second = self.created()
        self.assertEqual(first["rkey"], second["rkey"])
        other = self.connector._address(self.channel, answer(idempotency_key="key-2"))
        self.assertFalse(other.endswith(first["rkey"]))

        self.network.answer("GET", RECORD, refusal("RecordNotFound"), status=400)
        self.assertIsNone(self.connector._find_sent(self.channel, answer()))
        self.network._answers.pop(("GET", RECORD))
        there = f"at://{DID}/app.bsky.feed.post/{first['rkey']}"
        self.network.answer("GET", RECORD, {**strong(there), "value": first["record"]})
        found = self.connector._find_sent(self.channel, answer())
        self.assertEqual((found.external_id, bool(found.occurred_at)), (there, True))
        self.assertEqual(self.network.asked("GET", RECORD)[0]["params"]["rkey"], first["rkey"])

    def test_a_refusal_and_an_unknown_outcome_are_told_apart(self):
        for body, status, expected, maybe_done in (
            (refusal("InvalidRequest", "grapheme too big"), 400, PermanentError, None),
            (refusal("InternalServerError"), 500, TransientError, True),
            (refusal("NotEnoughResources"), 503, TransientError, False),
        ):
            self.network._answers.pop(("POST", CREATE), None)
            self.network.answer("POST", CREATE, body, status=status)
            with self.subTest(status=status), self.assertRaises(expected) as caught:
                self.connector._send(self.channel, answer())
            self.assertEqual(getattr(caught.exception, "maybe_done", None), maybe_done)

    def test_people_named_are_resolved_and_strangers_to_the_network_stay_words(self):
        self.network.answer("GET", RESOLVE, {"did": "did:plc:budi"})
        self.network.answer("GET", RESOLVE, refusal("InvalidRequest", "no"), status=400)
        self.network.answer("POST", CREATE, strong(uri(9, DID)))
        text = "@ana.example @budi.example @nobody.example"
        self.connector._send(self.channel, answer(text))
        (body,) = self.created()
        dids = [facet["features"][0]["did"] for facet in body["record"]["facets"]]
        self.assertEqual(dids, [ANA, "did:plc:budi"])

    def test_what_is_gone_or_closed_is_refused_in_words(self):
        self.network._answers.pop(("GET", POSTS))
        self.network.answer("GET", POSTS, {"posts": []})
        self.network.answer("GET", POSTS, {"posts": [post(1, viewer={"replyDisabled": True})]})
        with self.assertRaisesRegex(PermanentError, "gone"):
            self.connector._send(self.channel, answer())
        with self.assertRaisesRegex(PermanentError, "limited who may answer"):
            self.connector._send(self.channel, answer())
        with self.assertRaises(NotSupported):
            self.connector._send(self.channel, answer(conversation_kind="direct"))
        self.assertFalse(self.created())

    def test_pictures_are_made_small_and_lose_what_the_camera_wrote(self):
        self.network.answer("POST", CREATE, strong(uri(9, DID)))
        upload = "/xrpc/com.atproto.repo.uploadBlob"
        self.network.answer("POST", upload, {"blob": {"$type": "blob"}})
        large = picture("PNG", (2400, 1200), noise=True)
        self.assertGreater(len(large), 2_000_000)
        media = (
            OutMedia("small.png", "image/png", picture(), "A mug"),
            OutMedia("photo.jpg", "image/jpeg", picture("JPEG")),
            OutMedia("large.png", "image/png", large),
        )
        self.connector._publish(self.channel, OutMessage("", media=media, idempotency_key="k"))
        self.assertEqual(self.created()[0]["record"]["text"], "", "a picture may say it all")
        sent = self.network.asked("POST", upload)
        self.assertEqual([one["headers"]["Content-Type"] for one in sent], [
            "image/png", "image/jpeg", "image/jpeg"])
        self.assertFalse(dict(Image.open(io.BytesIO(sent[1]["data"])).getexif()))
        self.assertLessEqual(len(sent[2]["data"]), 2_000_000)
        images = self.created()[0]["record"]["embed"]["images"]
        self.assertEqual([one["alt"] for one in images], ["A mug", "", ""])
        self.assertEqual(images[2]["aspectRatio"], {"width": 2000, "height": 1000})
        for content in (b"no picture", b"<svg/>"):
            broken = (OutMedia("x.png", "image/png", content),)
            with self.assertRaises(PermanentError):
                self.connector._publish(self.channel, OutMessage("x", media=broken))

    def test_only_our_own_words_are_deleted_and_twice_does_no_harm(self):
        self.network.answer("POST", DELETE, {})
        for _time in range(2):
            self.connector._delete_remote(self.channel, Target(OURS))
        with self.assertRaisesRegex(PermanentError, "not said by our own"):
            self.connector._delete_remote(self.channel, MENTION)
        self.assertEqual(len(self.network.asked("POST", DELETE)), 2)

    def test_a_like_is_one_however_often_and_wherever_it_is_given(self):
        self.network.answer("POST", PUT, strong(OURS))
        for _time in range(2):
            self.connector._react(self.channel, MENTION, "like")
        names = {call["json"]["rkey"] for call in self.network.asked("POST", PUT)}
        self.assertEqual(len(names), 1)
        self.network._answers.pop(("GET", POSTS))
        liked = uri(5, DID, "app.bsky.feed.like")
        self.network.answer("GET", POSTS, {"posts": [post(1, viewer={"like": liked})]})
        self.connector._react(self.channel, MENTION, "like")
        self.assertEqual(len(self.network.asked("POST", PUT)), 2, "liked in the app already")
        self.network.answer("POST", DELETE, {})
        self.connector._react(self.channel, MENTION, "like", remove=True)
        (gone,) = self.network.asked("POST", DELETE)
        self.assertEqual(gone["json"]["rkey"], liked[-13:])
        with self.assertRaises(NotSupported):
            self.connector._react(self.channel, MENTION, "🦆")

    def test_what_was_seen_in_the_app_is_not_made_new_again(self):
        before = {"notifications": [], "seenAt": "2026-11-01T09:00:00Z"}
        self.network._answers.clear()
        self.network.answer("GET", POSTS, {"posts": [post(1)]})
        listing = "/xrpc/app.bsky.notification.listNotifications"
        self.network.answer("GET", listing, before)
        self.connector._mark_read(self.channel, MENTION)
        seen = "/xrpc/app.bsky.notification.updateSeen"
        self.assertFalse(self.network.asked("POST", seen))
        self.network._answers.pop(("GET", listing))
        self.network.answer("GET", listing, {**before, "seenAt": "2026-10-01T09:00:00Z"})
        self.network.answer("POST", seen, b"")
        self.connector._mark_read(self.channel, MENTION)
        self.assertEqual(len(self.network.asked("POST", seen)), 1)

    # === MODERATION === #

    def test_an_answer_is_hidden_beside_what_the_gate_says_already(self):
        self.network._answers.pop(("GET", POSTS))
        self.network.answer("GET", POSTS, {"posts": [post(1, of={"reply": reply(OURS)})]})
        kept = {"allow": [{"$type": "app.bsky.feed.threadgate#mentionRule"}], "post": OURS}
        record = {**strong(GATE), "value": {**kept, "hiddenReplies": [uri(8)]}}
        self.network.answer("GET", RECORD, record)
        self.network.answer("POST", PUT, strong(GATE))
        self.connector._moderate(self.channel, "hide", MENTION)
        (call,) = self.network.asked("POST", PUT)
        self.assertEqual(call["json"]["record"], {**kept, "hiddenReplies": [uri(8), uri(1)]})
        self.assertEqual(call["json"]["swapRecord"], record["cid"])
        self.assertEqual(call["json"]["rkey"], OURS[-13:])
        self.connector._moderate(self.channel, "unhide", MENTION)
        self.assertEqual(len(self.network.asked("POST", PUT)), 1, "it is not hidden there")

    def test_only_below_our_own_posts(self):
        with self.assertRaisesRegex(PermanentError, "below a post of our own"):
            self.connector._moderate(self.channel, "hide", MENTION)

    def test_a_person_is_blocked_once_and_let_in_again(self):
        person = Actor(external_id=ANA)
        made = uri(4, DID, "app.bsky.graph.block")
        self.network.answer("GET", PROFILE, profile())
        self.network.answer("GET", PROFILE, profile(viewer={"blocking": made}))
        self.network.answer("POST", PUT, strong(made))
        self.network.answer("POST", DELETE, {})
        for operation in ("ban", "ban", "unban"):
            self.connector._moderate(self.channel, operation, person)
        self.assertEqual(len(self.network.asked("POST", PUT)), 1)
        self.assertEqual(len(self.network.asked("POST", DELETE)), 1)
        with self.assertRaises(NotSupported):
            self.connector._moderate(self.channel, "remove", MENTION)


@tagged("post_install", "-at_install")
class TestBlueskySession(BlueskyCase):
    def setUp(self):
        super().setUp()
        # a renewal takes transactions of its own, which see what the test made only so
        self.enterContext(self.enter_registry_test_mode())

    def dead(self, name="ExpiredToken"):
        self.network.answer("GET", WHO, refusal(name), status=400)

    def test_a_400_for_a_dead_token_is_renewed_once_and_the_call_repeated(self):
        self.network.answer("POST", REFRESH, session(3))
        for serial, name in ((2, "ExpiredToken"), (3, "InvalidToken")):
            self.network._answers.pop(("GET", WHO), None)
            self.dead(name)
            self.network.answer("GET", WHO, {"did": DID, "handle": "shop.example"})
            self.assertEqual(self.connector._check_health(self.channel).level, "green")
            self.assertEqual(self.secret("access_token"), token(serial=serial))
            self.assertEqual(self.secret("refresh_token"), f"refresh-{serial}")
        self.assertEqual(len(self.network.asked("POST", REFRESH)), 2)

    def test_a_token_that_another_worker_renewed_meanwhile_is_not_renewed_again(self):
        old = self.secret("access_token")
        self.credentials._set_secrets(self.channel, {"access_token": token(serial=3)})
        self.channel._refresh_credentials(rejected=old)
        self.assertFalse(self.network.asked("POST", REFRESH))
        self.assertEqual(self.secret("access_token"), token(serial=3))

    def test_a_session_that_is_over_is_opened_anew_with_the_app_password(self):
        self.network._answers.clear()
        self.dead()
        self.network.answer("POST", REFRESH, refusal("ExpiredToken"), status=400)
        self.network.answer("GET", f"/{DID}", session()["didDoc"])
        self.network.answer("POST", LOGIN, session(3))
        self.channel._refresh_credentials(rejected=self.secret("access_token"))
        self.assertEqual(self.secret("refresh_token"), "refresh-3")
        (login,) = self.network.asked("POST", LOGIN)
        self.assertEqual(login["json"], {"identifier": DID, "password": "app-pass-word"})

    def test_where_neither_helps_it_is_the_credentials(self):
        self.network._answers.clear()
        self.dead()
        self.network.answer("POST", REFRESH, refusal("ExpiredToken"), status=400)
        self.network.answer("GET", f"/{DID}", session()["didDoc"])
        self.network.answer("POST", LOGIN, refusal("AuthenticationRequired"), status=401)
        with self.assertRaisesRegex(CredentialsError, "does not accept this handle"):
            self.connector._check_health(self.channel)
        self.channel._check_health_now()
        self.assertEqual(self.channel.health_level, "red")
        self.assertTrue(self.channel.sending_stopped)

    def test_errors_are_read_by_their_name_not_their_status(self):
        for name, status, expected in (
            ("AccountTakedown", 400, CredentialsError),
            ("InvalidRequest", 400, PermanentError),
            ("RateLimitExceeded", 429, RateLimited),
            ("UpstreamFailure", 502, TransientError),
        ):
            with self.subTest(error=name):
                self.network._answers.pop(("GET", WHO), None)
                self.network.answer("GET", WHO, refusal(name), status=status)
                with self.assertRaises(expected):
                    self.connector._check_health(self.channel)

    def test_an_app_password_that_may_not_do_something_is_no_dead_one(self):
        self.network.answer(
            "GET", WHO, refusal("InvalidToken", "Bad token scope"), status=400
        )
        with self.assertRaises(NotSupported):
            self.connector._check_health(self.channel)
        self.assertFalse(self.network.asked("POST", REFRESH))

    # === CONNECTING === #

    def grant(self, **secrets):
        typed = {"identifier": "\u202a@Shop.example\u202c ", "password": " app-pass "}
        return self.connector._grant(self.app, {**typed, **secrets})

    def test_any_server_is_found_by_the_handle(self):
        self.network.answer("GET", RESOLVE, {"did": DID})
        self.network.answer("GET", f"/{DID}", session()["didDoc"])
        self.network.answer("POST", LOGIN, session())
        self.network.answer("GET", PROFILE, profile(DID, displayName="The Shop"))
        grant = self.grant()
        (account,) = grant.accounts
        self.assertEqual((account.external_id, account.name), (DID, "The Shop"))
        self.assertEqual(grant.secrets["server_url"], "https://pds.example")
        asked = self.network.asked("GET", RESOLVE)[0]["params"]
        self.assertEqual(asked, {"handle": "shop.example"})
        self.assertTrue(grant.expires_at, "renewed before it ends")

    def test_an_account_that_nobody_has_heard_of_is_connected_all_the_same(self):
        self.network.answer("POST", LOGIN, session())
        self.network.answer("GET", PROFILE, refusal("InvalidRequest", "not found"), status=400)
        (account,) = self.grant(server_url="https://pds.example").accounts
        self.assertEqual((account.external_id, account.name), (DID, "shop.example"))

    def test_a_name_without_a_dot_is_bluesky_s_own(self):
        self.network.answer("GET", RESOLVE, refusal("InvalidRequest"), status=400)
        with self.assertRaisesRegex(CredentialsError, "no account shop.bsky.social"):
            self.grant(identifier="shop")

    def test_the_accounts_own_password_is_refused(self):
        main = session(accessJwt=token("com.atproto.access"))
        self.network.answer("POST", LOGIN, main)
        with self.assertRaisesRegex(CredentialsError, "make an app password"):
            self.grant(server_url="https://pds.example")
        self.network._answers.pop(("POST", LOGIN))
        self.network.answer("POST", LOGIN, refusal("AuthFactorTokenRequired"), status=401)
        with self.assertRaisesRegex(CredentialsError, "a code sent by mail"):
            self.grant(server_url="https://pds.example")

    def test_a_closed_account_is_told(self):
        closed = session(active=False, status="deactivated")
        self.network.answer("POST", LOGIN, closed)
        with self.assertRaisesRegex(CredentialsError, "deactivated"):
            self.grant(server_url="https://pds.example")

    def test_steps_say_what_is_missing(self):
        self.network.answer("GET", WHO, {"did": DID, "handle": "handle.invalid"})
        elsewhere = session()["didDoc"]["service"][0]
        elsewhere = {"service": [{**elsewhere, "serviceEndpoint": "https://new.example"}]}
        self.network.answer("GET", f"/{DID}", elsewhere)
        self.network.answer("GET", PROFILE, profile(DID, avatar="", description="Mugs"))
        said = {step.key: step.look() for step in self.connector._setup_steps(self.channel)}
        self.assertIn("no longer leads", said["handle"])
        self.assertIn("another server", said["server"])
        self.assertIn("picture", said["profile"])
        self.assertEqual(said["password"], "")

    def test_figures_are_read_many_at_a_time(self):
        self.network.answer("GET", PROFILE, profile(DID, followersCount=12, postsCount=0))
        with patch.object(type(self.env["social.crm.interaction"]), "search") as search:
            search.return_value.mapped.return_value = [uri(number, DID) for number in range(60)]
            self.network._answers.pop(("GET", POSTS))
            self.network.answer("GET", POSTS, {"posts": [post(7, DID, likeCount=3)]})
            figures = self.connector._fetch_metrics(self.channel)
        asked = [len(call["params"]["uris"]) for call in self.network.asked("GET", POSTS)]
        self.assertEqual(asked, [25, 25, 10])
        told = {(bool(one.target), one.key): one.value for one in figures}
        self.assertEqual(told[False, "followers"], 12)
        self.assertEqual(told[False, "posts"], 0, "0 is a figure")
        self.assertNotIn((False, "following"), told, "what is not told is left out")
        self.assertEqual(told[True, "likes"], 3)
