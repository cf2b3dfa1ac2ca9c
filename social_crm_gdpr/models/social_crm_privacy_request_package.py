# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging
import shutil
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import config, format_datetime
from odoo.tools.misc import file_path

from odoo.addons.social_crm_base.tools.privacy import CLEAR, CONTENT, classify, not_personal

from ..tools.package import FOLDER, write_part
from .social_crm_privacy_export import LEFT_OUT, READ_BATCH

_logger = logging.getLogger(__name__)

PART_ROWS = 2000
LINK_HOURS = 7 * 24
#: A package nobody fetched goes; the person can ask for a new link until then.
KEPT_DAYS = 30
FONT = "web/static/fonts/sign/NotoSans-Reg.ttf"
ACTIVITIES, NOTES = "mail.activity", "mail.message"
KINDS = ("access", "portability")
FORMATS = {"access": ("html", "pdf", "json", "csv"), "portability": ("json", "csv")}


class SocialCrmPrivacyRequest(models.Model):
    """The package of an access or portability request: built part by part in the background.

    Each part of a section is finished before the next one begins and the place is written down, so
    that a job that is ended goes on where it was, and memory does not grow with the data.
    """

    _inherit = "social.crm.privacy.request"

    package_state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("building", "Being built"),
            ("ready", "Ready"),
            ("failed", "Failed"),
            ("gone", "Deleted"),
        ],
        readonly=True, copy=False, index="btree_not_null",
    )
    package_done = fields.Integer(string="Rows Written", readonly=True, copy=False)
    package_total = fields.Integer(string="Rows", readonly=True, copy=False)
    package_progress = fields.Float(compute="_compute_package_progress")
    package_place = fields.Json(readonly=True, copy=False, help="Where the job goes on.")
    package_error = fields.Char(readonly=True, copy=False)
    package_at = fields.Datetime(string="Package Made", readonly=True, copy=False)
    package_id = fields.Many2one(
        "ir.attachment", readonly=True, copy=False, ondelete="set null",
        groups=fields.NO_ACCESS, help="Handed out by the steps alone, which write it down.",
    )
    package_size = fields.Integer(related="package_id.file_size", string="Size in Bytes")
    package_sent_at = fields.Datetime(string="Link Sent", readonly=True, copy=False)
    package_fetched_at = fields.Datetime(string="Fetched", readonly=True, copy=False)
    shared_scope = fields.Selection(
        [
            ("none", "Leave the shared accounts out"),
            ("period", "What was said in a period the person names"),
            ("all", "Everything: all who write from them agreed"),
        ],
        string="Whose Words", copy=False,
        help="Several people write from one of the accounts: ask the person which words are "
        "theirs.",
    )
    shared_from = fields.Datetime(string="Theirs From", copy=False)
    shared_to = fields.Datetime(string="Theirs Until", copy=False)
    has_shared = fields.Boolean(compute="_compute_has_shared", compute_sudo=True)

    @api.depends("package_done", "package_total", "package_state")
    def _compute_package_progress(self):
        for request in self:
            whole = request.package_total or 1
            request.package_progress = (
                100.0 if request.package_state == "ready"
                else min(99.0, 100.0 * request.package_done / whole)
            )  # fmt: skip

    @api.depends("subject_identity_ids.is_shared")
    def _compute_has_shared(self):
        for request in self:
            request.has_shared = any(request.subject_identity_ids.mapped("is_shared"))

    # === STEPS === #

    def _check_executable(self):
        """Override: of shared accounts it must be known whose words are meant."""
        super()._check_executable()
        if self.kind in KINDS and self.has_shared and (
            not self.shared_scope or (self.shared_scope == "period" and not self.shared_from)
        ):
            raise UserError(
                self.env._(
                    "Several people write from one of these accounts. Ask the person whose words "
                    "are meant, and fill in Whose Words."
                )
            )

    def _execute_access(self):
        """Override: build the package."""
        super()._execute_access()
        self._queue_package()

    def _execute_portability(self):
        """Override: build the package, for machines to read."""
        super()._execute_portability()
        self._queue_package()

    def _next_step_in_progress(self):
        if self.kind not in KINDS:
            return super()._next_step_in_progress()
        return {
            "waiting": self.env._("The package is built in the background: come back soon."),
            "building": self.env._("The package is built in the background: come back soon."),
            "failed": self.env._("The package could not be built: build it anew."),
            "gone": self.env._("The package was deleted: build it anew."),
        }.get(
            self.package_state,
            self.env._("The package is ready: send the link, or download it and hand it over."),
        )

    def _queue_package(self):
        self._drop_package()
        self.sudo().write(  # sudo: written by the steps, not by hand
            {
                "package_state": "waiting",
                "package_done": 0,
                "package_total": 0,
                "package_place": False,
                "package_error": False,
            }
        )
        # sudo: whoever works on requests may wake the job
        self.env.ref("social_crm_gdpr.ir_cron_build_packages").sudo()._trigger()

    def action_package_anew(self):
        """Build the package anew."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "in_progress" or self.kind not in KINDS:
            raise UserError(self.env._("Carry the request out first."))
        self._check_same_people()
        self._queue_package()

    def action_package_download(self):
        """Take the package away to hand it over; it is noted who did."""
        self._check_hand_out()
        return {
            "type": "ir.actions.act_url",
            "url": f"/social_crm_gdpr/package/{self.id}",
            "target": "download",
        }

    def _check_hand_out(self):
        """:raise UserError: where there is nothing to hand over, or it is about others by now"""
        self.ensure_one()
        self.check_access("write")
        if self.package_state != "ready":
            raise UserError(self.env._("The package is not ready."))
        self._check_same_people()

    def _hand_out_package(self):
        """The package, for a clerk; every time it leaves it is noted who took it.

        :return: the file, with the system's rights
        :rtype: recordset
        """
        self._check_hand_out()
        people = self.subject_identity_ids or self.subject_partner_ids
        self.env["social.crm.access.log"]._note("export", people, purpose=self.name)
        self._told("package_handed_out")
        return self.sudo().package_id  # sudo: the package is the steps' own file

    def action_package_send(self):
        """Send the person a link to the package, which works once, and close the request."""
        self.check_access("write")
        for request in self:
            if request.package_state != "ready":
                raise UserError(self.env._("The package is not ready."))
            if request.state not in ("in_progress", "answered"):
                raise UserError(self.env._("Carry the request out first."))
            request._check_same_people()
            request._send("package", *request._package_text())
            # sudo: written by the step itself
            request.sudo().package_sent_at = fields.Datetime.now()
            request._told("package_sent")
            if request.state == "in_progress":
                request._close("answered")

    def _package_text(self):
        token = self.env["social.crm.privacy.token"]._issue(self, "package", LINK_HOURS)
        until = fields.Datetime.add(fields.Datetime.now(), hours=LINK_HOURS)
        zone = str(self.jurisdiction_id._zone(self.company_id))
        localized = self.with_context(lang=self._person_lang())
        return self._text(
            "package",
            link=f"{self.get_base_url()}/privacy/package/{token}",
            until=format_datetime(localized.env, until, tz=zone),
        )

    def _package_fetched(self):
        """The person has it."""
        # sudo: a stranger's click, which proved itself by the link
        self.sudo().package_fetched_at = fields.Datetime.now()
        self._told("package_fetched")

    # === BUILDING === #

    @api.model
    def _cron_build_packages(self):
        """Build what waits, part by part, going on where a job before was ended."""
        cron = self.env["ir.cron"]
        # sudo: the job builds every company's
        waiting_sudo = self.sudo().search(
            [("package_state", "in", ("waiting", "building"))], order="due_at, id"
        )
        for number, request in enumerate(waiting_sudo):
            left = len(waiting_sudo) - number
            while request._build_step():
                if not cron._commit_progress(remaining=left):
                    return
            if not cron._commit_progress(1, remaining=left - 1):
                return

    def _build_step(self):
        """One part, or the end.

        :return: whether there is more to do
        :rtype: bool
        """
        self.ensure_one()
        if self.package_state not in ("waiting", "building"):
            return False  # an erasure took it away meanwhile
        try:
            with self.env.cr.savepoint():
                return self._in_persons_language()._build_next()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise  # the job is run again
        except Exception as error:  # whatever it is, the others' packages are built
            _logger.exception("Package of request %s cannot be built", self.uuid)
            self.write({"package_state": "failed", "package_error": type(error).__name__})
            return False

    def _in_persons_language(self):
        return self.with_company(self.company_id).with_context(
            lang=self._person_lang(), active_test=False, prefetch_fields=False
        )

    def _build_next(self):
        folder = self._package_folder()
        place = self.package_place
        if not place or not folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
            (folder / "data").mkdir(parents=True, mode=0o700)
            counts = {name: len(self._section_ids(name)) for name in self._sections()}
            counts = {name: count for name, count in counts.items() if count}
            self.write(
                {
                    "package_state": "building",
                    "package_done": 0,
                    "package_total": sum(counts.values()),
                    "package_place": {"counts": counts, "sections": list(counts), "row": 0},
                }
            )
            return True
        if not place["sections"]:
            self._finish_package(folder, place["counts"])
            return False
        self._build_part(folder, place)
        return True

    def _build_part(self, folder, place):
        """The next rows of a section, at most so many, as one file for each format."""
        name = place["sections"][0]
        ids = self._section_ids(name)
        model = self.env[name]
        begin, end = place["row"], min(place["row"] + PART_ROWS, len(ids))
        if begin < end:
            number = f"-{begin // PART_ROWS + 1:03d}" if len(ids) > PART_ROWS else ""
            write_part(
                folder / "data",
                f"{name.replace('.', '_')}{number}",
                f"{self._section_title(name)} {number.lstrip('-0')}".strip(),
                model._privacy_columns(portable=self.kind == "portability"),
                self._rows_of(model, ids[begin:end], folder),
                self._person_lang().split("_")[0],
                _font_path(),
                FORMATS[self.kind],
                self._elsewhere(),
            )
        done = end >= len(ids)
        self.write(
            {
                "package_done": self.package_done + end - begin,
                "package_place": {
                    "counts": place["counts"],
                    "sections": place["sections"][done:],
                    "row": 0 if done else end,
                },
            }
        )

    def _rows_of(self, model, ids, folder):
        """Rows in plain values, read batch by batch; what was read is forgotten again."""
        identities, partners = self.subject_identity_ids, self.subject_partner_ids
        columns = model._privacy_columns(portable=self.kind == "portability")
        for begin in range(0, len(ids), READ_BATCH):
            records = model.browse(ids[begin : begin + READ_BATCH])
            files = (records - records._privacy_foreign(identities, partners))._privacy_files()
            if files:
                # once more after a kill: told apart where they are added
                with (folder / "files").open("a", encoding="ascii") as listed:
                    listed.writelines(f"{one}\n" for one in files.ids)
            yield from records._privacy_rows(columns, identities, partners)
            self.env.flush_all()
            self.env.invalidate_all()

    @api.model
    def _sections(self):
        """Models that may hold something of a person, always in the same order.

        :rtype: list[str]
        """
        declared = (
            name
            for name, model in self.env.registry.items()
            if hasattr(model, "_personal_data_domain")
            and not model._abstract
            and not model._transient
            and model._auto
            and name not in LEFT_OUT
        )
        business = {name for name in self.env["base"]._privacy_business() if name in self.env}
        return [*sorted(business.union(declared)), ACTIVITIES, NOTES]

    def _section_ids(self, name):
        period = None
        if self.has_shared and self.shared_scope != "all":
            shared = self.subject_identity_ids.filtered("is_shared")
            begin = self.shared_from if self.shared_scope == "period" else None
            period = (shared, begin, self.shared_to or None)
        model = self.env[name]
        if name in (ACTIVITIES, NOTES):
            return self._hanging_ids(name)
        if self.kind == "portability" and len(model._privacy_columns(portable=True)) <= 2:
            return []
        return model._privacy_ids(
            self.subject_identity_ids, self.subject_partner_ids, self.company_id, period
        )

    def _hanging_ids(self, model):
        """Mails, notes and activities on the person's records; no conclusions are portable."""
        if self.kind == "portability":
            return []
        inverse = {ACTIVITIES: "activity_ids", NOTES: "message_ids"}[model]
        return self.env[model]._privacy_ids_of(
            {
                name: ids
                for name in self._sections()
                if name not in (ACTIVITIES, NOTES)
                and inverse in self.env[name]._fields
                and (ids := self._section_ids(name))
            },
            self.subject_partner_ids,
            self.company_id,
        )

    def _elsewhere(self):
        """What PDF says in place of words in a writing it cannot print.

        :rtype: str
        """
        return self.env._("in another writing: see the page (HTML)")

    def _section_title(self, name):
        # sudo: what a kind of record is called
        return self.env["ir.model"].sudo()._get(name).name

    def _package_folder(self):
        return Path(config["data_dir"]) / FOLDER / self.env.cr.dbname / self.uuid

    # === FORGETTING === #

    def _drop_package(self):
        """Delete the package and whatever was written of it."""
        for request in self:
            shutil.rmtree(request._package_folder(), ignore_errors=True)
        packages_sudo = self.sudo().package_id  # sudo: the steps' own file
        packages_sudo.unlink()

    def _close(self, state):
        """Override: what nobody gets is not kept."""
        super()._close(state)
        if state != "answered":
            dropped = self.filtered("package_state")
            dropped._drop_package()
            dropped.sudo().package_state = "gone"  # sudo: written by the steps

    @api.autovacuum
    def _gc_packages(self):
        """A package is a copy of everything: it does not lie about."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS)
        # sudo: the job clears every company's
        old_sudo = self.sudo().search(
            [("package_state", "=", "ready"), ("package_at", "<", limit)], limit=100
        )
        old_sudo._drop_package()
        old_sudo.package_state = "gone"
        self._gc_folders()

    @api.model
    def _gc_folders(self):
        """Delete what a job that was ended left of packages nobody builds any more."""
        place = Path(config["data_dir"]) / FOLDER / self.env.cr.dbname
        names = {folder.name for folder in place.iterdir()} if place.is_dir() else set()
        # sudo: the job clears every company's
        building_sudo = self.sudo().search(
            [("uuid", "in", list(names)), ("package_state", "in", ("waiting", "building"))]
        )
        for name in names - set(building_sudo.mapped("uuid")):
            shutil.rmtree(place / name, ignore_errors=True)

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **not_personal(
                "package_state package_done package_total package_place package_error package_at "
                "package_sent_at package_fetched_at shared_scope shared_from shared_to"
            ),
            **classify(CONTENT, CLEAR, "package_id"),
        }


def _font_path():
    try:
        return file_path(FONT)
    except FileNotFoundError:
        return ""
