# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.action import CLOSE, dialog_of, notice
from ..tools.privacy import EMPLOYEE, KEEP, classify, not_personal


class SocialCrmLeadCreate(models.TransientModel):
    """Make leads of what was said, one a person, or add it to a lead there is already."""

    _name = "social.crm.lead.create"
    _inherit = ["social.crm.personal.data"]
    _description = "Lead from a Conversation"

    line_ids = fields.One2many("social.crm.lead.create.line", "dialog_id", string="People")
    line_id = fields.Many2one("social.crm.lead.create.line", string="The Only Line")
    is_single = fields.Boolean(compute="_compute_is_single")
    can_create = fields.Boolean(compute="_compute_can_create")
    refusal = fields.Html(compute="_compute_refusal")
    user_id = fields.Many2one(
        "res.users", string="Salesperson", domain="[('share', '=', False)]"
    )
    team_id = fields.Many2one("crm.team", string="Sales Team")
    campaign_id = fields.Many2one("utm.campaign")

    # The only line, for the plain form of a single person
    person = fields.Char(related="line_id.person")
    quote = fields.Html(related="line_id.quote")
    action = fields.Selection(related="line_id.action", readonly=False)
    lead_id = fields.Many2one(related="line_id.lead_id", readonly=False)
    duplicate_lead_ids = fields.Many2many(related="line_id.duplicate_lead_ids")
    duplicate_note = fields.Char(related="line_id.duplicate_note")
    name = fields.Char(related="line_id.name", readonly=False)
    contact_name = fields.Char(related="line_id.contact_name", readonly=False)
    email_from = fields.Char(related="line_id.email_from", readonly=False)
    phone = fields.Char(related="line_id.phone", readonly=False)
    partner_id = fields.Many2one(related="line_id.partner_id", readonly=False)

    @api.depends("line_ids")
    def _compute_is_single(self):
        for dialog in self:
            dialog.is_single = len(dialog.line_ids) == 1

    @api.depends("line_ids.action")
    def _compute_can_create(self):
        for dialog in self:
            dialog.can_create = any(line.action != "refused" for line in dialog.line_ids)

    @api.depends("line_ids.refusal")
    def _compute_refusal(self):
        """What forbids some of them, each reason once."""
        for dialog in self:
            dialog.refusal = Markup("").join(
                dict.fromkeys(line.refusal for line in dialog.line_ids if line.refusal)
            )

    # === OPENING === #

    @api.model
    def _open_for(self, interactions):
        """Open the dialogue for what was said.

        :param recordset interactions: ``social.crm.interaction`` the reader may read
        :raise UserError: where nobody outside the company speaks
        """
        interactions.check_access("read")
        people = interactions._lead_people()
        dialog = self.create(
            {
                **self._prepare_defaults(interactions),
                "line_ids": [
                    fields.Command.create(
                        {
                            "identity_id": identity.id,
                            "interaction_ids": [fields.Command.set(said.ids)],
                        }
                    )
                    for identity, said in people
                ],
            }
        )
        dialog.line_ids._fill()
        dialog.line_id = dialog.line_ids[:1] if len(dialog.line_ids) == 1 else False
        if len(people) == 1:
            return dialog_of(dialog, self.env._("Create a Lead"), "large")
        title = self.env._("Create Leads: %(count)s People", count=len(people))
        return dialog_of(dialog, title, "extra-large")

    @api.model
    def _prepare_defaults(self, interactions):
        me = self.env.user
        seller = me if me.has_group("sales_team.group_sale_salesman") else me.browse()
        # sudo: campaign and team of a case belong to the lead, also of a case of other colleagues
        cases_sudo = interactions.case_id.sudo()
        channels_sudo = interactions.channel_id.sudo()  # sudo: as above, of a channel's teams
        teams_sudo = cases_sudo.team_id | channels_sudo.team_ids
        contacts = interactions._lead_people()
        salespeople = self.env["res.users"].union(*(p.partner_id.user_id for p, _said in contacts))
        return {
            "user_id": (salespeople if len(salespeople) == 1 else seller).id,
            "team_id": teams_sudo.crm_team_id[:1].id,
            "campaign_id": cases_sudo.campaign_id[:1].id,
        }

    # === DOING === #

    def action_confirm(self):
        """Make the leads, or add to those there are; then open them."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.action in ("create", "add"))
        if not lines:
            raise UserError(self.env._("There is nobody here of whom a lead may be made."))
        leads = lines._make_leads()
        readable = self.env["crm.lead"].browse(leads.ids)
        if readable.has_access("read"):
            return readable._social_open(readable.ids)
        return notice(
            self.env._("Handed to sales: %(leads)s", leads=", ".join(leads.mapped("name"))),
            then=CLOSE,
        )

    def _personal_data_fields(self):
        return {
            **not_personal("line_id team_id campaign_id"),
            **classify(EMPLOYEE, KEEP, "user_id", ground="employment: who is to sell"),
        }
