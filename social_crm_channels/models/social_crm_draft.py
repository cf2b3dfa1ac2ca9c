# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError

from odoo.addons.social_crm_base.const import PURPOSE_SELECTION
from odoo.addons.social_crm_base.tools.privacy import (
    CONTENT,
    EMPLOYEE,
    ROW,
    classify,
    not_personal,
)

MODE_SELECTION = [
    ("reply", "Answer"),
    ("private", "Private answer"),
    ("note", "Note"),
    ("template", "Template"),
    ("edit", "Edit"),
]


class SocialCrmDraft(models.Model):
    """What somebody began to write in a case: theirs alone, on every device, until it is sent."""

    # No company: it belongs to one user, whom the rule lets see their own rows only
    _name = "social.crm.draft"
    _inherit = ["social.crm.personal.data"]
    _description = "Draft of an Answer"
    _order = "write_date desc, id desc"

    case_id = fields.Many2one("social.crm.case", required=True, ondelete="cascade")
    user_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
    )
    conversation_id = fields.Many2one(
        "social.crm.conversation", index="btree_not_null", ondelete="cascade"
    )
    parent_id = fields.Many2one(
        "social.crm.interaction",
        string="In Answer To",
        index="btree_not_null",
        ondelete="set null",
    )
    mode = fields.Selection(MODE_SELECTION, required=True, default="reply")
    purpose = fields.Selection(PURPOSE_SELECTION, required=True, default="answer")
    body = fields.Text()
    attachment_ids = fields.Many2many("ir.attachment", string="Files")

    _case_unique = models.UniqueIndex("(case_id, user_id)")

    @api.model
    def _keep(self, case, values):
        """Keep what the user has written in a case; nothing written leaves nothing.

        :param recordset case: one the user may read
        :param dict values: by field
        :rtype: recordset
        """
        draft = self.search([("case_id", "=", case.id), ("user_id", "=", self.env.uid)])
        if not (values.get("body") or "").strip() and not values.get("attachment_ids"):
            draft.unlink()
            return self.browse()
        files = self.env["ir.attachment"]._social_own_files(values)
        known = {
            "conversation_id": values.get("conversation_id") or False,
            "parent_id": values.get("parent_id") or False,
            "mode": values.get("mode") or "reply",
            "purpose": values.get("purpose") or "answer",
            "body": values.get("body") or "",
            "attachment_ids": [fields.Command.set(files.ids)],
        }
        if draft:
            draft.write(known)
            return draft
        try:
            with self.env.cr.savepoint():
                return self.create({"case_id": case.id, **known})
        except UniqueViolation as error:
            raise ConcurrencyError("another tab has just saved a draft") from error

    def _draft_data(self):
        """What the composer needs to go on writing.

        :rtype: dict | None
        """
        if not self:
            return None
        self.ensure_one()
        return {
            "conversation_id": self.conversation_id.id,
            "parent_id": self.parent_id.id,
            "mode": self.mode,
            "purpose": self.purpose,
            "body": self.body or "",
            "files": self.attachment_ids._social_file_data(),
            "saved_at": fields.Datetime.to_string(self.write_date),
        }

    def _personal_data_fields(self):
        return {
            **not_personal("case_id conversation_id parent_id mode purpose"),
            **classify(CONTENT, ROW, "body attachment_ids"),
            **classify(EMPLOYEE, ROW, "user_id"),
        }

    def _personal_data_domain(self, identities, partners):
        cases = self.env["social.crm.case"]._search([("identity_id", "in", identities.ids)])
        return fields.Domain("case_id", "in", cases)


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _social_own_files(self, values):
        """The files of an answer, with the words for those who do not see them.

        :param dict values: ``attachment_ids`` and ``alts`` (id to alternative text)
        :return: those the writer may read
        :rtype: recordset
        """
        files = self.browse(values.get("attachment_ids") or ()).exists()._filtered_access("read")
        alts = values.get("alts") or {}
        for file in files._filtered_access("write"):
            alt = (alts.get(str(file.id)) or "").strip()
            if alt and alt != file.description:
                file.description = alt
        return files

    def _social_file_data(self):
        """What the composer shows of files.

        :rtype: list[dict]
        """
        return [
            {
                "id": file.id,
                "name": file.name,
                "mimetype": file.mimetype or "",
                "size": file.file_size,
                "alt": file.description or "",
            }
            for file in self
        ]
