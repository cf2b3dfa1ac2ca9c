# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.social_crm_base.tests.common import at

from .routing_common import RoutingCommon


@tagged("post_install", "-at_install")
class TestTry(RoutingCommon):
    """Which rule would take this? Every rule in order, with what failed, in words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoices = cls.rule(
            "Invoices", keywords="račun*", kind="comment", priority="1", stop=False
        )
        cls.serbian = cls.rule(
            "Serbian", lang_ids=cls.env.ref("base.lang_sr@latin").ids, team_id=cls.team.id
        )
        cls.rest = cls.rule("Rest", priority="1")

    def lines_of(self, test):
        return [(line.rule_id.name, line.verdict) for line in test.line_ids]

    def test_what_somebody_types_is_tried_while_they_type(self):
        with Form(self.env["social.crm.rule.test"].with_user(self.agent)) as test:
            test.text = "Gde je račun?"
            test.kind = "comment"
            self.assertEqual(test.result, "“Invoices” takes it.")
            test.lang_id = self.env.ref("base.lang_sr@latin")
            self.assertEqual(test.result, "“Serbian” takes it.")
        self.assertEqual(
            self.lines_of(test.record),
            [("Invoices", "adds"), ("Serbian", "takes"), ("Rest", "unasked")],
        )

    def test_what_failed_is_said_in_words(self):
        test = self.env["social.crm.rule.test"].create(
            {"text": "Hello", "kind": "message", "visibility": "private"}
        )
        self.assertEqual(
            test.line_ids[0].reason,
            "not true that it is a comment (found: Message); "
            "not true that it says one of “račun*” (found: it says none)",
        )
        self.assertIn("found: nothing", test.line_ids[1].reason)
        self.assertEqual(test.line_ids[2].verdict, "takes")

    def test_a_case_is_tried_as_it_was_routed_and_nothing_changes(self):
        case = self.says("ana", "Račun", language="sr")
        before = case.read()
        test = self.env["social.crm.rule.test"].create({"case_id": case.id})
        self.assertEqual(
            self.lines_of(test), [("Invoices", "adds"), ("Serbian", "takes"), ("Rest", "unasked")]
        )
        self.assertEqual(case.routed_rule_id, self.serbian)
        self.env.invalidate_all()
        self.assertEqual(case.read(), before)

    def test_one_word_of_a_case_can_be_tried_alone(self):
        case = self.says("ana", "Hello")
        self.says("ana", "Račun", minutes=2)
        words = case.interaction_ids.sorted("date")
        results = [
            self.env["social.crm.rule.test"].create({"interaction_id": word.id}).result
            for word in words
        ]
        self.assertEqual(results, ["“Rest” takes it.", "“Invoices” takes it."])

    def test_without_rules_it_says_what_happens_then(self):
        self.rules.search([]).action_archive()
        test = self.env["social.crm.rule.test"].create({"text": "Hello"})
        self.assertIn("There are no rules yet", test.result)

    def test_a_case_one_may_not_read_is_not_tried(self):
        case = self.says("ana", "Tajni račun")
        case.with_user(self.leader).user_id = self.mira
        case.action_make_confidential()
        stranger = self._user("agent", login="stranger")
        test = (
            self.env["social.crm.rule.test"].with_user(stranger).create({"case_id": case.id})
        )
        self.assertNotIn("it says one", test.line_ids[0].reason.split("found: ")[-1])
        self.assertEqual(test.line_ids[0].verdict, "fails", "as if nothing had been said")

    def test_the_case_form_offers_it(self):
        actions = self.env["ir.actions.actions"].with_user(self.agent).get_bindings(
            "social.crm.case"
        )
        self.assertIn("Which Rule Would Take This?", [a["name"] for a in actions["action"]])


@tagged("post_install", "-at_install")
class TestShiftNote(RoutingCommon):
    """What the next shift should know is shown once to whoever starts."""

    def note(self, user, body="Kurir štrajkuje 🚲", **vals):
        return (
            self.env["social.crm.shift.note"]
            .with_user(user)
            .create({"team_id": self.team.id, "body": body, **vals})
        )

    def current(self, user):
        notes = self.env["social.crm.shift.note"].with_user(user).current_for_me()
        return [note["body"] for note in notes]

    def test_colleagues_see_it_until_they_have_read_it(self):
        note = self.note(self.mira)
        self.assertEqual(self.current(self.jovan), ["Kurir štrajkuje 🚲"])
        self.assertFalse(self.current(self.mira), "who wrote it knows")
        note.with_user(self.jovan).action_seen()
        self.assertFalse(self.current(self.jovan))
        self.assertEqual(self.current(self.leader), ["Kurir štrajkuje 🚲"])
        self.assertEqual(note.seen_user_ids, self.jovan)

    def test_it_ends(self):
        self.note(self.mira, valid_until=at(120))
        self.assertTrue(self.current(self.jovan))
        self.clock.move_to(at(121))
        self.assertFalse(self.current(self.jovan))

    def test_other_teams_and_viewers_see_none_of_it(self):
        note = self.note(self.mira)
        stranger = self._user("agent", login="stranger")
        self.assertFalse(self.current(stranger))
        self.assertFalse(self.current(self.viewer))
        with self.assertRaises(AccessError):
            note.with_user(stranger).read(["body"])
        with self.assertRaises(AccessError):
            note.with_user(stranger).action_seen()
        with self.assertRaises(AccessError):
            self.note(stranger)

    def test_nobody_changes_or_signs_a_colleagues_note(self):
        note = self.note(self.mira, user_id=self.jovan.id)
        self.assertEqual(note.user_id, self.mira)
        with self.assertRaises(AccessError):
            note.with_user(self.jovan).body = "Sve je u redu"
        note.with_user(self.mira).body = "Od sutra opet vozi"
        self.assertEqual(note.body, "Od sutra opet vozi")
