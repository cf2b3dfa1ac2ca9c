# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import csv

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.misc import file_open

from .common import SocialCrmCommon

COLUMNS = [
    "channel_id", "date", "direction", "kind", "author_handle", "author_name", "text", "rating",
    "external_id", "parent_external_id",
]  # fmt: skip


@tagged("post_install", "-at_install")
class TestImport(SocialCrmCommon):
    """Lines of a file go the same way in as everything else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.xing = cls.env["social.crm.channel"].create(
            {
                "name": "XING Company Page",
                "platform_id": cls.env.ref("social_crm_base.platform_xing").id,
            }
        )

    def line(self, **values):
        return {
            "channel_id": "XING Company Page",
            "date": "2026-03-02 09:15:00",
            "direction": "in",
            "kind": "message",
            "author_handle": "Ana_Petrovic",
            "author_name": "Ana Petrović",
            "text": "Do you ship to Niš? 😀",
            "rating": "",
            "external_id": "",
            "parent_external_id": "",
            **values,
        }

    def load(self, *lines, user=None):
        model = self.env["social.crm.import.line"].with_user(user or self.agent)
        model = model.with_context(import_file=True)  # as Odoo's import screen does
        result = model.load(COLUMNS, [[line[name] for name in COLUMNS] for line in lines])
        return model.browse(result["ids"] or []), result["messages"]

    def test_lines_become_people_conversations_and_interactions(self):
        lines, messages = self.load(
            self.line(external_id="m1"),
            self.line(
                external_id="m2", parent_external_id="m1", direction="out", text="Yes",
                date="2026-03-02 10:00:00",
            ),
        )
        self.assertFalse(messages)
        self.assertEqual(lines.mapped("result"), ["created", "created"])
        said = lines.interaction_id.sorted("date")
        self.assertEqual(said[0].body, "Do you ship to Niš? 😀")
        self.assertEqual(said[1].parent_id, said[0])
        self.assertEqual(len(said.conversation_id), 1)
        self.assertTrue(all(said.mapped("is_by_hand")))
        self.assertEqual(lines[0].author_name, "Ana Petrović")

    def test_history_asks_nobody_for_an_answer_unless_told_so(self):
        model = self.env["social.crm.import.line"].with_user(self.agent)
        for needs_answer in (False, True):
            line = model.create(
                self.line(
                    channel_id=self.xing.id, rating=0, needs_answer=needs_answer,
                    text=f"Open? {needs_answer}",
                )
            )
            self.assertEqual(bool(line.interaction_id.case_id), needs_answer)

    def test_the_same_file_twice_makes_no_doubles(self):
        lines = [self.line(external_id="m1"), self.line(text="Without a number")]
        first, _messages = self.load(*lines)
        second, _messages = self.load(*lines)
        self.assertEqual(second.mapped("result"), ["known", "known"])
        self.assertEqual(first.interaction_id, second.interaction_id)

    def test_a_line_that_stands_twice_in_a_file_is_taken_once(self):
        lines, _messages = self.load(self.line(), self.line())
        self.assertEqual(lines.mapped("result"), ["created", "known"])
        self.assertEqual(len(lines.interaction_id), 1)

    def test_errors_name_row_and_column_and_nothing_is_stored(self):
        before = self.interactions.search_count([])
        for values, words in (
            ({"text": ""}, "Text: write what was said"),
            ({"author_handle": "", "author_name": ""}, "Handle: say who spoke"),
            ({"author_handle": "not a handle !!"}, "is no handle of XING"),
            ({"rating": "7"}, "Stars: stars go from one to five"),
            ({"date": "2999-01-01 00:00:00"}, "Date: .* lies in the future"),
            ({"kind": "poem"}, "poem"),
            ({"channel_id": "Nowhere"}, "Nowhere"),
        ):
            with self.subTest(values=values):
                lines, messages = self.load(self.line(), self.line(**values))
                self.assertFalse(lines)
                errors = [m for m in messages if m["type"] == "error"]
                self.assertTrue(errors)
                self.assertRegex(" ".join(str(error["message"]) for error in errors), words)
                self.assertEqual(errors[0]["rows"], {"from": 1, "to": 1})
        self.assertEqual(self.interactions.search_count([]), before)

    def test_the_words_are_not_kept_a_second_time(self):
        lines, _messages = self.load(self.line())
        self.env.cr.execute(
            "SELECT * FROM social_crm_import_line WHERE id = %s", [lines.id]
        )
        stored = " ".join(str(value) for value in self.env.cr.dictfetchone().values())
        self.assertNotIn("Niš", stored)
        self.assertNotIn("Ana", stored)
        lines.interaction_id._blank_content("deleted")
        self.assertFalse(lines.text)

    def test_a_network_that_may_not_be_stored_leaves_nothing(self):
        self.env["social.crm.platform.rule"].create(
            {
                "platform_id": self.xing.platform_id.id,
                "action": "store",
                "verdict": "refuse",
                "reason": "House rule: nothing of this network",
                "source": "Handbook",
            }
        )
        lines, _messages = self.load(self.line(external_id="m1"))
        self.assertEqual(lines.result, "refused")
        self.assertIn("House rule", lines.note)
        self.assertFalse(lines.external_id)
        self.assertFalse(
            self.env["social.crm.identity"].search([("platform_id", "=", self.xing.platform_id.id)])
        )

    def test_the_template_can_be_imported_as_it_is(self):
        template = self.env["social.crm.import.line"].get_import_templates()[0]["template"]
        with file_open(template.lstrip("/")) as file:
            header, *rows = csv.reader(file.read().splitlines())
        fields_of = {
            field._description_string(self.env): name
            for name, field in self.env["social.crm.import.line"]._fields.items()
        }
        model = self.env["social.crm.import.line"].with_user(self.agent)
        result = model.load([fields_of[column] for column in header], rows)
        self.assertFalse(result["messages"])
        self.assertEqual(model.browse(result["ids"]).mapped("result"), ["created"] * 3)

    def test_odoos_own_screen_tests_a_file_without_storing_it(self):
        content = "Channel,Date,Name,Text\nXING Company Page,2026-03-02 09:15:00,Ana,Hello\n"
        wizard = (
            self.env["base_import.import"]
            .with_user(self.agent)
            .create(
                {
                    "res_model": "social.crm.import.line",
                    "file": content.encode(),
                    "file_name": "said.csv",
                    "file_type": "text/csv",
                }
            )
        )
        options = {"quoting": '"', "separator": ",", "has_headers": True,
                   "date_format": "", "datetime_format": "%Y-%m-%d %H:%M:%S"}
        names = ["channel_id", "date", "author_name", "text"]
        before = self.interactions.search_count([])
        tested = wizard.execute_import(names, names, options, dryrun=True)
        self.assertFalse(tested["messages"])
        self.assertEqual(self.interactions.search_count([]), before)
        done = wizard.execute_import(names, names, options)
        self.assertFalse(done["messages"])
        self.assertEqual(self.interactions.search_count([]), before + 1)

    def test_a_hundred_lines_cost_no_more_queries_than_ten(self):
        model = self.env["social.crm.import.line"].with_user(self.agent)

        def queries(name, count):
            lines = [
                self.line(channel_id=self.xing.id, rating=0, text=f"{name} {n}",
                          author_handle=f"{name}{n}")
                for n in range(count)
            ]
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            model.create(lines)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        queries("warm", 2)
        self.assertLessEqual(queries("many", 100), queries("few", 10))

    def test_a_viewer_may_not_import(self):
        with self.assertRaises(AccessError):
            self.env["social.crm.import.line"].with_user(self.viewer).create(
                self.line(channel_id=self.xing.id, rating=0)
            )
