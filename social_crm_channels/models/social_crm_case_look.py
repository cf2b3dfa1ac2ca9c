# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, ROW, classify, not_personal

LOOK_DAYS = 90  # after that, "new since you looked" says nothing any more


class SocialCrmCaseLook(models.Model):
    """When somebody last had a case on the screen: what came later is new to them."""

    # No company: it belongs to one user, whom the rule lets see their own rows only
    _name = "social.crm.case.look"
    _inherit = ["social.crm.personal.data"]
    _description = "Last Look at a Case"
    _log_access = False

    case_id = fields.Many2one("social.crm.case", required=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", required=True, index=True, ondelete="cascade")
    looked_at = fields.Datetime(required=True)

    _case_unique = models.UniqueIndex("(case_id, user_id)")

    @api.autovacuum
    def _gc_looks(self):
        long_ago = fields.Datetime.now() - timedelta(days=LOOK_DAYS)
        self.search([("looked_at", "<", long_ago)]).unlink()

    def _personal_data_fields(self):
        return {
            **not_personal("case_id"),
            **classify(EMPLOYEE, ROW, "user_id looked_at"),
        }


class SocialCrmCase(models.Model):
    _inherit = "social.crm.case"

    def inbox_looked(self):
        """Note that the user has this case on the screen now."""
        self.check_access("read")
        self.env["social.crm.case.look"].flush_model()
        self.env.cr.execute(
            """
            INSERT INTO social_crm_case_look (case_id, user_id, looked_at)
            SELECT id, %s, %s FROM unnest(%s::int[]) AS id
                ON CONFLICT (case_id, user_id) DO UPDATE SET looked_at = EXCLUDED.looked_at
            """,
            [self.env.uid, fields.Datetime.now(), self.ids],
        )
        self.env["social.crm.case.look"].invalidate_model()

    def _looked_at(self):
        """When the user last looked here, before now.

        :rtype: datetime | bool
        """
        look = self.env["social.crm.case.look"].search(
            [("case_id", "=", self.id), ("user_id", "=", self.env.uid)]
        )
        return look.looked_at
