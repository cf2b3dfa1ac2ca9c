# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ..tools.activity import Activity, Target
from .common import SocialCrmCommon, answer, at, comment, message, person, post

ANA, BEN, CEM = (person(name) for name in ("ana", "ben", "cem"))
RENAMED = person("ben", handle="ben.new@example.social", name="Ben the New")


def edit(external_id, who, parent, minutes, edited, text):
    return Activity(
        "edit",
        at(minutes),
        kind="comment",
        external_id=external_id,
        actor=who,
        parent=Target(parent),
        text=text,
        edited_at=at(edited),
    )


# A day in the life of a channel: a post with a tree of comments, our answers (one to three people
# at once), edits, a deletion, likes and their taking back, private messages with receipts, a
# review, a stranger's mention with a thread below it, figures, and a change of handle.
STORY = (
    post("p1", 0),
    comment("c1", ANA, "p1", 1),
    comment("c2", BEN, "c1", 2),
    comment("c3", CEM, "c2", 3),
    answer("a1", "c1", 4),
    answer("a2", "c3", 5, mentions=(ANA, BEN, CEM)),
    answer("a3", "a2", 6),
    edit("c1", ANA, "p1", 1, 7, "second wording"),
    edit("c1", ANA, "p1", 1, 8, "third wording"),
    comment("c4", RENAMED, "p1", 9),
    Activity("delete", at(10), target=Target("c4")),
    Activity("react", at(11), actor=CEM, target=Target("p1"), reaction="like"),
    Activity("unreact", at(12), actor=CEM, target=Target("p1"), reaction="like"),
    Activity("react", at(11), actor=ANA, target=Target("a1"), reaction="like"),
    message("m1", ANA, 13),
    message("m2", ANA, 14, direction="out"),
    Activity("receipt", at(15), receipt="delivered", target=Target("m2")),
    Activity("receipt", at(16), actor=ANA, read_up_to=at(15)),
    message("m3", ANA, 17),
    comment("r1", BEN, None, 18, kind="review", rating=5.0),
    Activity(
        "edit",
        at(18),
        kind="review",
        external_id="r1",
        actor=RENAMED,
        text="one star",
        rating=1.0,
        edited_at=at(19),
    ),
    comment("s1", CEM, None, 20, kind="mention"),
    comment("s2", ANA, "s1", 21, kind="reply"),
    answer("a4", "s2", 22),
    Activity("hide", at(20), target=Target("c1")),
    Activity("hide", at(21), target=Target("s2")),
    Activity("unhide", at(22), target=Target("s2")),
    Activity("hide", at(22), target=Target("c4")),
    Activity("counters", at(23), target=Target("p1"), counters={"likes": 3, "reach": 300}),
    Activity("counters", at(24), target=Target("p1"), counters={"likes": 4, "reach": 400}),
)


@tagged("post_install", "-at_install")
class TestIngestOrder(SocialCrmCommon):
    """Any order, any repeats, any batches: the same rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.expected = {}

    def _play(self, batches):
        """Ingest batches; what waits is tried again, as the workers do.

        :return: what is stored afterwards, without row ids and times of arrival
        """
        with self.env.cr.savepoint() as savepoint:
            waiting = []
            for batch in batches:
                waiting = self._ingest_once([*waiting, *batch])
            while waiting:
                left = self._ingest_once(waiting)
                if len(left) == len(waiting):
                    break
                waiting = left
            snapshot = self._snapshot()
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        return snapshot

    def _ingest_once(self, batch):
        return [batch[position] for position in self.ingest(*batch).waiting]

    def _snapshot(self):
        self.env.flush_all()
        queries = {
            "interactions": """
                SELECT i.dedup_key, i.kind, i.direction, i.state, i.body, i.versions::text, i.date,
                       i.edited_at, i.rating, i.counters::text, i.reach, i.delivery_state,
                       p.dedup_key, i.root_key, who.external_id, side.external_id, c.kind,
                       c.root_key, root.dedup_key, case_.customer_key IS NOT NULL,
                       mine.external_id
                  FROM social_crm_interaction i
                  JOIN social_crm_conversation c ON c.id = i.conversation_id
                  LEFT JOIN social_crm_interaction p ON p.id = i.parent_id
                  LEFT JOIN social_crm_interaction root ON root.id = c.root_id
                  LEFT JOIN social_crm_identity who ON who.id = i.identity_id
                  LEFT JOIN social_crm_identity side ON side.id = c.identity_id
                  LEFT JOIN social_crm_case case_ ON case_.id = i.case_id
                  LEFT JOIN social_crm_identity mine ON mine.id = case_.identity_id
                 WHERE i.channel_id = %s""",
            "conversations": """
                SELECT c.kind, c.root_key, i.external_id, c.first_date, c.last_date,
                       c.last_in_date, c.last_out_date, c.read_up_to
                  FROM social_crm_conversation c
                  LEFT JOIN social_crm_identity i ON i.id = c.identity_id
                 WHERE c.channel_id = %s""",
            "identities": """
                SELECT i.external_id, i.handle, i.handle_key, i.name, i.first_seen, i.last_seen,
                       i.is_own, i.consent_basis,
                       (SELECT array_agg(value ORDER BY value) FROM social_crm_identity_alias
                         WHERE identity_id = i.id)
                  FROM social_crm_identity i JOIN social_crm_channel c
                    ON c.platform_id = i.platform_id AND c.id = %s
                 WHERE i.external_id LIKE 'id-%%'""",
            "cases": """
                SELECT i.external_id, c.state, c.opened_at, c.last_date, c.last_in_date,
                       c.waiting_since, y.sequence, y.opened_at, y.first_response_at,
                       r.waiting_since, r.answered_at, r.seconds, q.dedup_key, a.dedup_key
                  FROM social_crm_case c
                  JOIN social_crm_identity i ON i.id = c.identity_id
                  JOIN social_crm_case_cycle y ON y.case_id = c.id
                  LEFT JOIN social_crm_case_response r ON r.cycle_id = y.id
                  LEFT JOIN social_crm_interaction q ON q.id = r.question_id
                  LEFT JOIN social_crm_interaction a ON a.id = r.answer_id
                 WHERE c.channel_id = %s""",
        }
        snapshot = {}
        for name, query in queries.items():
            self.env.cr.execute(query, [self.channel.id])
            snapshot[name] = sorted(map(repr, self.env.cr.fetchall()))
        return snapshot

    def _assert_same(self, expected, found):
        for name in expected:
            self.assertEqual(expected[name], found[name], name)

    @settings(
        max_examples=60,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def test_any_interleaving_of_any_subset_with_repeats_gives_the_same_rows(self, data):
        chosen = data.draw(
            st.lists(st.sampled_from(range(len(STORY))), min_size=1, unique=True), label="subset"
        )
        repeats = data.draw(st.lists(st.sampled_from(chosen), max_size=10), label="repeats")
        order = data.draw(st.permutations(chosen + repeats), label="order")
        cuts = data.draw(st.sets(st.integers(1, len(order)), max_size=5), label="cuts")
        expected = self._play([[STORY[index] for index in sorted(chosen)]])
        bounds = [0, *sorted(cuts), len(order)]
        batches = [
            [STORY[index] for index in order[start:stop]]
            for start, stop in zip(bounds, bounds[1:], strict=False)
        ]
        self._assert_same(expected, self._play(batches))

    def test_one_by_one_backwards_gives_the_same_rows(self):
        expected = self._play([STORY])
        self._assert_same(expected, self._play([[activity] for activity in STORY]))
        self._assert_same(expected, self._play([[activity] for activity in reversed(STORY)]))

    def test_shuffled_a_hundred_at_a_time_gives_the_same_rows(self):
        chance = random.Random(7)
        expected = self._play([STORY])
        for _round in range(10):
            order = [*STORY, *STORY]
            chance.shuffle(order)
            self._assert_same(expected, self._play([order[:17], order[17:31], order[31:]]))
