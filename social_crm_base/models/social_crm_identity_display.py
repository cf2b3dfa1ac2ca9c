# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class SocialCrmIdentity(models.Model):
    """What the screens of an account show besides its own columns."""

    _inherit = "social.crm.identity"

    platform_icon = fields.Char(related="platform_id.icon_url", string="Network Icon")
    conversation_count = fields.Integer(compute="_compute_counts", string="Conversations")
    interaction_count = fields.Integer(compute="_compute_counts", string="Interactions")
    case_count = fields.Integer(compute="_compute_counts", string="Cases")
    proposal_count = fields.Integer(compute="_compute_counts", string="Proposals")
    is_proven = fields.Boolean(compute="_compute_is_proven", string="Proven for Disclosure")
    rule_text = fields.Text(
        compute="_compute_rule_text", string="What the Network Allows",
        help="Why an account of this network may or may not be linked to a contact.",
    )

    def _compute_counts(self):
        models_of = {
            "conversation_count": ("social.crm.conversation", []),
            "interaction_count": ("social.crm.interaction", []),
            "case_count": ("social.crm.case", []),
            "proposal_count": ("social.crm.identity.link", [("state", "=", "proposed")]),
        }
        for name, (model, domain) in models_of.items():
            counts = dict(
                self.env[model]._read_group(
                    [("identity_id", "in", self.ids), *domain], ["identity_id"], ["__count"]
                )
            )
            for identity in self:
                identity[name] = counts.get(identity._origin, 0)

    def _compute_is_proven(self):
        for identity in self:
            identity.is_proven = identity._is_proven_for_disclosure(identity.partner_id)

    def _compute_rule_text(self):
        Rule = self.env["social.crm.platform.rule"]
        for company, identities in self.grouped("company_id").items():
            verdicts = Rule._verdicts(identities.platform_id, "link", company=company)
            for identity in identities:
                verdict = verdicts.get(identity.platform_id.id)
                identity.rule_text = verdict.reason if verdict else False

    def action_open_conversations(self):
        """The places where this account speaks with us."""
        return self._open("social_crm_base.social_crm_conversation_action")

    def action_open_interactions(self):
        """What this account said."""
        return self._open("social_crm_base.social_crm_interaction_action")

    def action_open_cases(self):
        """The matters of this account."""
        return self._open("social_crm_base.social_crm_case_action")

    def action_open_proposals(self):
        """Whom this account may belong to."""
        return self._open("social_crm_base.social_crm_identity_link_action")

    def _open(self, xml_id):
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        return {**action, "domain": [("identity_id", "in", self.ids)], "context": {}}
