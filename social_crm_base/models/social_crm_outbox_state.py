# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from ..tools.activity import Activity, Target

SAYING = ("send", "publish")  # what puts words of ours on a network
REMOVING = ("delete", "revoke", "erase", "remove")
# What moderation makes of an item that stays.
HIDING = {"hide": True, "spam": True, "unhide": False, "approve": False}
#: The reaction that shows an item to our own readers.
SHARE = "share"


class SocialCrmOutbox(models.Model):
    """What may become of a row: taken back, released, tried again, done by hand, done, failed."""

    _inherit = "social.crm.outbox"

    # === ACTIONS === #

    def action_take_back(self):
        """Take back what has not left yet."""
        self._lock(
            ("approval", "held", "queued", "by_hand"),
            self.env._("It is too late to take this back."),
        )
        self.write({"state": "cancelled", "not_before": False, "error": False})
        self._saying().interaction_id.write({"delivery_state": "cancelled"})

    def action_release(self):
        """Send what is held now: the time to take it back is over."""
        held = self.filtered(lambda row: row.state == "held")
        if held:
            held._lock(("held",), self.env._("This is being sent already."))
            held.write({"state": "queued", "not_before": False})
            self._wake_sending()

    def action_retry(self):
        """Try again what failed, or what nobody knows the outcome of."""
        self._lock(
            ("failed", "unknown"),
            self.env._("Only what failed, or ended without an answer, can be tried again."),
        )
        self.write({"state": "queued", "attempts": 0, "not_before": False, "error": False})
        self._saying().interaction_id.write({"delivery_state": "queued", "delivery_note": False})
        self._wake_sending()

    def action_done_by_hand(self):
        """A person did it on the network itself."""
        self._lock(
            ("by_hand", "unknown", "failed"), self.env._("Only open work can be marked as done.")
        )
        for row in self:
            row._mark_done(None)

    def _lock(self, states, refusal):
        """Lock the rows and make sure that no worker was quicker.

        :raise UserError: in words, when one was
        """
        self.check_access("write")
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(refusal) from error
        self.invalidate_recordset(["state"])
        if any(row.state not in states for row in self):
            raise UserError(refusal)

    # === OUTCOMES === #

    def _mark_done(self, receipt):
        """The network took it, or a person did it there.

        :param receipt: what the network gave back (``external_id``, ``permalink``,
            ``occurred_at``, ``family``, ``container``, ``remote_key``, ``ref``); None by hand or
            where it gives nothing
        """
        self.ensure_one()
        now = fields.Datetime.now()
        moment = (receipt and receipt.occurred_at) or now
        self.write(
            {
                "state": "done",
                "sent_at": moment,
                "not_before": False,
                "error": False,
                "receipt": receipt
                and {
                    "external_id": receipt.external_id,
                    "permalink": receipt.permalink,
                    "family": receipt.family,
                    "container": receipt.container,
                    "remote_key": receipt.remote_key,
                    "ref": receipt.ref,
                },
            }
        )
        # sudo: what follows from our own words, whoever pressed the button
        interaction_sudo = self.sudo().interaction_id
        if self.operation in SAYING:
            interaction_sudo._mark_sent(receipt, moment)
        elif self.operation == "edit" and self.payload:
            interaction_sudo._mark_reworded(self.payload.get("text", ""), moment)
        elif self.operation in REMOVING:
            interaction_sudo._blank_content("deleted")
        elif self.operation in HIDING:
            interaction_sudo._mark_hidden(HIDING[self.operation])
        elif self.operation in ("react", "unreact") and self.payload:
            interaction_sudo._mark_reacted(
                self.operation, self.payload.get("reaction", ""), moment)
        if self.operation != "mark_read":  # of which nothing is to be seen here
            interaction_sudo.hooks_pending = True  # open screens are told by the second stage

    def _mark_failed(self, message):
        """The network refused it for good.

        :param str message: why, in words for the person who asked for it
        """
        self.write({"state": "failed", "error": message, "not_before": False})
        failed_sudo = self.sudo()._saying().interaction_id  # sudo: see _mark_done
        failed_sudo.write({"delivery_state": "failed", "delivery_note": message})
        failed_sudo.hooks_pending = True

    def _sending_refusal(self):
        """Why what was written may not leave any more, in words; empty when it may.

        Between writing and sending a person may withdraw what they agreed to.

        :rtype: str
        """
        self.ensure_one()
        purpose = self.interaction_id.purpose
        if self.operation != "send" or not purpose or not self.conversation_id:
            return ""
        return self.conversation_id._purpose_refusal(purpose)

    def _saying(self):
        return self.filtered(lambda row: row.operation in SAYING)

    @api.model
    def _wake_sending(self, at=None):
        """Ask for the workers that send. What connects networks overrides it.

        :param datetime at: not before; now by default
        """


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    def _queue_operation(self, operation, **payload):
        """Ask for something to be done on the network to these items.

        :param str operation: a value of the field ``operation`` other than send and publish
        :param payload: ``text`` of an edit, ``reaction`` of a reaction
        :return: rows of ``social.crm.outbox``
        :rtype: recordset
        """
        self.check_access("write")
        if operation == "react" and payload.get("reaction") == SHARE:
            self._gate_show()
        rows = self.env["social.crm.outbox"].create(
            [item._prepare_operation(operation, payload) for item in self]
        )
        rows._wake_sending()
        return rows

    def _gate_show(self):
        """Refuse to show other people's words to our readers (sharing, boosting, quoting).

        Our own words are ours to show; addons that know what people want refuse theirs.

        :raise UserError: in words
        """

    def _prepare_operation(self, operation, payload=None):
        """
        :return: values of ``social.crm.outbox``
        :rtype: dict
        """
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "channel_id": self.channel_id.id,
            "conversation_id": self.conversation_id.id,
            "interaction_id": self.id,
            "operation": operation,
            "payload": payload or False,
            "idempotency_key": self.env["social.crm.outbox"]._new_key(),
            "state": "by_hand" if self.channel_id.connector == "manual" else "queued",
        }

    def _mark_sent(self, receipt, moment):
        """Our words are on the network: they have a name, a date, and answer somebody.

        :param receipt: see ``social.crm.outbox._mark_done``
        :param datetime moment: naive UTC
        """
        self.ensure_one()
        self.write({"date": moment, "delivery_note": False})
        if receipt and receipt.external_id:
            key = self._dedup_key(receipt.family, receipt.container, receipt.external_id)
            self._swallow_echo(key)
            self._name_sent(
                {
                    self.id: {
                        "external_id": receipt.external_id,
                        "family": receipt.family,
                        "container": receipt.container,
                        "remote_ref": receipt.ref,
                        "remote_key": receipt.remote_key,
                        "permalink": receipt.permalink,
                    }
                }
            )
        else:
            self._climb_delivery({self.id: "sent"})
        talk = self.conversation_id
        talk.write(
            {
                "first_date": min(talk.first_date or moment, moment),
                "last_date": max(talk.last_date or moment, moment),
                "last_out_date": max(talk.last_out_date or moment, moment),
            }
        )
        self.env.flush_all()
        self._cases_concerned()._recount_turns()

    def _mark_reworded(self, text, moment):
        """Our edit is on the network: the ingest keeps the earlier wording."""
        named = Target(self.external_id or "", self.family, self.container or "")
        if named.external_id:
            self._ingest(
                self.channel_id,
                [Activity("edit", moment, target=named, text=text, edited_at=moment)],
            )

    def _mark_hidden(self, is_hidden):
        """The public no longer sees it there, or sees it again. What is gone stays gone."""
        for item in self.filtered(lambda item: item.state not in ("deleted", "expired")):
            shown = "edited" if item.edited_at else "normal"
            item.write(
                {
                    "state": "hidden" if is_hidden else shown,
                    "hidden_at": fields.Datetime.now(),
                }
            )

    def _mark_reacted(self, verb, reaction, moment):
        """Our like is on the network: it stands below what it is about, as others' do."""
        named = Target(self.external_id or "", self.family, self.container or "")
        if named.external_id:
            like = Activity(verb, moment, direction="out", target=named, reaction=reaction)
            self._ingest(self.channel_id, [like])

    def _swallow_echo(self, key):
        """The network told us of our own words before it answered: two rows become ours.

        :param str key: the final key, which the echo has
        """
        self.env.flush_all()
        echo = self.search([("channel_id", "=", self.channel_id.id), ("dedup_key", "=", key)])
        echo -= self
        if not echo:
            return
        self._climb_delivery({self.id: echo.delivery_state or "sent"})
        kept = {"counters": echo.counters, "counters_at": echo.counters_at, "reach": echo.reach}
        if not self.case_id:
            kept["case_id"] = echo.case_id.id
        if self.parent_id == echo:
            kept["parent_id"] = False
        for model, name, relation in self._references():
            if relation:
                self._move_relation(relation, echo)
            else:
                self.env.cr.execute(
                    f'UPDATE "{model._table}" SET "{name}" = %s WHERE "{name}" = %s',
                    [self.id, echo.id],
                )
        self.env.invalidate_all(flush=False)
        self.write(kept)
        echo.unlink()
        self.env.flush_all()

    def _references(self):
        """Every stored field that points at interactions, in whatever addon.

        :return: (model, field name, None) or (model, field name, (table, column, other column))
        :rtype: iterator
        """
        for model in self.env.values():
            if model._abstract or not model._auto:
                continue
            for name, field in model._fields.items():
                if not field.store:
                    continue
                if field.type == "many2one" and field.comodel_name == self._name:
                    yield model, name, None
                elif field.type == "many2many" and field.comodel_name == self._name:
                    yield model, name, (field.relation, field.column2, field.column1)
                elif field.type == "many2many" and model._name == self._name:
                    yield model, name, (field.relation, field.column1, field.column2)

    def _move_relation(self, relation, echo):
        table, column, other = relation
        self.env.cr.execute(
            f'INSERT INTO "{table}" ("{column}", "{other}")'
            f' SELECT %s, "{other}" FROM "{table}" WHERE "{column}" = %s ON CONFLICT DO NOTHING',
            [self.id, echo.id],
        )
