# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.fields import Command
from odoo.tests import tagged

from .erasure_common import ErasureCommon, comment, message, person

#: Names of others, and words that only look like the person's.
FOREIGN = (
    "Ask @ana@other.server and @ana.marija",
    "ping @ana, @anastasia or @ana-marija 🌻",
    "Piši na info@ana.example ili čika@ana@example.social",
    "https://example.social/@ana.marija https://example.social/@anastasia",
    "Šta kaže @Ана@example.social? 🙈@ana@example.social.rs",
)


@tagged("post_install", "-at_install", "social_crm_slow")
class TestErasureWords(ErasureCommon):
    """Only the person's own marked name goes out of what others said."""

    scans = True

    def test_names_of_others_that_look_alike_stay(self):
        profile = "https://example.social/@ana"
        self.ana.profile_url = profile
        ana = person("ana", profile_url=profile)
        html = (
            f'<a href="{profile}" class="u-url">@<span>ana</span></a> and '
            '<a href="https://other.server/@bora">@<span>bora</span></a>'
        )
        self.ingest(
            *(message(f"z{number}", person("bo"), minutes=20 + number, text=text)
              for number, text in enumerate(FOREIGN)),
            comment("y1", person("bo"), "p1", minutes=30, text="@ana @bora", html=html,
                    mentions=(ana, person("bora", handle="bora@other.server"))),
            comment("y2", person("bo"), "p1", minutes=31, text="@ana @ana@other.server",
                    mentions=(ana, person("ana2", handle="ana@other.server"))),
            comment("y3", person("bo"), "p1", minutes=32, mentions=(ana,),
                    text="Hvala @ANA@Example.social! 📦"),
        )  # fmt: skip
        note = self.bo.message_post(body="Bo, @ana and @ana@example.social", message_type="email")
        erasure = self.erase(self.ana)
        for number, text in enumerate(FOREIGN):
            self.assertEqual(self.said(f"z{number}").body, text)
        self.assertEqual(self.said("y1").body, "[removed] @bora")
        self.assertEqual(
            self.said("y1").body_html, "[removed] and " + html.partition(" and ")[2]
        )
        self.assertEqual(self.said("y2").body, "@ana @ana@other.server", "nobody knows which")
        self.assertEqual(self.said("y3").body, "Hvala [removed]! 📦")
        self.assertIn("Bo, @ana and [removed]", note.body)
        self.assertTrue(erasure)

    def test_what_comes_in_later_is_read_the_same_way(self):
        self.erase(self.ana)
        ana = person("ana")
        self.ingest(
            *(message(f"z{number}", person("bo"), minutes=40 + number, text=text)
              for number, text in enumerate(FOREIGN)),
            comment("y1", person("bo"), "p1", minutes=60, mentions=(ana,),
                    text="Ask @ana or @ana@example.social 🌻"),
            comment("y2", person("bo"), "p1", minutes=61, text="@ana @ana@other.server",
                    mentions=(ana, person("ana2", handle="ana@other.server"))),
        )  # fmt: skip
        for number, text in enumerate(FOREIGN):
            self.assertEqual(self.said(f"z{number}").body, text)
        self.assertEqual(self.said("y1").body, "Ask [removed] or [removed] 🌻")
        self.assertEqual(self.said("y2").body, "@ana @ana@other.server")

    def test_held_words_of_others_stay_until_the_hold_ends(self):
        self.ingest(
            comment("z1", person("bo"), "p1", minutes=20, mentions=(person("ana"),),
                    text="Ask @ana@example.social!"),
            message("z2", person("bo"), minutes=21, text="Truly, @ana@example.social"),
        )  # fmt: skip
        held = self.said("z1") + self.said("z2")
        hold = self.env["social.crm.legal.hold"].with_user(self.clerk).create(
            {"identity_ids": [Command.set(self.bo.ids)], "reason": "A court asks"}
        )
        before = held.mapped("body")
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "parked", erasure.hit_ids.read(["table", "column"]))
        self.assertEqual(held.mapped("body"), before)
        self.assertFalse(self.said("c1"), "what nobody holds is gone")
        self.assertGreaterEqual(erasure.facts["kept"]["hold"], 2)
        certified = len(self.evidence("erasure.certified"))
        self.env["social.crm.legal.hold"]._release_holds()
        self.assertEqual(erasure.state, "parked", "nothing to go on with yet")
        self.assertEqual(len(self.evidence("erasure.certified")), certified)
        hold.end_reason = "It is over"
        hold.action_end()
        self.env["social.crm.legal.hold"]._release_holds()
        self.work(erasure)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column"]))
        self.assertEqual(held.mapped("body"), ["Ask [removed]!", "Truly, [removed]"])
        self.assertFalse(self.ana.exists())

    def test_words_of_others_kept_for_a_claim_are_not_changed(self):
        self.ingest(
            comment("z1", person("bo"), "p1", minutes=20, mentions=(person("ana"),),
                    text="Ask @ana@example.social!"),
        )  # fmt: skip
        said = self.said("z1")
        said.sudo().write({"retention_ground": "disputes"})
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column"]))
        self.assertEqual(said.body, "Ask @ana@example.social!")
        self.assertGreaterEqual(erasure.facts["kept"]["contract"], 1)
        self.assertFalse(self.ana.exists(), "the words stay, the account does not")

    def test_shells_of_talks_cannot_be_put_together(self):
        talks = self.env["social.crm.conversation"].search([("identity_id", "=", self.ana.id)])
        self.assertGreater(len(talks), 1)
        self.erase(self.ana)
        for talk in talks:
            self.assertRegex(talk.dedup_key, r"^erased:[0-9a-f-]{36}$")
        self.assertEqual(len(set(talks.mapped("dedup_key"))), len(talks))
