# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""From what was said to a lead: who may, by the networks' rules, and what the lead then holds."""
from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime
from odoo.tools.mail import plaintext2html

from ..const import CONSENTED, PRIVATE_VISIBILITY, QUOTE_CLASS
from ..exceptions import RulebookRefusal
from ..tools.subject import subject


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    lead_count = fields.Integer(compute="_compute_lead_count", string="Number of Leads")

    @api.depends("lead_ids")
    def _compute_lead_count(self):
        readable = self.env["crm.lead"].has_access("read")
        for interaction in self:
            interaction.lead_count = len(interaction.lead_ids) if readable else 0

    def write(self, vals):
        if "lead_ids" not in vals:
            return super().write(vals)
        # sudo: agents tie words to leads they may not open; only whether there are new ones counts
        self_sudo = self.sudo()
        before = self_sudo.lead_ids
        done = super().write(vals)
        if self_sudo.lead_ids - before:
            self._gate_lead()
        return done

    # === MAY WE === #

    def _lead_flow(self):
        """How this came to us and who can read it, in the rulebook's words.

        :rtype: tuple[str, str]
        """
        return (
            "private" if self.visibility in PRIVATE_VISIBILITY else "public",
            "by_hand" if self.is_by_hand else "api",
        )

    def _lead_refusals(self, decision=True):
        """Which of these may not become a lead, and why. No query once the rulebook is cached.

        :param bool decision: a colleague decides this single case
        :return: interaction to the verdict that stops it
        :rtype: dict
        """
        rules = self.env["social.crm.platform.rule"]
        refusals = {}
        theirs = self.filtered(lambda i: i.direction == "in")  # our own words are ours to use
        groups = theirs.grouped(lambda i: (i.platform_id, i._lead_flow(), i.company_id))
        for (platform, flow, company), interactions in groups.items():
            verdict = rules._verdicts(platform, "lead", flow, company)[platform.id]
            for interaction in interactions:
                person = interaction.identity_id or interaction.conversation_id.identity_id
                consent = person.consent_basis in CONSENTED
                if not verdict.permits(consent=consent, decision=decision):
                    refusals[interaction] = verdict
        return refusals

    def _gate_lead(self):
        """Refuse what a network does not allow to become a lead.

        :raise RulebookRefusal: with the reason, the source and what is allowed instead
        """
        refusals = self._lead_refusals(decision=self.env.uid != SUPERUSER_ID)
        if refusals:
            raise self._lead_refusal_error(
                {interaction.platform_id: verdict for interaction, verdict in refusals.items()}
            )

    def _lead_refusal_error(self, verdicts):
        rules = self.env["social.crm.platform.rule"]
        return RulebookRefusal(
            "\n\n".join(
                rules._refusal_message(platform, "lead", verdict)
                for platform, verdict in verdicts.items()
            ),
            {platform.id: verdict for platform, verdict in verdicts.items()},
        )

    # === WHAT THE LEAD HOLDS === #

    def _lead_description(self):
        """What was said, quoted with who, where and when.

        The words of a network that limits how long they may be kept are not copied: the page
        Social of the lead shows them as long as they may be shown.

        :rtype: Markup
        """
        limits = {}
        rules = self.env["social.crm.platform.rule"]
        blocks = []
        for interaction in self.sorted(lambda i: (i.date, i.id)):
            key = interaction.platform_id, interaction._lead_flow(), interaction.company_id
            if key not in limits:
                limits[key] = rules._lifetimes(key[0], "content", key[1], key[2])[key[0].id]
            blocks.append(interaction._lead_quote(with_words=not limits[key]))
        return Markup("").join(blocks)

    def _lead_quote(self, with_words):
        self.ensure_one()
        head = self.env._(
            "%(who)s on %(channel)s, %(when)s",
            who=(self.identity_id or self.conversation_id.identity_id).display_name or "?",
            channel=self.channel_id.display_name,
            when=format_datetime(self.env, self.date),
        )
        quote = Markup("<p>%s</p>") % head
        said = "\n".join(filter(None, (self.title, self.body)))
        if said and with_words:
            quote += Markup('<blockquote class="%s">%s</blockquote>') % (
                QUOTE_CLASS % self.id,
                plaintext2html(said),
            )
        if link := self._safe_permalink():
            quote += Markup('<p><a href="%s" target="_blank" rel="noopener">%s</a></p>') % (
                link,
                self.env._("Open on %(network)s", network=self.platform_id.name),
            )
        return quote

    def _safe_permalink(self):
        """The network's address of this, only where a browser may safely follow it."""
        link = self.permalink or ""
        return link if link.startswith(("https://", "http://")) else ""

    def _lead_subject(self):
        """The first words that may be kept, or nothing.

        :rtype: str
        """
        rules = self.env["social.crm.platform.rule"]
        for said in self.filtered("body").sorted(lambda i: (i.date, i.id)):
            platform, flow, company = said.platform_id, said._lead_flow(), said.company_id
            if not rules._lifetimes(platform, "content", flow, company)[platform.id]:
                return subject(said.title or said.body, said.channel_id.handle)
        return ""

    def _lead_people(self):
        """Group what was said by whom it is about: one contact, or one account without contact.

        :return: list of (identity, interactions), the account that spoke last first
        :raise UserError: where nobody is on the other side
        """
        people = {}
        for interaction in self:
            place = interaction.conversation_id.identity_id
            identity = place if interaction.direction == "out" else interaction.identity_id or place
            if not identity or identity.is_own:
                continue
            key = identity.partner_id or identity
            person, said = people.get(key, (identity, self.browse()))
            people[key] = person, said | interaction
        if not people:
            raise UserError(
                self.env._("Nobody outside the company speaks here, so there is no lead to make.")
            )
        return list(people.values())

    # === ACTIONS === #

    def action_open_leads(self):
        """Open the leads made of this."""
        return self.env["crm.lead"]._social_open(self.lead_ids.ids)

    def action_create_lead(self):
        """Open the dialogue that makes leads of what is selected, one a person."""
        return self.env["social.crm.lead.create"]._open_for(self)

    # === WHAT IS TAKEN BACK === #

    def _blank_content(self, state, *args, **kwargs):
        """Override to take the words also out of the leads that quote them."""
        # sudo: what was taken back goes from every lead, whoever reads or ingests
        leads_sudo = self.env["crm.lead"].sudo().with_context(active_test=False).search(
            [("social_interaction_ids", "in", self.ids)]
        )
        quoted = leads_sudo.social_interaction_ids & self.sudo()  # sudo: as above
        subjects = {said.id: said._lead_subject() for said in quoted}
        done = super()._blank_content(state, *args, **kwargs)
        for lead_sudo in leads_sudo:
            lead_sudo._blank_words(quoted & lead_sudo.social_interaction_ids, subjects)
        return done
