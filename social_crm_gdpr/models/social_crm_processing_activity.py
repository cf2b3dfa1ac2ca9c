# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify, not_personal

LEGAL_BASES = [
    ("consent", "Consent, Art. 6(1)(a)"),
    ("contract", "Contract, Art. 6(1)(b)"),
    ("law", "Legal obligation, Art. 6(1)(c)"),
    ("interest", "Legitimate interest, Art. 6(1)(f)"),
]
REVIEW_MONTHS = 12
#: What an entry takes over from a network or purpose.
FACTS = (
    "name", "purpose", "legal_basis", "role", "joint_note", "subjects", "data", "recipients",
    "transfer", "retention",
)  # fmt: skip


def facts_of(values):
    """What was prefilled, as it is compared later.

    :rtype: dict
    """
    return {name: values.get(name) or False for name in FACTS}


class SocialCrmProcessingActivity(models.Model):
    """An entry of the record of processing activities (GDPR Art. 30(1))."""

    _name = "social.crm.processing.activity"
    _inherit = ["mail.thread", "mail.activity.mixin", "social.crm.personal.data"]
    _description = "Processing Activity"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        [("draft", "Draft"), ("in_force", "In force")],
        required=True,
        default="draft",
        tracking=True,
    )
    purpose = fields.Text(
        required=True, translate=True, help="Art. 30(1)(b): what the data is used for."
    )
    legal_basis = fields.Selection(LEGAL_BASES, required=True, tracking=True)
    interest = fields.Text(
        string="Legitimate Interest",
        translate=True,
        help="Whose interest it is, and why the person's own do not outweigh it.",
    )
    role = fields.Selection(
        [
            ("controller", "Controller"),
            ("joint", "Joint controller"),
            ("processor", "Processor"),
        ],
        string="Our Role",
        required=True,
        default="controller",
    )
    joint_note = fields.Text(
        string="Arrangement",
        translate=True,
        help="Art. 26 or 28: who answers for what, and where the arrangement can be read.",
    )
    subjects = fields.Text(
        string="Whose Data", required=True, translate=True, help="Art. 30(1)(c)."
    )
    data = fields.Text(string="Which Data", required=True, translate=True, help="Art. 30(1)(c).")
    recipients = fields.Text(translate=True, help="Art. 30(1)(d), the networks included.")
    transfer = fields.Text(
        string="Third Countries",
        translate=True,
        help="Art. 30(1)(e): to which countries, and on which ground.",
    )
    retention = fields.Text(translate=True, help="Art. 30(1)(f): how long, by kind of data.")
    security = fields.Text(translate=True, help="Art. 30(1)(g): measures, in general terms.")
    platform_ids = fields.Many2many("social.crm.platform", string="Networks")
    prefill_key = fields.Char(
        readonly=True, copy=False, help="What it was prefilled from; prefilled once."
    )
    prefill_facts = fields.Json(
        readonly=True, copy=False,
        help="What was prefilled: what nobody changed since follows the network.",
    )
    prefill_lang = fields.Char(readonly=True, copy=False)
    owner_id = fields.Many2one("res.users", tracking=True)
    reviewed_on = fields.Date(tracking=True)
    review_due = fields.Boolean(compute="_compute_review_due", search="_search_review_due")

    def _review_limit(self):
        return fields.Date.subtract(fields.Date.today(), months=REVIEW_MONTHS)

    @api.depends("reviewed_on", "state")
    def _compute_review_due(self):
        limit = self._review_limit()
        for activity in self:
            activity.review_due = activity.state == "in_force" and (
                not activity.reviewed_on or activity.reviewed_on < limit
            )

    def _search_review_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        due = fields.Domain("state", "=", "in_force") & (
            fields.Domain("reviewed_on", "=", False)
            | fields.Domain("reviewed_on", "<", self._review_limit())
        )
        if set(value) == {True, False}:
            return fields.Domain.TRUE
        return due if True in value else ~due

    @api.constrains("legal_basis", "interest", "role", "joint_note", "state")
    def _check_complete(self):
        for activity in self.filtered(lambda activity: activity.state == "in_force"):
            if activity.legal_basis == "interest" and not activity.interest:
                raise ValidationError(
                    self.env._(
                        "%(name)s rests on a legitimate interest: write down which, and why the "
                        "person's own interests do not outweigh it, before it is in force.",
                        name=activity.name,
                    )
                )
            if activity.role == "joint" and not activity.joint_note:
                raise ValidationError(
                    self.env._(
                        "%(name)s is done jointly: write down who answers for what (Art. 26) "
                        "before it is in force.",
                        name=activity.name,
                    )
                )

    # === PREFILLING === #

    @api.model
    def action_prefill(self):
        """Draft an entry for each network in use and each purpose that has none yet.

        Drafts follow what changed since, but for what somebody wrote into them; what is in force
        is not changed: who answers for it is told what is no longer so.

        :return: an action on the drafts
        :rtype: dict
        """
        self.check_access("create")
        known = self.with_context(active_test=False).search(
            [("company_id", "=", self.env.company.id), ("prefill_key", "!=", False)]
        )
        languages = dict(self.env["res.lang"].get_installed())
        for lang, entries in known.grouped("prefill_lang").items():
            lang = lang if lang in languages else self.env.lang
            entries.with_context(lang=lang)._refresh_prefilled()
        keys = set(known.mapped("prefill_key"))
        self.create(
            [
                {
                    **values,
                    "prefill_key": key,
                    "prefill_facts": facts_of(values),
                    "prefill_lang": self.env.lang,
                    "company_id": self.env.company.id,
                }
                for key, values in self._prefilled().items()
                if key not in keys
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_crm_gdpr.social_crm_processing_activity_action"
        )
        action["context"] = {"search_default_draft": 1}
        return action

    @api.model
    def _prefilled(self):
        return {**self._prefill_networks(), **self._prefill_purposes()}

    def _refresh_prefilled(self):
        """Let entries follow what they were prefilled from."""
        labels = {name: self._fields[name]._description_string(self.env) for name in FACTS}
        found = self._prefilled()
        for entry in self.filtered(lambda entry: entry.prefill_key in found):
            now, before = facts_of(found[entry.prefill_key]), entry.prefill_facts or {}
            changed = {name: now[name] for name in FACTS if now[name] != before.get(name)}
            if not changed or not before:
                entry.prefill_facts = now
                continue
            if entry.state == "draft":
                entry.write(
                    {
                        name: value
                        for name, value in changed.items()
                        if (entry[name] or False) == before.get(name)
                    }
                )
            else:
                entry.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Look whether this entry still holds"),
                    note=self.env._(
                        "Changed since it was prefilled: %(fields)s.",
                        fields=", ".join(labels[name] for name in changed),
                    ),
                    user_id=entry.owner_id.id or self.env.uid,
                )
            entry.prefill_facts = now

    @api.model
    def _prefill_networks(self):
        """From the channels in use: role, agreement, recipient and transfer of each network.

        :return: key to values
        :rtype: dict
        """
        # sudo: the register tells of every channel of the company, whoever answers there
        channels_sudo = self.env["social.crm.channel"].sudo().search(
            [("company_id", "=", self.env.company.id)]
        )
        found = {}
        for platform, channels in channels_sudo.grouped("platform_id").items():
            grounds = dict(platform._fields["transfer_ground"]._description_selection(self.env))
            agreement = platform.joint_agreement and self.env._(
                "%(agreement)s, of %(day)s",
                agreement=platform.joint_agreement,
                day=platform.joint_agreement_on or self.env._("unknown date"),
            )
            found[f"platform:{platform.code}"] = {
                "name": self.env._("Presence on %(network)s", network=platform.name),
                "purpose": self.env._(
                    "Being reached and read on %(network)s: %(channels)s.",
                    network=platform.name,
                    channels=", ".join(channels.mapped("name")),
                ),
                "legal_basis": "interest",
                # a network that works for us ("processor") leaves us the controller
                "role": platform.our_role if platform.our_role == "joint" else "controller",
                "joint_note": agreement,
                "subjects": self.env._("People who write to these accounts or about us there."),
                "data": self.env._("Account name, handle, picture address; what they write."),
                "recipients": platform.data_location or platform.name,
                "transfer": grounds.get(platform.transfer_ground),
                "retention": self._retention_in_words(),
                "platform_ids": [fields.Command.set(platform.ids)],
            }
        return found

    @api.model
    def _retention_in_words(self):
        """How long what is kept, by the rules in force (Art. 30(1)(f)).

        :rtype: str
        """
        rules = self.env["social.crm.retention.rule"].search(
            [("company_id", "=", self.env.company.id), ("state", "=", "in_force")]
        )
        if not rules:
            return self.env._("As long as the network shows it; no retention rule is in force.")
        return "\n".join(
            self.env._("%(rule)s: %(count)s days", rule=rule.name, count=rule.days)
            for rule in rules
        )

    @api.model
    def _prefill_purposes(self):
        """From the purposes people consent to; other addons add theirs by ``super()``.

        :return: key to values
        :rtype: dict
        """
        # sudo: the register tells of every purpose
        purposes_sudo = self.env["social.crm.purpose"].sudo().search([])
        return {
            f"purpose:{purpose.code}": {
                "name": purpose.name,
                "purpose": purpose.description or purpose.name,
                "legal_basis": purpose.legal_basis,
                "subjects": self.env._("People who write to our accounts or about us."),
                "data": self.env._("Account name, handle; what they write and decide."),
                "recipients": purpose.recipients,
                "retention": purpose.months
                and self.env._("A consent ends after %(count)s months.", count=purpose.months),
                "platform_ids": [fields.Command.set(purpose.platform_ids.ids)],
                "owner_id": purpose.owner_id.id,
            }
            for purpose in purposes_sudo
        }

    def action_put_in_force(self):
        """Put reviewed entries in force."""
        self.write({"state": "in_force", "reviewed_on": fields.Date.context_today(self)})

    def action_review(self):
        """Note that the entries were read again and still hold."""
        self.write({"reviewed_on": fields.Date.context_today(self)})

    def action_back_to_draft(self):
        """Take entries back to work on them."""
        self.write({"state": "draft"})

    def _personal_data_fields(self):
        return {
            **not_personal(
                "name sequence active company_id state purpose legal_basis interest role "
                "joint_note subjects data recipients transfer retention security platform_ids "
                "reviewed_on prefill_key prefill_facts prefill_lang"
            ),
            **classify(
                EMPLOYEE, KEEP, "owner_id", ground="GDPR Art. 30: who answers for an activity"
            ),
        }
