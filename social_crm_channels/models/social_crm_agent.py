# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify, not_personal

# What people set about themselves; the rest is their team leader's.
OWN_FIELDS = frozenset({"absent_from", "absent_until", "absence_note", "lang_ids"})


class SocialCrmAgent(models.Model):
    """How one colleague works in one company: how much, in which languages, and when not."""

    _name = "social.crm.agent"
    _inherit = ["social.crm.personal.data"]
    _description = "Social Colleague"
    _order = "name, id"

    user_id = fields.Many2one(
        "res.users", string="Colleague", required=True, index=True, ondelete="cascade",
        domain="[('share', '=', False)]",
    )
    name = fields.Char(related="user_id.name", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    capacity = fields.Integer(
        help="How many open cases this colleague should hold at once; 0: as many as the team "
        "says."
    )
    lang_ids = fields.Many2many(
        "res.lang",
        string="Languages",
        context={"active_test": False},
        help="Empty: those of the team.",
    )
    skill_ids = fields.Many2many(
        "social.crm.tag", string="Skills", help="Empty: those of the team."
    )
    needs_approval = fields.Boolean(
        string="Answers Need Approval",
        help="Somebody else reads this colleague's answers before they leave.",
    )
    absent_from = fields.Datetime(help="Open cases go back to the queue then.")
    absent_until = fields.Datetime(help="Empty: until further notice.")
    absence_note = fields.Char(
        string="Note for Colleagues",
        help="Who stands in, when to expect them back. Not why: that may be a matter of health.",
    )
    last_assigned_at = fields.Datetime(
        string="Last Case Handed Over", readonly=True, copy=False,
        help="Of colleagues with equal load, who waited longest is next.",
    )
    is_absent = fields.Boolean(
        string="Absent", compute="_compute_availability", search="_search_is_absent"
    )
    is_available = fields.Boolean(string="Available Now", compute="_compute_availability")
    availability = fields.Char(compute="_compute_availability", string="Now")
    is_led = fields.Boolean(compute="_compute_is_led", help="Whether one may change all of it.")
    returned_count = fields.Integer(
        string="Cases to Give Back", compute="_compute_returned_count",
        help="Taken back because of an absence, and nobody's since.",
    )
    open_count = fields.Integer(string="Open Cases", compute="_compute_open_count")

    _user_unique = models.UniqueIndex(
        "(company_id, user_id)", "This colleague is known in this company already."
    )
    _capacity_positive = models.Constraint(
        "CHECK(capacity >= 0)", "How many cases somebody holds cannot be negative."
    )
    _absence_order = models.Constraint(
        "CHECK(absent_until IS NULL OR absent_from IS NULL OR absent_until > absent_from)",
        "An absence ends after it begins.",
    )

    # === COMPUTE METHODS === #

    @api.depends("absent_from", "absent_until", "user_id.im_status")
    def _compute_availability(self):
        now = fields.Datetime.now()
        absent = self._absent_now(now)
        online = self._online()
        for agent in self:
            agent.is_absent = agent._origin in absent or agent._is_in_own_absence(now)
            agent.is_available = not agent.is_absent and agent._origin in online
            if agent.is_absent:
                agent.availability = agent._absence_words(now)
            elif agent.is_available:
                agent.availability = self.env._("Online")
            else:
                agent.availability = self.env._("Not online")

    def _absence_words(self, now):
        if self.absent_until and self._is_in_own_absence(now):
            return self.env._(
                "Absent until %(date)s",
                date=fields.Date.to_string(
                    fields.Datetime.context_timestamp(self, self.absent_until)
                ),
            )
        return self.env._("Absent")

    @api.depends_context("uid")
    def _compute_is_led(self):
        self.is_led = self._leads()

    @api.model
    def _leads(self):
        return self.env.su or self.env.user.has_group("social_crm_base.group_team_leader")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_open_count(self):
        loads = self._loads()
        for agent in self:
            agent.open_count = loads.get((agent.company_id.id, agent.user_id.id), 0)

    def _search_is_absent(self, operator, value):
        if operator != "in":
            return NotImplemented
        absent = Domain("id", "in", self.search([])._absent_now(fields.Datetime.now()).ids)
        if set(value) == {True, False}:
            return Domain.TRUE
        return absent if True in value else ~absent

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        agents = super().create(vals_list)
        agents.filtered("is_absent")._return_work()
        return agents

    def write(self, vals):
        if vals.keys() - OWN_FIELDS and not self._leads():
            raise AccessError(
                self.env._(
                    "You may set your own absence and languages. Ask your team leader to change "
                    "how much and what you are given."
                )
            )
        done = super().write(vals)
        if vals.keys() & {"absent_from", "absent_until"}:
            self.filtered("is_absent")._return_work()
        return done

    # === BUSINESS METHODS === #

    @api.model
    def _of(self, users, company):
        """The rows of these users in a company, made where they are missing.

        :param recordset users: ``res.users``
        :param recordset company: one ``res.company``
        :return: with superuser rights: who works how is read for everybody's cases
        :rtype: recordset
        """
        # sudo: a case is handed over also by those who may not see how colleagues work
        Agent_sudo = self.sudo()
        known = Agent_sudo.search(
            [("user_id", "in", users.ids), ("company_id", "=", company.id)]
        )
        missing = users - known.user_id
        return known | Agent_sudo.create(
            [{"user_id": user.id, "company_id": company.id} for user in missing]
        )

    def _is_in_own_absence(self, now):
        """Whether the absence written here is on.

        :param datetime now: naive UTC
        """
        self.ensure_one()
        return bool(
            self.absent_from
            and self.absent_from <= now
            and (not self.absent_until or self.absent_until > now)
        )

    def _is_out_of_office(self, now):
        """Whether Odoo's own out-of-office message is on; asked of the moment, not of a cache.

        :param datetime now: naive UTC
        """
        user_sudo = self.user_id.sudo()  # sudo: only when, not why
        begun, end = user_sudo.out_of_office_from, user_sudo.out_of_office_to
        return bool(begun and begun <= now and (not end or end >= now))

    def _absent_now(self, now):
        """Who of these does not work now: by the absence here, by Odoo's out-of-office message,
        or by an approved leave where the app Time Off is installed.

        :param datetime now: naive UTC
        :rtype: recordset
        """
        # sudo: only whether somebody is away is read, not why
        on_leave = set(self._on_leave_ids(self.user_id.sudo()))
        return self.filtered(
            lambda agent: agent._is_in_own_absence(now)
            or agent._is_out_of_office(now)
            or agent.user_id.id in on_leave
        )

    @api.model
    def _on_leave_ids(self, users):
        """Users on an approved leave now; nobody where Time Off is not installed.

        :param recordset users: ``res.users``
        :rtype: list[int]
        """
        on_leave = getattr(users, "_get_on_leave_ids", None)
        return on_leave() if on_leave else []

    def _online(self):
        """Who of these is at Odoo now and not set to *away*, *do not disturb* or *offline*.

        Other apps put before it where somebody is, such as ``presence_home_online``.

        :rtype: recordset
        """
        # sudo: presence is the system's; here it decides who is given work
        online_sudo = self.user_id.sudo().filtered(
            lambda user: (user.im_status or "").split("_")[-1] == "online"
        )
        return self.filtered(lambda agent: agent.user_id.id in online_sudo.ids)

    def _loads(self):
        """Open cases each of these holds now.

        :return: (company id, user id) to number
        :rtype: dict
        """
        # sudo: how much somebody has to do counts all cases, also confidential ones
        groups = self.env["social.crm.case"].sudo()._read_group(
            [("user_id", "in", self.user_id.ids), ("state", "=", "open")],
            ["company_id", "user_id"],
            ["__count"],
        )
        return {(company.id, user.id): count for company, user, count in groups}

    def _personal_data_fields(self):
        return {
            **not_personal("company_id"),
            **classify(
                EMPLOYEE, KEEP,
                "user_id name capacity lang_ids skill_ids needs_approval absent_from absent_until "
                "absence_note last_assigned_at",
                ground="employment: how work is shared out",
            ),
        }  # fmt: skip
