# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What other apps of Odoo hold of a person, for the copy they ask for.

Nothing is depended on: an app that is not installed has no rows. Another addon declares its
models by overriding ``_privacy_business`` on ``base``.
"""

from dataclasses import dataclass

from odoo import api, models
from odoo.fields import Domain


@dataclass(frozen=True)
class Business:
    """How a model of another app names the person, and what of its rows is told.

    :param str people: fields that name a contact, also over other records, separated by blanks
    :param str told: fields of its own, in the order in which they are read
    """

    people: str
    told: str


BUSINESS = {
    "crm.lead": Business(
        "partner_id",
        "name type stage_id date_open date_deadline expected_revenue contact_name partner_name "
        "email_from phone street zip city country_id description lost_reason_id create_date",
    ),
    "sale.order": Business(
        "partner_id partner_invoice_id partner_shipping_id",
        "name state date_order amount_total currency_id client_order_ref note",
    ),
    "sale.order.line": Business(
        "order_id.partner_id order_id.partner_invoice_id order_id.partner_shipping_id",
        "order_id name product_uom_qty price_unit price_total currency_id",
    ),
    "account.move": Business(
        "partner_id partner_shipping_id",
        "name move_type state invoice_date invoice_date_due amount_total currency_id "
        "payment_state ref narration",
    ),
    "account.move.line": Business(
        "move_id.partner_id", "move_id date name quantity price_unit price_total currency_id"
    ),
    "account.payment": Business("partner_id", "name date payment_type amount currency_id memo"),
    "payment.transaction": Business(
        "partner_id", "reference amount currency_id state last_state_change"
    ),
    "res.partner.bank": Business("partner_id", "acc_number acc_holder_name bank_id"),
    "loyalty.card": Business("partner_id", "program_id points expiration_date"),
    "pos.order": Business("partner_id", "name state date_order amount_total"),
    "purchase.order": Business("partner_id", "name state date_order amount_total currency_id"),
    "stock.picking": Business("partner_id", "name state scheduled_date date_done origin"),
    "repair.order": Business("partner_id", "name state create_date"),
    "project.task": Business(
        "partner_id", "name project_id stage_id state date_deadline description create_date"
    ),
    "helpdesk.ticket": Business("partner_id", "name stage_id description create_date"),
    "calendar.event": Business("partner_ids", "name start stop location description"),
    "event.registration": Business("partner_id", "event_id name email phone state create_date"),
    "survey.user_input": Business("partner_id", "survey_id state start_datetime end_datetime"),
    "survey.user_input.line": Business(
        "user_input_id.partner_id", "survey_id question_id display_name create_date"
    ),
    "rating.rating": Business("partner_id", "rating feedback create_date"),
}
#: Journal items that are no lines of an invoice repeat what the invoice tells.
ONLY = {"account.move.line": [("display_type", "=", "product")]}


class Base(models.AbstractModel):
    """The same words for every model: what is declared of it is told."""

    _inherit = "base"

    @api.model
    def _privacy_business(self):
        """How models of other apps name people; other addons add theirs.

        :return: name of a model to :class:`Business`
        :rtype: dict
        """
        return BUSINESS

    @api.model
    def _privacy_business_fields(self):
        """What of a model of another app is told.

        :rtype: list[str]
        """
        declared = self._privacy_business().get(self._name)
        return [name for name in declared.told.split() if name in self._fields] if declared else []

    @api.model
    def _privacy_declared(self):
        """What the suite declares of this model: the declaration of personal data, if it has one.

        :rtype: dict
        """
        return {}

    @api.model
    def _privacy_domain(self, identities, partners):
        """The rows that name these people.

        :rtype: Domain
        """
        declared = self._privacy_business().get(self._name)
        if not declared or not partners:
            return Domain.FALSE
        return Domain.OR(
            Domain(path, "in", partners.ids)
            for path in declared.people.split()
            if path.partition(".")[0] in self._fields
        ) & Domain(ONLY.get(self._name, []))

    def _privacy_said_better(self):
        """Values a model says better than its fields do, see ``_personal_data_export``.

        :rtype: list[dict]
        """
        return []


class SocialCrmPersonalData(models.AbstractModel):
    _inherit = "social.crm.personal.data"

    def _privacy_declared(self):
        return self._personal_data_fields()

    def _privacy_domain(self, identities, partners):
        return self._personal_data_domain(identities, partners)

    def _privacy_said_better(self):
        return self._personal_data_export()
