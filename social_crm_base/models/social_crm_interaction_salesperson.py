# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Domain

from ..const import KINDS_OPENING_CASE

# One word an hour and conversation: who wants each message opens the conversation.
TELL_AGAIN_AFTER = timedelta(hours=1)
# What is older is history that was fetched or imported, not news.
FRESH = timedelta(days=1)


class SocialCrmInteraction(models.Model):
    """Salespeople hear of it when their customer speaks."""

    _inherit = "social.crm.interaction"

    def _second_stage_hooks(self):
        # After people are matched: whose customer speaks is known only then.
        return [*super()._second_stage_hooks(), (60, "salesperson", "_hook_tell_salesperson")]

    def _hook_tell_salesperson(self):
        """Tell the salespeople of contacts and of open leads, on the lead or contact itself.

        Not the words: a mail cannot be taken back when somebody deletes what they said. They are
        one click away, for those who may read them.
        """
        news = self._news_for_sales()
        if not news:
            return
        told = defaultdict(dict)
        for interaction, documents in news._sales_documents().items():
            for user, document in documents.items():
                if interaction._may_hear(user):
                    users = told[document].setdefault(interaction, user.browse())
                    told[document][interaction] = users | user
        for document, interactions in told.items():
            self._tell_salespeople(document, interactions)
        heard = news.browse(i.id for items in told.values() for i in items)
        heard.conversation_id.write({"salesperson_told_at": fields.Datetime.now()})

    def _news_for_sales(self):
        """The last word of each conversation, where a company wants its salespeople told."""
        now = fields.Datetime.now()
        news = {}
        for said in self.sorted(lambda i: (i.date, i.id)):
            place = said.conversation_id
            if (
                said.direction == "in"
                and said.state == "normal"
                and said.kind in KINDS_OPENING_CASE
                and not said.sibling_id
                and not said.identity_id.is_own
                and said.date >= now - FRESH
                and said.company_id.social_crm_tell_salesperson != "nobody"
                and (
                    not place.salesperson_told_at
                    or place.salesperson_told_at <= now - TELL_AGAIN_AFTER
                )
            ):
                news[place] = said
        return self.browse(said.id for said in news.values())

    def _sales_documents(self):
        """Who sells to the people that spoke, and on what they work.

        :return: interaction to {salesperson: open lead, or the contact}
        :rtype: dict
        """
        identities = self.identity_id
        partners = identities.partner_id
        leads = self.env["crm.lead"].search(
            (
                Domain("social_identity_id", "in", identities.ids)
                | Domain("partner_id", "in", partners.ids)
            )
            & Domain("won_status", "=", "pending")
            & Domain("user_id", "!=", False),
            order="id desc",
        )
        documents = {}
        for interaction in self:
            person = interaction.identity_id
            mine = {}
            if person.partner_id.user_id:
                mine[person.partner_id.user_id] = person.partner_id
            for lead in leads:
                same = lead.social_identity_id == person or (
                    person.partner_id and lead.partner_id == person.partner_id
                )
                if same and lead.company_id in (lead.company_id.browse(), interaction.company_id):
                    mine[lead.user_id] = lead
            documents[interaction] = mine
        return documents

    def _may_hear(self, user):
        """Not of what is for named people only, and not of what one wrote down oneself."""
        self.ensure_one()
        if not user.active or user.share:
            return False
        if self.is_by_hand and self.create_uid == user:
            return False
        return not self.confidential or user in self.case_id.confidential_user_ids

    def _tell_salespeople(self, document, interactions):
        """One message, or one activity a salesperson, about one person.

        :param recordset document: the open lead or the contact
        :param dict interactions: the last word of each conversation to who hears of it
        """
        users = self.env["res.users"].union(*interactions.values())
        news = self.browse(interaction.id for interaction in interactions)
        subject = news._news_subject()
        if news.company_id[:1].social_crm_tell_salesperson == "activity":
            todo = self.env.ref("mail.mail_activity_data_todo")
            self.env["mail.activity"].create(
                [
                    {
                        "res_model_id": self.env["ir.model"]._get_id(document._name),
                        "res_id": document.id,
                        "user_id": user.id,
                        "activity_type_id": todo.id,
                        "summary": subject,
                    }
                    for user in users
                ]
            )
            return
        document.message_notify(
            partner_ids=users.partner_id.ids,
            subject=subject,
            body=Markup("<p>%s: %s</p>")
            % (subject, document._get_html_link(title=document.display_name)),
        )

    def _news_subject(self):
        """Who spoke and where, for words of one person."""
        who = self.identity_id[:1]
        return self.env._(
            "%(who)s spoke on %(network)s",
            who=who.partner_id.name or who.display_name,
            network=", ".join(self.platform_id.mapped("name")),
        )
