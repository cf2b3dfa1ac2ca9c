# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from lxml import html

from odoo import api, fields, models
from odoo.fields import Domain

from ..const import QUOTE_CLASS
from ..tools.privacy import BEHAVIOUR, CLEAR, PSEUDONYM, classify

# What a lead is made from: the rulebook is asked about these.
SOCIAL_FIELDS = frozenset({"social_identity_id", "social_interaction_ids"})


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "social.crm.presence", "social.crm.personal.data"]

    social_identity_id = fields.Many2one(
        "social.crm.identity",
        string="Social Account",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        help="The account whose words this lead was made from.",
    )
    # Inverse of the fields of the same tables on interaction and case.
    social_interaction_ids = fields.Many2many(
        "social.crm.interaction", string="Made From", copy=False
    )
    social_case_ids = fields.Many2many("social.crm.case", string="Social Cases", copy=False)

    def _social_presence_keys(self):
        return self.partner_id.id, self.social_identity_id.id

    @api.depends("partner_id", "social_identity_id")
    def _compute_social_presence(self):
        return super()._compute_social_presence()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        if any(vals.keys() & SOCIAL_FIELDS for vals in vals_list):
            leads._gate_social(leads.social_interaction_ids)
        return leads

    def write(self, vals):
        if not vals.keys() & SOCIAL_FIELDS:
            return super().write(vals)
        before = self.social_interaction_ids
        done = super().write(vals)
        self._gate_social(self.social_interaction_ids - before)
        return done

    def _gate_social(self, interactions):
        """Ask the rulebook about what leads are made from.

        :raise RulebookRefusal: where a network does not allow it
        """
        interactions._gate_lead()
        alone = self.filtered(
            lambda lead: lead.social_identity_id and not lead.social_interaction_ids
        )
        alone.social_identity_id._gate_lead()

    # === MERGE === #

    def _merge_dependences(self, opportunities):
        """Override of `crm` to keep what the merged leads were made from."""
        super()._merge_dependences(opportunities)
        # sudo: whoever may merge leads keeps their links, also those to cases of other teams
        others_sudo, self_sudo = opportunities.sudo(), self.sudo()
        self_sudo.write(
            {
                "social_interaction_ids": [
                    fields.Command.link(i.id) for i in others_sudo.social_interaction_ids
                ],
                "social_case_ids": [fields.Command.link(c.id) for c in others_sudo.social_case_ids],
                "social_identity_id": (
                    self_sudo.social_identity_id or others_sudo.social_identity_id[:1]
                ).id,
            }
        )

    # === QUOTES === #

    def _blank_words(self, interactions, subjects):
        """Take somebody's words out of the notes, and out of the subject where nobody has worded
        it anew. What colleagues wrote stays.

        :param recordset interactions: whose words go
        :param dict subjects: interaction id to the subject it gave
        """
        self.ensure_one()
        if self.name in [subjects[said.id] for said in interactions]:
            self.name = self.env._(
                "Lead from %(network)s", network=interactions[:1].platform_id.name
            )
        if not self.description:
            return
        notes = html.fragment_fromstring(self.description, create_parent="div")
        gone = {QUOTE_CLASS % said.id for said in interactions}
        for quote in notes.iter("blockquote"):
            if gone & set((quote.get("class") or "").split()):
                quote.clear(keep_tail=True)
                quote.text = self.env._("These words are no longer on the network.")
        text = html.tostring(notes, encoding="unicode")
        self.description = text.removeprefix("<div>").removesuffix("</div>")

    # === ACTIONS === #

    @api.model
    def _social_open(self, lead_ids):
        """Open these leads, one as a form."""
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Leads"),
            "res_model": "crm.lead",
            "context": {"active_test": False},
        }
        if len(lead_ids) == 1:
            return {**action, "views": [(False, "form")], "res_id": next(iter(lead_ids))}
        return {
            **action,
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": [("id", "in", list(lead_ids))],
        }

    # === ANSWERING FROM THE LEAD === #

    def social_reply_places(self):
        """Where this lead's person can be answered, the place of the last word first.

        :return: one dictionary a conversation: ``id``, ``label``, ``icon``, ``kind``,
            ``is_public``, ``by_hand``, ``profile_url``, ``can_reply``, ``reason`` and ``protocol``
        :rtype: list[dict]
        """
        self.ensure_one()
        self.check_access("read")
        conversations = self.env["social.crm.conversation"]
        subject = self.env["social.crm.journey"]._subject_of_lead(self)
        if not subject.identities or not conversations.has_access("read"):
            return []
        conversations = conversations.search(
            [("identity_id", "in", subject.identities)], order="last_date desc, id desc", limit=20
        )
        return [conversation._reply_place() for conversation in conversations]

    def action_social_reply(self, conversation_id, body):
        """Answer the lead's person where they spoke.

        :param int conversation_id: one of :meth:`social_reply_places`
        :param str body: plain text
        :return: ``id`` and ``state`` of the outgoing row, ``label`` (what happens now, in words)
            and, where one has to send it oneself, ``body`` and ``link``
        :rtype: dict
        :raise AccessError: for those who may not answer
        """
        self.ensure_one()
        self.check_access("read")
        subject = self.env["social.crm.journey"]._subject_of_lead(self)
        conversation = self.env["social.crm.conversation"].search(
            [("id", "=", conversation_id), ("identity_id", "in", subject.identities)]
        )
        conversation.ensure_one()
        outbox = conversation._queue_reply(body)
        self._link_answer(outbox.interaction_id)
        return {
            "id": outbox.id,
            "state": outbox.state,
            "label": outbox._state_in_words(),
            "body": body,
            "link": conversation.identity_id.profile_url or "",
        }

    def _link_answer(self, interaction):
        """Our answer belongs to what the lead was made of, where that was allowed at all."""
        if self.social_interaction_ids and self.has_access("write"):
            self.social_interaction_ids = [fields.Command.link(interaction.id)]

    # === PERSONAL DATA === #

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **classify(BEHAVIOUR, PSEUDONYM, "social_identity_id"),
            **classify(BEHAVIOUR, CLEAR, "social_interaction_ids social_case_ids"),
        }

    def _personal_data_domain(self, identities, partners):
        return Domain("social_identity_id", "in", identities.ids) | Domain(
            "partner_id", "in", partners.ids
        )
