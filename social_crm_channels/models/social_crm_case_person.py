# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.social_crm_base.const import ROLES_WITHOUT_LEAD
from odoo.addons.social_crm_base.tools.action import form_of

#: So many rows of a kind stand in the pane; the rest is one click away.
ROWS = 5


class SocialCrmCase(models.Model):
    """Who this is: what the right pane of the inbox reads of the person behind a case."""

    _inherit = "social.crm.case"

    # === THE SECTION === #

    @api.model
    def _inbox_sections(self):
        return {**super()._inbox_sections(), "person": "_inbox_person"}

    def _inbox_person(self):
        """Everything the pane shows at once; the journey is asked for when it is unfolded.

        Other addons add their parts by ``super()``.

        :rtype: dict
        """
        identity, partner = self.identity_id, self._inbox_partner()
        disclosed = self._disclosed_partner()
        card = partner._inbox_card(bool(disclosed)) if partner else False
        return {
            "identity": identity._inbox_card() if identity else False,
            "partner": card,
            "summary": self._inbox_person_summary(card),
            "habits": self._inbox_person_habits(),
            "notices": self._inbox_person_notices(),
            "accounts": self._inbox_person_accounts(),
            "proposals": self._inbox_person_proposals(),
            "undo": self._inbox_person_undo(),
            "disclosure": self._inbox_person_disclosure(disclosed),
            "leads": self._inbox_person_leads(),
            "cases": self._inbox_person_cases(),
            "products": self._inbox_person_products(disclosed),
            "can": self._inbox_person_rights(),
        }

    def _inbox_partner(self):
        """The contact behind the case as the case's company knows it, where the user may read it.

        :rtype: recordset
        """
        partner = self.partner_id or self.identity_id.partner_id
        return partner._filtered_access("read").with_company(self.company_id)

    def _inbox_person_rights(self):
        """Which buttons make sense for this user."""
        link = self.env["social.crm.identity.link"]
        return {
            "link": bool(self.identity_id) and link.has_access("create"),
            "contact": (
                bool(self.identity_id)
                and link.has_access("create")
                and self.env["res.partner"].has_access("create")
            ),
            "lead": self.env["social.crm.lead.create"].has_access("create"),
            "log": self.env["social.crm.interaction.log"].has_access("create"),
            "role": bool(self.identity_id) and self.identity_id.has_access("write"),
        }

    def _inbox_person_summary(self, card):
        """What we are to each other, in one line.

        :param dict | bool card: of the contact, see ``_inbox_card``
        """
        partner, identity = self._inbox_partner(), self.identity_id
        said = [self.env._("Not a contact yet")]
        if card:
            said = [card["relation_label"], card["loyalty_label"]]
        if identity.first_seen:
            said.append(
                self.env._(
                    "with us since %(day)s",
                    day=format_date(self.env, identity.first_seen, date_format="MMMM y"),
                )
            )
        if partner.user_id:
            said.append(self.env._("looked after by %(name)s", name=partner.user_id.name))
        return " · ".join(filter(None, said))

    def _inbox_person_notices(self):
        """What must be minded before one writes to this person, the gravest first.

        Other addons add theirs by ``super()``: a restriction, a legal hold.

        :return: dictionaries of ``level`` ("danger", "warning" or "info") and ``text``
        :rtype: list[dict]
        """
        identity = self.identity_id
        notices = []
        if identity and identity.state != "active":
            notices.append(
                {
                    "level": "warning",
                    "text": self.env._(
                        "This account is %(state)s on %(network)s: an answer may not arrive.",
                        state=_label(identity, "state").lower(),
                        network=identity.platform_id.name,
                    ),
                }
            )
        if identity.role in ROLES_WITHOUT_LEAD:
            notices.append(
                {
                    "level": "warning",
                    "text": self.env._(
                        "%(role)s: no offers, no lead.", role=_label(identity, "role")
                    ),
                }
            )
        return notices + self._inbox_link_notices()

    def _inbox_link_notices(self):
        """What the network's rules say against linking this account, where they do."""
        identity = self.identity_id
        if not identity or identity.partner_id:
            return []
        verdict = self.env["social.crm.platform.rule"]._verdicts(
            identity.platform_id, "link", flow=identity._told_flow(), company=self.company_id
        )[identity.platform_id.id]
        if verdict.permits(consent=identity._gave_consent(), decision=True):
            return []
        return [
            {
                "level": "info",
                "text": self.env._(
                    "May not be linked to a contact: %(reason)s", reason=verdict.reason
                ),
            }
        ]

    # === ACTIONS === #

    def action_inbox_create_contact(self):
        """Make the contact of this account, with what the network lets us take over.

        :return: id of the contact
        :rtype: int
        :raise RulebookRefusal: where the network forbids it
        """
        self.ensure_one()
        self.check_access("read")
        return self.identity_id._create_partner().id

    def action_inbox_open_person(self):
        """The full form of the contact, or of the account while there is no contact."""
        self.ensure_one()
        record = self._inbox_partner() or self.identity_id
        return form_of(record)

    def action_inbox_log(self):
        """Write down what this person said where no connector listens."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_crm_base.social_crm_interaction_log_action"
        )
        return {**action, "context": self._inbox_log_context()}

    def _inbox_log_context(self):
        """The dialogue knows the person; where it was said is only sure for places by hand."""
        identity = self.identity_id
        return {
            "default_channel_id": self.channel_id.id,
            "default_who": "known" if identity else "new",
            "default_identity_id": identity.id,
        }


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    def _inbox_card(self):
        """Who speaks, as the network tells it and as we decided.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.name or self.handle or self.external_id or "",
            "handle": self.handle or "",
            "network": self.platform_id.name,
            "icon": self.platform_id.icon_url or "",
            "avatar": self._inbox_avatar(),
            "url": self._inbox_profile_url(),
            "followers": self.followers,
            "state": self.state,
            "state_label": _label(self, "state"),
            "is_shared": self.is_shared,
            "role": self.role or "",
            "role_label": _label(self, "role"),
            "role_reason": self.role_reason or "",
            "role_by": self.role_user_id.name or "",
            "consent": self.consent_basis,
            "consent_label": _label(self, "consent_basis"),
            "language": self.language or "",
            "first_seen": fields.Datetime.to_string(self.first_seen) or "",
        }

    def _inbox_profile_url(self):
        url = self.profile_url or self.platform_id._profile_url(
            self.handle, self.external_id, self.scope
        )
        return url if url and url.startswith(("https://", "http://")) else ""

    def _inbox_avatar(self):
        """The picture where the network shows it; never a copy, and never an outdated one.

        Empty where the network's rules end the storage of profile data and the time is over, and
        where the account is gone: its owner took the picture back.
        """
        if self.state != "active" or not (self.avatar_url or "").startswith("https://"):
            return ""
        hours = self.env["social.crm.platform.rule"]._content_lifetime_hours(
            self.platform_id, of="profile", company=self.company_id
        )
        known_since = self.profile_at or self.first_seen or self.create_date
        if hours and fields.Datetime.subtract(fields.Datetime.now(), hours=hours) > known_since:
            return ""
        return self.avatar_url


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _inbox_card(self, is_disclosed):
        """Who the contact is to us. Neither addresses nor days of purchases before it is proven.

        :param bool is_disclosed: whether it is proven who speaks
        :rtype: dict
        """
        self.ensure_one()
        told = self.with_context(social_undisclosed=not is_disclosed)
        now = told._social_relation_now()[told]
        return {
            "id": self.id,
            "name": self.display_name,
            "company": self.commercial_partner_id.name if self.parent_id else "",
            "avatar": f"/web/image/res.partner/{self.id}/avatar_128",
            "categories": [
                {"id": tag.id, "name": tag.name, "color": tag.color} for tag in self.category_id
            ],
            **now,
            "relation_label": _choice(self, "social_relation", now["relation"]),
            "loyalty_label": _choice(self, "social_loyalty", now["loyalty"]),
        }


def _label(record, name):
    """The words of a record's choice in the reader's language; empty for none."""
    return _choice(record, name, record[name])


def _choice(record, name, value):
    return dict(record._fields[name]._description_selection(record.env)).get(value, "")
