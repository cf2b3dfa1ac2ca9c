# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain

from odoo.addons.social_crm_base.tools.privacy import (
    CLEAR,
    CONTACT,
    CONTENT,
    EMPLOYEE,
    IDENTITY,
    KEEP,
    classify,
    not_personal,
)

from ..const import UNCHECKED

KIND_SELECTION = [
    ("access", "Access"),
    ("portability", "Portability"),
    ("rectification", "Rectification"),
    ("erasure", "Erasure"),
    ("restriction", "Restriction"),
    ("objection", "Objection"),
    ("withdrawal", "Withdrawal of Consent"),
    ("complaint", "Complaint"),
]
STATE_SELECTION = [
    ("proposed", "Proposed"),
    ("received", "Received"),
    ("identified", "Identified"),
    ("approved", "Approved"),
    ("in_progress", "In Progress"),
    ("answered", "Answered"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
    ("joined", "Joined"),
    ("dismissed", "No Request"),
]
#: From where a request may go where. A refused one may be taken up again.
TRANSITIONS = {
    "proposed": {"received", "joined", "dismissed"},
    "received": {"identified", "refused", "withdrawn", "joined"},
    "identified": {
        "received", "approved", "in_progress", "refused", "withdrawn", "joined"
    },
    "approved": {"received", "in_progress", "refused", "withdrawn"},
    # back: where a package was built for others than were checked
    "in_progress": {"received", "answered", "refused", "withdrawn"},
    "answered": set(),
    "refused": {"received"},
    "withdrawn": set(),
    "joined": set(),
    "dismissed": {"received"},
}
OPEN_STATES = ("proposed", "received", "identified", "approved", "in_progress")
#: What cannot be undone is looked at by a second person first.
SECOND_PERSON_KINDS = frozenset({"erasure"})
#: Who it is, when they asked and what law says: what the check and the clock rest on.
SETTLED = frozenset(
    {
        "subject_identity_ids", "subject_partner_ids", "interaction_id", "received_at",
        "jurisdiction_id", "company_id",
    }
)  # fmt: skip


class SocialCrmPrivacyRequest(models.Model):
    """What a person asks of us by right: who they are, by when, what was done and said.

    The states and who may do the steps are here; terms, identity checks, answers and what each
    kind does stand in files of their own.
    """

    _name = "social.crm.privacy.request"
    _inherit = [
        "social.crm.by.acts",
        "mail.thread",
        "mail.activity.mixin",
        "social.crm.personal.data",
    ]
    _description = "Privacy Request"
    _order = "due_at, id"
    _mail_post_access = "read"

    name = fields.Char(string="Number", readonly=True, copy=False, required=True, default="/")
    uuid = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: str(uuid.uuid4()),
        help="What the evidence log calls it.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(KIND_SELECTION, required=True, tracking=True)
    state = fields.Selection(
        STATE_SELECTION, required=True, readonly=True, default="received", tracking=True,
        copy=False, index=True, group_expand=True,
    )
    user_id = fields.Many2one(
        "res.users", string="Handled By", tracking=True,
        domain=lambda self: [
            ("all_group_ids", "in", self.env.ref("social_crm_base.group_privacy_clerk").ids)
        ],
    )
    source = fields.Selection(
        [
            ("hand", "Entered by hand"),
            ("web", "Web form"),
            ("email", "E-mail"),
            ("message", "Message on a network"),
            ("callback", "Told by the network"),
        ],
        required=True, readonly=True, default="hand", copy=False,
    )

    # What the person says of themselves
    said_name = fields.Char(string="Name Given")
    said_handle = fields.Char(string="Handle Given")
    said_url = fields.Char(string="Profile Given")
    said_email = fields.Char(string="E-Mail Given")
    said_phone = fields.Char(string="Phone Given")
    description = fields.Text(string="What the Person Asks")
    language = fields.Selection("_selection_language", string="Person's Language")
    interaction_id = fields.Many2one(
        "social.crm.interaction", string="Message", index="btree_not_null", copy=False,
        ondelete="set null",
    )
    case_id = fields.Many2one(
        "social.crm.case", index="btree_not_null", copy=False, ondelete="set null"
    )

    # Who it is
    subject_identity_ids = fields.Many2many(
        "social.crm.identity", "social_crm_privacy_request_identity_rel", string="Accounts"
    )
    subject_partner_ids = fields.Many2many(
        "res.partner", "social_crm_privacy_request_partner_rel", string="Contacts",
        context={"active_test": False},
    )

    # The law
    jurisdiction_id = fields.Many2one(
        "social.crm.jurisdiction", string="Law", required=True, ondelete="restrict",
        compute="_compute_jurisdiction_id", store=True, readonly=False, precompute=True,
    )
    article = fields.Char(compute="_compute_article")

    # Steps
    approved_at = fields.Datetime(readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    started_at = fields.Datetime(readonly=True, copy=False)
    executed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    closed_at = fields.Datetime(string="Closed", readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    duplicate_of_id = fields.Many2one(
        "social.crm.privacy.request", string="Joined Into", readonly=True, copy=False,
        index="btree_not_null",
    )
    duplicate_ids = fields.One2many("social.crm.privacy.request", "duplicate_of_id")
    needs_second_person = fields.Boolean(compute="_compute_needs_second_person")
    next_step = fields.Char(compute="_compute_next_step")

    _uuid_unique = models.Constraint("UNIQUE(uuid)", "This reference is taken.")
    _open_index = models.Index(
        "(due_at, id) WHERE state IN ('proposed', 'received', 'identified', 'approved', "
        "'in_progress')"
    )

    # === COMPUTE METHODS === #

    @api.model
    def _selection_language(self):
        return self.env["res.lang"].get_installed()

    @api.depends("name", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for request in self:
            name = request.name if request.id else self.env._("New Request")
            request.display_name = " · ".join(filter(None, (name, kinds.get(request.kind))))

    @api.depends("company_id")
    def _compute_jurisdiction_id(self):
        for request in self:
            request.jurisdiction_id = self.env["social.crm.jurisdiction"]._of(
                request.company_id or self.env.company
            )

    @api.depends("jurisdiction_id", "kind")
    def _compute_article(self):
        for request in self:
            law = request.jurisdiction_id
            request.article = law._article(request.kind) if law and request.kind else False

    @api.depends("kind")
    def _compute_needs_second_person(self):
        for request in self:
            request.needs_second_person = request.kind in SECOND_PERSON_KINDS

    @api.depends("state", "kind", "subject_identity_ids", "subject_partner_ids", "checked_by_id",
                 "approved_by_id")  # fmt: skip
    @api.depends_context("uid", "lang")
    def _compute_next_step(self):
        for request in self:
            request.next_step = request._next_step() if request.id else False

    def _next_step(self):
        """What is to be done now, in words.

        :rtype: str
        """
        found = self.subject_identity_ids or self.subject_partner_ids
        if self.state == "received" and not found:
            return self.env._("Find the person by what they say of themselves.")
        if self.state == "identified" and self.needs_second_person:
            if self.checked_by_id == self.env.user:
                return self.env._("Ask another privacy clerk to approve: it cannot be undone.")
            return self.env._("Look it over and approve: it cannot be undone.")
        if self.state == "approved" and self.approved_by_id == self.env.user:
            return self.env._("You approved it: another privacy clerk carries it out.")
        return {
            "proposed": self.env._("Read the message: does the person ask for their rights?"),
            "received": self.env._("Check that the person is who they say, by the least it needs."),
            "identified": self.env._("Carry it out."),
            "approved": self.env._("Carry it out."),
            "in_progress": self._next_step_in_progress(),
        }.get(self.state, "")

    def _next_step_in_progress(self):
        """What is to be done once it is carried out; kinds that take time say so.

        :rtype: str
        """
        return self.env._("Tell the person: draft the answer, read it over, send it.")

    @api.constrains("subject_identity_ids", "company_id")
    def _check_same_company(self):
        for request in self:
            if request.subject_identity_ids.company_id - request.company_id:
                raise ValidationError(
                    self.env._("The accounts belong to another company than the request.")
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        for request_sudo in requests.sudo():  # sudo: numbers are given, not chosen
            if request_sudo.name == "/":
                request_sudo.name = self.env["ir.sequence"].next_by_code(self._name) or "/"
        for request in requests.filtered(lambda r: r.subject_identity_ids or r.subject_partner_ids):
            request._set_subject(  # all that is linked to whom it was begun with
                self.env["social.crm.subject"]._find(
                    identity=request.subject_identity_ids,
                    partner=request.subject_partner_ids,
                    company=request.company_id,
                )
            )
        for state, group in requests.grouped("state").items():
            group._told(state)
        return requests

    def write(self, vals):
        if not self.env.su and SETTLED & vals.keys():
            self._check_unsettled()
        begun = self.filtered(lambda r: r.state not in ("proposed", "received", "identified"))
        if "kind" in vals and begun:
            raise UserError(
                self.env._("Work on this request has begun: what it asks stays as it is.")
            )
        if state := vals.get("state"):
            for request in self:
                if state != request.state and state not in TRANSITIONS[request.state]:
                    raise UserError(
                        self.env._(
                            "A request that is “%(now)s” cannot become “%(then)s”. Reload the "
                            "page: somebody may have gone on with it.",
                            now=request._state_words(request.state),
                            then=request._state_words(state),
                        )
                    )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Requests are kept: they show that people were answered. Withdraw it.")
        )

    def _check_unsettled(self):
        """Whom it is about and since when is what the check, the approval and the clock rest on.

        :raise UserError: in words
        """
        for request in self.filtered(lambda request: request.state not in ("proposed", "received")):
            raise UserError(
                self.env._(
                    "Who %(request)s is about and since when was checked already. Press Check "
                    "Anew first.",
                    request=request.name,
                )
                if request.state in ("identified", "approved")
                else self.env._(
                    "Work on %(request)s has begun: who it is about and since when stays.",
                    request=request.name,
                )
            )

    def _state_words(self, state):
        return dict(self._fields["state"]._description_selection(self.env))[state]

    # === STEPS === #

    def _move(self, state, **values):
        """Go one step, if the guard allows it, and write it down.

        :param str state: where to
        :param values: further fields of the step
        :raise UserError: where this step makes no sense now
        """
        self.lock_for_update()
        # sudo: state and who did it are written by the step itself, whose rights were checked
        self.sudo().write({"state": state, **values})
        self._told(state)

    def _told(self, what, **facts):
        """Write into the evidence log what happened, without saying to whom."""
        for company, requests in self.grouped("company_id").items():
            self.env["social.crm.evidence"].with_company(company)._append_many(
                f"request.{what}",
                [
                    (
                        request.uuid,
                        {
                            "kind": request.kind,
                            "law": request.jurisdiction_id.code,
                            "source": request.source,
                            **facts,
                        },
                    )
                    for request in requests
                ],
            )

    def action_approve(self):
        """Agree, as the second person, that what cannot be undone is done.

        :raise UserError: where nobody need agree, or nothing is known of whom it is about
        """
        self.check_access("write")
        for request in self:
            if not request.needs_second_person:
                raise UserError(self.env._("This kind of request needs no second person."))
            if request.checked_by_id == self.env.user:
                raise AccessError(
                    self.env._(
                        "You checked who the person is: somebody else approves, so that two "
                        "people have looked."
                    )
                )
        self._move(
            "approved", approved_at=fields.Datetime.now(), approved_by_id=self.env.uid
        )

    def action_execute(self):
        """Do what the person asks; what that is, each kind's ``_execute_<kind>`` knows.

        :return: an action the kind wants shown, or True
        """
        self.ensure_one()
        self.check_access("write")
        self._check_executable()
        self._move(
            "in_progress",
            started_at=fields.Datetime.now(),
            executed_by_id=self.env.uid,
            user_id=self.user_id.id or self.env.uid,
        )
        return getattr(self, f"_execute_{self.kind}")() or True

    def _check_executable(self):
        """Whether it is this user's turn to begin.

        :raise UserError: in words
        """
        if self.state == "received":
            raise UserError(self.env._("Check who the person is first."))
        if not (self.subject_identity_ids or self.subject_partner_ids):
            raise UserError(
                self.env._("Nobody is named whom it is about: add accounts or contacts.")
            )
        self._check_same_people()
        if not self.needs_second_person:
            return
        if self.state == "identified":
            raise UserError(
                self.env._(
                    "A second person must approve this first: it cannot be undone. Ask another "
                    "privacy clerk."
                )
            )
        if self.approved_by_id == self.env.user:
            raise AccessError(
                self.env._("You approved it: somebody else carries it out, so that two look.")
            )

    def action_withdraw(self):
        """The person takes it back."""
        self.check_access("write")
        self._close("withdrawn")

    def action_take_up(self):
        """Take up a refused request again."""
        self.check_access("write")
        self._move("received", closed_at=False, closed_by_id=False, **UNCHECKED)

    def _close(self, state):
        """End it in one of the closing states."""
        self._move(state, closed_at=fields.Datetime.now(), closed_by_id=self.env.uid)
        # sudo: reminders of others, too
        self.sudo().activity_ids.unlink()

    # === WHAT EACH KIND DOES === #
    # Addons and other files override; each is called once the request is in progress.

    def _execute_access(self):
        """Give the person a copy of everything."""

    def _execute_portability(self):
        """Give the person what they gave us, for machines to read."""

    def _execute_rectification(self):
        """Show what is to be corrected."""

    def _execute_erasure(self):
        """Erase the person."""

    def _execute_restriction(self):
        """Stop the use."""

    def _execute_objection(self):
        """Stop what was objected to."""

    def _execute_withdrawal(self):
        """End the consent."""

    def _execute_complaint(self):
        """Nothing happens by itself: somebody looks into it and answers."""

    # === DECLARATION === #

    def _personal_data_fields(self):
        return {
            **not_personal(
                "name uuid company_id kind state source language jurisdiction_id approved_at "
                "started_at closed_at duplicate_of_id"
            ),
            **classify(
                IDENTITY,
                CLEAR,
                "said_name said_handle said_url interaction_id case_id subject_identity_ids "
                "subject_partner_ids",
            ),
            **classify(CONTACT, CLEAR, "said_email said_phone"),
            **classify(CONTENT, CLEAR, "description"),
            **classify(
                EMPLOYEE,
                KEEP,
                "user_id approved_by_id executed_by_id closed_by_id",
                ground="GDPR Art. 5(2): who answered the request",
            ),
        }

    def _personal_data_domain(self, identities, partners):
        return Domain("subject_identity_ids", "in", identities.ids) | Domain(
            "subject_partner_ids", "in", partners.ids
        )

    @api.model
    def _open_domain(self):
        return Domain("state", "in", OPEN_STATES)

    def _set_subject(self, subject):
        """Name the people a search found.

        :param Subject subject: see ``social.crm.subject``
        """
        self.write(
            {
                "subject_identity_ids": [Command.link(i) for i in subject.identities.ids],
                "subject_partner_ids": [Command.link(i) for i in subject.partners.ids],
            }
        )
