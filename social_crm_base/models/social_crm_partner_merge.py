# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.privacy import EMPLOYEE, IDENTITY, KEEP, ROW, classify, not_personal
from .social_crm_identity_link_decision import plain

#: Our rows that follow a merge and come back by undo: model -> field that names the contact.
OUR_ROWS = {
    "social.crm.identity.link": "partner_id",
    "social.crm.case": "partner_id",
    "social.crm.partner.origin": "partner_id",
}
#: Never written back: what Odoo keeps itself, and what would be somebody else's.
NOT_RESTORED = frozenset({"id", "user_ids", "parent_path", "message_main_attachment_id"})
STORED_TYPES = frozenset(
    (
        "char", "text", "html", "integer", "float", "monetary", "boolean", "date", "datetime",
        "selection", "many2one", "many2many",
    )  # fmt: skip
)


class SocialCrmPartnerMerge(models.Model):
    """What Odoo's merge of contacts did to our rows, written before it does it, for undo."""

    _name = "social.crm.partner.merge"
    _inherit = ["social.crm.personal.data"]
    _description = "Merge of Contacts"
    _order = "date desc, id desc"
    _rec_name = "source_name"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", string="Merged By", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Merged Into", index="btree_not_null", ondelete="set null",
        readonly=True,
    )
    source_name = fields.Char(string="Contact That Went", readonly=True)
    source_ref = fields.Integer(string="Its Number", readonly=True)
    source_values = fields.Json(readonly=True, help="Its stored fields, to make it anew.")
    kept_values = fields.Json(
        readonly=True, help="Fields of the contact that stayed, as they were before."
    )
    our_rows = fields.Json(readonly=True, help="Rows of ours that named it: model -> ids.")
    link_changes = fields.Json(readonly=True, help="Links as they were before.")
    takes_new = fields.Json(readonly=True, help="Cases that took new messages before.")
    source_image = fields.Binary(
        readonly=True, help="Its picture: Odoo puts that of the contact that stays over it."
    )
    other_documents = fields.Json(readonly=True, help="What stays: model -> ids.")
    other_text = fields.Text(compute="_compute_texts", string="Stays Where It Is")
    our_text = fields.Text(compute="_compute_texts", string="Comes Back")
    state = fields.Selection(
        [("done", "Merged"), ("undone", "Undone")], required=True, default="done", readonly=True
    )
    restored_partner_id = fields.Many2one(
        "res.partner", string="Restored As", index="btree_not_null", ondelete="set null",
        readonly=True,
    )

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    @api.depends("our_rows", "other_documents")
    def _compute_texts(self):
        for merge in self:
            merge.our_text = merge._in_words(merge.our_rows or {})
            merge.other_text = merge._in_words(merge.other_documents or {})

    def _in_words(self, rows):
        """``3 × Case`` for each model, in the reader's language."""
        lines = []
        for model, ids in sorted(rows.items()):
            if not ids or model not in self.env:
                continue
            # sudo: names of models, nothing in them
            label = self.env["ir.model"].sudo()._get(model).name
            lines.append(f"{len(ids)} × {label}")
        return "\n".join(lines) or self.env._("Nothing.")

    # === ACTION METHODS === #

    def action_undo(self):
        """Make the contact anew, and give it back its accounts, links, cases and leads."""
        self.ensure_one()
        self._check_may_undo()
        # sudo: rights were looked at; what comes back was there before, whoever may read it, and
        # cannot be written by hand
        self_sudo = self.sudo()
        partner_sudo = self_sudo._restore_partner()
        self_sudo._restore_rows(partner_sudo)
        links_sudo = self_sudo._restore_links()
        self_sudo._restore_kept()
        before = self_sudo.takes_new or []
        cases_sudo = links_sudo._cases_sudo() | self_sudo.env["social.crm.case"].browse(
            {*self_sudo.our_rows.get("social.crm.case", []), *before}
        ).exists()
        cases_sudo._recompute_customer_key(
            regain=cases_sudo.filtered(lambda case: case.id in before)
        )
        self_sudo.write({"state": "undone", "restored_partner_id": partner_sudo.id})
        (partner_sudo | self_sudo.partner_id)._social_refresh_relation()
        partner_sudo._message_log(
            body=self.env._(
                "Restored from a merge with %(partner)s.", partner=self.partner_id.display_name
            )
        )
        return partner_sudo.sudo(False)._get_records_action()

    def action_other_documents(self):
        """List documents that stay with the contact that stayed, one model at a time."""
        self.ensure_one()
        model = self.env.context.get("other_model") or next(iter(self.other_documents or {}), None)
        if not model:
            return False
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"].sudo()._get(model).name,  # sudo: the model's name
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("id", "in", self.other_documents[model])],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _record(self, sources, target):
        """Write down what is about to be merged.

        :param recordset sources: contacts that go
        :param recordset target: the contact that stays
        :return: one record for each contact that goes
        :rtype: recordset
        """
        self.env.flush_all()
        # sudo: everything that will move is written down, whoever may read it
        self_sudo, sources_sudo, target_sudo = self.sudo(), sources.sudo(), target.sudo()
        links_of, cases_of = (
            self_sudo.env[model] for model in ("social.crm.identity.link", "social.crm.case")
        )
        kept = self._stored_values(target_sudo)[target.id]
        kept["has_image"] = bool(target_sudo.image_1920)
        values = self._stored_values(sources_sudo)
        others = self._other_rows(sources_sudo)
        vals_list = []
        for source in sources_sudo:
            ours = self._our_rows_of(source, target_sudo)
            links = links_of.browse(ours["social.crm.identity.link"])
            cases = links._cases_sudo() | cases_of.browse(ours["social.crm.case"])
            ours["crm.lead"] = self._our_leads(source, cases).ids
            vals_list.append(
                {
                    "company_id": self.env.company.id,
                    "user_id": self.env.uid,
                    "partner_id": target.id,
                    "source_name": source.display_name,
                    "source_ref": source.id,
                    "source_values": values[source.id],
                    "kept_values": kept,
                    "our_rows": ours,
                    "link_changes": (
                        links | self._rows_of(links._name, "partner_id", target)
                    )._snapshot(),
                    "source_image": source.image_1920,
                    "takes_new": (cases | self._cases_of(target)).filtered("takes_new").ids,
                    "other_documents": {
                        model: left
                        for model, ids in others.get(source.id, {}).items()
                        if (left := [row for row in ids if row not in ours.get(model, ())])
                    },
                }
            )
        return self_sudo.create(vals_list)

    def _after_merge(self):
        """Make our rows right again once Odoo has pointed them all at one contact."""
        self_sudo = self.sudo()  # sudo: see _record
        target_sudo = self_sudo.partner_id
        links_sudo = self_sudo.env["social.crm.identity.link"].search(
            [("partner_id", "in", target_sudo.ids)], order="id"
        )
        moved = {
            link_id for merge in self for link_id in merge.our_rows["social.crm.identity.link"]
        }
        for links in links_sudo.grouped("identity_id").values():
            best = min(links, key=lambda link: (_RANK[link.state], link.id in moved, link.id))
            doubles = links - best
            # One row a pair: the others keep quiet, without a key, until an undo
            doubles.write({"state": "ended", "pair_key": False})
            doubles.flush_recordset(["pair_key"])
            best.pair_key = f"{best.identity_id.id}-{best.partner_id.id}"
        # The code was sent to the address of the contact that went
        links_sudo.filtered(
            lambda link: link.id in moved and link.strength == "proven"
        ).write({"strength": "evidenced", "proven_until": False})
        identities_sudo = links_sudo.identity_id
        self.env.add_to_compute(identities_sudo._fields["partner_id"], identities_sudo)
        identities_sudo.flush_recordset(["partner_id"])
        cases_sudo = links_sudo._cases_sudo() | self._cases_of(target_sudo)
        cases_sudo._recompute_customer_key()

    @api.model
    def _our_rows_of(self, source, target):
        """Rows of ours that follow a contact and come back by undo; other addons add theirs.

        :param recordset source: the contact that goes
        :param recordset target: the contact that stays
        :return: model -> ids
        :rtype: dict
        """
        return {
            model: self._rows_of(model, field, source).ids for model, field in OUR_ROWS.items()
        }

    @api.model
    def _rows_of(self, model, field, partner):
        return self.env[model].sudo().search([(field, "=", partner.id)])  # sudo: see _record

    @api.model
    def _cases_of(self, partner):
        return self._rows_of("social.crm.case", "partner_id", partner)

    @api.model
    def _our_leads(self, source, cases):
        """Leads of the contact that hang on its accounts, cases and words; lost ones too."""
        Lead = self.env["crm.lead"].sudo().with_context(active_test=False)  # sudo: see _record
        return Lead.search(
            [
                ("partner_id", "=", source.id),
                "|",
                "|",
                ("social_identity_id.partner_id", "=", source.id),
                ("social_case_ids", "in", cases.ids),
                ("social_interaction_ids.identity_id.partner_id", "=", source.id),
            ]
        )

    @api.model
    def _other_rows(self, sources):
        """Documents of other models that name the contacts, by contact.

        :return: contact id -> model -> ids
        :rtype: dict
        """
        found = defaultdict(dict)
        for model in self.env.values():
            if model._abstract or model._transient or not model._auto or model._name in OUR_ROWS:
                continue
            if model._name.startswith(("social.crm.", "mail.", "bus.", "ir.")):
                continue
            for field in model._fields.values():
                if field.store and field.column_type and field.type == "many2one" and (
                    field.comodel_name == "res.partner" and not field.company_dependent
                ):
                    self._collect(found, model, field.name, sources)
        return found

    @api.model
    def _collect(self, found, model, field_name, sources):
        rows = self.env.execute_query(
            SQL(
                "SELECT %(field)s, array_agg(DISTINCT id) FROM %(table)s "
                "WHERE %(field)s IN %(ids)s AND id NOT IN %(ids)s GROUP BY 1"
                if model._name == "res.partner"
                else "SELECT %(field)s, array_agg(DISTINCT id) FROM %(table)s "
                "WHERE %(field)s IN %(ids)s GROUP BY 1",
                field=SQL.identifier(field_name),
                table=SQL.identifier(model._table),
                ids=tuple(sources.ids),
            )
        )
        for partner_id, ids in rows:
            known = found[partner_id].setdefault(model._name, [])
            found[partner_id][model._name] = sorted(set(known) | set(ids))

    # === THE CONTACT === #

    @api.model
    def _stored_fields(self):
        """Fields of a contact that a person or a connection wrote, and no computation."""
        return [
            name
            for name, field in self.env["res.partner"]._fields.items()
            if field.store
            and field.type in STORED_TYPES
            and name not in models.MAGIC_COLUMNS
            and not field.inherited
            and not (field.compute and field.readonly)
            and name not in NOT_RESTORED
            and not name.startswith(("message_", "activity_", "social_name", "social_profile"))
        ]

    @api.model
    def _stored_values(self, partners):
        """Values of contacts as JSON knows them; a field by company in the current company.

        :rtype: dict[int, dict]
        """
        names = self._stored_fields()
        return {
            values.pop("id"): {name: plain(value) for name, value in values.items()}
            for values in partners.read(names, load="")
        }

    def _restore_rows(self, partner):
        """Point our rows at the contact again, unless somebody pointed them elsewhere since."""
        for model, ids in self.our_rows.items():
            self._restore_rows_of(self.env[model].browse(ids).exists(), partner)

    def _restore_rows_of(self, rows, partner):
        """As :meth:`_restore_rows`, of one model; other addons know how theirs are moved.

        :param recordset rows: those that followed the merge and still exist
        :param recordset partner: the contact made anew
        """
        rows.filtered(lambda row: row.partner_id == self.partner_id).with_context(
            tracking_disable=True
        ).write({"partner_id": partner.id})

    def _restore_partner(self):
        """Make the contact that went anew, of what still exists."""
        Partner = self.env["res.partner"]
        vals = {}
        for name, value in self.source_values.items():
            field = Partner._fields.get(name)
            if not field or value is False or value is None:
                continue
            if field.type == "many2one":
                value = self.env[field.comodel_name].browse(value).exists().id
            elif field.type == "many2many":
                existing = self.env[field.comodel_name].browse(value).exists()
                value = [fields.Command.set(existing.ids)]
            vals[name] = value
        vals["image_1920"] = self.source_image
        return Partner.with_context(tracking_disable=True).create(vals)

    def _restore_links(self):
        """Put all links of both contacts back as they were; two rows may share an account again.

        :return: the links, with all rights
        :rtype: recordset
        """
        links = self.env["social.crm.identity.link"].browse(
            [snapshot["id"] for snapshot in self.link_changes or []]
        ).exists()
        links._restore(self.link_changes or [])
        links._set_pair_key()
        return links

    def _restore_kept(self):
        """Give the contact that stayed back what the merge put over it, where it still holds."""
        before, source = self.kept_values or {}, self.source_values
        now = self._stored_values(self.partner_id).get(self.partner_id.id, {})
        vals = {}
        for name, value in before.items():
            field = self.partner_id._fields.get(name)
            if not field or field.type == "many2many" or now.get(name) == value:
                continue
            if now.get(name) == source.get(name):
                vals[name] = value
        if not before.get("has_image") and self.partner_id.image_1920 == self.source_image:
            vals["image_1920"] = False
        if vals:
            self.partner_id.with_context(tracking_disable=True).write(vals)

    def _check_may_undo(self):
        if self.state != "done":
            raise UserError(self.env._("This merge was undone already."))
        if not self.partner_id:
            raise UserError(
                self.env._(
                    "The contact that stayed was deleted since, and our rows with it. There is "
                    "nothing left to give back."
                )
            )
        self.env["res.partner"].check_access("create")
        self.partner_id.check_access("write")

    def _personal_data_fields(self):
        return {
            **not_personal("company_id state"),
            **classify(
                IDENTITY,
                ROW,
                "date partner_id source_name source_ref source_values kept_values our_rows "
                "link_changes takes_new source_image other_documents restored_partner_id",
            ),
            **classify(
                EMPLOYEE, KEEP, "user_id",
                ground="accountability, GDPR Art. 5(2): who merged contacts",
            ),
        }  # fmt: skip

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("partner_id", "in", partners.ids) | fields.Domain(
            "restored_partner_id", "in", partners.ids
        )


#: Which of two links of one pair stays.
_RANK = {"confirmed": 0, "refused": 1, "later": 2, "proposed": 3, "ended": 4}


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Override of `base` to write down what is merged first, and put our rows right after."""
        merges_sudo = self.env["social.crm.partner.merge"]._record(src_partners, dst_partner)
        super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()  # Odoo moves the rows by plain SQL
        merges_sudo._after_merge()

