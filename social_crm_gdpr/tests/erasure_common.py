# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import tempfile
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.social_crm_base.tests.common import (
    SocialCrmCommon,
    answer,
    at,
    comment,
    know,
    message,
    person,
    post,
)

from ..models.social_crm_erasure_log import SEQUENCE

BEFORE = 1
AFTER = 60 * 24 * 365 * 3


class ErasureCommon(SocialCrmCommon):
    """Ana wrote in private and in public, and Bo speaks of her."""

    scans = False  # the search through everything takes seconds: for tests that are about it

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = new_test_user(
            cls.env, "second_clerk", groups="social_crm_base.group_privacy_clerk"
        )
        cls.feed = [
            post("p1"),
            message("m1", person("ana"), text="I am Ana Anić, call +381 64 123 4567"),
            message("m2", person("ana"), minutes=5, direction="out", text="Dear Ana Anić"),
            comment("c1", person("ana", name="Ana Anić"), "p1", minutes=6),
            answer("a1", "c1", minutes=8, mentions=(person("ana", name="Ana Anić"),),
                   text="@ana@example.social thank you"),
            comment("c2", person("bo"), "p1", minutes=9, text="Ana Anić is right"),
        ]  # fmt: skip
        cls.ingest(*cls.feed)
        cls.ana = cls.said("m1").identity_id
        cls.bo = cls.said("c2").identity_id
        cls.contact = cls.env["res.partner"].create(
            {
                "name": "Ana Anić",
                "email": "ana.anic@mail.example",
                "phone": "+381641234567",
                "street": "Cara Dušana 1",
                "image_1920": PICTURE,
            }
        )
        know(cls.ana, cls.contact)

    def setUp(self):
        super().setUp()
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(patch.dict("os.environ", {"SOCIAL_CRM_ERASURE_LOG": folder}))
        # a database somebody tried erasure on knows more than the log of this test
        self.env["ir.config_parameter"].set_param(SEQUENCE, 0)
        if not self.scans:
            for name in ("_scan_table", "_scan_files"):
                self.enterContext(
                    patch.object(type(self.env["social.crm.erasure"]), name, lambda *args: None)
                )
        # the clean-up of files commits, which no test may
        self.enterContext(
            patch.object(type(self.env["social.crm.erasure"]), "_drop_files", lambda erasure: None)
        )

    def proposed(self, identities=None, partners=None, **values):
        erasure = self.env["social.crm.erasure"].with_user(self.clerk).create(
            {
                "identity_ids": [Command.set(identities.ids)] if identities else [],
                "partner_ids": [Command.set(partners.ids)] if partners else [],
                **values,
            }
        )
        erasure.action_propose()
        return erasure

    def erase(self, identities=None, partners=None, **values):
        """Propose, approve and run to the end."""
        erasure = self.proposed(identities, partners, **values)
        erasure.with_user(self.second).action_approve()
        return self.work(erasure)

    def work(self, erasure, by_hand=True):
        """Run it to the end.

        :param bool by_hand: whether a colleague does what is to be done by hand
        """
        erasure = erasure.sudo()
        for _batch in range(4):
            for _done in erasure._work():
                pass
            if by_hand and erasure.state == "remote":
                waiting = erasure.outbox_ids.filtered(lambda row: row.state == "by_hand")
                waiting.action_done_by_hand()
        self.env.invalidate_all()
        return erasure

    def restore(self):
        """As if a backup from before the first erasure had been restored."""
        self.env["ir.config_parameter"].set_param(SEQUENCE, 0)

    def evidence(self, kind):
        return self.env["social.crm.evidence"].search([("kind", "=", kind)])


PICTURE = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    b"gg=="
)

__all__ = ["AFTER", "BEFORE", "ErasureCommon", "answer", "at", "comment", "know", "message",
           "person", "post"]  # fmt: skip
