# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .erasure_common import ErasureCommon, at, message, person


@tagged("post_install", "-at_install")
class TestErasure(ErasureCommon):
    def test_the_preview_counts_and_changes_nothing(self):
        erasure = self.proposed(self.ana)
        lines = {(line.model, line.action): line.planned for line in erasure.line_ids}
        self.assertEqual(lines["social.crm.interaction", "clear"], 4)
        self.assertEqual(lines["social.crm.identity.link", "delete"], 1)
        self.assertEqual(lines["res.partner", "clear"], 1)
        self.assertEqual(erasure.partner_ids, self.contact, "found over the link")
        self.assertTrue(self.said("m1").body)

    def test_nobody_erases_alone_and_the_officer_not_at_all(self):
        erasure = self.proposed(self.ana)
        with self.assertRaisesRegex(UserError, "another privacy clerk"):
            erasure.action_approve()
        for user in (self.officer, self.agent, self.manager):
            with self.assertRaises(AccessError):
                erasure.with_user(user).action_approve()
        with self.assertRaisesRegex(UserError, "not by hand"):
            erasure.write({"state": "done"})
        with self.assertRaisesRegex(UserError, "begin anew"):
            erasure.write({"identity_ids": [Command.link(self.bo.id)]})
        erasure.with_user(self.second).action_approve()
        self.assertEqual(erasure.state, "running")
        with self.assertRaisesRegex(UserError, "does not come back"):
            erasure.action_cancel()

    def test_nobody_else_is_named_as_the_one_who_proposed(self):
        erasures = self.env["social.crm.erasure"].with_user(self.clerk)
        people = [Command.set(self.ana.ids)]
        proposed = {"state": "proposed", "user_id": self.second.id}
        with self.assertRaisesRegex(AccessError, "not by hand"):
            erasures.create({"identity_ids": people, **proposed})
        row = [str(self.ana.id), "proposed", str(self.second.id)]
        self.assertFalse(erasures.load(["identity_ids/.id", "state", "user_id/.id"], [row])["ids"])
        context = {f"default_{name}": value for name, value in proposed.items()}
        erasure = erasures.with_context(**context).create({"identity_ids": people})
        self.assertEqual((erasure.state, erasure.user_id.id), ("draft", False))
        with self.assertRaisesRegex(UserError, "stands at"):
            erasure.action_approve()

    def test_another_companys_account_is_not_erased_here(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaisesRegex(ValidationError, "another company"):
            self.env["social.crm.erasure"].sudo().create(
                {"company_id": other.id, "identity_ids": [Command.set(self.ana.ids)]}
            )

    def test_shells_tell_nothing_and_figures_stay(self):
        words = (
            self.said("m1") + self.said("m2") + self.said("c1") + self.said("a1")
        )
        case = self.said("m1").case_id
        case.write({"state": "closed"})
        cycles = self.env["social.crm.case.cycle"].search([("case_id", "=", case.id)])
        responses = self.env["social.crm.case.response"].search([("case_id", "=", case.id)])
        figures = [
            (cycles, ["first_response_seconds", "resolution_seconds", "paused_seconds"]),
            (responses, ["seconds", "business_seconds"]),
        ]
        before = [rows.read(names) for rows, names in figures]
        keys = words.mapped("dedup_key")
        self.assertTrue(responses)
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column", "kinds"]))
        self.assertEqual([rows.read(names) for rows, names in figures], before)
        self.assertEqual(words.mapped("dedup_key"), keys)
        for said in words:
            self.assertEqual(said.state, "deleted")
            self.assertFalse(
                said.body or said.title or said.external_id or said.permalink or said.remote_key
            )
            self.assertNotEqual(said.identity_id, self.ana)
            self.assertEqual(said.date.minute + said.date_received.second, 0)
        self.assertFalse(self.ana.exists())
        self.assertFalse(case.partner_id or case.identity_id)

    def test_the_contact_is_empty_and_its_picture_gone(self):
        pictures = self.env["ir.attachment"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", self.contact.id),
             ("id", "!=", False)]
        )  # fmt: skip
        self.assertTrue(pictures)
        self.contact.message_post(body="Ana Anić called")
        self.erase(partners=self.contact)
        self.assertFalse(pictures.exists())
        self.assertFalse(self.contact.active)
        self.assertTrue(self.contact.social_erased_at)
        self.assertFalse(
            self.contact.email or self.contact.phone or self.contact.street
            or self.contact.message_ids or self.contact.image_1920
            or self.contact.email_normalized or self.contact.social_name_key
        )  # fmt: skip
        self.assertNotIn("Ana", self.contact.name)

    def test_under_a_legal_hold_it_is_parked_and_finishes_by_itself(self):
        hold = self.env["social.crm.legal.hold"].with_user(self.clerk).create(
            {"identity_ids": [Command.set(self.ana.ids)], "reason": "A court asks"}
        )
        erasure = self.proposed(self.ana)
        erasure.with_user(self.second).action_approve()
        self.assertEqual(erasure.state, "parked")
        self.work(erasure)
        self.assertTrue(self.said("m1").body)
        hold.end_reason = "It is over"
        hold.action_end()
        self.env["social.crm.legal.hold"]._release_holds()
        self.work(erasure)
        self.assertEqual(erasure.state, "done")
        self.assertFalse(self.ana.exists())
        self.assertTrue(self.evidence("hold.refused_erasure"))

    def test_what_is_held_alone_stays_and_goes_when_the_hold_ends(self):
        said = self.said("m1")
        hold = self.env["social.crm.legal.hold"].with_user(self.clerk).create(
            {"interaction_ids": [Command.set(said.ids)], "reason": "A court asks"}
        )
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "parked")
        self.assertTrue(said.body)
        self.assertFalse(self.said("c1"))
        hold.end_reason = "It is over"
        hold.action_end()
        self.env["social.crm.legal.hold"]._release_holds()
        self.work(erasure)
        self.assertEqual(erasure.state, "done")
        self.assertFalse(said.body)

    def test_a_batch_cut_off_anywhere_is_done_again(self):
        """Whatever batch a kill comes after, the next run ends the same."""
        erasure = self.proposed(self.ana)
        erasure.with_user(self.second).action_approve()
        erasure = erasure.sudo()
        batches = 0
        while True:
            batches += 1
            savepoint = self.env.cr.savepoint(flush=True)
            work = erasure._work()
            for _batch in range(batches):
                next(work, None)
            is_over = erasure.state != "running"
            work.close()
            self.env.flush_all()
            self.env.invalidate_all()
            for _batch in erasure._erase() if not is_over else ():
                pass
            self.assertEqual(erasure.state, "remote", batches)
            lines = erasure.line_ids.filtered(lambda line: line.action == "clear")
            self.assertEqual(lines.mapped("planned"), lines.mapped("done"), batches)
            self.assertFalse(self.ana.exists())
            savepoint.close(rollback=True)
            self.env.invalidate_all()
            if is_over:
                break
        self.assertGreater(batches, 7)

    def test_a_colleague_or_our_own_account_is_not_erased_here(self):
        with self.assertRaisesRegex(ValidationError, "colleague"):
            self.proposed(partners=self.agent.partner_id)

    def test_bo_is_as_before(self):
        def told(records):
            return [records.browse(row)._personal_data_export() for row in records.ids]

        words = self.said("c2")
        before = told(words), told(self.bo), told(words.case_id)
        self.erase(self.ana)
        self.env.invalidate_all()
        self.assertEqual((told(words), told(self.bo), told(words.case_id)), before)

    def test_recipients_are_told_and_the_mail_is_not_kept(self):
        self.company.social_crm_erasure_recipients = "processor@partner.example"
        erasure = self.proposed(self.ana)
        erasure.with_user(self.second).action_approve()
        mail = erasure.sudo().mail_ids
        self.assertIn("id-ana", mail.body_html)
        self.work(erasure)
        self.assertEqual(erasure.state, "remote", "waits until it is sent")
        mail.unlink()
        self.work(erasure)
        self.assertEqual(erasure.state, "done")
        self.assertEqual(erasure.facts["recipients"], 1)


@tagged("post_install", "-at_install", "social_crm_slow")
class TestErasureProof(ErasureCommon):
    """Everything is searched, and what is found is explained."""

    scans = True

    def test_words_of_others_stay_and_marked_names_go(self):
        self.ingest(
            message("m9", person("bo"), minutes=20, text="Ask @ana@example.social or Ana Anić")
        )
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column", "kinds"]))
        self.assertEqual(self.said("c2").body, "Ana Anić is right")
        self.assertEqual(self.said("m9").body, "Ask [removed] or Ana Anić")
        self.assertGreaterEqual(erasure.facts["kept"]["others"], 2)

    def test_raw_events_that_wait_to_be_read_and_other_companies_keep_theirs(self):
        other = self.env["res.company"].create({"name": "Other"})
        app = self.env["social.crm.app"].create(
            {"name": "Feed", "platform_id": self.platform.id, "company_id": self.company.id}
        )
        events = self.env["social.crm.event"].sudo().create(
            [
                {
                    "company_id": company.id, "app_id": app.id, "source": "poll", "state": state,
                    "event_key": f"{company.id}-{state}", "received_at": at(40),
                    "payload": '{"from": "bo", "text": "Ana Anić is right"}',
                }
                for company in (self.company, other)
                for state in ("pending", "failed", "done")
            ]
        )  # fmt: skip
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column"]))
        kept = [bool(event.payload) for event in events]
        self.assertEqual(kept, [True, True, False, True, True, True])
        self.assertTrue(erasure.facts["kept"]["unread"])

    def test_the_certificate_names_nobody_and_is_in_the_evidence(self):
        erasure = self.erase(self.ana)
        row = self.evidence("erasure.certified").filtered(
            lambda row: row.reference == erasure.reference
        )
        self.assertEqual(row.payload["erased"]["social.crm.interaction"], 4)
        self.assertTrue(row.payload["backups_until"])
        self.assertFalse(erasure.identity_ids or erasure.partner_ids or erasure.aliases)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "social_crm_gdpr.social_crm_erasure_report", erasure.ids
        )[0].decode()
        self.assertIn(erasure.reference, html)
        for name in ("Ana", "ana@example", "id-ana", "123 4567"):
            self.assertNotIn(name, html)

    def test_an_unexplained_find_withholds_the_certificate(self):
        self.env["res.country.state"].search([], limit=1).name = "ana.anic@mail.example"
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "withheld")
        hit = erasure.hit_ids
        self.assertEqual(hit.table, "res_country_state")
        with self.assertRaises(AccessError):
            hit.with_user(self.officer).action_namesake()
        hit.with_user(self.clerk).action_namesake()
        self.work(erasure)
        self.assertEqual(erasure.state, "done")
        self.assertFalse(erasure.aliases)

    def test_words_for_a_claim_stay_with_their_author(self):
        said = self.said("m1")
        wizard = self.env["social.crm.interaction.retain"].with_user(self.agent).create(
            {"interaction_ids": [Command.set(said.ids)], "ground": "disputes", "reason": "Claim"}
        )
        wizard.action_apply()
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column", "kinds"]))
        self.assertIn("Ana Anić", said.body)
        self.assertEqual(said.identity_id, self.ana)
        self.assertFalse(self.ana.followers or self.ana.partner_id)
        self.assertFalse(self.said("c1"))
        self.assertGreaterEqual(erasure.facts["kept"]["contract"], 1)


@tagged("post_install", "-at_install")
class TestErasureRequest(ErasureCommon):
    def test_a_request_two_people_looked_at_erases_and_can_be_answered(self):
        request = self.env["social.crm.privacy.request"].sudo().create(
            {
                "kind": "erasure",
                "said_email": "ana.anic@mail.example",
                "subject_identity_ids": [Command.set(self.ana.ids)],
                "state": "approved",
                "approved_by_id": self.second.id,
            }
        )
        request.with_user(self.clerk)._execute_erasure()
        erasure = request.erasure_id
        self.assertEqual((erasure.user_id, erasure.approver_id), (self.clerk, self.second))
        self.work(erasure)
        self.assertEqual(erasure.state, "done")
        self.assertFalse(self.ana.exists())
        self.assertEqual(request.said_email, "ana.anic@mail.example", "until it is answered")
        self.assertEqual(erasure.facts["kept"]["request"], 1)

    def test_one_person_alone_does_not_erase_by_request(self):
        request = self.env["social.crm.privacy.request"].sudo().create(
            {
                "kind": "erasure",
                "subject_identity_ids": [Command.set(self.ana.ids)],
                "state": "approved",
                "approved_by_id": self.clerk.id,
            }
        )
        with self.assertRaisesRegex(UserError, "another privacy clerk"):
            request.with_user(self.clerk)._execute_erasure()
