# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import TransactionCase, new_test_user


class PeopleCommon(TransactionCase):
    """A small shop: two agents' roles, one channel, and helpers to make people in few words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.mastodon = cls.env.ref("social_crm_base.platform_mastodon")
        cls.telegram = cls.env.ref("social_crm_base.platform_telegram")
        cls.x = cls.env.ref("social_crm_base.platform_x")
        cls.linkedin = cls.env.ref("social_crm_base.platform_linkedin")
        cls.whatsapp = cls.env.ref("social_crm_base.platform_whatsapp")
        cls.agent = new_test_user(
            cls.env, "people_agent", "social_crm_base.group_agent,base.group_partner_manager"
        )
        cls.viewer = new_test_user(cls.env, "people_viewer", "social_crm_base.group_viewer")
        cls.leader = new_test_user(
            cls.env, "people_leader", "social_crm_base.group_team_leader,base.group_partner_manager"
        )
        cls.Identity = cls.env["social.crm.identity"]
        cls.Link = cls.env["social.crm.identity.link"]
        cls.Partner = cls.env["res.partner"]

    def identity(self, name, platform=None, external_id=None, **vals):
        self._number = getattr(self, "_number", 0) + 1
        return self.Identity.create(
            {
                "platform_id": (platform or self.telegram).id,
                "external_id": external_id or f"people-{self._number}",
                "name": name,
                "company_id": self.company.id,
                **vals,
            }
        )

    def partner(self, name, **vals):
        return self.Partner.create({"name": name, **vals})

    def case(self, identity, **vals):
        return self.env["social.crm.case"].create(
            {
                "name": "A matter",
                "company_id": identity.company_id.id,
                "identity_id": identity.id,
                "partner_id": identity.partner_id.id,
                "customer_key": identity._customer_key(),
                **vals,
            }
        )

    def link_of(self, identity, partner):
        return self.Link.search(
            [("identity_id", "=", identity.id), ("partner_id", "=", partner.id)]
        )

    def linked(self, identity, partner, user=None):
        """Link by a colleague's word, as from the form."""
        identity.with_user(user or self.agent)._connect(partner)
        return self.link_of(identity, partner)
