# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from odoo.addons.social_crm_base.tools.privacy import not_personal

WORDS = frozenset({"text", "examples"})


class SocialCrmProtocol(models.Model):
    """How we answer, where one writes; whoever answers confirms having read each version."""

    _name = "social.crm.protocol"
    _inherit = ["mail.thread", "social.crm.personal.data"]
    _description = "Answering Protocol"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    platform_ids = fields.Many2many(
        "social.crm.platform", string="Networks", help="Empty: every network."
    )
    team_ids = fields.Many2many("social.crm.team", string="Teams", help="Empty: every team.")
    group_ids = fields.Many2many(
        "res.groups", string="User Groups", help="Empty: everybody who answers."
    )
    text = fields.Html(
        string="Protocol", translate=True, help="How we answer: tone, limits, who decides."
    )
    examples = fields.Html(string="Example Answers", translate=True)
    version = fields.Integer(default=1, readonly=True, copy=False, tracking=True)
    must_read = fields.Boolean(
        string="To Be Confirmed",
        default=True,
        help="Nobody this protocol is for can answer before having confirmed this version.",
    )
    reading_ids = fields.One2many("social.crm.protocol.reading", "protocol_id")
    read_user_ids = fields.Many2many(
        "res.users", compute="_compute_readers", string="Has Read This Version"
    )
    missing_user_ids = fields.Many2many(
        "res.users", compute="_compute_readers", string="Has Not Read This Version"
    )
    read_count = fields.Integer(compute="_compute_readers", string="Number of Readers")
    missing_count = fields.Integer(compute="_compute_readers", string="Number Missing")

    @api.depends("reading_ids.version", "version", "team_ids", "group_ids", "company_id")
    def _compute_readers(self):
        agents = self.env.ref("social_crm_base.group_agent")
        # sudo: names of colleagues who answer, for whoever leads them
        users_sudo = self.env["res.users"].sudo().search(
            [("all_group_ids", "in", agents.ids), ("share", "=", False)]
        )
        for protocol in self:
            meant = users_sudo.filtered(protocol._is_for)
            readings = protocol.reading_ids.filtered(lambda r, p=protocol: r.version == p.version)
            protocol.read_user_ids = readings.user_id
            protocol.missing_user_ids = meant - readings.user_id
            protocol.read_count = len(readings.user_id)
            protocol.missing_count = len(protocol.missing_user_ids)

    def _is_for(self, user):
        """Whether the protocol speaks to that person at all."""
        teams = self.sudo().team_ids  # sudo: a colleague's teams may be none of the reader's
        return (
            self.company_id in user.company_ids
            and (not self.group_ids or bool(user.all_group_ids & self.group_ids))
            and (not teams or bool(teams & user.social_crm_team_ids))
        )

    def write(self, vals):
        """A changed wording is a new version, to be read again."""
        before = {
            protocol: tuple(protocol[name] for name in sorted(WORDS)) for protocol in self
        } if vals.keys() & WORDS else {}
        done = super().write(vals)
        for protocol, words in before.items():
            if words != tuple(protocol[name] for name in sorted(WORDS)):
                protocol.version += 1
        return done

    @api.model
    def _of(self, conversation, user=None):
        """The protocols for somebody who answers there.

        :param recordset conversation: one
        :rtype: recordset
        """
        user = user or self.env.user
        return self.search([("company_id", "=", conversation.company_id.id)]).filtered(
            lambda protocol: (
                not protocol.platform_ids or conversation.platform_id in protocol.platform_ids
            )
            and protocol._is_for(user)
        )

    def _unread(self, user=None):
        """Those somebody has to confirm yet, in their present wording.

        :rtype: recordset
        """
        user = user or self.env.user
        wanted = self.filtered("must_read")
        # sudo: one's own readings only
        readings_sudo = self.env["social.crm.protocol.reading"].sudo().search(
            [("protocol_id", "in", wanted.ids), ("user_id", "=", user.id)]
        )
        read = {(reading.protocol_id.id, reading.version) for reading in readings_sudo}
        return wanted.filtered(
            lambda protocol: protocol.company_id.social_crm_protocol_required
            and (protocol.id, protocol.version) not in read
        )

    def action_confirm_read(self, version=None):
        """Note that I have read this wording.

        :param int version: the one that was on the screen; nothing is noted for another
        """
        self.check_access("read")
        for protocol in self:
            if version and version != protocol.version:
                continue
            if protocol in protocol._unread():
                # sudo: people confirm their own reading; nobody writes readings by hand
                self.env["social.crm.protocol.reading"].sudo().create(
                    {
                        "protocol_id": protocol.id,
                        "user_id": self.env.uid,
                        "version": protocol.version,
                    }
                )

    def action_readings(self):
        """Who has read which version, and when."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Readings"),
            "res_model": "social.crm.protocol.reading",
            "view_mode": "list,pivot",
            "domain": [("protocol_id", "=", self.id)],
        }

    def _protocol_data(self):
        """What stands beside the composer.

        :rtype: list[dict]
        """
        unread = self._unread()
        return [
            {
                "id": protocol.id,
                "name": protocol.name,
                "version": protocol.version,
                "text": protocol.text or "",
                "examples": protocol.examples or "",
                "unread": protocol in unread,
            }
            for protocol in self
        ]

    def _personal_data_fields(self):
        return not_personal(
            "name sequence active company_id platform_ids team_ids group_ids text examples "
            "version must_read"
        )
