# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, TransactionCase, tagged

from odoo.addons.social_crm_base.exceptions import NotSupported, PermanentError
from odoo.addons.social_crm_base.tests.common import comment, message
from odoo.addons.social_crm_base.tools.activity import Actor, Target

from ..connectors.mastodon import const
from ..connectors.sandbox.connector import SocialCrmConnectorSandbox
from ..tools.contract import CAPABILITIES, MODERATION
from .mastodon_common import MastodonCase
from .mastodon_entities import AWAY, account, status
from .test_talk import TalkCommon


class ModerationCommon(TalkCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ingest(comment("c9", cls.boris, parent="p1", minutes=9, text="Buy pills"))
        cls.words = cls.said("c9")
        cls.reason = cls.env.ref("social_crm_channels.moderation_reason_insult")
        cls.log = cls.env["social.crm.moderation"]

    def moderate(self, operation, user=None, words=None, **options):
        words = self.words if words is None else words
        options.setdefault("reason_id", self.reason.id)
        done = words.with_user(user or self.agent).action_moderate(operation, **options)
        self.env.invalidate_all()
        return done

    def logged(self):
        return self.log.search([("channel_id", "=", self.channel.id)])

    def without(self, *capabilities):
        able = SocialCrmConnectorSandbox._capabilities
        return patch.object(
            type(self.env["social.crm.connector.sandbox"]),
            "_capabilities",
            lambda connector, channel: able(connector, channel) - set(capabilities),
        )


@tagged("post_install", "-at_install")
class TestModeration(ModerationCommon):
    def test_a_comment_is_hidden_logged_with_its_reason_and_shown_again(self):
        self.moderate("hide", note="Third time")
        row = self.logged()
        self.assertEqual((row.outcome, row.user_id, row.note), ("asked", self.agent, "Third time"))
        self.work()
        self.assertEqual((self.words.state, row.outcome), ("hidden", "done"))
        entry = self.entry("c9", case=self.words.case_id)
        self.assertEqual(entry["moderation"]["reason"], "Insult or hate")
        self.assertEqual(entry["body"], "Buy pills", "we still know what it was")
        self.assertIn("unhide", entry["can"])
        self.assertTrue(row.can_undo)
        row.with_user(self.agent).action_undo()
        self.work()
        self.assertEqual(self.words.state, "normal")
        self.assertEqual(self.logged().mapped("operation"), ["unhide", "hide"])
        self.assertFalse(row.can_undo)

    def test_what_is_under_way_is_not_asked_for_twice(self):
        self.moderate("hide")
        with self.assertRaisesRegex(UserError, "under way"):
            self.moderate("hide")
        self.work()
        with self.assertRaisesRegex(UserError, "hidden already"):
            self.moderate("hide")
        self.assertEqual(len(self.logged()), 1)

    def test_what_is_removed_is_blanked_and_its_place_says_by_whom(self):
        self.moderate("remove", self.leader)
        self.work()
        entry = self.entry_of(self.words, case=self.words.case_id)
        self.assertEqual((entry["state"], entry["body"]), ("deleted", ""))
        self.assertEqual(entry["moderation"]["operation"], "remove")
        with self.assertRaises(UserError):
            self.moderate("unhide", self.leader)

    def test_a_banned_account_is_marked_until_the_ban_is_lifted(self):
        boris = self.words.identity_id
        self.moderate("ban", self.leader)
        self.work()
        self.assertEqual(boris.banned_channel_ids, self.channel)
        self.assertTrue(self.entry_of(self.words, case=self.words.case_id)["author"]["is_banned"])
        with self.assertRaisesRegex(UserError, "banned already"):
            self.moderate("ban", self.leader)
        boris.with_user(self.leader).action_lift_bans()
        self.work()
        self.assertFalse(boris.banned_channel_ids)

    def test_several_words_of_one_person_are_one_ban(self):
        self.ingest(comment("c10", self.boris, parent="p1", minutes=10))
        words = self.words | self.said("c10")
        self.moderate("ban", self.leader, words)
        rows = self.logged()
        self.assertEqual(len(rows), 2)
        self.assertEqual(len(rows.outbox_id), 1)
        self.assertEqual(rows.outbox_id.sudo().identity_id, self.words.identity_id)

    def test_spam_is_hidden_and_its_case_closed_with_that_outcome(self):
        self.moderate("spam", reason_id=False)
        self.work()
        row, case = self.logged(), self.words.case_id
        self.assertEqual(row.reason_id.code, "spam")
        self.assertEqual(self.words.state, "hidden")
        self.assertEqual(
            (case.state, case.outcome_id),
            ("closed", self.env.ref("social_crm_base.case_outcome_spam")),
        )
        row.with_user(self.agent).action_undo()
        self.work()
        self.assertEqual((self.words.state, case.state), ("normal", "open"))

    def test_spam_where_the_network_can_hide_only_is_hidden(self):
        with self.without("spam"):
            self.moderate("spam")
            self.assertEqual(self.logged().outbox_id.operation, "hide")

    def test_spam_where_the_network_can_nothing_is_still_spam_here(self):
        with self.without("spam", "hide"):
            self.moderate("spam")
        row = self.logged()
        self.assertEqual((row.outcome, row.outbox_id.id), ("done", False))
        self.assertEqual(self.words.case_id.state, "closed")

    def test_spam_said_in_private_closes_the_case_and_asks_the_network_nothing(self):
        self.ingest(message("m7", self.boris, minutes=20))
        self.moderate("spam", words=self.said("m7"))
        self.assertFalse(self.logged().outbox_id)
        self.assertEqual(self.said("m7").case_id.state, "closed")

    def test_what_the_network_cannot_do_is_neither_offered_nor_done(self):
        with self.without("hide", "ban"):
            can = self.entry_of(self.words, case=self.words.case_id)["can"]
            self.assertFalse({"hide", "ban"} & set(can))
            for operation in ("hide", "ban"):
                with self.assertRaisesRegex(UserError, "no way to do this from here"):
                    self.moderate(operation, self.leader)
        self.assertFalse(self.logged())

    def test_what_the_network_refuses_is_told_and_can_be_tried_again(self):
        def refuse(connector, channel, operation, target, reason=""):
            raise PermanentError("Not yours to hide")

        connector = type(self.env["social.crm.connector.sandbox"])
        with patch.object(connector, "_moderate", refuse):
            self.moderate("hide")
            self.work()
        row = self.logged()
        self.assertEqual((row.outcome, row.error), ("failed", "Not yours to hide"))
        entry = self.entry_of(self.words, case=self.words.case_id)
        self.assertEqual(entry["outbox"]["error"], "Not yours to hide")
        row.outbox_id.with_user(self.agent).action_retry()
        self.assertEqual(row.outcome, "asked")
        self.work()
        self.assertEqual((row.outcome, self.words.state), ("done", "hidden"))

    def test_the_connector_hears_whom_and_why(self):
        heard = []

        def hear(connector, channel, operation, target, reason=""):
            heard.append((operation, type(target), target.external_id, reason))

        connector = type(self.env["social.crm.connector.sandbox"])
        with patch.object(connector, "_moderate", hear):
            self.moderate("report", self.leader)
            self.moderate("ban", self.leader)
            self.work()
        self.assertEqual(
            heard, [("report", Target, "c9", "insult"), ("ban", Actor, "id-boris", "insult")]
        )

    def test_by_hand_a_colleague_does_it_and_says_so(self):
        self.channel.connector = "manual"
        self.moderate("hide")
        row = self.logged().outbox_id
        self.assertEqual(row.state, "by_hand")
        row.with_user(self.agent).action_done_by_hand()
        self.assertEqual(self.words.state, "hidden")

    def test_only_words_of_others_in_public_below_ours_can_be_hidden(self):
        self.ingest(
            message("m8", self.boris, minutes=20),
            comment("x1", self.ana, kind="mention", minutes=21),
        )
        for name, words in (("own", "delete them"), ("m8", "private"), ("x1", "does not stand")):
            item = self.said("a1" if name == "own" else name)
            with self.subTest(name), self.assertRaisesRegex(UserError, words):
                self.moderate("hide", words=item)


@tagged("post_install", "-at_install")
class TestWhoModerates(ModerationCommon):
    def test_agents_hide_and_leaders_remove_report_and_ban(self):
        for operation in ("remove", "report", "ban"):
            self.assertNotIn(operation, self.can(self.agent))
            self.assertIn(operation, self.can(self.leader))
            with self.assertRaisesRegex(UserError, "team leaders"):
                self.moderate(operation)
        self.assertLessEqual({"hide", "spam"}, set(self.can(self.agent)))
        self.moderate("hide")

    def can(self, user):
        page = self.words.case_id.with_user(user).inbox_talk()
        return next(e for e in page["entries"] if e["id"] == self.words.id)["can"]

    def test_a_company_may_let_agents_do_it(self):
        self.company.social_crm_moderation_role = "agent"
        self.moderate("ban")
        self.assertEqual(self.logged().operation, "ban")

    def test_a_viewer_moderates_nothing(self):
        self.company.social_crm_moderation_role = "agent"
        for operation in MODERATION:
            with self.assertRaisesRegex(UserError, "Only agents"):
                self.moderate(operation, self.viewer)
        self.assertFalse(self.logged())

    def test_nobody_changes_or_deletes_the_log(self):
        self.moderate("hide")
        row = self.logged()
        for user in (self.agent, self.leader, self.manager, self.officer):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"note": "x"})
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.log.with_user(user).create(
                    {
                        "company_id": self.company.id,
                        "channel_id": self.channel.id,
                        "operation": "hide",
                    }
                )

    def test_the_log_of_a_confidential_case_is_for_named_people(self):
        self.moderate("hide")
        case = self.words.case_id
        case.write({"confidential": True, "confidential_user_ids": [Command.set(self.agent.ids)]})
        self.assertTrue(self.log.with_user(self.agent).search([("case_id", "=", case.id)]))
        self.assertFalse(self.log.with_user(self.manager).search([("case_id", "=", case.id)]))

    def test_another_company_sees_and_moderates_nothing(self):
        self.moderate("hide")
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._user("manager", login="moderation_stranger", company_id=other.id,
                              company_ids=[Command.set(other.ids)])
        self.assertFalse(self.log.with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            self.moderate("unhide", stranger)

    def test_a_rule_hides_spam_and_nothing_else(self):
        for operation in set(MODERATION) - {"hide"}:
            with self.assertRaises(UserError):
                self.words._moderate_as_rule(operation)
        ours = self.said("a1")
        hidden = (self.words | ours).with_user(self.agent)._moderate_as_rule("hide")
        self.assertEqual(hidden, self.words, "what cannot be hidden is left for a person")
        row = self.logged()
        self.assertEqual((row.is_rule, row.user_id.id, row.reason_id.code), (True, False, "spam"))
        self.assertNotEqual(self.words.case_id.state, "closed", "a rule closes nothing")


@tagged("post_install", "-at_install")
class TestModerateDialog(ModerationCommon):
    def open(self, action, user=None):
        dialog = self.env[action["res_model"]].with_user(user or self.agent)
        return Form(dialog.browse(action["res_id"]).with_context(**action["context"]))

    def test_the_reason_is_asked_once_for_many(self):
        self.ingest(*(comment(f"b{n}", self.boris, parent="p1", minutes=30 + n) for n in range(3)))
        cases = (self.words.case_id | self.case).with_user(self.agent)
        dialog = self.open(cases.action_moderate_dialog("hide"))
        self.assertEqual(dialog.interaction_count, 6, "four of Boris, two of Ana")
        dialog.reason_id = self.reason
        dialog.save().action_apply()
        self.assertEqual(self.logged().mapped("operation"), ["hide"] * 6)

    def test_without_a_reason_nothing_is_hidden(self):
        dialog = self.env["social.crm.moderate"].with_user(self.agent).browse(
            self.words.with_user(self.agent).action_moderate_dialog("hide")["res_id"]
        )
        with self.assertRaisesRegex(UserError, "Choose why"):
            dialog.action_apply()
        self.assertFalse(self.logged())

    def test_what_is_left_alone_is_said_before(self):
        self.ingest(message("m9", self.boris, minutes=40))
        words = (self.words | self.said("m9")).with_user(self.agent)
        dialog = self.open(words.action_moderate_dialog("hide"))
        self.assertIn("private", dialog.refused_note)
        self.assertEqual(dialog.interaction_count, 1)

    def test_where_nothing_can_be_done_no_dialog_opens(self):
        with self.assertRaisesRegex(UserError, "team leaders"):
            self.words.with_user(self.agent).action_moderate_dialog("ban")

    def test_cases_are_marked_as_spam_in_bulk(self):
        cases = (self.words.case_id | self.case).with_user(self.agent)
        cases.action_mark_spam()
        self.work()
        self.assertEqual(set(cases.mapped("state")), {"closed"})
        self.assertEqual(self.words.state, "hidden")

    def test_moderating_many_asks_the_database_no_more_often(self):
        self.ingest(*(comment(f"b{n}", self.boris, parent="p1", minutes=30 + n) for n in range(60)))
        words = self.env["social.crm.interaction"].search(
            [("identity_id", "=", self.words.identity_id.id)]
        )

        def queries(items):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            items.with_user(self.agent).action_moderate("hide", self.reason.id)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few, many = queries(words[:5]), queries(words[5:55])
        self.assertLessEqual(many, few + 5)


@tagged("post_install", "-at_install")
class TestModerationContract(TransactionCase):
    def test_every_operation_has_its_capability(self):
        self.assertLessEqual(set(MODERATION.values()), CAPABILITIES)
        operations = self.env["social.crm.outbox"]._fields["operation"].get_values(self.env)
        self.assertLessEqual(set(MODERATION), set(operations))

    def test_each_network_does_what_it_says_and_refuses_the_rest(self):
        codes = self.env["social.crm.channel"]._fields["connector"].get_values(self.env)
        for code in set(codes) - {"manual"}:
            connector = self.env["social.crm.connector"]._of(code)
            channel = self.env["social.crm.channel"].new(
                {"name": code, "connector": code, "company_id": self.env.company.id}
            )
            able = connector._capabilities(channel)
            for operation, capability in MODERATION.items():
                if capability in able:
                    continue
                target = Actor("7") if capability == "ban" else Target("1")
                with self.subTest(code, operation=operation), self.assertRaises(NotSupported):
                    connector._moderate(channel, operation, target, reason="spam")


@tagged("post_install", "-at_install")
class TestMastodonModeration(MastodonCase):
    SEARCH = "/api/v2/search"

    def moderate(self, operation, target, reason=""):
        return self.connector._moderate(self.channel, operation, target, reason=reason)

    def test_an_account_is_blocked_and_unblocked_by_its_uri(self):
        person = Actor(f"{AWAY}/users/ana", handle="ana@away.example")
        self.network.answer("GET", self.SEARCH, {"accounts": [account("boris"), account()]})
        for call in ("block", "unblock"):
            self.network.answer("POST", f"/api/v1/accounts/103/{call}", {})
        self.moderate("ban", person)
        self.moderate("unban", person)
        asked = [where for way, where, _options in self.network.calls if way == "POST"]
        self.assertEqual(
            asked, ["/api/v1/accounts/103/block", "/api/v1/accounts/103/unblock"]
        )
        (found, _again) = self.network.asked("GET", self.SEARCH)
        self.assertEqual(found["params"]["q"], person.external_id)

    def test_an_account_the_server_does_not_know_is_not_mistaken_for_another(self):
        self.network.answer("GET", self.SEARCH, {"accounts": [account("boris")]})
        with self.assertRaises(PermanentError):
            self.moderate("ban", Actor(f"{AWAY}/users/ana"))
        self.assertFalse([way for way, *_call in self.network.calls if way == "POST"])

    def test_a_status_is_reported_with_its_author_and_why(self):
        said = status(4)
        self.network.answer("GET", f"/api/v1/statuses/{said['id']}", said)
        self.network.answer("POST", "/api/v1/reports", {"id": "1"})
        target = Target(said["uri"], ref=said["id"])
        for reason in ("spam", "illegal", "insult"):
            self.moderate("report", target, reason)
        sent = [options["json"] for options in self.network.asked("POST", "/api/v1/reports")]
        self.assertEqual([form["category"] for form in sent], ["spam", "legal", "other"])
        self.assertEqual((sent[0]["account_id"], sent[0]["status_ids"]), ("103", [said["id"]]))

    def test_an_old_permission_is_told_as_the_network_says_it(self):
        self.network.answer("GET", self.SEARCH, {"accounts": [account()]})
        refused = PermanentError("outside the authorized scopes", status=403)
        self.network.answer("POST", "/api/v1/accounts/103/block", refused)
        with self.assertRaisesRegex(PermanentError, "scopes"):
            self.moderate("ban", Actor(f"{AWAY}/users/ana"))

    def test_the_permissions_for_it_are_asked_for(self):
        self.assertLessEqual({"write:blocks", "write:reports"}, set(const.SCOPES.split()))
