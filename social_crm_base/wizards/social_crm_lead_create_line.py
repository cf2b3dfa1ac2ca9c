# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import email_normalize

from ..const import ROLES_WITHOUT_LEAD
from ..tools.journey import shorten
from ..tools.privacy import CONTACT, CONTENT, ROW, classify, not_personal


class SocialCrmLeadCreateLine(models.TransientModel):
    """One person of whom a lead is made."""

    _name = "social.crm.lead.create.line"
    _inherit = ["social.crm.personal.data"]
    _description = "Person of a Lead from a Conversation"

    dialog_id = fields.Many2one("social.crm.lead.create", required=True, ondelete="cascade")
    identity_id = fields.Many2one(
        "social.crm.identity", required=True, readonly=True, ondelete="cascade"
    )
    interaction_ids = fields.Many2many("social.crm.interaction", readonly=True)
    person = fields.Char(compute="_compute_person")
    quote = fields.Html(compute="_compute_quote", string="What They Said")
    refusal = fields.Html(readonly=True)
    action = fields.Selection(
        [
            ("create", "New lead"),
            ("add", "Add to an open lead"),
            ("skip", "Leave out"),
            ("refused", "Not allowed"),
        ],
        string="What to Do",
        required=True,
        default="create",
    )
    lead_id = fields.Many2one(
        "crm.lead", string="Open Lead", domain="[('won_status', '=', 'pending')]"
    )
    duplicate_lead_ids = fields.Many2many(
        "crm.lead", "social_crm_lead_create_duplicate_rel", string="Open Leads of This Person",
        readonly=True,
    )
    duplicate_note = fields.Char(readonly=True)
    name = fields.Char(string="Subject")
    contact_name = fields.Char()
    email_from = fields.Char(string="E-mail")
    phone = fields.Char()
    partner_id = fields.Many2one("res.partner", string="Contact")

    @api.depends("identity_id", "interaction_ids")
    def _compute_person(self):
        for line in self:
            line.person = self.env._(
                "%(name)s on %(network)s",
                name=line.identity_id.display_name,
                network=", ".join(line.interaction_ids.platform_id.mapped("name")),
            )

    @api.depends("interaction_ids")
    def _compute_quote(self):
        for line in self:
            said = line.interaction_ids.sorted("date")[-3:]
            line.quote = Markup("").join(
                Markup('<blockquote class="mb-1">%s</blockquote>')
                % shorten(" ".join(filter(None, (i.title, i.body))) or i.display_name, 200)
                for i in said
            )

    # === FILLING === #

    def _fill(self):
        """Fill what is known of each person, what forbids a lead, and which leads there are."""
        refusals = self.interaction_ids._lead_refusals()
        for line in self:
            identity = line.identity_id
            partner = identity.partner_id
            line.write(
                {
                    "partner_id": partner.id,
                    "contact_name": partner.name or identity.name or identity.handle,
                    "email_from": partner.email or line.identity_id.verified_email,
                    "phone": partner.phone or line.identity_id.verified_phone,
                    "name": line._subject(),
                    **line._refusal_values(refusals),
                }
            )
        self.filtered(lambda line: line.action != "refused")._find_duplicates()

    def _subject(self):
        """The first words that were said, or who said them where."""
        return self.interaction_ids._lead_subject() or self.person

    def _refusal_values(self, refusals):
        """What stops a lead of this person, in words with the way that is open instead."""
        self.ensure_one()
        role = self.identity_id.role
        if role in ROLES_WITHOUT_LEAD:
            roles = dict(self.identity_id._fields["role"]._description_selection(self.env))
            return {
                "action": "refused",
                "refusal": Markup("<p>%s</p>")
                % self.env._(
                    "%(who)s has the role %(role)s. Change the role on the account if that is "
                    "wrong.",
                    who=self.identity_id.display_name,
                    role=roles[role],
                ),
            }
        stopped = {i.platform_id: refusals[i] for i in self.interaction_ids if i in refusals}
        if not stopped:
            return {}
        text = Markup("").join(
            self._refusal_text(platform, verdict) for platform, verdict in stopped.items()
        )
        allowed = self.interaction_ids.filtered(lambda i: i not in refusals)
        values = {"refusal": text, "interaction_ids": [Command.set(allowed.ids)]}
        if not allowed:
            values = {"refusal": text, "action": "refused"}
        return values

    def _refusal_text(self, platform, verdict):
        """Reason, source and alternative, the latter as a link to follow."""
        parts = [
            Markup("<p><strong>%s</strong><br/>%s</p>")
            % (
                self.env._(
                    "%(network)s does not allow this to become a lead.", network=platform.name
                ),
                verdict.reason,
            )
        ]
        link = verdict.alternative_url or platform.lead_form_url
        if verdict.alternative or link:
            parts.append(
                Markup("<p>%s %s %s</p>")
                % (
                    self.env._("What you can do instead:"),
                    verdict.alternative or "",
                    Markup('<a href="%s" target="_blank" rel="noopener">%s</a>')
                    % (link, self.env._("Lead forms of %(network)s", network=platform.name))
                    if link
                    else "",
                )
            )
        if verdict.source:
            parts.append(
                Markup('<p class="small text-muted">%s</p>')
                % self.env._(
                    "Source: %(page)s (read on %(day)s)",
                    page=verdict.source,
                    day=fields.Date.to_string(verdict.checked_on) or "?",
                )
            )
        return Markup("").join(parts)

    # === DUPLICATES === #

    def _find_duplicates(self):
        """Open leads of the same people: by account, contact, e-mail and phone; one search."""
        accounts = self.env["social.crm.identity"].search(
            [("partner_id", "in", self.identity_id.partner_id.ids)]
        )
        of_partner = accounts.grouped("partner_id")
        keys = {
            line: line._person_keys(of_partner.get(line.identity_id.partner_id, accounts.browse()))
            for line in self
        }
        fields_of = {"identity": "social_identity_id", "partner": "partner_id",
                     "email": "email_normalized", "phone": "phone_sanitized"}
        domain = Domain.OR(
            Domain(name, "in", list(values))
            for kind, name in fields_of.items()
            if (values := set().union(*(found[kind] for found in keys.values())))
        )
        # sudo: a colleague's lead is a duplicate too; of those one may not read only whose it is
        leads_sudo = self.env["crm.lead"].sudo().search(
            domain & Domain("won_status", "=", "pending"), order="id desc", limit=500
        )
        readable = self.env["crm.lead"].browse(leads_sudo.ids)._filtered_access("read")
        for line, found in keys.items():
            same_sudo = leads_sudo.filtered(
                lambda lead, mine=found: any(
                    (lead[name].id if kind in ("identity", "partner") else lead[name]) in mine[kind]
                    for kind, name in fields_of.items()
                )
            )
            line._set_duplicates(readable.browse(same_sudo.ids) & readable, same_sudo)

    def _set_duplicates(self, readable, all_sudo):
        hidden_sudo = all_sudo - readable
        values = {}
        if hidden_sudo:
            values["duplicate_note"] = self.env._(
                "There is an open lead of this person already, which you cannot open: ask "
                "%(salesperson)s.",
                salesperson=", ".join(hidden_sudo.user_id.mapped("name"))
                or self.env._("the sales team"),
            )
        if readable:
            values.update(
                duplicate_lead_ids=[Command.set(readable.ids)],
                action="add",
                lead_id=readable[0].id,
            )
        self.write(values)

    def _person_keys(self, accounts):
        """By what an open lead would be the same person's.

        :param recordset accounts: all identities of the person's contact
        :rtype: dict[str, set]
        """
        self.ensure_one()
        partner = self.identity_id.partner_id
        emails = {email_normalize(self.email_from), email_normalize(partner.email)}
        phones = {partner.phone_sanitized, self.identity_id.verified_phone}
        return {
            "identity": {self.identity_id.id, *accounts.ids},
            "partner": {partner.id} - {False},
            "email": emails - {False, None, ""},
            "phone": phones - {False, None, ""},
        }

    # === DOING === #

    def _make_leads(self):
        """Create and complete the leads.

        :return: all leads, as superuser where the reader is no salesperson
        :raise RulebookRefusal: where a network does not allow it
        """
        self.interaction_ids._gate_lead()
        new = self.filtered(lambda line: line.action == "create")
        added = self.filtered(lambda line: line.action == "add")
        if any(not line.lead_id for line in added):
            raise UserError(self.env._("Choose the open lead to add to, or make a new one."))
        leads = self.env["crm.lead"]
        if not leads.has_access("create"):
            # sudo: agents make leads by their role; what the lead holds was checked above
            leads = leads.sudo()
        created = leads.create([line._prepare_lead() for line in new])
        for line, lead in zip(new, created, strict=True):
            line._tie(lead)
        for line in added:
            line._tie(line.lead_id)
            line.lead_id.message_post(body=line._note())
        return created | added.lead_id

    def _prepare_lead(self):
        """Values of the lead; the salesperson's choice wins over what is known."""
        self.ensure_one()
        said = self.interaction_ids
        utm = self.env["utm.mixin"]
        platform = said.sorted("date")[:1].platform_id
        values = {
            "name": self.name or self._subject(),
            "contact_name": self.contact_name,
            "email_from": self.email_from,
            "phone": self.phone,
            "partner_id": self.partner_id.id,
            "description": said._lead_description(),
            "company_id": self.identity_id.company_id.id,
            "user_id": self.dialog_id.user_id.id,
            "medium_id": utm._find_or_create_record("utm.medium", "Social").id,
            "source_id": utm._find_or_create_record("utm.source", platform.name).id,
            "campaign_id": self.dialog_id.campaign_id.id,
            "social_identity_id": self.identity_id.id,
            "social_interaction_ids": [Command.set(said.ids)],
        }
        if self.dialog_id.team_id:
            values["team_id"] = self.dialog_id.team_id.id
        return {name: value for name, value in values.items() if value or name == "user_id"}

    def _tie(self, lead):
        """Keep the link both ways: the lead knows what was said, the case knows the lead."""
        self.ensure_one()
        links = {
            "social_interaction_ids": [Command.link(i.id) for i in self.interaction_ids],
        }
        if not lead.social_identity_id:
            links["social_identity_id"] = self.identity_id.id
        lead.write(links)
        cases = self.interaction_ids.case_id._filtered_access("write")
        # sudo: of their own cases, to a lead they may have made and not be able to open
        cases.sudo().write({"lead_ids": [Command.link(lead.id)]})

    def _note(self):
        """What the lead's chatter says: where to look, not the words, which may be taken back."""
        said = self.interaction_ids
        return self.env._(
            "Added from %(person)s: %(count)s remarks, shown on the page Social.",
            person=self.person,
            count=len(said),
        )

    def _personal_data_fields(self):
        return {
            **not_personal("dialog_id action"),
            **classify(
                CONTACT,
                ROW,
                "identity_id contact_name email_from phone partner_id lead_id duplicate_lead_ids "
                "duplicate_note",
            ),
            **classify(CONTENT, ROW, "interaction_ids refusal name"),
        }

    def _personal_data_domain(self, identities, partners):
        return Domain("identity_id", "in", identities.ids) | Domain(
            "partner_id", "in", partners.ids
        )
