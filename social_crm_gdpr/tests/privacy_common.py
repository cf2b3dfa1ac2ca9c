# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.addons.social_crm_base.tests.common import SocialCrmCommon, message, person


class PrivacyCommon(SocialCrmCommon):
    """Ada wrote to us; two clerks, so that two people can look."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._user("privacy_clerk", login="social_second_clerk")
        cls.ingest(message("1", person("ada"), text="Hello"), message("2", person("bob")))
        cls.ada = cls.said("1").identity_id
        cls.bob = cls.said("2").identity_id

    def request(self, kind="access", who=None, **values):
        """A request about an account, entered by hand by the first clerk."""
        return (
            self.env["social.crm.privacy.request"]
            .with_user(self.clerk)
            .create(
                {
                    "kind": kind,
                    "subject_identity_ids": [(6, 0, (self.ada if who is None else who).ids)],
                    **values,
                }
            )
        )

    def evidence(self, request):
        """What the evidence log tells of a request, in order."""
        rows = self.env["social.crm.evidence"].search(
            [("reference", "=", request.uuid)], order="id"
        )
        return rows.mapped("kind")
