# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from odoo.addons.base.models.res_partner import _tz_get
from odoo.addons.social_crm_base.tools.privacy import (
    CONTENT,
    EMPLOYEE,
    KEEP,
    ROW,
    classify,
    not_personal,
)

from ..archives import READERS

GROUND_SELECTION = [
    ("consent", "Consent, Art. 6(1)(a)"),
    ("contract", "Contract, Art. 6(1)(b)"),
    ("law", "Legal obligation, Art. 6(1)(c)"),
    ("interest", "Legitimate interest, Art. 6(1)(f)"),
]
MAX_MONTHS = 120


class SocialCrmArchive(models.Model):
    """A download of a network, taken in as history: what was asked, what came of it.

    The row stays as proof of the ground and the lifetime; the file, and the names in it, go as
    soon as the import is over.
    """

    _name = "social.crm.archive"
    _inherit = ["social.crm.worker", "social.crm.personal.data"]
    _description = "Archive Import"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users", string="Imported By", required=True, readonly=True,
        default=lambda self: self.env.user,
    )
    format = fields.Selection(
        "_selection_format", string="Download Of", required=True,
        help="The network the file was downloaded from.",
    )
    platform_id = fields.Many2one("social.crm.platform", compute="_compute_platform_id")
    guide = fields.Html(compute="_compute_guide", sanitize=False)
    channel_id = fields.Many2one(
        "social.crm.channel", string="Into Channel", index=True, ondelete="restrict",
        check_company=True, domain="[('platform_id', '=', platform_id),"
        " ('company_id', '=', company_id)]",
        help="The account the archive was taken from. A network that is closed, or has no "
        "connector, gets a channel by hand: type a name.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", "social_crm_archive_attachment_rel", string="Files", copy=False,
        help="As the network gave them: do not unpack. Several parts, or several chats, at once.",
    )
    tz = fields.Selection(
        _tz_get, string="Time Zone", default=lambda self: self.env.user.tz or "UTC",
        help="Where the telephone was: chats of WhatsApp are written in local time.",
    )
    date_order = fields.Selection(
        [
            ("dmy", "Day first (31.12. or 31/12)"),
            ("mdy", "Month first (12/31)"),
            ("ymd", "Year first (2024-12-31)"),
        ],
        help="Empty: found out from the file.",
    )
    is_local = fields.Boolean(compute="_compute_platform_id")

    # Asked first
    ground = fields.Selection(
        GROUND_SELECTION, string="Legal Ground",
        help="On what ground these words of other people may be stored (GDPR Art. 6).",
    )
    ground_note = fields.Text(
        string="Reason",
        help="What it is needed for and, for a legitimate interest, why the people's own interests "
        "do not outweigh it.",
    )
    keep_months = fields.Integer(
        string="Keep for (months)",
        help="From the day of the import. Then the words are taken away, as everything is whose "
        "time is over; a shorter lifetime by the network's rules comes first.",
    )
    keep_until = fields.Datetime(readonly=True, copy=False)
    keep_until_shown = fields.Date(string="Kept Until", compute="_compute_keep_until_shown")
    rule_note = fields.Text(compute="_compute_rule_note")

    # How far it is
    state = fields.Selection(
        [
            ("draft", "File and Ground"),
            ("reading", "Being Read"),
            ("ready", "Preview"),
            ("importing", "Importing"),
            ("stopped", "Stopped"),
            ("done", "Imported"),
            ("undoing", "Being Undone"),
            ("undone", "Undone"),
        ],
        required=True, readonly=True, default="draft", copy=False, index=True,
    )
    failure = fields.Text(readonly=True, copy=False)
    position = fields.Integer(readonly=True, copy=False, help="Items of the archive worked on.")
    total_count = fields.Integer(string="Items", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")

    # What is in it
    part_ids = fields.One2many("social.crm.archive.part", "archive_id", string="Contents")
    person_ids = fields.One2many("social.crm.archive.person", "archive_id", string="People")
    problem_ids = fields.One2many("social.crm.archive.problem", "archive_id", string="Unreadable")
    post_count = fields.Integer(string="Posts", readonly=True, copy=False)
    comment_count = fields.Integer(string="Comments", readonly=True, copy=False)
    message_count = fields.Integer(string="Messages", readonly=True, copy=False)
    people_count = fields.Integer(string="Other People", readonly=True, copy=False)
    known_count = fields.Integer(string="There Already", readonly=True, copy=False)
    problem_count = fields.Integer(string="Could Not Be Read", readonly=True, copy=False)
    left_out_count = fields.Integer(
        string="Left Out", readonly=True, copy=False,
        help="On purpose: notices of the network itself, drafts, what was taken back, and what has "
        "neither words nor a file.",
    )
    first_date = fields.Datetime(readonly=True, copy=False)
    last_date = fields.Datetime(readonly=True, copy=False)
    date_order_open = fields.Boolean(readonly=True, copy=False)

    # What came of it
    created_count = fields.Integer(string="New", readonly=True, copy=False)
    refused_count = fields.Integer(
        string="Not Stored", readonly=True, copy=False,
        help="Refused by a rule of the network or of privacy; listed with the reason.",
    )
    kept_count = fields.Integer(
        string="Kept at Undo", readonly=True, copy=False,
        help="Belongs to a case by now, or a legal hold keeps it.",
    )
    problem_file = fields.Binary(compute="_compute_problem_file")

    @api.model
    def _selection_format(self):
        names = {
            platform.code: platform.name
            for platform in self.env["social.crm.platform"].search(
                [("code", "in", [reader.platform for reader in READERS.values()])]
            )
        }
        return [(code, names.get(reader.platform, code)) for code, reader in READERS.items()]

    @api.depends("format", "channel_id.name", "first_date", "last_date")
    def _compute_name(self):
        for archive in self:
            what = archive.channel_id.name or dict(self._selection_format()).get(archive.format)
            years = [date.year for date in (archive.first_date, archive.last_date) if date]
            span = "–".join(map(str, sorted(set(years))))
            archive.name = f"{what}, {span}" if span else what or self.env._("New")

    @api.depends("format")
    def _compute_platform_id(self):
        platforms = {
            platform.code: platform for platform in self.env["social.crm.platform"].search([])
        }
        for archive in self:
            reader = READERS.get(archive.format)
            archive.platform_id = platforms.get(reader.platform) if reader else False
            archive.is_local = bool(reader and reader.is_local)

    @api.depends("keep_months", "keep_until")
    def _compute_keep_until_shown(self):
        today = fields.Date.context_today(self)
        for archive in self:
            months = archive.keep_months
            archive.keep_until_shown = archive.keep_until or (
                0 < months <= MAX_MONTHS and today + relativedelta(months=months)
            )

    @api.depends("position", "total_count", "state")
    def _compute_progress(self):
        for archive in self:
            share = archive.position / archive.total_count if archive.total_count else 0
            archive.progress = 100 if archive.state == "done" else min(99, int(share * 100))

    @api.depends("channel_id")
    def _compute_rule_note(self):
        """What the network's own rules say to keeping this."""
        interactions = self.env["social.crm.interaction"]
        rules = self.env["social.crm.platform.rule"]
        for archive in self:
            notes, channel = [], archive.channel_id
            for private in (False, True) if channel else ():
                verdict = rules._verdicts(
                    channel.platform_id, "store", flow=interactions._flows(channel, private),
                    company=channel.company_id,
                )[channel.platform_id.id]
                if verdict.verdict == "refuse":
                    notes.append(verdict.reason)
            hours = [h for h in interactions._content_lifetimes(channel).values() if h] if (
                channel
            ) else []
            if hours:
                notes.append(
                    self.env._(
                        "The rules of %(network)s let some of it be kept for %(days)s days only.",
                        network=channel.platform_id.name,
                        days=round(min(hours) / 24, 1),
                    )
                )
            archive.rule_note = "\n".join(dict.fromkeys(notes)) or False

    @api.onchange("format")
    def _onchange_format(self):
        """The one channel of the network, if there is just one."""
        if self.channel_id.platform_id != self.platform_id:
            channels = self.env["social.crm.channel"].search(
                [
                    ("platform_id", "=", self.platform_id.id),
                    ("company_id", "=", self.company_id.id),
                ],
                limit=2,
            )
            self.channel_id = channels if len(channels) == 1 else False

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proof(self):
        for archive in self:
            if archive.state in ("reading", "importing", "undoing"):
                raise UserError(self.env._("Stop it first: it is being worked on."))
            if archive.created_count and archive.state != "undone":
                raise UserError(
                    self.env._(
                        "%(name)s says on what ground its words are kept. Undo the import, then "
                        "delete it.",
                        name=archive.name,
                    )
                )

    def write(self, vals):
        """Override: what decides how the file is read sends a preview back to be made anew."""
        if vals.keys() & {"format", "channel_id", "attachment_ids", "tz", "date_order"}:
            vals = {"state": "draft", **vals} if self.filtered(
                lambda archive: archive.state == "ready"
            ) else vals
        return super().write(vals)

    def unlink(self):
        """Files go with it."""
        self._drop_file()
        return super().unlink()

    # === STEPS === #

    def _check_asked(self):
        """Ground and lifetime come first.

        :raise UserError: naming what is missing
        """
        self.ensure_one()
        if not self.channel_id:
            raise UserError(
                self.env._(
                    "Into Channel: choose the account the archive was taken from. For a network "
                    "without a connection, type a name and create it."
                )
            )
        if self.channel_id.platform_id != self.platform_id:
            raise UserError(
                self.env._(
                    "Into Channel: %(channel)s is on another network.",
                    channel=self.channel_id.name,
                )
            )
        if not self.ground:
            raise UserError(
                self.env._("Legal Ground: say on what ground these words may be stored.")
            )
        if self.ground == "interest" and not (self.ground_note or "").strip():
            raise UserError(
                self.env._("Reason: a legitimate interest is named, and weighed against theirs.")
            )
        if not 0 < self.keep_months <= MAX_MONTHS:
            raise UserError(
                self.env._(
                    "Keep for (months): say how long they are kept, one to %(months)s months.",
                    months=MAX_MONTHS,
                )
            )
        if not self.attachment_ids:
            raise UserError(self.env._("Files: add what you downloaded."))

    def action_read(self):
        """Look inside; big files are read in the background."""
        self.check_access("write")
        for archive in self:
            if archive.state not in ("draft", "ready"):
                raise UserError(self.env._("This archive was read already."))
            archive._check_asked()
            archive._start_reading()

    def action_import(self):
        """Take in what is chosen, in the background."""
        self.check_access("write")
        for archive in self:
            if archive.state not in ("ready", "stopped"):
                raise UserError(self.env._("Look inside the archive first."))
            archive._check_asked()
            archive._check_answered()
            vals = {"state": "importing", "failure": False}
            if not archive.keep_until:
                vals["keep_until"] = fields.Datetime.now() + relativedelta(
                    months=archive.keep_months
                )
            archive.write(vals)
        self._wake("_cron_work")

    def _check_answered(self):
        """What the file left open is answered, and something is chosen.

        :raise UserError: naming what is missing
        """
        if self.date_order_open and not self.date_order:
            raise UserError(
                self.env._(
                    "Date Order: in this file %(day)s may be a day in either order. Choose one, "
                    "then look inside again.",
                    day="03/04/24",
                )
            )
        chosen = self.part_ids.filtered("is_chosen")
        if not chosen:
            raise UserError(self.env._("Contents: choose what to import."))
        talks = chosen.filtered(lambda part: part.sort == "messages" and part.members)
        if talks and not self.person_ids.filtered("is_own") and not any(
            part.has_own for part in talks
        ):
            raise UserError(
                self.env._(
                    "People: mark which of these is us, so that it is known who wrote to whom: "
                    "%(names)s.",
                    names=", ".join(self.person_ids[:5].mapped("name")),
                )
            )

    def action_stop(self):
        """Stop reading or importing; what came in stays, and it can go on."""
        self.check_access("write")
        for archive in self:
            archive.state = {"reading": "draft", "importing": "stopped"}.get(
                archive.state, archive.state
            )

    def action_undo(self):
        """Take back what this import brought, in the background."""
        self.check_access("write")
        for archive in self:
            if archive.state not in ("done", "stopped"):
                raise UserError(self.env._("There is nothing to undo."))
        self.write({"state": "undoing", "kept_count": 0})
        self._wake("_cron_work")

    def action_back_to_draft(self):
        """Choose another file, or change the answers."""
        self.check_access("write")
        for archive in self:
            if archive.state not in ("ready", "undone"):
                raise UserError(self.env._("This import has begun: stop or undo it first."))
        self._forget_contents()
        self.write({"state": "draft", "created_count": 0, "refused_count": 0, "keep_until": False})

    def action_show_interactions(self):
        """What this import brought."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "social_crm_base.social_crm_interaction_action"
        )
        action["domain"] = [("archive_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_download_problems(self):
        """All lines that could not be read, as a table."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/social.crm.archive/{self.id}/problem_file/unreadable.csv"
            "?download=true",
            "target": "self",
        }

    def _say_done(self):
        """Tell who began it, wherever they are by now."""
        for archive in self:
            archive.user_id._bus_send(
                "simple_notification",
                {
                    "type": "success",
                    "title": archive.name,
                    "message": self.env._(
                        "Imported: %(new)s new, %(known)s were there already, %(problems)s could "
                        "not be read. Kept until %(day)s.",
                        new=archive.created_count,
                        known=archive.known_count,
                        problems=archive.problem_count,
                        day=format_date(self.env, archive.keep_until),
                    ),
                },
            )

    def _personal_data_fields(self):
        return {
            **not_personal(
                "name company_id format channel_id tz date_order ground ground_note keep_months "
                "keep_until state failure position total_count post_count comment_count "
                "message_count people_count known_count problem_count left_out_count first_date "
                "last_date date_order_open created_count refused_count kept_count"
            ),
            # Gone as soon as the import is over.
            **classify(CONTENT, ROW, "attachment_ids"),
            **classify(
                EMPLOYEE, KEEP, "user_id", ground="GDPR Art. 5(2): who stored it, on what ground"
            ),
        }
