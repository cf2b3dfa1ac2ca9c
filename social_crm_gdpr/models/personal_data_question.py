# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Questions put to the database: whoever sees initials does not hear whether a name is there."""

from markupsafe import Markup

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

from odoo.addons.social_crm_base.tools.privacy import CONTENT


class SocialCrmPersonalData(models.AbstractModel):
    _inherit = "social.crm.personal.data"

    @api.model
    @ormcache()
    def _mask_unasked(self):
        """Fields a question may not be put by: whoever asks for a name must not hear whether it is
        there. These are those that tell who somebody is, and words, which may name people.

        :rtype: frozenset[str]
        """
        if not self._is_ours():
            return frozenset()
        words = {
            name
            for name, personal in self._personal_data_fields().items()
            if personal.category == CONTENT
        }
        words.update(
            name
            for name, field in self._fields.items()
            if field.related and self._mask_related(field.related, (CONTENT,))
        )
        return self._mask_fields() | {
            name
            for name in words
            if self._masks_field(self._fields[name]) or self._fields[name].type == "properties"
        }

    @api.model
    @ormcache()
    def _mask_unasked_links(self):
        """Lists of records that tell whose they are: of contacts, and those a contact has.

        :rtype: frozenset[str]
        """
        found = {"message_follower_ids", "message_partner_ids"} if self._is_ours() else set()
        for name, field in self._fields.items():
            if field.type == "many2many" and name in self._mask_unasked():
                found.add(name)
            elif field.type == "one2many":
                unasked = getattr(self.env[field.comodel_name], "_mask_unasked", frozenset)()
                if field.inverse_name in unasked:
                    found.add(name)
        return frozenset(found)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Override: nothing is found, ordered, grouped or summed up by what is masked.

        All questions put to the database come this way, also those by way of another record.
        """
        sql = super()._field_to_sql(alias, field_expr, query)
        if (
            field_expr.partition(".")[0] in self._mask_unasked()
            and not getattr(query, "mask_reads", False)
            and self._masks_for_user()
        ):
            return SQL("(CASE WHEN FALSE THEN %s END)", sql)  # empty, of the same type
        return sql

    def _search(self, domain, *args, **kwargs):
        """Override: nor by lists of what is masked, whose conditions name no column of ours."""
        links = self._mask_unasked_links()
        if links and not self.env.su and self.env["social.crm.identity"]._masks():
            domain = Domain(domain).map_conditions(
                lambda asked: Domain.FALSE
                if asked.field_expr.partition(".")[0] in links
                else asked
            )
        return super()._search(domain, *args, **kwargs)

    def _fetch_query(self, query, fields):
        """Override: what is read, not asked, is masked on its way out instead."""
        query.mask_reads = True  # its conditions and order are there already
        return super()._fetch_query(query, fields)

    @api.model
    def get_empty_list_help(self, help_message):
        """Override to say why a search for a name finds nothing."""
        said = super().get_empty_list_help(help_message)
        # rights are lifted while an action is loaded, so the role alone counts
        if not self._mask_unasked() or not self.env["social.crm.identity"]._masks():
            return said
        return Markup("%s<p>%s</p>") % (Markup(said or ""), self._mask_search_words())

    @api.model
    def _mask_search_words(self):
        """Why nobody is found by name or words, and whom to ask.

        :rtype: str
        """
        return self.env._(
            "Names are masked for your role: nothing is found by names, handles, addresses or "
            "words. Search by state, date, channel or number, or ask a colleague who answers "
            "people here."
        )
