# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json

from odoo.http import Controller, Response, request, route


class SocialCrmEvidenceExport(Controller):
    @route("/social_crm_gdpr/evidence.jsonl", type="http", auth="user", methods=["GET"])
    def export(self):
        """The linked rows of the evidence log, one JSON object a line, for verify_evidence.py."""
        evidence = request.env["social.crm.evidence"]
        evidence.check_access("read")
        while evidence._seal():
            continue
        lines = "".join(
            json.dumps(row, sort_keys=True, ensure_ascii=False) + "\n" for row in evidence._chain()
        )
        return Response(
            lines,
            content_type="application/x-ndjson; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="evidence.jsonl"'},
        )
