# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What hangs on rows besides their fields: chatter, mail, followers, files, imported names."""

import logging

from odoo import models

_logger = logging.getLogger(__name__)


class SocialCrmErasure(models.Model):
    _inherit = "social.crm.erasure"

    def _erase_threads(self, records):
        """Chatter, tracked values, mails, followers, activities and files of the records."""
        records -= self._kept_on("company", records)
        model, ids = records._name, records.ids
        if "message_ids" in records._fields:
            self._erase_messages(
                self.env["mail.message"].search([("model", "=", model), ("res_id", "in", ids)])
            )
            self.env["mail.followers"].search(
                [("res_model", "=", model), ("res_id", "in", ids)]
            ).unlink()
            self.env["mail.scheduled.message"].search(
                [("model", "=", model), ("res_id", "in", ids)]
            ).unlink()
        if "activity_ids" in records._fields:
            self.env["mail.activity"].search(
                [("res_model", "=", model), ("res_id", "in", ids)]
            ).unlink()
        files = self.env["ir.attachment"].search(
            # the second term takes files of fields too (pictures), which Odoo leaves out by itself
            [("res_model", "=", model), ("res_id", "in", ids), ("id", "!=", False)]
        )
        self._erase_files(files)
        # the number it has in whatever list it was imported from
        self.env.cr.execute(
            "DELETE FROM ir_model_data WHERE model = %s AND res_id = ANY(%s)"
            " AND module IN ('__import__', '__export__')",
            [model, ids],
        )

    def _erase_messages(self, messages):
        """Messages go with what was tracked and mailed; accounting's audit trail stays."""
        if "account_audit_log_restricted" in messages._fields:
            restricted = messages.filtered("account_audit_log_restricted")
            if restricted:
                self._keep("mail.message", "tax", restricted.ids)
                messages -= restricted
        self.env["mail.mail"].search([("mail_message_id", "in", messages.ids)]).unlink()
        self._erase_files(messages.attachment_ids)
        if "rating.rating" in self.env:  # the stars are a figure, and would go with their message
            self.env["rating.rating"].search([("message_id", "in", messages.ids)]).write(
                {"message_id": False, "feedback": False}
            )
        messages.unlink()

    def _erase_files(self, files):
        """Delete files, on disk too; those that accounting protects stay."""
        protected = self.kept.get("ir.attachment", {}).get("tax", []) if self.kept else []
        for file in files.filtered(lambda file: file.id not in protected):
            try:
                with self.env.cr.savepoint():
                    file.unlink()
            except Exception:  # noqa: BLE001 (whatever an addon protects its files with)
                _logger.info("Attachment %s is protected and stays", file.id)
                self._keep("ir.attachment", "tax", file.ids)

    def _keep(self, model, ground, ids):
        """Note that rows stay after all."""
        kept = {name: dict(grounds) for name, grounds in (self.kept or {}).items()}
        found = set(kept.setdefault(model, {}).get(ground, ())) | set(ids)
        kept[model][ground] = sorted(found)
        self.kept = kept
