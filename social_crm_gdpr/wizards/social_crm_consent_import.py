# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import base64
import csv
import io

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from odoo.addons.social_crm_base.tools.action import dialog_of
from odoo.addons.social_crm_base.tools.privacy import CONTENT, IDENTITY, ROW, classify, not_personal

COLUMNS = ("network", "account", "email", "purpose", "event", "date", "wording", "evidence")
NEEDED = ("purpose", "date", "evidence")
EVENTS = {"given", "confirmed", "withdrawn", "objected"}
MOST_LINES = 5000


class SocialCrmConsentImport(models.TransientModel):
    """Takes over consents collected before, each with its evidence."""

    _name = "social.crm.consent.import"
    _inherit = ["social.crm.personal.data"]
    _description = "Take Over Consents"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char()
    line_ids = fields.One2many("social.crm.consent.import.line", "import_id")
    good_count = fields.Integer(compute="_compute_counts")
    bad_count = fields.Integer(compute="_compute_counts")

    @api.depends("line_ids.error")
    def _compute_counts(self):
        for wizard in self:
            wizard.bad_count = len(wizard.line_ids.filtered("error"))
            wizard.good_count = len(wizard.line_ids) - wizard.bad_count

    def action_read(self):
        """Read the file and say of each line what would become of it."""
        self.ensure_one()
        self.line_ids.unlink()
        self.env["social.crm.consent.import.line"].create(
            [{**values, "import_id": self.id} for values in self._parse()]
        )
        return self.action_open()

    def action_import(self):
        """Take the good lines into the ledger; the others stay to be mended."""
        self.ensure_one()
        self.env["social.crm.consent.import"].check_access("create")
        good = self.line_ids.filtered(lambda line: not line.error)
        if not good:
            raise UserError(self.env._("No line can be taken over yet: see what is wrong."))
        consents_sudo = self.env["social.crm.consent"].sudo()  # sudo: nobody writes it by hand
        consents_sudo.create(
            [
                {
                    "event": line.event,
                    "purpose_id": line.purpose_id.id,
                    "identity_id": line.identity_id.id,
                    "partner_id": line.partner_id.id if not line.identity_id else False,
                    "company_id": self.company_id.id,
                    "happened_at": line.date,
                    "wording": line.wording,
                    "way": "import",
                    "note": line.evidence,
                    "user_id": self.env.uid,
                }
                for line in good
            ]
        )
        good.unlink()
        if self.line_ids:
            return self.action_open()
        return self.env["social.crm.consent"]._open_of([("way", "=", "import")])

    def action_open(self):
        """Show what is left."""
        return dialog_of(self, self._description)

    # === READING === #

    def _parse(self):
        """The lines of the file, each with what is found and what is wrong.

        :rtype: list[dict]
        :raise UserError: when it is no such file
        """
        try:
            text = base64.b64decode(self.file or b"").decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UserError(
                self.env._("The file is not written in UTF-8. Save it as CSV (UTF-8).")
            ) from error
        first = text.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
        names = [(name or "").strip().lower() for name in reader.fieldnames or []]
        if missing := [name for name in NEEDED if name not in names]:
            raise UserError(
                self.env._(
                    "The first line must name the columns; missing: %(names)s. All there are: "
                    "%(all)s.",
                    names=", ".join(missing),
                    all=", ".join(COLUMNS),
                )
            )
        reader.fieldnames = names
        rows = []
        for row in reader:
            if len(rows) >= MOST_LINES:
                raise UserError(
                    self.env._("At most %(count)s lines at once.", count=MOST_LINES)
                )
            rows.append({name: (row.get(name) or "").strip() for name in COLUMNS})
        people = self._find_people(rows)
        return [
            self._check_line(row, number, people) for number, row in enumerate(rows, start=2)
        ]

    def _find_people(self, rows):
        """Accounts and contacts named anywhere in the file, by one query each.

        :return: (network code or name, handle key) to account; e-mail to contact
        :rtype: dict
        """
        people = {}
        platforms = self.env["social.crm.platform"].search([])
        known = {name.lower(): one for one in platforms for name in (one.code, one.name)}
        wanted = {}
        for row in rows:
            platform = known.get(row["network"].lower())
            if platform and row["account"]:
                key = platform._normalize_handle(row["account"])
                wanted[row["network"], row["account"]] = (platform.id, key)
        keys = [key for _platform, key in wanted.values() if key]
        accounts = self.env["social.crm.identity"].search(
            [("handle_key", "in", keys), ("company_id", "=", self.company_id.id)]
        )
        by_key = {(who.platform_id.id, who.handle_key): who for who in accounts}
        for name, found in wanted.items():
            if who := by_key.get(found):
                people[name] = who
        emails = {email_normalize(row["email"]) for row in rows if row["email"]}
        partners = self.env["res.partner"].search(
            [
                ("email_normalized", "in", [email for email in emails if email]),
                ("company_id", "in", (False, self.company_id.id)),
            ]
        )
        for email, found in partners.grouped("email_normalized").items():
            people[email] = found
        return people

    def _check_line(self, row, number, people):
        purposes = self.env["social.crm.purpose"].search([]).filtered("is_asked")
        purpose = purposes.filtered(
            lambda one: row["purpose"].lower() in (one.code, one.name.lower())
        )[:1]
        identity = people.get((row["network"], row["account"]))
        partner = people.get(email_normalize(row["email"]) or "")
        event = row["event"].lower() or "given"
        error = ""
        try:
            date = fields.Datetime.to_datetime(row["date"])
        except ValueError:
            date = None
        if not purpose:
            error = self.env._("No such purpose: %(name)s.", name=row["purpose"])
        elif event not in EVENTS:
            error = self.env._("No such event: %(name)s.", name=row["event"])
        elif not identity and not partner:
            error = self.env._("Nobody found by network and account, or by e-mail.")
        elif not identity and len(partner) > 1:
            error = self.env._("Several contacts have this e-mail address.")
        elif not date or date > fields.Datetime.now():
            error = self.env._("The date must be like 2024-05-31, and not in the future.")
        elif not row["evidence"]:
            error = self.env._("Without evidence it proves nothing: say where and how.")
        elif event in ("given", "confirmed") and not row["wording"]:
            error = self.env._("Write the words they agreed to then.")
        return {
            "number": number,
            "identity_id": identity.id if identity else False,
            "partner_id": partner[:1].id if partner else False,
            "name": row["account"] or row["email"],
            "purpose_id": purpose.id,
            "event": event if event in EVENTS else "given",
            "date": date,
            "wording": row["wording"],
            "evidence": row["evidence"],
            "error": error,
        }

    def _personal_data_fields(self):
        return {
            **not_personal("company_id filename"),
            **classify(CONTENT, ROW, "file"),
        }


class SocialCrmConsentImportLine(models.TransientModel):
    """One line of a file of consents."""

    _name = "social.crm.consent.import.line"
    _inherit = ["social.crm.personal.data"]
    _description = "Consent to Take Over"
    _order = "number"

    import_id = fields.Many2one("social.crm.consent.import", required=True, ondelete="cascade")
    number = fields.Integer(string="Line")
    name = fields.Char(string="In the File")
    identity_id = fields.Many2one("social.crm.identity", string="Account", ondelete="cascade")
    partner_id = fields.Many2one("res.partner", string="Contact", ondelete="cascade")
    purpose_id = fields.Many2one("social.crm.purpose", ondelete="cascade")
    event = fields.Selection(
        [
            ("given", "Given"), ("confirmed", "Confirmed"), ("withdrawn", "Withdrawn"),
            ("objected", "Objected"),
        ]
    )  # fmt: skip
    date = fields.Datetime()
    wording = fields.Text()
    evidence = fields.Char()
    error = fields.Char(string="What Is Wrong")

    def _personal_data_fields(self):
        return {
            **not_personal("import_id number purpose_id event date error"),
            **classify(IDENTITY, ROW, "identity_id partner_id name"),
            **classify(CONTENT, ROW, "wording evidence"),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("identity_id", "in", identities.ids) | fields.Domain(
            "partner_id", "in", partners.ids
        )
