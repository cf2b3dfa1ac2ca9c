# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command


class SocialCrmDemo(models.AbstractModel):
    """The example shop's privacy: what people asked, decided, and what was decided about them."""

    _inherit = "social.crm.demo"

    @api.model
    def _load_privacy(self):
        """Let every privacy screen show something, once."""
        people = self._demo_people()
        if len(people) < 8 or self.env["social.crm.privacy.request"].search_count([], limit=1):
            return
        self._demo_requests(people)
        self._demo_measures(people)
        self._demo_consents(people)
        self._demo_looks(people)
        self.env["social.crm.retention.rule"].search([]).action_preview()

    @api.model
    def _demo_people(self):
        """People who have a contact and spoke lately, one account each."""
        said = self.env["social.crm.interaction"].search(
            [
                ("direction", "=", "in"),
                ("identity_id.external_id", "=like", "demo-%"),
                ("identity_id.partner_id", "!=", False),
                ("case_id", "!=", False),
            ],
            order="date desc, id desc",
        )
        return said.identity_id

    @api.model
    def _demo_requests(self, people):
        """One of each way in, at different steps; the person is told nothing, nobody is real."""
        now = fields.Datetime.now()
        clerk = self.env.ref("social_crm_gdpr.user_ivana_demo")
        requests = self.env["social.crm.privacy.request"].with_context(mail_notrack=True)
        contact = people[0].partner_id
        requests.create(
            [
                {
                    "kind": "access",
                    "source": "web",
                    "said_name": contact.name,
                    "said_email": contact.email or "somebody@example.com",
                    "description": "Which data about me do you have, and where is it from?",
                    "received_at": now - timedelta(days=27),
                    "user_id": clerk.id,
                    "subject_identity_ids": [Command.set(people[0].ids)],
                    "subject_partner_ids": [Command.set(contact.ids)],
                },
                {
                    "kind": "erasure",
                    "source": "message",
                    "said_handle": people[1].handle or people[1].name,
                    "description": "Please delete everything you have about me.",
                    "received_at": now - timedelta(days=3),
                    "user_id": clerk.id,
                    "subject_identity_ids": [Command.set(people[1].ids)],
                },
                {
                    "kind": "objection",
                    "source": "message",
                    "state": "proposed",
                    "said_handle": people[3].handle or people[3].name,
                    "description": "I do not want you to read what I write about you elsewhere.",
                    "received_at": now - timedelta(hours=20),
                    "subject_identity_ids": [Command.set(people[3].ids)],
                },
            ]
        )
    @api.model
    def _demo_measures(self, people):
        """A restriction that was lifted, and a hold on a contact in dispute."""
        now = fields.Datetime.now()
        clerk = self.env.ref("social_crm_gdpr.user_ivana_demo")
        # sudo: it began a month ago, which nobody sets by hand
        restriction = self.env["social.crm.restriction"].with_user(clerk).sudo().create(
            {
                "identity_ids": [Command.set(people[2].ids)],
                "since": now - timedelta(days=30),
                "ground": "accuracy",
                "reason": "Says the delivery address is a former tenant's",
            }
        )
        restriction.end_reason = "Address confirmed by the forwarding office"
        restriction.action_end()
        gruber = self.env.ref("social_crm_gdpr.partner_gruber_demo")
        self.env["social.crm.legal.hold"].with_user(clerk).create(
            {
                "partner_ids": [Command.set(gruber.ids)],
                "until": now + timedelta(days=180),
                "reason": "Warranty claim before the arbitration board",
            }
        )

    @api.model
    def _demo_consents(self, people):
        consents = self.env["social.crm.consent"]
        for person, events in zip(
            people[4:8],
            (["asked", "given"], ["asked", "refused"], ["asked", "given", "withdrawn"], ["asked"]),
            strict=False,
        ):
            said = self.env["social.crm.interaction"].search(
                [("identity_id", "=", person.id), ("direction", "=", "in")],
                order="date desc, id desc",
                limit=1,
            )
            for event in events:
                way = {"way": "message", "interaction_id": said.id}
                if event == "asked":
                    way = {"way": "hand", "note": "Asked at the end of the answer"}
                consents._note(event, "feedback", identity=person, **way)

    @api.model
    def _demo_looks(self, people):
        log = self.env["social.crm.access.log"]
        milan = self.env.ref("social_crm_base.user_milan_demo")
        log.with_user(milan)._note("open", people[:5].with_user(milan))
        lena = self.env.ref("social_crm_base.user_lena_demo")
        log.with_user(lena)._note("export", people[5:8].with_user(lena))
