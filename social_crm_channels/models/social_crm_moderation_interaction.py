# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.const import PRIVATE_VISIBILITY

from ..tools.contract import MODERATION
from .social_crm_interaction_entry import GONE, WORDLESS

LEADERS_OPERATIONS = frozenset({"remove", "ban", "unban", "report"})
IN_PUBLIC = frozenset({"hide", "unhide", "remove", "approve"})  # what only others' view is about
OF_PEOPLE = frozenset({"ban", "unban"})
UNDERWAY = ("held", "queued", "sending", "unknown", "by_hand")
RULES_MAY = frozenset({"hide"})
BULK_LIMIT = 1000


class SocialCrmInteraction(models.Model):
    """Hiding, removing, reporting, banning: who may, where it works, and what is written down."""

    _inherit = "social.crm.interaction"

    # === MAY WE === #

    def _moderation_facts(self):
        """What deciding needs, read for all of these at once.

        :rtype: dict
        """
        # sudo: whether somebody else has asked for the same already
        rows_sudo = self.env["social.crm.outbox"].sudo().search(
            [
                ("interaction_id", "in", self.ids),
                ("operation", "in", list(MODERATION)),
                ("state", "in", UNDERWAY),
            ]
        )
        return {
            "able": self._channel_capabilities(),
            "underway": {(row.interaction_id.id, row.operation) for row in rows_sudo},
            "works": self._may_work(),
            "leads": {
                company.id: self._may_moderate_strongly(company) for company in self.company_id
            },
        }

    def _may_moderate_strongly(self, company):
        """Whether the user may remove, report and ban for a company."""
        if self.env.su or self.env.user.has_group("social_crm_base.group_team_leader"):
            return True
        # sudo: the company's setting binds everybody
        return company.sudo().social_crm_moderation_role == "agent" and self._may_work()

    def _moderation_refusal(self, operation, facts):
        """Why this cannot be done to this item, or "" if it can.

        :param str operation: a key of ``tools.contract.MODERATION``
        :param dict facts: see :meth:`_moderation_facts`
        :rtype: str
        """
        self.ensure_one()
        return (
            self._refusal_of_role(operation, facts)
            or self._refusal_of_item(operation)
            or (operation != "spam" and self._refusal_of_network(operation, facts))
            or self._refusal_of_state(operation, facts)
            or ""
        )

    def _refusal_of_role(self, operation, facts):
        if not facts["works"]:
            return self.env._("Only agents may moderate: ask a manager for the role.")
        if operation in LEADERS_OPERATIONS and not facts["leads"][self.company_id.id]:
            return self.env._(
                "Only team leaders may remove, report or ban: ask yours, or hide it for now."
            )
        return ""

    def _refusal_of_item(self, operation):
        if self.direction != "in":
            return self.env._("These are our own words: delete them instead.")
        if self.kind in WORDLESS:
            return self.env._("Nothing was said here in words.")
        if self.state in GONE and operation not in OF_PEOPLE:
            return self.env._("It is gone already.")
        if operation in IN_PUBLIC and self.visibility in PRIVATE_VISIBILITY:
            return self.env._("It was said in private: nobody else can see it.")
        if operation in IN_PUBLIC and not self._stands_below_ours():
            return self.env._(
                "It does not stand below a post of ours: only its author and the network can "
                "take it away. Report it instead."
            )
        if operation in OF_PEOPLE and (not self.identity_id or self.identity_id.is_own):
            return self.env._("Nobody outside the company is known as its author.")
        return ""

    def _refusal_of_network(self, operation, facts):
        channel = self.channel_id
        if channel.connector == "manual":
            return ""  # a person does it on the network itself
        if not channel.is_connected:
            return self.env._("%(channel)s is not connected.", channel=channel.name)
        if MODERATION[operation] not in facts["able"][channel.id]:
            return self.env._(
                "%(network)s has no way to do this from here: see there.",
                network=channel.platform_id.name,
            )
        if operation not in OF_PEOPLE and not self.external_id:
            return self.env._("It was logged by hand: the network does not tell which it is.")
        return ""

    def _refusal_of_state(self, operation, facts):
        banned = self.channel_id in self.identity_id.banned_channel_ids
        if (self.id, operation) in facts["underway"]:
            return self.env._("This is under way already.")
        if operation == "hide" and self.state == "hidden":
            return self.env._("It is hidden already.")
        if operation in ("unhide", "approve") and self.state != "hidden":
            return self.env._("It is not hidden.")
        if operation == "ban" and banned:
            return self.env._("This account is banned already.")
        if operation == "unban" and not banned:
            return self.env._("This account is not banned.")
        return ""

    def _stands_below_ours(self):
        """Whether it stands where we are the host, as far as we know."""
        place = self.conversation_id
        if self.channel_id._connector()._is_host:
            return True
        if place.kind == "mention":
            return False
        root = place.root_id.sudo()  # sudo: only whose post it is
        return not root or root == self.sudo() or root.direction == "out" or place.kind == "review"

    def _moderation_refusals(self, operation):
        """Which of these cannot be moderated so, and why.

        :return: interaction to the reason in words
        :rtype: dict
        """
        facts = self._moderation_facts()
        refusals = {item: item._moderation_refusal(operation, facts) for item in self}
        return {item: reason for item, reason in refusals.items() if reason}

    def _talk_abilities(self):
        """Add what moderation allows."""
        abilities = super()._talk_abilities()
        if abilities:
            facts = self._moderation_facts()
            for item in self:
                abilities[item.id] += [
                    operation
                    for operation in MODERATION
                    if not item._moderation_refusal(operation, facts)
                ]
        return abilities

    # === DOING === #

    def action_moderate(self, operation, reason_id=False, note=""):
        """Moderate these, and write down who did it and why.

        What cannot be moderated so is left alone; if that is all of it, it is said why.

        :param str operation: a key of ``tools.contract.MODERATION``
        :param int reason_id: of ``social.crm.moderation.reason``
        :param str note: for colleagues
        :return: ``done``: how many, ``refused``: how many, ``reasons``: why those
        :rtype: dict
        :raise UserError: when nothing could be done, in words
        """
        if operation not in MODERATION:
            raise UserError(self.env._("Nobody knows how to do this."))
        self.check_access("read")
        refusals = self._moderation_refusals(operation)
        items = self - self.browse([item.id for item in refusals])
        reasons = list(dict.fromkeys(refusals.values()))
        if not items:
            raise UserError("\n".join(reasons) or self.env._("Choose what this is about."))
        reason = self.env["social.crm.moderation.reason"].browse(reason_id or ())
        items._moderate(operation, reason, note)
        return {"done": len(items), "refused": len(refusals), "reasons": reasons}

    def action_moderate_dialog(self, operation):
        """Ask for the reason, then moderate.

        :param str operation: a key of ``tools.contract.MODERATION``
        :raise UserError: when it can be done to none of these
        """
        return self.env["social.crm.moderate"]._open_for(self, operation)

    @api.model
    def _spam_reason(self):
        return self.env.ref(
            "social_crm_channels.moderation_reason_spam", raise_if_not_found=False
        ) or self.env["social.crm.moderation.reason"].browse()

    def _moderate(self, operation, reason, note="", is_rule=False):
        """Ask for it on the network, log it, and do what follows here. Refuses nothing."""
        if operation == "spam" and not reason:
            reason = self._spam_reason()
        facts = self._moderation_facts()
        told = {}
        for step, items in self.grouped(lambda i: i._network_step(operation, facts)).items():
            if step:
                told.update(items._queue_moderation(step, reason))
        # sudo: the log is written here and nowhere else
        self.env["social.crm.moderation"].sudo().create(
            [
                {
                    "company_id": item.company_id.id,
                    "channel_id": item.channel_id.id,
                    "operation": operation,
                    "interaction_id": item.id,
                    "identity_id": item.identity_id.id,
                    "case_id": item.case_id.id,
                    "reason_id": reason.id,
                    "note": (note or "").strip() or False,
                    "user_id": False if is_rule else self.env.uid,
                    "is_rule": is_rule,
                    "outbox_id": told[item].id if item in told else False,
                    "outcome": "asked" if item in told else "done",
                }
                for item in self
            ]
        )
        if operation == "spam":
            open_cases = self.case_id.filtered(lambda case: case.state != "closed")
            open_cases._filtered_access("write").action_spam()

    def _network_step(self, operation, facts):
        """What the network is asked to do; "" where marking it here is all there is."""
        if operation != "spam":
            return operation
        if self.state == "hidden" or self._refusal_of_item("hide"):
            return ""
        steps = ("spam", "hide")
        return next((step for step in steps if not self._refusal_of_network(step, facts)), "")

    def _queue_moderation(self, operation, reason):
        """One row an item; of a ban, one row a person and account of ours.

        :return: interaction to its row of ``social.crm.outbox``
        :rtype: dict
        """
        asked = self
        if operation in OF_PEOPLE:
            people = self.grouped(lambda item: (item.identity_id, item.channel_id))
            asked = self.browse([items[:1].id for items in people.values()])
        payload = {"reason": reason.code} if reason else {}
        rows = dict(zip(asked, asked._queue_operation(operation, **payload), strict=True))
        for item, row in rows.items():
            if operation in OF_PEOPLE:
                row.identity_id = item.identity_id
        if operation not in OF_PEOPLE:
            return rows
        of_person = {(item.identity_id, item.channel_id): row for item, row in rows.items()}
        return {item: of_person[item.identity_id, item.channel_id] for item in self}

    def _moderate_as_rule(self, operation="hide"):
        """What a rule may do of its own accord: hide spam, nothing else.

        :param str operation: ``hide``
        :return: what could be hidden; the rest is left for a person
        :rtype: recordset
        :raise UserError: for anything but hiding
        """
        if operation not in RULES_MAY:
            raise UserError(
                self.env._("A rule may hide spam, nothing else: whom to ban is for people.")
            )
        # sudo: a rule works for the company, not for whoever happened to be there
        items_sudo = self.sudo()
        refused = items_sudo._moderation_refusals(operation)
        hidden_sudo = items_sudo - items_sudo.browse([item.id for item in refused])
        if hidden_sudo:
            hidden_sudo._moderate(operation, self._spam_reason(), is_rule=True)
        return self.browse(hidden_sudo.ids)

    # === SHOWN IN THE TIME LINE === #

    def _talk_facts(self):
        return {**super()._talk_facts(), "moderation": self._talk_moderation()}

    def _talk_entry(self, facts):
        entry = super()._talk_entry(facts)
        entry["moderation"] = facts["moderation"].get(self.id, False)
        entry["author"]["is_banned"] = self.channel_id in self.identity_id.banned_channel_ids
        return entry

    def _talk_moderation(self):
        """The last thing that was done about each of these, and why.

        :rtype: dict[int, dict]
        """
        rows = self.env["social.crm.moderation"].search(
            [
                ("interaction_id", "in", self.ids),
                ("operation", "not in", list(OF_PEOPLE)),
                ("outcome", "in", ("asked", "done")),
            ],
            order="id",
        )
        return {
            row.interaction_id.id: {
                "operation": row.operation,
                "reason": row.reason_id.name or "",
                "by": row.user_id.sudo().name or "",  # sudo: the name of a colleague
                "date": fields.Datetime.to_string(row.date),
            }
            for row in rows
        }


class SocialCrmCase(models.Model):
    _inherit = "social.crm.case"

    def action_moderate_dialog(self, operation):
        """Ask for the reason, then moderate all that the customers of these cases said.

        :param str operation: a key of ``tools.contract.MODERATION``
        """
        return self._words_of_theirs().action_moderate_dialog(operation)

    def action_mark_spam(self):
        """Mark what was said in these cases as spam, hide it where that can be, and close them."""
        words = self._words_of_theirs()
        if words:
            words.action_moderate("spam")
        self.filtered(lambda case: case.state != "closed").action_spam()

    def _words_of_theirs(self):
        self.check_access("write")
        return self.env["social.crm.interaction"].search(
            [
                ("case_id", "in", self.ids),
                ("direction", "=", "in"),
                ("kind", "not in", WORDLESS),
                ("state", "not in", GONE),
            ],
            limit=BULK_LIMIT,
        )
