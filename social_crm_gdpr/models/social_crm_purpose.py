# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from collections import namedtuple

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify, not_personal

from ..const import OPEN_PURPOSES, WANTED_PURPOSES
from .social_crm_processing_activity import LEGAL_BASES

#: Grounds on which people decide themselves.
ASKED_BASES = ("consent", "interest")
#: What every use of data is asked against, without a query.
Terms = namedtuple("Terms", "id code basis months double stop_ends platform_ids channel_ids")


class SocialCrmPurpose(models.Model):
    """What people's data is used for, on which ground, where and for how long.

    Where the ground is consent, nothing is done before it is given; where it is a legitimate
    interest, until the person objects. The words people are asked with are its texts.
    """

    # No company: what data is used for is defined once; people decide on it company by company

    _name = "social.crm.purpose"
    _inherit = ["social.crm.cached", "mail.thread", "social.crm.personal.data"]
    _description = "Purpose"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(required=True, help="What the software asks for; never shown to people.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    description = fields.Text(translate=True, help="What is done, for colleagues.")
    legal_basis = fields.Selection(LEGAL_BASES, required=True, default="consent", tracking=True)
    platform_ids = fields.Many2many(
        "social.crm.platform", string="Networks", help="Empty: all networks."
    )
    channel_ids = fields.Many2many(
        "social.crm.channel", string="Channels", help="Empty: all channels of these networks."
    )
    months = fields.Integer(
        string="Lifetime in Months",
        tracking=True,
        help="A consent ends after so long; 0: when it is withdrawn.",
    )
    double_opt_in = fields.Boolean(
        string="Needs Double Opt-in",
        tracking=True,
        help="Given is not enough: the person confirms it by a link in an e-mail, or from the "
        "very account.",
    )
    stop_ends = fields.Boolean(
        string="Ended by STOP",
        tracking=True,
        help="Whoever writes STOP, or presses “Stop all” on their page, ends it.",
    )
    recipients = fields.Char(translate=True, help="Who gets the data for it.")
    owner_id = fields.Many2one("res.users", string="Responsible", tracking=True)
    text_ids = fields.One2many("social.crm.purpose.text", "purpose_id", string="Texts")
    is_asked = fields.Boolean(
        string="People Decide",
        compute="_compute_is_asked",
        search="_search_is_asked",
        help="Whether people are asked for it and can decide on it.",
    )
    balance_missing = fields.Boolean(
        string="Balancing Test Missing",
        compute="_compute_balance_missing",
        search="_search_balance_missing",
    )

    _code_unique = models.UniqueIndex("(code)", "There is a purpose with this code already.")
    _months_positive = models.Constraint("CHECK(months >= 0)", "A lifetime is not negative.")

    @api.depends("code", "legal_basis")
    def _compute_is_asked(self):
        for purpose in self:
            purpose.is_asked = (
                purpose.legal_basis in ASKED_BASES
                and purpose.code not in OPEN_PURPOSES
            )

    def _search_is_asked(self, operator, value):
        if operator != "in":
            return NotImplemented
        if set(value) == {True, False}:
            return fields.Domain.TRUE
        asked = fields.Domain("legal_basis", "in", ASKED_BASES) & fields.Domain(
            "code", "not in", list(OPEN_PURPOSES)
        )
        return asked if True in value else ~asked

    @api.depends("legal_basis", "active")
    @api.depends_context("company")
    def _compute_balance_missing(self):
        weighed = self.env["social.crm.balancing.test"]._weighed_purposes()
        for purpose in self:
            purpose.balance_missing = (
                purpose.legal_basis == "interest" and purpose._origin not in weighed
            )

    def _search_balance_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        if set(value) == {True, False}:
            return fields.Domain.TRUE
        weighed = self.env["social.crm.balancing.test"]._weighed_purposes()
        missing = fields.Domain("legal_basis", "=", "interest") & fields.Domain(
            "id", "not in", weighed.ids
        )
        return missing if True in value else ~missing

    @api.constrains("code", "legal_basis")
    def _check_open(self):
        for purpose in self:
            if purpose.code in OPEN_PURPOSES and purpose.legal_basis == "consent":
                raise ValidationError(
                    self.env._(
                        "Answers and what a contract needs are never a matter of consent: who "
                        "asks us is answered."
                    )
                )
            if purpose.code in WANTED_PURPOSES and purpose.legal_basis not in ASKED_BASES:
                raise ValidationError(
                    self.env._(
                        "Offers and feedback requests rest on consent, or on a legitimate "
                        "interest with a balancing test: no contract and no law asks for them."
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        if "code" in vals and any(purpose.code != vals["code"] for purpose in self):
            raise UserError(self.env._("The code stays as it is: consents and gates name it."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        # sudo: other companies' consents count too
        if self.env["social.crm.consent"].sudo().search_count(
            [("purpose_id", "in", self.ids)], limit=1
        ):
            raise UserError(self.env._("People decided on this purpose. Archive it instead."))

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache()
    def _terms(self):
        """The terms of every purpose in force.

        :return: code to :class:`Terms`
        :rtype: dict
        """
        # sudo: what a purpose allows does not depend on who asks
        return {
            purpose.code: Terms(
                purpose.id,
                purpose.code,
                purpose.legal_basis,
                purpose.months,
                purpose.double_opt_in,
                purpose.stop_ends,
                frozenset(purpose.platform_ids.ids),
                frozenset(purpose.with_context(active_test=False).channel_ids.ids),
            )
            for purpose in self.sudo().search([])  # sudo: see above
        }

    @api.model
    def _of(self, code):
        """The purpose of that code.

        :rtype: recordset
        """
        terms = self._terms().get(code)
        return self.browse(terms.id if terms else ())

    def _text(self, lang):
        """The words in force in that language, else in English.

        :param str lang: a language code, of any length
        :rtype: recordset
        """
        self.ensure_one()
        texts = self.text_ids.filtered(lambda text: text.state == "in_force")
        texts = texts.sorted("version", reverse=True)
        for wanted in ((lang or "")[:2].lower(), "en"):
            if found := texts.filtered(lambda text: text.lang == wanted)[:1]:  # noqa: B023
                return found
        return texts[:1]

    def _personal_data_fields(self):
        return {
            **not_personal(
                "name code sequence active description legal_basis platform_ids channel_ids "
                "months double_opt_in stop_ends recipients"
            ),
            **classify(
                EMPLOYEE, KEEP, "owner_id", ground="GDPR Art. 30: who answers for a purpose"
            ),
        }
