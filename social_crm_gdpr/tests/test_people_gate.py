# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import comment, know, message, person

from .test_consent import ConsentCommon


@tagged("post_install", "-at_install")
class TestPeopleGate(ConsentCommon):
    """Listening, showing people's words, choosing people by segment."""

    def elsewhere(self, name, who="cleo"):
        """A post that names us and is not addressed to us."""
        return self.ingest(comment(name, person(who), kind="post", text="The shop is slow"))

    def test_who_objects_to_listening_is_heard_only_where_they_ask_us(self):
        self.assertFalse(self.elsewhere("b1").dropped)
        cleo = self.said("b1").identity_id
        self.decide("objected", "listening", cleo)
        ((_position, reason),) = self.elsewhere("b2").dropped
        self.assertIn("objected", reason)
        self.assertFalse(self.said("b2"))
        self.ingest(
            message("b3", person("cleo"), text="Where is it?"),
            comment("b4", person("cleo"), "p1"),
        )
        self.assertTrue(self.said("b3") and self.said("b4"), "who asks us is heard")
        self.assertFalse(self.elsewhere("b5", "dora").dropped)
        self.decide("given", "listening", cleo)
        self.assertFalse(self.elsewhere("b6").dropped)

    def test_other_peoples_words_are_shown_with_their_consent_only(self):
        self.ingest(comment("c1", person("ana"), "p1", text="I love it"))
        said = self.said("c1").with_user(self.agent)
        with self.assertRaisesRegex(UserError, "not agreed to “Showing your words"):
            said.action_share()
        with self.assertRaisesRegex(UserError, "not agreed"):
            said._queue_operation("react", reaction="share")
        self.assertTrue(said._queue_operation("react", reaction="like"))
        own = self.said("p1").with_user(self.agent)
        self.assertTrue(own.action_share())
        wizard = self.env["social.crm.share"].with_user(self.agent).create(
            {
                "interaction_id": said.id,
                "platform_id": self.env.ref("social_crm_base.platform_xing").id,
                "url": "https://example.org/c1",
            }
        )  # fmt: skip
        for step in (wizard.action_open, wizard.action_note):
            with self.assertRaisesRegex(UserError, "not agreed"):
                step()
        self.decide("given", "ugc")
        self.assertTrue(said.action_share())
        self.assertTrue(said._queue_operation("react", reaction="share"))
        self.decide("withdrawn", "ugc")
        with self.assertRaisesRegex(UserError, "not agreed"):
            wizard.action_open()

    def test_one_question_tells_who_may_be_chosen_by_segment_and_why_not_the_others(self):
        names = (
            "Agrees", "Objects", "Refuses", "Unasked", "Waits", "Unprofiled", "Restricted",
            "Elsewhere",
        )  # fmt: skip
        people = self.env["res.partner"].create([{"name": name} for name in names])
        by = dict(zip(names, people, strict=True))
        here = self.env["social.crm.identity"].create(
            [
                {"platform_id": self.platform.id, "handle": f"{name}@seg.example"}
                for name in names[:-1]
            ]
        )
        for identity, partner in zip(here, people, strict=False):
            know(identity, partner)

        def note(event, who, code="segment"):
            self.consents._note(event, code, partner=by[who], way="hand", note="In the shop")

        for who in ("Agrees", "Unprofiled", "Restricted", "Elsewhere"):
            note("given", who)
            note("confirmed", who)
        note("objected", "Objects")
        note("refused", "Refuses")
        note("given", "Waits")
        note("objected", "Unprofiled", "profiling")
        self.env["social.crm.restriction"].sudo().create(
            {"reason": "R", "partner_ids": [(6, 0, by["Restricted"].ids)]}
        )
        found = people._who_may("segment", self.channel)
        self.assertEqual(found.allowed, by["Agrees"])
        reasons = {who: words for words, group in found.left_out.items() for who in group}
        for who, words in (
            ("Objects", "objected to it"), ("Refuses", "said no"), ("Unasked", "never asked"),
            ("Waits", "not confirmed"), ("Unprofiled", "No profile"),
            ("Restricted", "restricted"), ("Elsewhere", "no account"),
        ):  # fmt: skip
            self.assertIn(words, reasons[by[who]])
        self.assertEqual(people._who_may("segment").allowed, by["Agrees"] | by["Elsewhere"])
        self.assertFalse(people._who_may("nonsense").allowed)
        self.assertEqual(people._who_may("answer").allowed, people)
        self.env.ref("social_crm_gdpr.purpose_segment").channel_ids = self.channel.copy(
            {"external_id": "else", "handle": "else"}
        )
        self.assertFalse(people._who_may("segment", self.channel).allowed)

    def test_the_question_costs_the_same_for_any_number(self):
        people = self.env["res.partner"].create([{"name": f"P {n}"} for n in range(60)])
        for count in (len(people), 1):  # what stays in memory is there for both
            people[:count]._who_may("segment", self.channel)

        def queries(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._who_may("segment", self.channel)
            return self.env.cr.sql_log_count - before

        self.assertEqual(queries(people), queries(people[:1]))
