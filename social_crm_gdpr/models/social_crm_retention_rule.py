# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging
import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.social_crm_base.const import PURPOSE_SELECTION
from odoo.addons.social_crm_base.models.res_partner_relation import RELATIONS
from odoo.addons.social_crm_base.tools.privacy import (
    CLEAR,
    EMPLOYEE,
    NONE,
    ROW,
    not_personal,
)

from ..tools.model_names import model_names

_logger = logging.getLogger(__name__)

BATCH = 500
#: A preview older than this says nothing of what would happen tonight.
PREVIEW_HOURS = 24
#: Models with a life of their own: raw events go by their setting, measures and logs by law, an
#: erasure forgets whom it is about with its last step, and the ledger of consents is evidence.
LEFT_OUT = frozenset(
    {
        "social.crm.event",
        "social.crm.consent",
        "social.crm.erasure",
        "social.crm.restriction",
        "social.crm.legal.hold",
        "social.crm.access.log",
    }
)


class SocialCrmRetentionRule(models.Model):
    """How long a class of personal data is kept.

    What goes, and how, follows from the declaration of the model. Networks' lifetimes apply
    besides: whichever ends first takes the data. What a legal hold keeps, and what belongs to an
    open case, stays.
    """

    _name = "social.crm.retention.rule"
    _inherit = ["social.crm.by.acts", "mail.thread", "social.crm.personal.data"]
    _description = "Retention Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    reference = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: str(uuid.uuid4())
    )
    state = fields.Selection(
        [("draft", "Draft"), ("in_force", "In force")],
        required=True, readonly=True, default="draft", copy=False, tracking=True,
    )
    model = fields.Selection("_selection_model", string="Where", required=True)
    category = fields.Selection("_selection_category", string="Which Data", required=True)
    days = fields.Integer(string="Kept for (days)", required=True, default=730, tracking=True)
    purpose = fields.Selection(
        PURPOSE_SELECTION, help="Only what we said for this purpose; empty: all that was said."
    )
    relation = fields.Selection(
        [("stranger", "No contact"), *RELATIONS],
        string="Of Whom",
        help="Only of people in this segment; empty: of everybody.",
    )
    reason = fields.Text(help="Why so long and no longer: goes into the register (Art. 30(1)(f)).")
    preview_count = fields.Integer(string="Would Go", readonly=True, copy=False)
    preview_held = fields.Integer(string="Held Back", readonly=True, copy=False)
    preview_oldest = fields.Datetime(string="Oldest", readonly=True, copy=False)
    preview_at = fields.Datetime(readonly=True, copy=False)
    last_run = fields.Datetime(readonly=True, copy=False)
    last_count = fields.Integer(string="Went Last Time", readonly=True, copy=False)
    last_error = fields.Char(string="Failed Last Time", readonly=True, copy=False)

    _days_positive = models.Constraint(
        "CHECK(days BETWEEN 1 AND 36500)", "Data is kept for a day at least, a century at most."
    )

    @api.model
    def _selection_model(self):
        models = [
            name
            for name, model in sorted(self.env.registry.items())
            if name.startswith("social.crm.")
            and name not in LEFT_OUT
            and not (model._abstract or model._transient)
            and model._auto
            and hasattr(model, "_personal_data_fields")
            and self._erasable(name)
        ]
        return model_names(self.env, models)

    @api.model
    def _selection_category(self):
        # the map's own choices, which are translated
        field = self.env["social.crm.data.map"]._fields["category"]
        choices = field._description_selection(self.env)
        return [choice for choice in choices if choice[0] != "employee"]

    @api.model
    def _erasable(self, model, category=None):
        """Field names a rule may take away, by what erasure does with them.

        :rtype: dict[str, list[str]]
        """
        found = {}
        fields_of = self.env[model]._fields
        for name, personal in self.env[model]._personal_data_fields().items():
            if personal.erasure not in (CLEAR, ROW) or personal.category in (NONE, EMPLOYEE):
                continue
            if category and personal.category != category:
                continue
            field = fields_of[name]
            if personal.erasure == ROW or not (field.required or field.compute):
                found.setdefault(personal.erasure, []).append(name)
        return found

    @api.constrains("model", "category", "purpose", "relation")
    def _check_class(self):
        for rule in self:
            if not self._erasable(rule.model, rule.category):
                raise ValidationError(
                    self.env._(
                        "%(model)s holds no data of this kind that a rule may take away. See "
                        "Where Personal Data Is.",
                        model=self.env[rule.model]._description,
                    )
                )
            known = self.env[rule.model]._fields
            if rule.purpose and "purpose" not in known:
                raise ValidationError(
                    self.env._("Only what is said has a purpose; leave it empty here.")
                )
            if rule.relation and not rule._person_path():
                raise ValidationError(
                    self.env._("These records belong to nobody's segment; leave it empty here.")
                )

    def write(self, vals):
        changes = {"model", "category", "days", "purpose", "relation", "company_id"}
        if vals.keys() & changes and self.filtered(lambda rule: rule.state == "in_force"):
            raise UserError(
                self.env._(
                    "Take the rule back to draft first: what it does must be looked at anew."
                )
            )
        done = super().write(vals)
        if vals.keys() & changes:
            self.sudo().preview_at = False  # sudo: what was looked at is not what it does now
        return done

    # === WHAT GOES === #

    def _person_path(self):
        """The way from a record to its contact, empty where there is none.

        :rtype: str
        """
        known = self.env[self.model]._fields
        if self.model == "social.crm.identity":
            return "partner_id"
        if "identity_id" in known:
            return "identity_id.partner_id"
        return "partner_id" if "partner_id" in known else ""

    def _date_field(self):
        """The date from which the days count.

        :rtype: str
        """
        known = self.env[self.model]._fields
        names = ("last_seen", "last_date", "date", "happened_at", "closed_at", "create_date")
        return next(name for name in names if name in known and known[name].store)

    def _due_domain(self):
        """What is over its time and not yet taken away.

        :rtype: Domain
        """
        self.ensure_one()
        known = self.env[self.model]._fields
        limit = fields.Datetime.now() - timedelta(days=self.days)
        domain = Domain(self._date_field(), "<", limit) & self.env[self.model]._retention_domain()
        if "company_id" in known:
            domain &= Domain("company_id", "=", self.company_id.id)
        if self.purpose:
            domain &= Domain("purpose", "=", self.purpose)
        if self.relation == "stranger":
            domain &= Domain(self._person_path(), "=", False)
        elif self.relation:
            domain &= Domain(f"{self._person_path()}.social_relation", "=", self.relation)
        if self.model == "social.crm.case":
            domain &= Domain("state", "=", "closed")
        elif "case_id" in known:
            domain &= Domain("case_id", "=", False) | Domain("case_id.state", "=", "closed")
        if self.model == "social.crm.identity":
            domain &= Domain("is_own", "=", False)
        going = self._erasable(self.model, self.category)
        if ROW not in going:
            domain &= self.env[self.model]._retention_left_domain(going[CLEAR])
        return domain

    def _target(self):
        """The model with the rights of the system, archived rows included."""
        # sudo: the rule looks at every record of its company, whoever reads what
        return self.env[self.model].sudo().with_company(self.company_id).with_context(
            active_test=False, tracking_disable=True
        )

    # === PREVIEW === #

    def action_preview(self):
        """Count what would go, what is held back, and say from when the oldest is."""
        self.check_access("write")
        for rule in self:
            target = rule._target()
            domain = rule._due_domain()
            oldest = target.search(domain, order=f"{rule._date_field()}, id", limit=1)
            held = 0
            if target._retention_may_keep():
                held = sum(len(batch._retention_kept()) for batch in rule._batches(target, domain))
            count = target.search_count(domain)
            rule.sudo().write(  # sudo: what was seen is written by the act
                {
                    "preview_count": count - held,
                    "preview_held": held,
                    "preview_oldest": oldest[rule._date_field()] if oldest else False,
                    "preview_at": fields.Datetime.now(),
                }
            )

    def action_show(self):
        """Show the very records that would go."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Would Go: %(rule)s", rule=self.name),
            "res_model": self.model,
            "view_mode": "list,form",
            "domain": list(self._due_domain()),
            "context": {"active_test": False, "create": False},
        }

    def action_put_in_force(self):
        """Switch rules on whose preview was looked at today."""
        self.check_access("write")
        limit = fields.Datetime.now() - timedelta(hours=PREVIEW_HOURS)
        for rule in self:
            if not rule.preview_at or rule.preview_at < limit:
                raise UserError(
                    self.env._(
                        "Look at the preview of %(rule)s first: from tonight on it takes data "
                        "away for good.",
                        rule=rule.name,
                    )
                )
        self.sudo().write({"state": "in_force"})  # sudo: written by the act
        self._told("switched_on", days=True)

    def action_back_to_draft(self):
        """Switch rules off."""
        self.check_access("write")
        self.sudo().write({"state": "draft"})  # sudo: written by the act
        self._told("switched_off")

    def _told(self, what, days=False):
        for rule in self:
            facts = {"days": rule.days, "model": rule.model} if days else {}
            self.env["social.crm.evidence"].with_company(rule.company_id)._append(
                f"retention.{what}", rule.reference, **facts
            )

    # === AT NIGHT === #

    @api.model
    def _cron_run(self):
        """Take away what is over its time, batch by batch, and log how much.

        A rule that fails says so and does not stop the others.
        """
        for rule in self.search([("state", "=", "in_force")]):
            try:
                has_time = rule._run()
            except Exception as error:
                _logger.exception("Retention rule %s failed", rule.id)
                self.env.cr.rollback()  # what was taken before is committed, batch by batch
                # an error's own words may quote what people wrote
                rule.last_error = type(error).__name__
                has_time = self.env["ir.cron"]._commit_progress(0)
            if not has_time:
                return

    def _run(self):
        """Run one rule to its end, or until the job's time is over.

        :return: whether there is time for the next one
        :rtype: bool
        """
        self.ensure_one()
        taken = held = 0
        target, seconds_left = self._target(), 1
        for batch in self._batches(target, self._due_domain()):
            kept = batch._retention_kept()
            going = (batch - kept).try_lock_for_update()
            self._take_away(going)
            taken, held = taken + len(going), held + len(kept)
            seconds_left = self.env["ir.cron"]._commit_progress(len(going), remaining=1)
            if not seconds_left:
                break
        self.write(
            {"last_run": fields.Datetime.now(), "last_count": taken, "last_error": False}
        )
        if taken or held:
            self.env["social.crm.evidence"].with_company(self.company_id)._append(
                "retention.run",
                self.reference,
                model=self.model,
                category=self.category,
                records=taken,
                held=held,
                finished=bool(seconds_left),
            )
        self.env["ir.cron"]._commit_progress(0, remaining=0)
        return bool(seconds_left)

    def _batches(self, target, domain):
        """Walk by id, so that what is held or locked is passed by and not met for ever."""
        last = 0
        while batch := target.search(domain & Domain("id", ">", last), order="id", limit=BATCH):
            last = batch[-1].id
            yield batch
            self.env.invalidate_all()

    def _take_away(self, records):
        going = self._erasable(self.model, self.category)
        if ROW in going:
            records.unlink()
        elif records:
            records._retention_clear(self.category, going[CLEAR])

    def _personal_data_fields(self):
        return not_personal(
            "name sequence company_id reference state model category days purpose relation "
            "reason preview_count preview_held preview_oldest preview_at last_run last_count "
            "last_error"
        )
