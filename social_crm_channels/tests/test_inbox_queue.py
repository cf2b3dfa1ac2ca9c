# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import (
    SocialCrmCommon,
    answer,
    comment,
    message,
    person,
    post,
)
from odoo.addons.social_crm_base.tools.activity import Target


@tagged("post_install", "-at_install")
class TestInboxQueue(SocialCrmCommon):
    """The queue: whose cases stand where, under everybody's own rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["social.crm.case"].search([]).unlink()  # demo cases would stand between ours
        cls.env["social.crm.response.policy"].search([]).unlink()  # deadlines are the tests' own
        cls.case_model = cls.env["social.crm.case"]

    def talk(self, *activities, **options):
        self.ingest(*activities, **options)
        while self.interactions._run_second_stage():
            pass

    def write_in(self, count, start=0):
        """So many people write one private message each, one minute apart."""
        self.talk(
            *(message(f"m{n}", person(f"p{n}"), n) for n in range(start, start + count))
        )
        return self.env["social.crm.case"].search([], order="id")

    def queue(self, user=None, cursor=None, limit=40, **query):
        return self.case_model.with_user(user or self.agent).inbox_queue(query, cursor, limit)

    def names(self, user=None, **query):
        return [row["name"] for row in self.queue(user, **query)["rows"]]

    def all_pages(self, limit, **query):
        rows, cursor, pages = [], None, 0
        while True:
            page = self.queue(cursor=cursor, limit=limit, **query)
            rows += page["rows"]
            cursor = page["cursor"]
            pages += 1
            if not cursor:
                return rows, pages

    # === ORDER AND PAGES === #

    def test_pages_hold_every_case_once_in_every_order(self):
        cases = self.write_in(23)
        cases[3].deadline_first = "2026-03-02 12:00:00"
        cases[5].deadline_next = "2026-03-02 10:00:00"
        cases[7].risk_score = 71.5
        self.talk(answer("a1", "m9", 60))  # one that waits no longer
        for sort in ("deadline", "risk", "oldest", "newest"):
            with self.subTest(sort=sort):
                rows, pages = self.all_pages(5, sort=sort)
                self.assertEqual(pages, 5)
                self.assertCountEqual([row["id"] for row in rows], cases.ids)

    def test_the_next_deadline_stands_first_then_who_waits_longest(self):
        cases = self.write_in(4)
        cases[3].deadline_resolution = "2026-03-02 12:00:00"
        cases[2].write({"deadline_first": "2026-03-02 18:00:00"})
        self.assertEqual(self.names(), ["Message m3", "Message m2", "Message m0", "Message m1"])

    def test_the_highest_risk_stands_first_and_age_decides_between_equals(self):
        cases = self.write_in(4)
        cases[1].risk_score = 30
        cases[2].risk_score = 60
        names = self.names(sort="risk")
        self.assertEqual(names, ["Message m2", "Message m1", "Message m0", "Message m3"])

    def test_a_case_that_comes_between_two_pages_neither_doubles_nor_hides_one(self):
        self.write_in(6)
        first = self.queue(limit=3, sort="newest")
        self.write_in(2, start=50)
        second = self.queue(cursor=first["cursor"], limit=10, sort="newest")
        names = [row["name"] for row in first["rows"] + second["rows"]]
        self.assertEqual(names, [f"Message m{n}" for n in (5, 4, 3, 2, 1, 0)])
        self.assertFalse(second["cursor"])

    def test_a_page_has_limits(self):
        self.write_in(3)
        self.assertEqual(len(self.queue(limit=0)["rows"]), 1)
        self.assertEqual(len(self.queue(limit=10**9)["rows"]), 3)

    def test_a_page_costs_the_same_queries_whatever_it_holds(self):
        self.write_in(3)

        def cost(limit):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.queue(limit=limit)
            return self.env.cr.sql_log_count - before

        cost(3)  # what the registry and the rules cache
        small = cost(3)
        self.write_in(30, start=100)
        self.assertEqual(cost(30), small)
        self.assertLess(small, 25)

    def test_nonsense_is_refused_in_words(self):
        for query in (
            {"view": "no such view"},
            {"sort": "id; DROP TABLE res_users"},
            {"filters": {"password": ["x"]}},
            {"limit": 3},
        ):
            with self.subTest(query=query), self.assertRaises(UserError):
                self.case_model.with_user(self.agent).inbox_queue(query)

    # === VIEWS === #

    def test_each_view_holds_what_its_name_says_and_counts_it(self):
        cases = self.write_in(8)
        team = self.env["social.crm.team"].create(
            {"name": "Care", "member_ids": [Command.link(self.agent.id)]}
        )
        now = fields.Datetime.now()
        cases[0].user_id = self.agent
        cases[1].team_id = team
        cases[2].mention_user_ids = self.agent
        cases[3].state = "waiting"
        cases[4].write({"state": "snoozed", "snoozed_until": now + timedelta(days=1)})
        cases[5].deadline_next = now - timedelta(hours=1)
        cases[6].deadline_first = now + timedelta(hours=1)
        cases[7].state = "closed"
        expected = {
            "mine": {0}, "unassigned": {1, 2, 5, 6}, "all": {0, 1, 2, 3, 4, 5, 6}, "teams": {1},
            "mentions": {2}, "overdue": {5}, "due_soon": {6}, "waiting": {3}, "snoozed": {4},
            "closed": {7}, "approval": set(),
        }
        for view, numbers in expected.items():
            with self.subTest(view=view):
                found = {row["id"] for row in self.queue(view=view)["rows"]}
                self.assertEqual(found, {cases[number].id for number in numbers})
        counts = self.case_model.with_user(self.agent).inbox_counts()
        expected.pop("closed")
        self.assertEqual(counts, {view: len(numbers) for view, numbers in expected.items()})

    def test_all_views_are_counted_in_one_statement(self):
        self.write_in(3)
        cases = self.case_model.with_user(self.agent)
        cases.inbox_counts()
        cases.env.invalidate_all()
        self.agent.social_crm_team_ids  # noqa: B018  one's teams are asked once a request
        with self.assertQueryCount(1):
            cases.inbox_counts()

    # === FILTERS AND WORDS === #

    def test_filters_narrow_rows_and_counts_alike(self):
        cases = self.write_in(5)
        tag = self.env["social.crm.tag"].create({"name": "Refund"})
        cases[0].tag_ids = tag
        cases[1].write({"tag_ids": tag, "priority": "2"})
        cases[2].identity_id.language = "sr"
        cases[3].user_id = self.leader
        for filters, numbers in (
            ({"tag": [tag.id]}, {0, 1}),
            ({"tag": [tag.id], "priority": ["2"]}, {1}),
            ({"language": ["sr", "de"]}, {2}),
            ({"user": [self.leader.id]}, {3}),
            ({"user": [0]}, {0, 1, 2, 4}),
            ({"channel": [self.channel.id]}, {0, 1, 2, 3, 4}),
            ({"platform": [self.platform.id + 999]}, set()),
            ({"mood": []}, {0, 1, 2, 3, 4}),
        ):
            with self.subTest(filters=filters):
                found = {row["id"] for row in self.queue(filters=filters)["rows"]}
                self.assertEqual(found, {cases[number].id for number in numbers})
                counts = self.case_model.with_user(self.agent).inbox_counts({"filters": filters})
                self.assertEqual(counts["all"], len(numbers))

    def test_relation_of_the_contact_filters(self):
        cases = self.write_in(2)
        partner = self.env["res.partner"].create({"name": "Known Customer"})
        partner.social_relation = "customer"
        cases[1].partner_id = partner
        self.assertEqual(self.names(filters={"relation": ["customer"]}), ["Message m1"])

    def test_words_find_subject_person_order_and_talk(self):
        self.talk(
            message("w1", person("milica", name="Милица Ђорђевић"), text="Ћао 👋 zdravo"),
            message("w2", person("anna", name="Anna Nüßlein"), text="Wo ist mein Paket?"),
            message("w3", person("budi"), text="Selamat pagi"),
            message("w4", person("budi"), 2, text="I need 100% of my_refund, please"),
        )
        milica, anna, budi = self.case_model.search([], order="id")
        anna.order_ref = "SO-2026/0815"
        partner = self.env["res.partner"].create({"name": "Đorđe Petrović"})
        milica.partner_id = partner
        for words, case in (
            ("paket", anna), ("0815", anna), ("nüßlein", anna), ("Милица", milica),
            ("milica@example", milica), ("Ђорђе", milica), ("djordje", milica), ("👋", milica),
            ("my_refund", budi), ("100% of", budi), ("  selamat   PAGI ", budi),
        ):
            with self.subTest(words=words):
                self.assertEqual(
                    [row["id"] for row in self.queue(words=words)["rows"]], case.ids
                )
        for words in ("mydrefund", "100%%", "' OR 1=1 --", "\\", "%"):
            with self.subTest(words=words):
                found = [row["id"] for row in self.queue(words=words)["rows"]]
                self.assertEqual(found, budi.ids if words == "%" else [])

    def test_words_of_a_channel_one_may_not_read_find_nothing(self):
        self.talk(message("s1", person("eva"), text="The secret word is pumpernickel"))
        case = self.case_model.search([])
        case.write({"name": "Something else", "user_id": self.agent.id})
        self.assertEqual(self.names(words="pumpernickel"), ["Something else"])
        self.channel.team_ids = self.env["social.crm.team"].create({"name": "Others"})
        self.env.invalidate_all()  # as in a request of its own
        self.assertEqual(self.names(words="pumpernickel"), [])
        [row] = self.queue()["rows"]
        self.assertEqual(row["said"], {})
        self.assertEqual(row["channel"], "Shop")

    # === ROWS === #

    def test_a_row_tells_who_spoke_last_and_since_when_one_waits(self):
        self.talk(message("r1", person("ana"), 1, text="Hello"))
        [row] = self.queue()["rows"]
        self.assertEqual(row["said"]["direction"], "in")
        self.assertEqual(row["waiting_since"], "2026-03-02 09:01:00")
        self.assertTrue(row["is_new"])
        self.talk(message("r2", person("ana"), 5, direction="out", text="Hello Ana!"))
        [row] = self.queue()["rows"]
        self.assertEqual((row["said"]["direction"], row["said"]["text"]), ("out", "Hello Ana!"))
        self.assertFalse(row["waiting_since"])

    def test_a_case_is_new_until_one_looked_and_again_after_the_next_word(self):
        [case] = self.write_in(1)
        case.mention_user_ids = self.agent | self.leader
        [row] = self.queue()["rows"]
        self.assertTrue(row["is_new"] and row["is_mentioned"])
        case.with_user(self.agent).inbox_open()
        case.with_user(self.agent).inbox_looked()
        [row] = self.queue()["rows"]
        self.assertFalse(row["is_new"] or row["is_mentioned"])
        self.assertTrue(self.queue(self.leader)["rows"][0]["is_new"])
        self.assertEqual(case.mention_user_ids, self.leader)
        later = fields.Datetime.now() + timedelta(minutes=5)
        self.talk(message("n2", person("p0"), (later - fields.Datetime.to_datetime(
            "2026-03-02 09:00:00")).total_seconds() / 60))
        self.assertTrue(self.queue()["rows"][0]["is_new"])

    # === RIGHTS === #

    def test_nobody_sees_other_teams_or_confidential_cases(self):
        cases = self.write_in(4)
        other = self.env["social.crm.team"].create({"name": "Others"})
        cases[0].team_id = other
        cases[1].write(
            {"confidential": True, "confidential_user_ids": [Command.set(self.leader.ids)]}
        )
        self.assertEqual(self.names(), ["Message m2", "Message m3"])
        self.assertEqual(self.names(self.leader), ["Message m1", "Message m2", "Message m3"])
        self.assertEqual(self.names(self.manager), ["Message m0", "Message m2", "Message m3"])
        counts = self.case_model.with_user(self.manager).inbox_counts()
        self.assertEqual(counts["all"], 3)
        rows = self.case_model.with_user(self.agent).inbox_queue_rows({}, cases.ids)
        self.assertEqual([row["name"] for row in rows], ["Message m2", "Message m3"])

    def test_another_company_has_its_own_queue(self):
        self.write_in(2)
        company = self.env["res.company"].create({"name": "Second"})
        stranger = self._user("agent", login="stranger", company_id=company.id,
                              company_ids=[Command.set(company.ids)])
        self.assertEqual(self.names(stranger), [])
        self.assertEqual(
            self.case_model.with_user(stranger).inbox_counts()["all"], 0
        )
        channel = self.channel.create({
            "name": "Second Shop", "platform_id": self.platform.id, "external_id": "second",
            "company_id": company.id,
        })
        self.talk(message("x1", person("ana"), text="To the second"), channel=channel)
        self.assertEqual(self.names(stranger), ["To the second"])
        self.assertNotIn("To the second", self.names(self.manager))

    def test_a_contact_of_another_company_hides_no_row(self):
        [case] = self.write_in(1)
        company = self.env["res.company"].create({"name": "Second"})
        case.partner_id = self.env["res.partner"].create(
            {"name": "Theirs", "company_id": company.id}
        )
        [row] = self.queue()["rows"]
        self.assertEqual(row["customer"], "P0")
        self.assertFalse(row["partner_id"])
        head = case.with_user(self.agent).inbox_open(["head"])["head"]
        self.assertEqual(head["customer"], "P0 (@p0@example.social)")

    def test_who_is_nobody_here_is_refused(self):
        self.write_in(1)
        outsider = self.env["res.users"].create({"name": "Out", "login": "out"})
        with self.assertRaises(AccessError):
            self.names(outsider)

    def test_a_viewer_reads_the_queue(self):
        self.write_in(1)
        self.assertEqual(self.names(self.viewer), ["Message m0"])
        self.assertTrue(self.case_model.with_user(self.viewer).inbox_start()["views"])


@tagged("post_install", "-at_install")
class TestInboxFolding(SocialCrmCommon):
    """Comments below one post are one row."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["social.crm.case"].search([]).unlink()  # demo cases would stand between ours
        cls.cases = cls.env["social.crm.case"].with_user(cls.agent)

    def talk(self, *activities):
        self.ingest(*activities)
        while self.interactions._run_second_stage():
            pass

    def comments(self, count, on="news", minutes=1):
        return [
            comment(f"{on}-{n}", person(f"{on}{n}"), on, minutes + n, root=Target(on))
            for n in range(count)
        ]

    def test_comments_below_one_post_are_one_row_with_their_number(self):
        self.talk(post("news", text="We open on Sunday"), *self.comments(5),
                  message("m1", person("eva"), 2))
        rows = self.cases.inbox_queue({})["rows"]
        self.assertEqual([row["kind"] for row in rows], ["post", "case"])
        self.assertEqual(rows[0]["count"], 5)
        self.assertEqual(rows[0]["title"], "We open on Sunday")
        self.assertEqual(len(set(rows[0]["case_ids"])), 5)
        opened = self.cases.inbox_queue({"post": rows[0]["post_id"]})["rows"]
        self.assertEqual([row["name"] for row in opened], [f"Comment news-{n}" for n in range(5)])
        self.assertEqual(self.cases.inbox_counts()["all"], 6)

    def test_one_comment_is_no_group_and_a_second_post_is_another(self):
        self.talk(post("news"), post("sale"), *self.comments(2), *self.comments(1, "sale", 30))
        rows = self.cases.inbox_queue({})["rows"]
        self.assertEqual([row["kind"] for row in rows], ["post", "case"])

    def test_a_person_who_also_writes_privately_is_no_longer_folded(self):
        self.talk(post("news"), *self.comments(3))
        self.talk(message("m1", person("news1"), 40, text="My number is 0815"))
        rows = self.cases.inbox_queue({})["rows"]
        self.assertEqual([(row["kind"], row.get("count")) for row in rows],
                         [("post", 2), ("case", None)])

    def test_a_post_that_comes_after_its_comments_folds_them(self):
        self.talk(*self.comments(3))
        self.assertEqual(len(self.cases.inbox_queue({})["rows"]), 3)
        self.talk(post("news"))
        [row] = self.cases.inbox_queue({})["rows"]
        self.assertEqual(row["count"], 3)

    def test_pages_stay_right_however_many_comments_a_post_has(self):
        self.talk(post("news"), post("sale"))
        self.talk(*self.comments(30), *self.comments(25, "sale", 5),
                  *(message(f"m{n}", person(f"p{n}"), 3 * n) for n in range(12)))
        rows, cursor = [], None
        while True:
            page = self.cases.inbox_queue({"sort": "oldest"}, cursor, 4)
            self.assertLessEqual(len(page["rows"]), 4)
            rows += page["rows"]
            cursor = page["cursor"]
            if not cursor:
                break
        keys = [row["key"] for row in rows]
        self.assertEqual(len(keys), len(set(keys)))
        self.assertEqual(sorted(row["count"] for row in rows if row["kind"] == "post"), [25, 30])
        self.assertEqual(sum(row["kind"] == "case" for row in rows), 12)

    def test_a_folded_row_counts_only_what_the_view_holds_and_one_may_read(self):
        self.talk(post("news"), *self.comments(5))
        cases = self.env["social.crm.case"].search([], order="id")
        cases[0].state = "closed"
        cases[1].user_id = self.agent
        cases[2].write(
            {"confidential": True, "confidential_user_ids": [(6, 0, self.leader.ids)]}
        )
        [row] = self.cases.inbox_queue({})["rows"]
        self.assertEqual(row["count"], 3)
        self.assertNotIn(cases[2].id, row["case_ids"])
        [row] = self.cases.inbox_queue({"view": "mine"})["rows"]
        self.assertEqual(row["kind"], "case")

    def test_news_bring_the_folded_row_up_to_date(self):
        self.talk(post("news"), *self.comments(3))
        [row] = self.cases.inbox_queue({})["rows"]
        cases = self.env["social.crm.case"].search([])
        cases[0].state = "closed"
        [fresh] = self.cases.inbox_queue_rows({}, cases[0].ids, [row["post_id"]])
        self.assertEqual((fresh["kind"], fresh["count"]), ("post", 2))
        cases[1].state = "closed"
        [fresh] = self.cases.inbox_queue_rows({}, cases[1].ids, [row["post_id"]])
        self.assertEqual(fresh["kind"], "case")

    def test_split_and_join_keep_the_folding_true(self):
        self.talk(post("news"), *self.comments(2), comment("second", person("news0"), "news", 9,
                                                           root=Target("news")))
        first = self.env["social.crm.case"].search([], order="id", limit=1)
        post_id = first.thread_post_id
        self.assertTrue(post_id)
        new = first._split(self.said("second"), "Another matter")
        self.assertEqual((first | new).mapped("thread_post_id"), post_id)
