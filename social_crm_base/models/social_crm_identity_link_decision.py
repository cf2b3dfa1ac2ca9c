# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .social_crm_identity_link import DECISIONS, LATER_DAYS

#: What a decision changes on its own row, and undo puts back.
RESTORED_FIELDS = (
    "state", "strength", "date_from", "date_to", "remind_at", "proven_until", "is_automatic",
)  # fmt: skip


class SocialCrmIdentityLink(models.Model):
    """Deciding on links: yes, no, later, end, and undo of any of them."""

    _inherit = "social.crm.identity.link"

    # === ACTION METHODS === #

    def action_confirm(self):
        """The account belongs to the contact."""
        self._prepare_decision("confirmed")
        self._confirm()
        self._tell(self.env._("Linked to %(partner)s by hand."))
        return True

    def action_refuse(self):
        """The account does not belong to the contact; never ask again for the same evidence."""
        self._prepare_decision("refused")
        for link in self.filtered(lambda link: link.state == "confirmed" and link.undo_data):
            link._undo()
        self._decide({"state": "refused", "remind_at": False})
        self._cases_sudo()._recompute_customer_key()
        self._tell(self.env._("Not linked to %(partner)s: refused by hand."))
        return True

    def action_later(self):
        """Ask again in some weeks."""
        self._prepare_decision("later")
        day = fields.Date.context_today(self) + timedelta(days=LATER_DAYS)
        self._decide({"state": "later", "remind_at": day})
        return True

    def action_end(self):
        """The account belonged to the contact until now (sold, handed over, left the family)."""
        self._prepare_decision("ended")
        partners = self.partner_id
        # The next message is from whoever has the account then: it opens a case of its own
        closing = self._cases_sudo().filtered(
            lambda case: case.takes_new and case.partner_id in partners
        )
        self._decide(
            {"state": "ended", "date_to": fields.Datetime.now()}, takes_new=closing.ids
        )
        closing.takes_new = False
        self._cases_sudo()._recompute_customer_key()
        partners._social_refresh_relation()
        self._tell(self.env._("The link to %(partner)s was ended."))
        return True

    def action_undo(self):
        """Put everything back as it was before the last decision on these links."""
        self.check_access("write")
        if without := self.filtered(lambda link: not link.undo_data):
            raise UserError(
                self.env._(
                    "There is nothing to undo for %(links)s.",
                    links=", ".join(without.mapped("display_name")),
                )
            )
        for link in self:
            link._undo()
        self._tell(self.env._("The last decision about %(partner)s was undone."))
        return True

    # === BUSINESS METHODS === #

    def _prepare_decision(self, state):
        """Look at rights and at what was decided already.

        :raise UserError: when somebody else was faster or the step makes no sense
        """
        self.check_access("write")
        labels = dict(self._fields["state"]._description_selection(self.env))
        for link in self:
            if link.state not in DECISIONS[state]:
                raise UserError(
                    self.env._(
                        "%(link)s is %(state)s already. Load the page again to see who decided.",
                        link=link.display_name,
                        state=labels[link.state].lower(),
                    )
                )

    def _confirm(self, automatic=False):
        """Confirm links, end what they replace, and let open cases follow.

        :param bool automatic: by exact evidence, nobody was asked
        """
        now = fields.Datetime.now()
        for link in self:
            replaced = link._replaced()
            before = replaced._snapshot()
            for other in replaced:
                other.sudo().write({"state": "ended", "date_to": now})  # sudo: see _decide
            link._decide(
                {
                    "state": "confirmed",
                    "strength": "evidenced",
                    "date_from": link.date_from or now,
                    "date_to": False,
                    "remind_at": False,
                    "is_automatic": automatic,
                },
                ended=before,
                automatic=automatic,
            )
        self.identity_id.flush_recordset(["partner_id"])
        self._hand_over_cases()
        self.partner_id._social_refresh_relation()

    def _replaced(self):
        """Other links of the account that this one makes void; none where it is shared."""
        self.ensure_one()
        if self.identity_id.is_shared:
            return self.browse()
        return (self.identity_id.link_ids - self).filtered(
            lambda link: link.state in ("proposed", "later", "confirmed")
        )

    def _decide(self, vals, automatic=False, **changed):
        """Write a decision with who took it, keeping what was before.

        :param dict vals: the decision
        :param changed: what else changed, for undo
        """
        for link in self:
            # sudo: decision fields are closed to direct writing; rights were looked at before
            link.sudo().write(
                {
                    **vals,
                    "decided_by_id": False if automatic else self.env.uid,
                    "decided_at": fields.Datetime.now(),
                    "undo_data": {"before": link._snapshot()[0], **changed},
                }
            )

    def _snapshot(self):
        return [
            {"id": link.id, **{name: plain(link[name]) for name in RESTORED_FIELDS}}
            for link in self
        ]

    def _restore(self, snapshots):
        """Put fields back as a snapshot says, of links that still exist."""
        for snapshot in snapshots:
            # sudo: see _decide
            link_sudo = self.sudo().browse(snapshot["id"]).exists()
            link_sudo.write({name: snapshot[name] for name in RESTORED_FIELDS})

    def _cases_sudo(self):
        """All cases of the accounts."""
        # sudo: a case follows its customer also when it belongs to another team or is confidential
        return self.env["social.crm.case"].sudo().search(
            [("identity_id", "in", self.identity_id.ids)]
        )

    def _hand_over_cases(self):
        """Cases without a contact, and open ones of a contact replaced, follow the new link."""
        cases_sudo = self._cases_sudo()
        by_identity = cases_sudo.grouped("identity_id")
        for link in self:
            link_sudo = link.sudo()  # sudo: see _decide
            partner = link_sudo.identity_id.partner_id
            followers = by_identity.get(link_sudo.identity_id, cases_sudo.browse()).filtered(
                lambda case, new=partner: case.partner_id != new
                and (not case.partner_id or case.state != "closed")
            )
            link_sudo.undo_data = {
                **(link_sudo.undo_data or {}),
                "cases": [
                    {"id": case.id, "partner_id": case.partner_id.id} for case in followers
                ],
                "takes_new": followers.filtered("takes_new").ids,
            }
            followers.with_context(tracking_disable=True).write({"partner_id": partner.id})
        cases_sudo._recompute_customer_key()

    def _undo(self):
        """Undo the last decision on one link, whatever it changed besides the row."""
        self.ensure_one()
        self_sudo = self.sudo()  # sudo: see _decide
        done = self_sudo.undo_data
        self._restore([done["before"], *done.get("ended", [])])
        self_sudo.write(
            {"undo_data": False, "decided_by_id": self.env.uid, "decided_at": fields.Datetime.now()}
        )
        cases_sudo = self._cases_sudo()
        now_with = self.partner_id
        for change in done.get("cases", []):
            case_sudo = cases_sudo.browse(change["id"]).exists()
            if case_sudo.partner_id == now_with:  # else somebody set another contact since
                before = self.env["res.partner"].browse(change["partner_id"] or []).exists()
                case_sudo.with_context(tracking_disable=True).partner_id = before
        cases_sudo._recompute_customer_key(
            regain=cases_sudo.browse(done.get("takes_new", [])).exists()
        )
        (now_with | self.identity_id.partner_id)._social_refresh_relation()

    def _tell(self, said):
        """Leave a line in the account's history; ``%(partner)s`` stands for the contact."""
        bodies = {
            link.identity_id.id: said % {"partner": link.partner_id.display_name} for link in self
        }
        if bodies:
            self.identity_id._message_log_batch(bodies=bodies)

    @api.model
    def _cron_remind(self):
        """Put proposals whose day has come back into the queue, and refresh shared accounts."""
        today = fields.Date.today()
        self.search([("state", "=", "later"), ("remind_at", "<=", today)]).write(
            {"state": "proposed", "remind_at": False}
        )
        moved = self.search(
            [
                ("state", "=", "confirmed"),
                ("identity_id.is_shared", "=", True),
                "|",
                ("date_from", "!=", False),
                ("date_to", "!=", False),
            ]
        ).identity_id
        self.env.add_to_compute(moved._fields["partner_id"], moved)
        moved.flush_recordset(["partner_id"])


def plain(value):
    """A field's value as JSON knows it."""
    if hasattr(value, "isoformat"):
        return (fields.Datetime if hasattr(value, "hour") else fields.Date).to_string(value)
    return value
