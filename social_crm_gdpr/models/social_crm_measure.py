# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from odoo.addons.social_crm_base.tools import names
from odoo.addons.social_crm_base.tools.action import dialog_for
from odoo.addons.social_crm_base.tools.privacy import (
    CLEAR,
    CONTENT,
    EMPLOYEE,
    IDENTITY,
    KEEP,
    classify,
    not_personal,
)

# What may still be changed while the measure is in force; the rest stays as it was decided.
CHANGEABLE = frozenset({"until", "end_reason"})
MAX_STEPS = 10


class SocialCrmMeasure(models.AbstractModel):
    """Something decided about people that holds for a time: why, since when, until when, by whom.

    It holds for the people named and for everything that turns out to be theirs: all accounts of
    their contacts, all contacts of their accounts, also what is linked later.
    """

    _name = "social.crm.measure"
    _inherit = ["social.crm.by.acts", "social.crm.personal.data"]
    _description = "Measure about People"
    _order = "since desc, id desc"
    _rec_name = "reason"
    _evidence_kind = ""

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    reference = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self._new_reference(),
        help="What the evidence log calls it.",
    )
    identity_ids = fields.Many2many("social.crm.identity", string="Accounts")
    # an archived contact is held and restricted like any other
    partner_ids = fields.Many2many(
        "res.partner", string="Contacts", context={"active_test": False}
    )
    reason = fields.Char()
    since = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    until = fields.Datetime(help="Empty: until it is ended by hand.")
    state = fields.Selection(
        [("in_force", "In force"), ("ended", "Ended")],
        required=True,
        readonly=True,
        default="in_force",
        index=True,
        copy=False,
    )
    user_id = fields.Many2one(
        "res.users", string="Decided By", readonly=True, default=lambda self: self.env.user
    )
    ended_at = fields.Datetime(readonly=True, copy=False)
    ended_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    end_reason = fields.Char(string="Why It Ended", copy=False)

    @api.constrains("until", "since")
    def _check_until(self):
        for measure in self:
            if measure.until and measure.until <= measure.since:
                raise ValidationError(self.env._("The end must lie after the beginning."))

    @api.model
    def _new_reference(self):
        """A random name for the evidence log.

        :rtype: str
        """
        return str(uuid.uuid4())

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        measures = super().create(vals_list)
        for measure in measures:
            if not (measure.reason or "").strip():
                raise ValidationError(self.env._("Write down the reason: it must be explained."))
            measure._check_somebody()
        measures._told("begun")
        measures._after_change()
        return measures

    def write(self, vals):
        self._refuse_by_hand(vals)
        if not self.env.su and vals.keys() - CHANGEABLE:
            raise UserError(
                self.env._(
                    "Whom it is about, why and since when was decided and stays. End it, and "
                    "decide anew."
                )
            )
        if not self.env.su and self.filtered(lambda measure: measure.state == "ended"):
            raise UserError(self.env._("This has ended; what was decided then stays as it was."))
        if not self.env.su and "until" in vals:
            self._check_end_moved(vals)
        done = super().write(vals)
        if "until" in vals:
            self._told("end_moved")
            self._after_change()
        return done

    def _check_end_moved(self, vals):
        """Refuse to end a measure by its date without a reason.

        :raise UserError: in words
        """
        until = fields.Datetime.to_datetime(vals["until"])
        if not until:
            return
        if until <= fields.Datetime.now():
            raise UserError(self.env._("The end must lie in the future. To end it now: End It."))
        for measure in self.filtered(lambda measure: not measure.until or until < measure.until):
            if not (vals.get("end_reason", measure.end_reason) or "").strip():
                raise UserError(
                    self.env._("Write down why it ends earlier, together with the new end.")
                )

    def _check_somebody(self):
        """Refuse what is about nobody.

        :raise ValidationError: in words
        """
        if not self.identity_ids and not self.partner_ids:
            raise ValidationError(self.env._("Say whom it is about: an account or a contact."))

    def _told(self, what):
        """Write into the evidence log what happened, without saying to whom."""
        for company, measures in self.grouped("company_id").items():
            self.env["social.crm.evidence"].with_company(company)._append_many(
                f"{self._evidence_kind}.{what}",
                [(measure.reference, measure._evidence_facts()) for measure in measures],
            )

    def _evidence_facts(self):
        return {
            "accounts": len(self.identity_ids),
            "contacts": len(self.partner_ids),
            "has_end": bool(self.until),
        }

    def _after_change(self):
        """What else changes when a measure begins or ends."""

    # === ENDING === #

    def action_end(self):
        """End it, for the reason written down."""
        self.check_access("write")
        for measure in self.filtered(lambda measure: measure.state == "in_force"):
            if not (measure.end_reason or "").strip():
                raise UserError(self.env._("Write down why it ends, then press the button again."))
        self._end()

    def _end(self, automatic=False):
        # sudo: state and who ended it are written by the act itself, not by hand
        going_sudo = self.sudo().filtered(lambda measure: measure.state == "in_force")
        going_sudo.write(
            {
                "state": "ended",
                "ended_at": fields.Datetime.now(),
                "ended_by_id": False if automatic else self.env.uid,
            }
        )
        going_sudo._told("lapsed" if automatic else "ended")
        going_sudo._after_change()

    @api.model
    def _cron_end_due(self):
        """End what has reached its day."""
        due = self.search([("state", "=", "in_force"), ("until", "<=", fields.Datetime.now())])
        due._end(automatic=True)

    # === WHOM IT HOLDS === #

    @api.model
    def _in_force_domain(self):
        return Domain("state", "=", "in_force") & (
            Domain("until", "=", False) | Domain("until", ">", fields.Datetime.now())
        )

    @api.model
    def _in_force(self):
        """All that hold now.

        :return: with the system's rights: they hold for everybody
        :rtype: recordset
        """
        return self.sudo().search(self._in_force_domain())  # sudo: see above

    @api.model
    def _held_people(self):
        """Whom the measures in force hold, over all accounts, contacts and links.

        :return: company to (ids of identities, ids of partners)
        :rtype: dict
        """
        return {
            company: self._everything_of(measures.identity_ids, measures.partner_ids, company)
            for company, measures in self._in_force().grouped("company_id").items()
        }

    @api.model
    def _everything_of(self, identities, partners, company):
        """Follow the links in both directions until nothing new is found.

        An account several people write from is held itself, but does not lead on to the others.
        Addresses below a person's contact (where to deliver, to whom to write) are the person's.

        :return: ids of identities, ids of partners
        :rtype: tuple[set, set]
        """
        # sudo: who is who does not depend on the reader
        links_sudo = self.env["social.crm.identity.link"].sudo()
        identity_ids, partner_ids = set(identities.ids), set(partners.ids)
        for _step in range(MAX_STEPS):
            links = links_sudo.search(
                Domain("state", "=", "confirmed")
                & Domain("company_id", "=", company.id)
                & (
                    Domain("identity_id", "in", list(identity_ids))
                    & Domain("identity_id.is_shared", "=", False)
                    | Domain("partner_id", "in", list(partner_ids))
                )
            )
            size = len(identity_ids) + len(partner_ids)
            identity_ids.update(links.identity_id.ids)
            partner_ids.update(links.filtered(lambda link: not link.identity_id.is_shared)
                               .partner_id.ids)  # fmt: skip
            if len(identity_ids) + len(partner_ids) == size:
                break
        partner_ids.update(self._addresses_below(partner_ids, identity_ids))
        return identity_ids, partner_ids

    @api.model
    def _addresses_below(self, partner_ids, identity_ids):
        """Addresses kept as contacts of their own below people: not below companies, and nobody
        who has another name, an account that is not the person's, or a user of ours.

        :return: ids of contacts
        :rtype: set[int]
        """
        # sudo: see _everything_of
        partners_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        found, above = set(), partners_sudo.browse(partner_ids)
        for _step in range(MAX_STEPS):
            if not above:
                break
            above = partners_sudo.search(
                [
                    ("parent_id", "in", above.ids),
                    ("parent_id.is_company", "=", False),
                    ("is_company", "=", False),
                    ("id", "not in", [*partner_ids, *found]),
                ]
            )
            above = above.filtered(lambda address: self._is_address(address, identity_ids))
            found.update(above.ids)
        return found

    @api.model
    def _is_address(self, contact, identity_ids):
        """Whether a contact below a person's is but one more address of theirs.

        :rtype: bool
        """
        links = contact.social_link_ids.filtered(lambda link: link.state == "confirmed")
        if set(links.identity_id.ids) - set(identity_ids):
            return False
        if any(user._is_internal() for user in contact.user_ids):
            return False
        own_name = names.fold(contact.name)
        return contact.type != "contact" or own_name in ("", names.fold(contact.parent_id.name))

    @api.model
    def _among(self, records, companies=None):
        """Those of these accounts or contacts that a measure in force holds.

        :param recordset records: ``social.crm.identity`` or ``res.partner``
        :param recordset companies: whose measures count for contacts, which companies may share;
            the current one by default. An account has a company of its own
        :rtype: recordset
        """
        people = self._held_people() if records else {}
        if not people:
            return records.browse()
        if records._name == "res.partner":
            asked = set((companies or self.env.company).ids)
            held = {
                partner
                for company, (_identities, partners) in people.items()
                if company.id in asked
                for partner in partners
            }
            return records.filtered(lambda partner: partner._origin.id in held)
        held = {company.id: ids for company, (ids, _partners) in people.items()}
        # sudo: an account's company, also of an account that is not shown
        return records.filtered(
            lambda identity: identity._origin.id
            in held.get(identity.sudo().company_id.id, ())  # sudo: see above
        )

    @api.model
    def _open_for(self, identities=None, partners=None):
        """The form of a new measure about these people.

        :rtype: dict
        """
        return dialog_for(
            self._name,
            self._description,
            identity_ids=[Command.set(identities.ids)] if identities else [],
            partner_ids=[Command.set(partners.ids)] if partners else [],
        )

    @api.model
    def _show_of(self, people):
        """The measures in force that hold somebody, over all their links.

        :param recordset people: one account or contact
        :rtype: dict
        """
        who = {"social.crm.identity": self.env["social.crm.identity"],
               "res.partner": self.env["res.partner"], people._name: people}  # fmt: skip
        company = people.company_id or self.env.company
        identities, partners = self._everything_of(*who.values(), company)
        return {
            "type": "ir.actions.act_window",
            "name": self._description,
            "res_model": self._name,
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": [
                ("state", "=", "in_force"),
                "|",
                ("identity_ids", "in", sorted(identities)),
                ("partner_ids", "in", sorted(partners)),
            ],
        }

    def _personal_data_fields(self):
        return {
            **not_personal("company_id reference since until state ended_at"),
            **classify(IDENTITY, CLEAR, "identity_ids partner_ids"),
            **classify(CONTENT, CLEAR, "reason end_reason"),
            **classify(
                EMPLOYEE, KEEP, "user_id ended_by_id", ground="GDPR Art. 5(2): who decided it"
            ),
        }

    def _personal_data_domain(self, identities, partners):
        return Domain("identity_ids", "in", identities.ids) | Domain(
            "partner_ids", "in", partners.ids
        )
