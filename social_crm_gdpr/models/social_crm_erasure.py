# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.social_crm_base.tools.privacy import (
    CLEAR,
    CONTENT,
    EMPLOYEE,
    IDENTITY,
    KEEP,
    classify,
    not_personal,
)

#: What a clerk fills in; everything else follows from acts.
FILLED_IN = frozenset({"identity_ids", "partner_ids", "tell_suppression", "company_id"})
#: From here on nobody takes it back.
UNDERWAY = ("running", "remote", "scanning", "withheld")
#: What a hold keeps by itself; accounts and talks stay because of these.
HELD_WORDS = ("social.crm.interaction", "social.crm.case", "mail.message")


class SocialCrmErasure(models.Model):
    """One person's data being erased: preview, second person, batches, proof.

    Who it is about is forgotten with the last step. What stays are counts, grounds and a random
    reference, by which the evidence log, the suppression list and the erasure log know it.
    """

    _name = "social.crm.erasure"
    _inherit = ["social.crm.by.acts", "social.crm.personal.data"]
    _description = "Erasure"
    _order = "id desc"
    _rec_name = "reference"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    reference = fields.Char(
        required=True, readonly=True, copy=False, index=True,
        default=lambda self: str(uuid.uuid4()),
    )
    state = fields.Selection(
        [
            ("draft", "Preview"),
            ("proposed", "Waits for a second person"),
            ("parked", "Parked by a legal hold"),
            ("telling", "Telling the person first"),
            ("running", "Erasing"),
            ("remote", "Waiting for networks"),
            ("scanning", "Proving"),
            ("withheld", "To be looked at"),
            ("done", "Erased"),
            ("cancelled", "Cancelled"),
        ],
        required=True, readonly=True, default="draft", copy=False, index=True,
    )
    identity_ids = fields.Many2many("social.crm.identity", string="Accounts", copy=False)
    partner_ids = fields.Many2many(
        "res.partner", string="Contacts", copy=False, context={"active_test": False}
    )
    tell_suppression = fields.Boolean(
        string="Keep It Erased", default=True,
        help="Keyed hashes go on the suppression list, so that old data does not come back. The "
        "person is told, and may decline: then switch this off.",
    )
    user_id = fields.Many2one("res.users", string="Proposed By", readonly=True, copy=False)
    approver_id = fields.Many2one("res.users", string="Approved By", readonly=True, copy=False)
    cutoff = fields.Datetime(
        string="Cut-off", readonly=True, copy=False,
        help="What dates from before is erased and stays away.",
    )
    request_ids = fields.One2many("social.crm.privacy.request", "erasure_id", readonly=True)
    line_ids = fields.One2many("social.crm.erasure.line", "erasure_id", readonly=True)
    hit_ids = fields.One2many("social.crm.erasure.hit", "erasure_id", readonly=True)
    open_hit_count = fields.Integer(string="To Look At", compute="_compute_open_hit_count")
    step = fields.Integer(readonly=True, copy=False)
    progress = fields.Float(string="Progress (%)", compute="_compute_progress")
    aliases = fields.Json(
        readonly=True, copy=False, groups="base.group_system",
        help="What the proving scan looks for; forgotten with the certificate.",
    )
    kept = fields.Json(
        readonly=True, copy=False, groups="base.group_system",
        help="Rows that stay, by table and ground, until the certificate counts them.",
    )
    outbox_ids = fields.Many2many(
        "social.crm.outbox", readonly=True, copy=False, string="Deletions Asked of Networks",
        groups="base.group_system",
    )
    mail_ids = fields.Many2many(
        "mail.mail", readonly=True, copy=False, string="Recipients Told",
        groups="base.group_system",
    )
    remote_until = fields.Datetime(readonly=True, copy=False)
    to_log = fields.Selection(
        [("begun", "That it begins"), ("declined", "That the suppression list was declined")],
        readonly=True, copy=False, index="btree_not_null",
        help="What was decided, and the erasure log outside has yet to be told by the job.",
    )
    error = fields.Char(
        string="Stopped By", readonly=True, copy=False,
        help="Why it does not go on. The other erasures do, and this one is tried again hourly.",
    )
    facts = fields.Json(readonly=True, copy=False, help="What the certificate says, in counts.")
    done_at = fields.Datetime(string="Certified", readonly=True, copy=False)

    _reference_unique = models.UniqueIndex("(reference)")

    @api.depends("hit_ids.verdict")
    def _compute_open_hit_count(self):
        for erasure in self:
            erasure.open_hit_count = len(erasure.hit_ids._open())

    @api.depends("state", "line_ids.done", "line_ids.planned")
    def _compute_progress(self):
        for erasure in self:
            lines = erasure.line_ids.filtered(lambda line: line.action not in ("keep", "look"))
            planned = sum(lines.mapped("planned"))
            share = sum(min(line.done, line.planned) for line in lines) / planned if planned else 0
            if erasure.state == "done":
                share = 1
            erasure.progress = 100 * share

    @api.constrains("identity_ids", "partner_ids", "company_id")
    def _check_people(self):
        for erasure in self.filtered(lambda erasure: erasure.state == "draft"):
            # sudo: whose account it is, also one that is not shown
            accounts_sudo = erasure.identity_ids.sudo()
            if accounts_sudo.company_id - erasure.company_id:
                raise ValidationError(
                    self.env._("The accounts belong to another company than the erasure.")
                )
            if any(accounts_sudo.mapped("is_own")):
                raise ValidationError(
                    self.env._("Our own accounts are disconnected, not erased.")
                )
            # sudo: whether a contact is a colleague's
            users_sudo = erasure.partner_ids.sudo().with_context(active_test=False).user_ids
            if users_sudo.filtered(lambda user: user._is_internal()):
                raise ValidationError(
                    self.env._(
                        "One of these contacts is a colleague with a user of their own: their "
                        "name goes by retention after they have left."
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_filled_in(name for vals in vals_list for name in vals)
        erasures = super().create(vals_list)
        erasures.filtered(lambda erasure: erasure.state == "draft")._follow_links()
        return erasures

    def write(self, vals):
        self._check_filled_in(vals)
        if not self.env.su and self.filtered(lambda erasure: erasure.state != "draft"):
            raise UserError(self.env._("Who is erased was decided. Cancel it, and begin anew."))
        return super().write(vals)

    @api.model
    def _check_filled_in(self, names):
        """Refuse what follows from acts: who proposed it, how far it is, what it belongs to.

        :raise AccessError: in words
        """
        self._refuse_by_hand(names := list(names))
        if not self.env.su and set(names) - FILLED_IN:
            raise AccessError(self.env._("This follows from what is done, not by hand."))

    def _follow_links(self):
        """All accounts and contacts that are the person's, over all links."""
        for erasure in self:
            identity_ids, partner_ids = self.env["social.crm.measure"]._everything_of(
                erasure.identity_ids, erasure.partner_ids, erasure.company_id
            )
            erasure.sudo().write(  # sudo: links found, whoever may read them
                {
                    "identity_ids": [fields.Command.set(list(identity_ids))],
                    "partner_ids": [fields.Command.set(list(partner_ids))],
                }
            )

    @api.model
    def _for_request(self, identities, partners, *, proposed_by, approved_by, suppress=True,
                     company=None, request=None):  # fmt: skip
        """Begin the erasure a privacy request asks for; two people have looked at it already.

        :param recordset identities: ``social.crm.identity``
        :param recordset partners: ``res.partner``
        :param recordset proposed_by: the clerk who handled the request
        :param recordset approved_by: the second person
        :param bool suppress: False where the person declined the suppression list
        :param recordset request: who asked for it, and is told
        :return: the erasure, running or parked by a legal hold
        :rtype: recordset
        :raise UserError: when both are the same person, or one is no clerk
        """
        company = company or self.env.company
        # sudo: an erasure is written by acts; who acts is checked right below
        erasure_sudo = self.sudo().create(
            {
                "company_id": company.id,
                "identity_ids": [fields.Command.set(identities.ids)],
                "partner_ids": [fields.Command.set(partners.ids)],
                "tell_suppression": suppress,
            }
        )
        if request:
            request.sudo().erasure_id = erasure_sudo  # sudo: as above
        erasure_sudo.write({"user_id": proposed_by.id, "state": "proposed"})
        erasure_sudo._count()
        erasure_sudo.with_user(approved_by).action_approve()
        return erasure_sudo.sudo(self.env.su)

    # === ACTIONS === #

    @api.model
    def _check_clerk(self):
        """:raise AccessError: for whoever does not execute requests, the officer too"""
        if not (self.env.su or self.env.user.has_group("social_crm_base.group_privacy_clerk")):
            raise AccessError(self.env._("Only a privacy clerk does this."))

    def action_preview(self):
        """Count what would go, what would stay, and why. Nothing changes."""
        self._check_clerk()
        for erasure in self:
            erasure._expect("draft")
            if not (erasure.identity_ids or erasure.partner_ids):
                raise UserError(self.env._("Say who: an account or a contact."))
            # sudo: everything is counted, whoever may read it
            erasure.sudo()._count()
        return True

    def action_propose(self):
        """Ask a second person, on the ground of the preview.

        :raise UserError: for the preview of a request, which is decided there
        """
        if self.request_ids:
            raise UserError(self.env._("A privacy request asks for this: go on there."))
        self.action_preview()
        for erasure in self:
            # sudo: written by the act
            erasure.sudo().write({"state": "proposed", "user_id": self.env.uid})
        return True

    def action_approve(self):
        """The second person agrees: from here on it cannot be taken back."""
        self.check_access("write")
        self._check_clerk()
        for erasure in self:
            erasure._expect("proposed")
            if erasure.user_id == self.env.user:
                raise UserError(
                    self.env._(
                        "You proposed this erasure yourself: another privacy clerk has to agree."
                    )
                )
            erasure_sudo = erasure.sudo()  # sudo: written by the act
            erasure_sudo.approver_id = self.env.user
            erasure_sudo._begin()
        return True

    def action_cancel(self):
        """Leave everything as it is."""
        self.check_access("write")
        self._check_clerk()
        for erasure in self:
            # parked with a cut-off: a hold came in the middle
            if erasure.cutoff or erasure.state in (*UNDERWAY, "telling", "done"):
                raise UserError(self.env._("It has begun: what is erased does not come back."))
        # sudo: written by the act
        self.sudo().write(
            {
                "state": "cancelled",
                "identity_ids": [fields.Command.clear()],
                "partner_ids": [fields.Command.clear()],
            }
        )
        return True

    def _expect(self, *states):
        if self.state not in states:
            names = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._("This erasure stands at “%(state)s” now.", state=names[self.state])
            )

    @api.model
    def _open_for(self, identities=None, partners=None):
        """The preview of erasing these people.

        :rtype: dict
        """
        self._check_clerk()
        erasure = self.create(
            {
                "identity_ids": [fields.Command.set(identities.ids)] if identities else [],
                "partner_ids": [fields.Command.set(partners.ids)] if partners else [],
            }
        )
        erasure.action_preview()
        return erasure._get_records_action()

    # === BEGINNING === #

    def _begin(self):
        """List the person and let the job work, which begins with the erasure log; or park it."""
        self.ensure_one()
        if self._park_held():
            return
        self._refuse_behind()
        self._check_log()
        if not self._people_are_told():
            self.state = "telling"
            self._wake_job(fields.Datetime.now() + timedelta(minutes=1))
            return
        self.write(
            {
                "state": "running",
                "step": 0,
                "to_log": "begun",
                "cutoff": self.cutoff or fields.Datetime.now(),
                "aliases": self._collect_aliases(),
            }
        )
        if self.tell_suppression:
            self.env["social.crm.suppression"]._add(
                self.company_id, self._suppression_aliases(), self.cutoff, self.reference
            )
        elif dropped := self.env["social.crm.suppression"]._drop(
            self.company_id, self._suppression_aliases()
        ):
            self._tell("declined", entries=dropped)
        self._tell("begun", accounts=len(self.identity_ids), contacts=len(self.partner_ids))
        self._tell_recipients()
        self._wake_job()

    def _park_held(self):
        """Stop where somebody of them is held, also in the middle: it begins anew after the hold.

        :rtype: bool
        """
        if not (held := self._held_people()):
            return False
        self.env["social.crm.legal.hold"]._refuse_erasure(self.reference, held)
        # what stays is found anew then: there is more left than what was held before
        self.write({"state": "parked", "kept": False})
        return True

    def _held_people(self):
        """Whom of them a legal hold keeps.

        :rtype: recordset
        """
        return self.identity_ids._held() or self.partner_ids._held()

    def _tell(self, what, **facts):
        self.env["social.crm.evidence"].with_company(self.company_id)._append(
            f"erasure.{what}", self.reference, **facts
        )

    def _people_are_told(self):
        """Whether who asked was told, or is told another way than by the account that goes.

        :rtype: bool
        """
        return not self.request_ids.filtered(lambda request: not request._last_word_is_over())

    @api.model
    def _wake_job(self, at=None):
        # sudo: whoever acts asks the job to begin
        self.env.ref("social_crm_gdpr.ir_cron_erasure").sudo()._trigger(at)

    @api.model
    def _resume_parked(self):
        """Let erasures go on that no hold parks any more."""
        if self._behind():
            return  # nothing is begun before the others are replayed; the next run looks again
        # sudo: holds end by themselves, nobody acts
        for erasure in self.sudo().search([("state", "=", "parked")]):
            erasure = erasure.with_company(erasure.company_id)
            try:
                with self.env.cr.savepoint():
                    if not (erasure._held_people() or erasure._still_held()):
                        erasure._begin()
                        erasure._note_error(False)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception as error:  # noqa: BLE001 (one erasure must not stop the others)
                erasure._note_error(error)

    def _still_held(self):
        """Whether a hold keeps all that was left on this ground: then there is nothing to go on
        with yet.

        :rtype: bool
        """
        held = {
            model: set(ids)
            for model in HELD_WORDS
            if (ids := (self.kept or {}).get(model, {}).get("hold"))
        }
        return bool(held) and all(
            ids <= set(self._protected(self.env[model].browse(ids).exists()).get("hold", ()))
            for model, ids in held.items()
        )

    def _personal_data_fields(self):
        return {
            **not_personal(
                "company_id reference state tell_suppression cutoff step kept outbox_ids "
                "mail_ids remote_until to_log facts done_at"
            ),
            **classify(IDENTITY, CLEAR, "identity_ids partner_ids aliases"),
            **classify(CONTENT, CLEAR, "error"),
            **classify(
                EMPLOYEE, KEEP, "user_id approver_id", ground="GDPR Art. 5(2): who erased"
            ),
        }
