# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What is told of an erasure afterwards: counts and grounds, nobody's data."""

from datetime import timedelta

from odoo import fields, models
from odoo.tools import email_split


class SocialCrmErasure(models.Model):
    _inherit = "social.crm.erasure"

    def _certify(self, grounds):
        """Write the certificate, and forget who it was about.

        :param dict grounds: ground to table to ids, as the scan explained them
        """
        rows = {
            ground: {(table, row) for table, ids in tables.items() for row in ids}
            for ground, tables in grounds.items()
        }
        for model, by_ground in (self.kept or {}).items():
            table = self.env[model]._table
            for ground, ids in by_ground.items():
                rows.setdefault(ground, set()).update((table, row) for row in ids)
        kept = {ground: len(found) for ground, found in rows.items()}
        now = fields.Datetime.now()
        erased = {}
        for line in self.line_ids.filtered(lambda line: line.action not in ("keep", "look")):
            erased[line.model] = erased.get(line.model, 0) + line.done
        facts = {
            **(self.facts or {}),
            "erased": erased,
            "kept": kept,
            "tables": len(self._text_columns()),
            "files": self.env["ir.attachment"].search_count([("id", "!=", False)]),
            "suppressed_months": 36 if self.tell_suppression else 0,
            "backups_until": str(now.date() + timedelta(self.company_id.social_crm_backup_days)),
        }
        self._tell("certified", **facts)
        held = any("hold" in by_ground for by_ground in (self.kept or {}).values())
        if held:
            # what a legal hold keeps goes when it ends: the rest of it goes on by itself then
            self.write({"facts": facts, "state": "parked"})
            return
        self.write(
            {
                "facts": facts,
                "state": "done",
                "done_at": now,
                "aliases": False,
                "kept": False,
                "identity_ids": [fields.Command.clear()],
                "partner_ids": [fields.Command.clear()],
            }
        )

    def _tell_recipients(self):
        """Tell whom we passed the data on to (Art. 19 GDPR); the mail is deleted once sent."""
        addresses = email_split(self.company_id.social_crm_erasure_recipients or "")
        if not addresses or "recipients" in (self.facts or {}):
            return  # told before a hold came in between
        ids = [
            f"{identity.platform_id.name}: {identity.external_id or identity.handle}"
            for identity in self.identity_ids
        ] + [partner.email for partner in self.partner_ids if partner.email]
        self.mail_ids = self.env["mail.mail"].create(
            [
                {
                    "email_to": address,
                    "email_from": self.company_id.email_formatted,
                    "subject": self.env._("Erase a person's data (Art. 19 GDPR)"),
                    "body_html": self.env["ir.qweb"]._render(
                        "social_crm_gdpr.erasure_recipient_mail",
                        {"names": ids, "reference": self.reference},
                    ),
                    "auto_delete": True,
                }
                for address in addresses
            ]
        )
        self.facts = {**(self.facts or {}), "recipients": len(addresses)}

    def action_certificate(self):
        """Open the certificate for printing: as PDF, or on the screen where none can be made.

        :rtype: dict
        """
        self.ensure_one()
        report = self.env.ref("social_crm_gdpr.social_crm_erasure_report")
        action = report.report_action(self)
        if report.get_wkhtmltopdf_state() in ("install", "broken"):
            action["report_type"] = "qweb-html"
        return action

    def _certificate_rows(self):
        """The certificate's figures in words.

        :return: what was erased, what stays: lists of (words, count)
        :rtype: tuple[list, list]
        """
        facts = self.facts or {}
        grounds = dict(self._grounds())
        erased = [
            (self.env["ir.model"].sudo()._get(model).name or model, count)  # sudo: model names
            for model, count in sorted(facts.get("erased", {}).items())
        ]
        return erased, [
            (grounds.get(ground, ground), count)
            for ground, count in sorted(facts.get("kept", {}).items())
        ]

