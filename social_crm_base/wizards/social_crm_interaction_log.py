# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from ..tools.action import form_of
from ..tools.activity import Activity, Target
from ..tools.by_hand import FAMILY, PRIVATE_KINDS, by_hand_actor, content_id
from ..tools.privacy import CONTENT, IDENTITY, ROW, classify, not_personal

KINDS = [
    ("message", "Message or remark to us alone"),
    ("comment", "Comment"),
    ("reply", "Reply"),
    ("mention", "Mention"),
    ("review", "Review"),
    ("post", "Post"),
    ("share", "Share"),
]


class SocialCrmInteractionLog(models.TransientModel):
    """Write down what was said where no connector listens: on the phone, on XING, in a shop."""

    _name = "social.crm.interaction.log"
    _inherit = ["social.crm.personal.data"]
    _description = "Log an Interaction"

    channel_id = fields.Many2one(
        "social.crm.channel", string="Where", required=True, ondelete="cascade",
        default=lambda self: self._default_channel(),
        help="The account of ours, or the place, where it was said.",
    )
    company_id = fields.Many2one(related="channel_id.company_id")
    platform_id = fields.Many2one(related="channel_id.platform_id")
    direction = fields.Selection(
        [("in", "They said it"), ("out", "We said it")],
        string="Who Spoke", required=True, default="in",
    )
    kind = fields.Selection(KINDS, string="What", required=True, default="message")
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    is_private = fields.Boolean(
        string="Said in Private", compute="_compute_is_private", store=True, readonly=False,
        help="Between the two of you; otherwise everybody can read it.",
    )

    # Who
    who = fields.Selection(
        [("known", "Somebody we know"), ("new", "Somebody new")],
        string="Person", required=True, default="known",
    )
    identity_id = fields.Many2one(
        "social.crm.identity", string="Account", ondelete="cascade",
        domain="[('platform_id', '=', platform_id), ('company_id', '=', company_id),"
        " ('is_own', '=', False)]",
    )
    handle = fields.Char(
        string="Handle or Profile Link",
        help="For example @ana, or the address of the profile copied from the browser.",
    )
    person_name = fields.Char(string="Name")
    partner_id = fields.Many2one(
        "res.partner", string="Contact", ondelete="cascade",
        help="If you know who it is. Where the network's rules allow it, the account is linked.",
    )
    hint = fields.Char(compute="_compute_hint")

    # What
    text = fields.Text(string="Words")
    rating = fields.Integer(string="Stars")
    permalink = fields.Char(string="Link")
    parent_id = fields.Many2one(
        "social.crm.interaction", string="In Answer To", ondelete="cascade",
        domain="[('channel_id', '=', channel_id)]",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", "social_crm_interaction_log_attachment_rel", string="Files"
    )

    @api.model
    def _default_channel(self):
        """The place one can only log by hand, if there is exactly one."""
        channels = self.env["social.crm.channel"].search([("connector", "=", "manual")], limit=2)
        return channels if len(channels) == 1 else channels.browse()

    @api.depends("kind")
    def _compute_is_private(self):
        for log in self:
            log.is_private = log.kind in PRIVATE_KINDS

    @api.depends("handle", "platform_id")
    def _compute_hint(self):
        """Say at once what a handle or link is understood as."""
        for log in self:
            log.hint = False
            if log.handle and log.platform_id:
                try:
                    handle, external_id = log._parse_handle()
                except UserError as error:
                    log.hint = str(error)
                else:
                    log.hint = self.env._(
                        "Understood as %(who)s on %(network)s.",
                        who=f"@{handle}" if handle else external_id,
                        network=log.platform_id.name,
                    )

    @api.onchange("channel_id")
    def _onchange_channel_id(self):
        if self.identity_id.platform_id != self.platform_id:
            self.identity_id = False
        if self.parent_id.channel_id != self.channel_id:
            self.parent_id = False

    @api.onchange("parent_id")
    def _onchange_parent_id(self):
        parent = self.parent_id
        if parent:
            self.kind = "message" if parent.kind == "message" else "reply"
            person = parent.conversation_id.identity_id
            if person and self.who == "known" and not self.identity_id:
                self.identity_id = person

    # === DOING === #

    def action_log(self):
        """Store it like everything that comes from a network, then open it."""
        self.ensure_one()
        self._check_complete()
        interaction = self._log()
        if self.env.context.get("social_crm_stay"):  # whoever opened it shows the result
            return {"type": "ir.actions.act_window_close"}
        return form_of(interaction)

    def action_log_and_new(self):
        """Store it and go on with the next, at the same place."""
        self.ensure_one()
        self._check_complete()
        self._log()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_crm_base.social_crm_interaction_log_action"
        )
        action["context"] = {"default_channel_id": self.channel_id.id}
        return action

    def _check_complete(self):
        """Say what is missing before anything is stored.

        :raise ValidationError: naming the field
        """
        if not (self.text or self.attachment_ids or self.rating):
            raise ValidationError(
                self.env._("Words: write down what was said, or add a file or stars.")
            )
        if self.kind == "review" and not 0 <= self.rating <= 5:
            raise ValidationError(self.env._("Stars: a review has one to five."))
        if self.date > fields.Datetime.add(fields.Datetime.now(), minutes=5):
            raise ValidationError(self.env._("When: this lies in the future."))
        if self.platform_id._is_retired(self.date.date()):
            raise ValidationError(
                self.env._(
                    "When: %(network)s was closed on %(day)s, so nothing was said there later.",
                    network=self.platform_id.name,
                    day=fields.Date.to_string(self.platform_id.retired_date),
                )
            )
        if self.who == "known" and not self.identity_id:
            raise ValidationError(
                self.env._("Account: choose who it was, or choose “Somebody new”.")
            )
        if self.who == "new" and not (self.handle or self.person_name):
            raise ValidationError(
                self.env._("Name: give a name, a handle or a profile link of the person.")
            )
        if self.permalink and not self.permalink.startswith(("https://", "http://")):
            raise ValidationError(
                self.env._("Link: an address begins with https:// or http://.")
            )

    def _log(self):
        """Hand it to the one way in, run the later steps for it, and tie what only we know.

        :return: the interaction, also when it was logged before
        :raise UserError: where a network's rules do not let it be stored
        """
        interactions = self.env["social.crm.interaction"]
        activity = self._prepare_activity()
        result = interactions._ingest(self.channel_id, [activity])
        if result.dropped:
            raise UserError(result.dropped[0][1])
        interaction = interactions.search(
            [
                ("channel_id", "=", self.channel_id.id),
                ("dedup_key", "=", interactions._dedup_key(FAMILY, "", activity.external_id)),
            ]
        )
        if interaction in result.interactions:
            values = {"is_by_hand": True}
            if self.direction == "out":
                values["author_id"] = self.env.uid
            if self.attachment_ids:
                self.attachment_ids.write(
                    {"res_model": interaction._name, "res_id": interaction.id}
                )
                values["attachment_ids"] = [Command.set(self.attachment_ids.ids)]
            interaction.write(values)
            self._link_partner(interaction.conversation_id.identity_id)
            interaction._run_second_stage()
        return interaction

    def _link_partner(self, identity):
        """The colleague says whose account it is: a link like any other, by their decision."""
        partner = self.partner_id
        if self.who == "new" and partner and identity.partner_id != partner:
            identity._connect(partner, self.env._("Said by who logged it."))

    def _prepare_activity(self):
        """What was said, as a connector would tell it.

        :rtype: Activity
        """
        who = self._who_key()
        item_id = content_id(
            self.channel_id.id, who, self.direction, self.kind, self.parent_id.id, self.text,
            self.rating, self.permalink, self.date.replace(second=0),
            *sorted(self.attachment_ids.mapped("checksum")),
        )
        person = self._prepare_actor(item_id)
        parent = self.parent_id
        return Activity(
            verb="create",
            occurred_at=self.date,
            kind=self.kind,
            external_id=item_id,
            family=FAMILY,
            direction=self.direction,
            actor=person if self.direction == "in" else None,
            counterpart=person if self.direction == "out" else None,
            visibility="direct" if self.is_private else self._public_visibility(),
            parent=(
                Target(parent.external_id, parent.family, parent.container or "")
                if parent.external_id
                else None
            ),
            text=self.text or "",
            rating=float(self.rating) if self.kind == "review" and self.rating else None,
            permalink=self.permalink or "",
        )

    def _public_visibility(self):
        return "followers" if self.platform_id.public_visibility == "followers" else "public"

    def _who_key(self):
        if self.who == "known":
            return f"identity-{self.identity_id.id}"
        handle, external_id = self._parse_handle() if self.handle else ("", "")
        return handle or external_id or self.person_name

    def _prepare_actor(self, item_id):
        if self.who == "known":
            identity = self.identity_id
            if not identity.external_id and not identity.handle:
                identity.external_id = f"hand-{identity.id}"
            return by_hand_actor(
                external_id=identity.external_id or "",
                handle=identity.handle or "",
                scope=identity.scope,
            )
        handle, external_id = self._parse_handle() if self.handle else ("", "")
        link = self.handle if self.handle and "://" in self.handle else ""
        return by_hand_actor(
            external_id=external_id,
            handle=handle,
            name=self.person_name or "",
            anonymous_id=item_id,
            profile_url=link
            or (handle and self.platform_id._profile_url(handle=handle))
            or "",
        )

    def _parse_handle(self):
        """Read a handle or a profile link of the channel's network.

        :return: handle in normal form and network id, one of them may be empty
        :rtype: tuple[str, str]
        :raise ValidationError: for what is neither
        """
        platform = self.platform_id
        text = self.handle.strip()
        platform_id, parts = platform._parse_profile_urls([text]).get(text, (False, None))
        if platform_id and platform_id != platform.id:
            raise ValidationError(
                self.env._(
                    "Handle or Profile Link: this leads to %(other)s, but the channel is on "
                    "%(network)s.",
                    other=platform.browse(platform_id).name,
                    network=platform.name,
                )
            )
        if platform_id:
            return parts.handle, "" if parts.handle else parts.external_id
        handle = platform._normalize_handle(text)
        if not handle:
            raise ValidationError(
                self.env._(
                    "Handle or Profile Link: “%(text)s” is neither on %(network)s. Leave it empty "
                    "and give a name if you do not know it.",
                    text=text,
                    network=platform.name,
                )
            )
        return handle, ""

    def _personal_data_fields(self):
        return {
            **not_personal("channel_id direction kind date is_private who"),
            **classify(IDENTITY, ROW, "identity_id handle person_name partner_id"),
            **classify(CONTENT, ROW, "text rating permalink parent_id attachment_ids"),
        }

    def _personal_data_domain(self, identities, partners):
        return Domain("identity_id", "in", identities.ids) | Domain(
            "partner_id", "in", partners.ids
        )
