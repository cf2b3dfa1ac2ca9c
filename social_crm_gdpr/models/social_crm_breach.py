# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import uuid
from ast import literal_eval
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_datetime

from odoo.addons.social_crm_base.tools.privacy import (
    CONTENT,
    EMPLOYEE,
    KEEP,
    NONE,
    classify,
    not_personal,
)

from ..tools.model_names import model_names

WARN_HOURS = (48, 24, 6)


class SocialCrmBreach(models.Model):
    """A breach of personal data: what happened, to whom, by when whom to tell, and what was done.

    The clock starts when we became aware of it (GDPR Art. 33), and every breach is documented,
    told or not (Art. 33(5)).
    """

    _name = "social.crm.breach"
    _inherit = [
        "social.crm.by.acts",
        "mail.thread",
        "mail.activity.mixin",
        "social.crm.personal.data",
    ]
    _description = "Personal Data Breach"
    _order = "known_at desc, id desc"

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    reference = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: str(uuid.uuid4())
    )
    state = fields.Selection(
        [
            ("open", "Being looked into"),
            ("reported", "Authority told"),
            ("no_report", "No report needed"),
            ("closed", "Closed"),
        ],
        required=True, readonly=True, default="open", tracking=True, copy=False,
    )
    user_id = fields.Many2one(
        "res.users", string="Handled By", default=lambda self: self.env.user, tracking=True
    )
    happened_at = fields.Datetime(string="Happened")
    known_at = fields.Datetime(
        string="Known Since", required=True, default=fields.Datetime.now, tracking=True,
        help="The clock runs from the moment we became aware of it.",
    )
    hours = fields.Integer(
        string="Hours to Report", compute="_compute_hours", store=True, readonly=False,
        required=True, precompute=True, help="By the law the company is under.",
    )
    deadline = fields.Datetime(compute="_compute_deadline", store=True, index=True)
    hours_left = fields.Float(compute="_compute_hours_left")
    is_late = fields.Boolean(compute="_compute_hours_left")
    warned_hours = fields.Integer(readonly=True, copy=False)
    kind_confidentiality = fields.Boolean(string="Seen or taken by others")
    kind_integrity = fields.Boolean(string="Changed")
    kind_availability = fields.Boolean(string="Lost or out of reach")
    description = fields.Text(string="What Happened", help="Art. 33(3)(a).")
    consequences = fields.Text(string="Likely Consequences", help="Art. 33(3)(c).")
    measures = fields.Text(string="What Was Done", help="Art. 33(3)(d).")
    risk = fields.Selection(
        [("none", "Unlikely to be a risk"), ("risk", "A risk"), ("high", "A high risk")],
        tracking=True,
        help="A risk: the authority is told (Art. 33). A high risk: the people too (Art. 34).",
    )
    no_report_reason = fields.Text(string="Why Nobody Is Told")
    late_reason = fields.Text(string="Why It Is Late", help="Art. 33(1).")
    model = fields.Selection("_selection_model", string="Records Concerned")
    domain = fields.Char(string="Which of Them", default="[]")
    record_count = fields.Integer(string="Records", readonly=True, copy=False)
    person_count = fields.Integer(string="People", readonly=True, copy=False)
    data_kinds = fields.Char(string="Kinds of Data", readonly=True, copy=False)
    counted_at = fields.Datetime(readonly=True, copy=False)
    authority_text = fields.Text()
    person_text = fields.Text(string="Text for the People")
    reported_at = fields.Datetime(string="Authority Told", readonly=True, copy=False)
    told_at = fields.Datetime(string="People Told", readonly=True, copy=False)

    @api.model
    def _selection_model(self):
        models = [
            name
            for name, model in sorted(self.env.registry.items())
            if name.startswith("social.crm.")
            and not (model._abstract or model._transient)
            and {"identity_id", "partner_id"} & model._fields.keys()
            or name in ("social.crm.identity", "res.partner")
        ]
        return model_names(self.env, models)

    @api.depends("company_id")
    def _compute_hours(self):
        for breach in self:
            breach.hours = breach._law().breach_hours

    def _law(self):
        return self.env["social.crm.jurisdiction"]._of(self.company_id or self.env.company)

    @api.depends("known_at", "hours")
    def _compute_deadline(self):
        for breach in self:
            breach.deadline = breach.known_at and breach.known_at + timedelta(hours=breach.hours)

    @api.depends("deadline", "reported_at", "state")
    def _compute_hours_left(self):
        for breach in self:
            until = breach.reported_at or fields.Datetime.now()
            left = (breach.deadline - until).total_seconds() / 3600 if breach.deadline else 0.0
            breach.hours_left = left if breach.state == "open" else 0.0
            breach.is_late = left < 0 and (breach.state == "open" or bool(breach.reported_at))

    @api.constrains("domain", "model")
    def _check_domain(self):
        for breach in self.filtered("model"):
            try:
                self.env[breach.model]._search(Domain(literal_eval(breach.domain or "[]")))
            except Exception as error:
                raise ValidationError(
                    self.env._("The selection cannot be read: %(error)s", error=error)
                ) from error

    @api.model_create_multi
    def create(self, vals_list):
        breaches = super().create(vals_list)
        breaches._told("recorded")
        return breaches

    # === WHO === #

    def _affected(self):
        """The records concerned and whose they are, over all teams.

        :return: records, identities, partners
        :rtype: tuple
        """
        self.ensure_one()
        # sudo: everybody concerned counts, whoever may read them
        records_sudo = self.env[self.model].sudo().with_context(active_test=False).search(
            Domain(literal_eval(self.domain or "[]")) & self._company_domain()
        )
        identities = self.env["social.crm.identity"].sudo()  # sudo: as above
        partners = self.env["res.partner"].sudo()  # sudo: as above
        if self.model == "social.crm.identity":
            identities = records_sudo
        elif self.model == "res.partner":
            partners = records_sudo
        else:
            if "identity_id" in records_sudo._fields:
                identities = records_sudo.identity_id
            if records_sudo._fields.get("partner_id"):
                partners = records_sudo.partner_id
        identities = identities.filtered(lambda who: not who.is_own)
        return records_sudo, identities, partners | identities.partner_id

    def _company_domain(self):
        """The company's records, and contacts that belong to all companies.

        :rtype: Domain
        """
        known = self.env[self.model]._fields
        paths = [
            name
            for name in ("company_id", "identity_id.company_id", "partner_id.company_id")
            if name.split(".")[0] in known
        ]
        return Domain(paths[0], "in", [self.company_id.id, False]) if paths else Domain.TRUE

    def action_count(self):
        """Count whom it concerns, and which kinds of data, by the models' declarations."""
        self.check_access("write")
        for breach in self:
            if not breach.model:
                raise UserError(self.env._("Choose which records are concerned first."))
            records, identities, partners = breach._affected()
            declared = self.env[breach.model]._personal_data_fields()
            kinds = sorted({found.category for found in declared.values()} - {NONE, EMPLOYEE})
            unlinked = identities.filtered(lambda who: not who.partner_id)
            breach.sudo().write(  # sudo: what was counted is written by the act
                {
                    "record_count": len(records),
                    "person_count": len(unlinked) + len(partners),
                    "data_kinds": ", ".join(kinds),
                    "counted_at": fields.Datetime.now(),
                }
            )

    def action_open_affected(self):
        """Show the accounts concerned; opening them is noted."""
        self.ensure_one()
        _records, identities, _partners = self._affected()
        self.env["social.crm.access.log"]._note("open", identities, purpose=self.reference)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("People Concerned"),
            "res_model": "social.crm.identity",
            "view_mode": "list,form",
            "domain": [("id", "in", identities.ids)],
        }

    # === TEXTS === #

    def action_write_texts(self):
        """Draft what the authority and the people are told, from what is written down here."""
        self.check_access("write")
        for breach in self:
            breach.authority_text = breach._authority_text()
            breach.person_text = breach._person_text()

    def _authority_text(self):
        """The contents of Art. 33(3), in its order."""
        unknown = self.env._("not known yet; will be supplied (Art. 33(4))")
        return self.env._(
            "Notification of a personal data breach (GDPR Art. 33)\n\n"
            "Controller: %(company)s\nHappened: %(happened)s\nKnown since: %(known)s\n\n"
            "Nature of the breach: %(what)s\nKinds of data: %(kinds)s\n"
            "People concerned: about %(people)s; records: about %(records)s\n\n"
            "Contact: %(contact)s\n\nLikely consequences: %(consequences)s\n\n"
            "Measures taken or proposed: %(measures)s\n\n%(late)s",
            company=self.company_id.name,
            happened=(
                format_datetime(self.env, self.happened_at) if self.happened_at else unknown
            ),
            known=format_datetime(self.env, self.known_at),
            what=self.description or unknown,
            kinds=self.data_kinds or unknown,
            people=self.person_count if self.counted_at else unknown,
            records=self.record_count if self.counted_at else unknown,
            contact=", ".join(filter(None, (self.user_id.name, self.company_id.email))),
            consequences=self.consequences or unknown,
            measures=self.measures or unknown,
            late=self.late_reason or "",
        ).strip()

    def _person_text(self):
        """The contents of Art. 34(2), in plain language; without anybody's name."""
        return self.env._(
            "We have to tell you that something happened to data we hold about you.\n\n"
            "What happened: %(what)s\n\nWhat it may mean for you: %(consequences)s\n\n"
            "What we have done, and what you can do: %(measures)s\n\n"
            "You can reach us about it: %(contact)s\n\n%(company)s",
            what=self.description or "",
            consequences=self.consequences or "",
            measures=self.measures or "",
            contact=self.company_id.email or self.company_id.phone or "",
            company=self.company_id.name,
        )

    # === STATES === #

    def _move(self, state, allowed, **values):
        self.check_access("write")
        for breach in self:
            if breach.state not in allowed:
                raise UserError(self.env._("This step makes no sense here: reload the page."))
        self.sudo().write({"state": state, **values})  # sudo: written by the act
        self._told(state)

    def action_report(self):
        """Note that the authority was told."""
        for breach in self:
            if breach.risk not in ("risk", "high") or not breach.description:
                raise UserError(
                    self.env._("Write down what happened and how great the risk is first.")
                )
            if fields.Datetime.now() > breach.deadline and not breach.late_reason:
                raise UserError(
                    self.env._("The time is over: write down why it is late (Art. 33(1)).")
                )
        self._move("reported", ("open",), reported_at=fields.Datetime.now())

    def action_tell_persons(self):
        """Note that the people were told."""
        self.check_access("write")
        self.sudo().write({"told_at": fields.Datetime.now()})  # sudo: written by the act
        self._told("persons_told")

    def action_no_report(self):
        """Decide that nobody needs to be told, for a reason."""
        for breach in self:
            if breach.risk != "none" or not (breach.no_report_reason or "").strip():
                raise UserError(
                    self.env._(
                        "Only what is unlikely to be a risk need not be reported; write down why "
                        "(Art. 33(5))."
                    )
                )
        self._move("no_report", ("open",))

    def action_close(self):
        """Close what was told to everybody who had to be told."""
        for breach in self:
            all_told = breach._law().breach_tell_persons and breach.state == "reported"
            needs = breach.risk == "high" or all_told
            if needs and not breach.told_at:
                raise UserError(
                    self.env._("The people concerned must be told first (Art. 34).")
                )
        self._move("closed", ("reported", "no_report"))

    def _told(self, what):
        for breach in self:
            self.env["social.crm.evidence"].with_company(breach.company_id)._append(
                f"breach.{what}",
                breach.reference,
                people=breach.person_count,
                records=breach.record_count,
                late=breach.is_late,
            )

    @api.model
    def _cron_remind(self):
        """Remind who handles a breach when the time runs short, once a step."""
        now = fields.Datetime.now()
        for breach in self.search([("state", "=", "open")]):
            left = (breach.deadline - now).total_seconds() / 3600
            step = min((hours for hours in WARN_HOURS if left <= hours), default=0)
            if not step or (breach.warned_hours and breach.warned_hours <= step):
                continue
            breach.warned_hours = step
            breach.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=breach.deadline.date(),
                summary=self.env._("Report the breach: %(hours)s hours left", hours=int(left)),
                user_id=breach.user_id.id or self.env.uid,
            )

    def _personal_data_fields(self):
        return {
            **not_personal(
                "name company_id reference state happened_at known_at hours deadline "
                "warned_hours kind_confidentiality kind_integrity kind_availability risk model "
                "domain record_count person_count data_kinds counted_at authority_text "
                "person_text reported_at told_at"
            ),
            **classify(
                CONTENT,
                KEEP,
                "description consequences measures no_report_reason late_reason",
                ground="GDPR Art. 33(5): breaches are documented",
            ),
            **classify(
                EMPLOYEE, KEEP, "user_id", ground="GDPR Art. 5(2): who handled the breach"
            ),
        }
