# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Domain

from ..const import KINDS_OPENING_CASE
from ..tools.journey import shorten

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
        """Tell the salespeople of contacts and of open leads, each in one message."""
        news = self._news_for_sales()
        if not news:
            return
        told = defaultdict(list)
        for interaction, documents in news._sales_documents().items():
            for user, document in documents.items():
                if interaction._may_hear(user):
                    told[user].append((interaction, document))
        for user, items in told.items():
            user_news = news.browse(i.id for i, _d in items)
            readable = user_news.with_user(user)._filtered_access("read")
            self._tell_salesperson(user, items, set(readable.ids))
        places = news.browse(i.id for items in told.values() for i, _d in items).conversation_id
        places.write({"salesperson_told_at": fields.Datetime.now()})

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

    def _tell_salesperson(self, user, items, readable_ids):
        """One message or one activity a document.

        :param list items: interaction and the salesperson's lead or contact
        :param set readable_ids: interactions whose words this user may read
        """
        lines = {
            interaction: interaction._news_line(document, interaction.id in readable_ids)
            for interaction, document in items
        }
        by_activity = [
            (i, d) for i, d in items if i.company_id.social_crm_tell_salesperson == "activity"
        ]
        if by_activity:
            self.env["mail.activity"].create(
                [
                    {
                        "res_model_id": self.env["ir.model"]._get_id(document._name),
                        "res_id": document.id,
                        "user_id": user.id,
                        "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                        "summary": interaction._news_subject(),
                        "note": lines[interaction],
                    }
                    for interaction, document in by_activity
                ]
            )
        by_message = [i for i, _d in items if i not in dict(by_activity)]
        if by_message:
            self.env["mail.thread"].message_notify(
                partner_ids=user.partner_id.ids,
                subject=(
                    by_message[0]._news_subject()
                    if len(by_message) == 1
                    else self.env._("%(count)s of your customers spoke", count=len(by_message))
                ),
                body=Markup("").join(lines[interaction] for interaction in by_message),
            )

    def _news_subject(self):
        self.ensure_one()
        return self.env._(
            "%(who)s spoke on %(network)s",
            who=self.identity_id.partner_id.name or self.identity_id.display_name,
            network=self.platform_id.name,
        )

    def _news_line(self, document, with_words):
        """Who, where, and what if the reader may read it; links to where one can act."""
        self.ensure_one()
        link = document._get_html_link(title=document.display_name)
        line = Markup("<p><strong>%s</strong> · %s</p>") % (self._news_subject(), link)
        if not with_words:
            return line
        words = shorten(self.body or self.title or "", 300)
        place = self.conversation_id._get_html_link(title=self.env._("Open the conversation"))
        # What the network lets us keep only for a while is not copied into a mail.
        rules = self.env["social.crm.platform.rule"]
        lifetime = rules._content_lifetime_hours(
            self.platform_id, flow=self._lead_flow(), company=self.company_id
        )
        if words and not lifetime:
            line += Markup("<blockquote>%s</blockquote>") % words
        return line + Markup("<p>%s</p>") % place
