# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import re
from urllib.parse import quote

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import ormcache

from ..tools import handles
from ..tools.privacy import not_personal

GENERIC_ICON = "/social_crm_base/static/img/platforms/other.svg"


class SocialCrmPlatform(models.Model):
    # No company: the networks are the same for everybody
    _name = "social.crm.platform"
    _description = "Social Network"
    _inherit = ["social.crm.cached", "social.crm.personal.data"]
    _cache_name = "stable"
    _order = "sequence, name, id"

    name = fields.Char(required=True, help="The network's name as it writes it itself.")
    code = fields.Char(
        required=True,
        copy=False,
        help="Technical name, in small letters. It cannot change once the network is in use.",
    )
    sequence = fields.Integer(default=100)
    active = fields.Boolean(default=True)
    note = fields.Text(string="Internal Note", translate=True)

    # Appearance
    icon = fields.Char(string="Icon Path", help="Path of an icon shipped with an app.")
    image_128 = fields.Image(
        string="Own Icon",
        max_width=128,
        max_height=128,
        help="Shown instead of the shipped icon.",
    )
    icon_url = fields.Char(string="Icon", compute="_compute_icon_url")
    color = fields.Char(string="Brand Color", help="Hexadecimal, for example #0A66C2.")
    color_index = fields.Integer(string="Tag Color")

    # Links
    url = fields.Char(string="Home Page")
    profile_url_pattern = fields.Char(
        string="Profile Link",
        help="Link to a person's profile. {handle} stands for the handle, {digits} for a phone "
        "number without plus, {user} and {host} for the two sides of a handle that names its "
        "server.",
    )
    profile_url_id_pattern = fields.Char(
        string="Profile Link by ID",
        help="Link used where only the network's own number of the person is known: {id}.",
    )
    profile_url_regex = fields.Char(
        string="Profile Link Recognition",
        help="Regular expression for host/path of a profile link, without https:// and www. "
        "Its named groups are handle, id and host.",
    )
    share_url_pattern = fields.Char(
        string="Share Link",
        help="Link that opens the network's own form with our page filled in: {url} and {text}.",
    )
    lead_form_url = fields.Char(
        string="Lead Form Help",
        help="What the network offers where it forbids making leads from what members say.",
    )

    # Handles and ids
    handle_form = fields.Selection(
        selection=[
            (handles.FORM_NAME, "Name (ada)"),
            (handles.FORM_SERVER, "Name and server (ada@server.example)"),
            (handles.FORM_MATRIX, "Matrix (@ada:server.example)"),
            (handles.FORM_DOMAIN, "Host name (ada.example)"),
            (handles.FORM_PHONE, "Phone number"),
            (handles.FORM_CONTACT, "E-mail address or phone number"),
            (handles.FORM_NONE, "None: the network knows display names only"),
        ],
        required=True,
        default=handles.FORM_NAME,
    )
    handle_pattern = fields.Char(
        help="Regular expression which a handle in normal form must match; empty for anything.",
    )
    handle_ignored = fields.Char(
        string="Characters Without Meaning",
        help="Left out when handles are compared, for example the full stops of Facebook.",
    )
    handle_case = fields.Selection(
        selection=[("folded", "Means nothing"), ("sensitive", "Matters")],
        string="Capital Letters",
        required=True,
        default="folded",
    )
    handle_scope = fields.Selection(
        selection=[
            ("network", "In the whole network"),
            ("server", "Together with the server it names"),
            ("site", "On one site only"),
        ],
        string="Handle Is Unique",
        required=True,
        default="network",
    )
    id_scope = fields.Selection(
        selection=[
            ("network", "In the whole network"),
            ("account", "For one of our accounts"),
            ("site", "On one site only"),
        ],
        string="ID Is Unique",
        required=True,
        default="network",
        help="Where the same number means the same person.",
    )
    id_note = fields.Char(string="About IDs", translate=True)

    # What can be done there
    is_link_only = fields.Boolean(
        string="Links and Hand Logging Only",
        help="The network has no public interface: profile links, share links, and what people "
        "write down or import.",
    )
    retired_date = fields.Date(
        help="The day the network closed. Old identities and posts stay readable and can be "
        "imported; nothing new is expected after it.",
    )
    is_retired = fields.Boolean(string="Retired", compute="_compute_is_retired")
    has_messages = fields.Boolean(string="Messages (1/1)", help="One to one.")
    has_posts = fields.Boolean(string="Posts (1/n)", help="One to a group.")
    has_public_answers = fields.Boolean(
        string="Public Answers (1/1/n)", help="To one person, readable and shareable by all."
    )
    kinds = fields.Char(
        help="Kinds of interaction that exist there, as technical names with commas."
    )
    public_visibility = fields.Selection(
        selection=[("public", "Public"), ("followers", "Followers"), ("private", "Private")],
        string="Default Visibility",
        required=True,
        default="public",
        help="Who can read what is said there when the network does not say otherwise.",
    )
    connector_code = fields.Char(
        string="Default Connector", help="Empty: interactions are logged or imported by hand."
    )

    # How one answers there
    protocol = fields.Html(
        translate=True,
        sanitize=True,
        help="How we answer on this network: shown where colleagues write.",
    )
    reply_window_hours = fields.Integer(
        string="Reply Window (h)",
        help="Hours after the person's last message in which we may answer freely; 0: no limit.",
    )
    human_window_hours = fields.Integer(
        string="Window for People (h)",
        help="Hours in which a person, not a machine, may still answer; 0: none beyond the "
        "reply window.",
    )
    private_reply_days = fields.Integer(
        string="Private Reply (days)",
        help="Days in which a public comment may be answered by a private message; 0: not at all.",
    )
    one_reply_slot = fields.Boolean(
        string="One Answer Only",
        help="There is a single place for our answer; a second answer replaces the first.",
    )
    max_reply_depth = fields.Integer(
        string="Reply Depth", help="Levels of answers under a post; 0: no limit."
    )
    reply_window_note = fields.Char(string="About Answering", translate=True)

    # Where data goes
    our_role = fields.Selection(
        selection=[
            ("controller", "Controller, the network is a controller of its own"),
            ("joint", "Joint controller with the network"),
            ("processor", "Controller, the network or host works for us"),
        ],
        required=True,
        default="controller",
        help="Our role under Art. 4 and 26 GDPR.",
    )
    data_location = fields.Char(translate=True, help="Who runs it, and where data goes.")
    transfer_ground = fields.Selection(
        selection=[
            ("none", "None needed: stays in the EEA"),
            ("adequacy", "Adequacy decision (Art. 45 GDPR)"),
            ("dpf", "EU-US Data Privacy Framework (Art. 45 GDPR)"),
            ("scc", "Standard contractual clauses (Art. 46 GDPR)"),
            ("server", "Depends on the server"),
            ("open", "Not settled: ask the data protection officer"),
        ],
        required=True,
        default="open",
    )
    data_source = fields.Char(
        string="Source", help="Page the entries about data come from, and when it was read."
    )

    rule_ids = fields.One2many("social.crm.platform.rule", "platform_id", string="Rules")
    rule_count = fields.Integer(compute="_compute_rule_count")

    _code_unique = models.Constraint(
        "UNIQUE (code)", "A network with this technical name exists already."
    )
    _code_format = models.Constraint(
        "CHECK (code ~ '^[a-z][a-z0-9_]*$')",
        "The technical name of a network is made of small letters, digits and underscores, and "
        "begins with a letter.",
    )
    _windows_positive = models.Constraint(
        "CHECK (reply_window_hours >= 0 AND human_window_hours >= 0 AND private_reply_days >= 0 "
        "AND max_reply_depth >= 0)",
        "Reply windows and reply depth cannot be negative.",
    )

    # === COMPUTE METHODS === #

    @api.depends("icon", "image_128")
    def _compute_icon_url(self):
        for platform in self:
            if platform.image_128 and platform.id:
                platform.icon_url = f"/web/image/{platform._name}/{platform.id}/image_128"
            else:
                platform.icon_url = platform.icon or GENERIC_ICON

    @api.depends("retired_date")
    def _compute_is_retired(self):
        for platform in self:
            platform.is_retired = platform._is_retired()

    @api.depends("rule_ids")
    def _compute_rule_count(self):
        counts = dict(
            self.env["social.crm.platform.rule"]._read_group(
                [("platform_id", "in", self.ids)], ["platform_id"], ["__count"]
            )
        )
        for platform in self:
            platform.rule_count = counts.get(platform._origin, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("handle_pattern", "profile_url_regex")
    def _check_regular_expressions(self):
        for platform in self:
            for field in ("handle_pattern", "profile_url_regex"):
                try:
                    re.compile(platform[field] or "")
                except re.error as error:
                    raise ValidationError(
                        self.env._(
                            "%(field)s of %(network)s is not a regular expression: %(error)s",
                            field=platform._fields[field]._description_string(self.env),
                            network=platform.name,
                            error=error,
                        )
                    ) from error

    @api.constrains(
        "profile_url_pattern", "profile_url_id_pattern", "share_url_pattern", "url", "lead_form_url"
    )
    def _check_links(self):
        placeholders = {
            "profile_url_pattern": handles.PLACEHOLDERS,
            "profile_url_id_pattern": handles.PLACEHOLDERS,
            "share_url_pattern": ("{url}", "{text}"),
        }
        for platform in self:
            for field in (*placeholders, "url", "lead_form_url"):
                link = platform[field]
                if not link:
                    continue
                known = placeholders.get(field, ())
                used = set(re.findall(r"\{[^}]*\}", link))
                if not link.startswith(("https://", "http://")) or not used <= set(known):
                    raise ValidationError(
                        self.env._(
                            "%(field)s of %(network)s must begin with https:// or http:// and may "
                            "contain only these placeholders: %(placeholders)s.",
                            field=platform._fields[field]._description_string(self.env),
                            network=platform.name,
                            placeholders=" ".join(known) or self.env._("none"),
                        )
                    )

    @api.constrains("color")
    def _check_color(self):
        for platform in self:
            if platform.color and not re.fullmatch(r"#[0-9A-Fa-f]{6}", platform.color):
                raise ValidationError(
                    self.env._(
                        "The color of %(network)s must be written like #0A66C2.",
                        network=platform.name,
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        if "code" in vals and any(platform.code != vals["code"] for platform in self):
            self._check_code_is_free()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped(self):
        """Shipped networks are archived, not deleted: the next update would bring them back."""
        if shipped := self._shipped():
            raise UserError(
                self.env._(
                    "%(network)s came with the app. Archive it to hide it.", network=shipped[0].name
                )
            )

    def _check_code_is_free(self):
        """Raise when the technical name is already part of stored keys."""
        in_use = any(
            # sudo: rows of other companies count as well
            self.env[model].sudo().search_count([("platform_id", "in", self.ids)], limit=1)
            for model in ("social.crm.channel", "social.crm.identity")
        )
        if in_use or self._shipped():
            raise UserError(
                self.env._("The technical name of a network that is in use cannot change.")
            )

    def _shipped(self):
        """Return the networks that an app brought, not those exported or made here."""
        names = self.get_external_id()
        return self.filtered(lambda platform: (names[platform.id] or "_")[0] != "_")

    # === ACTION METHODS === #

    def action_open_rules(self):
        """Open the rulebook filtered on this network, the rules for all networks included."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_crm_base.social_crm_platform_rule_action"
        )
        action["domain"] = [("platform_id", "in", [False, self.id])]
        action["context"] = {"default_platform_id": self.id}
        return action

    # === BUSINESS METHODS === #

    @api.model
    @ormcache(cache="stable")
    def _handle_settings(self):
        """Return ``platform id -> HandleSettings`` of all networks, archived ones included."""
        # sudo: reference data without anything personal, shared by all users through the cache
        platforms_sudo = self.sudo().with_context(active_test=False).search([])
        return {
            platform.id: handles.HandleSettings(
                form=platform.handle_form,
                fold_case=platform.handle_case == "folded",
                ignored=platform.handle_ignored or "",
                pattern=platform.handle_pattern or "",
                link_pattern=platform.profile_url_regex or "",
            )
            for platform in platforms_sudo
        }

    def _normalize_handle(self, handle, host="", region=""):
        """Return the normal form of a handle on this network; see :mod:`..tools.handles`.

        No query once the settings are cached, so that a batch may call it row by row.

        :param str handle: as typed, pasted or delivered.
        :param str host: server to add where the handle names none.
        :param str region: ISO country code for phone numbers without a country code.
        :return: the normal form; empty when it is no handle of this network.
        :rtype: str
        """
        self.ensure_one()
        return handles.normalize_handle(
            handle, self._handle_settings()[self.id], host=host, region=region
        )

    def _profile_url(self, handle="", external_id="", scope=""):
        """Return the link to a profile, empty when the network has none.

        :param str handle: handle in any writing.
        :param str external_id: the network's own id of the person.
        :param str scope: host of the site, for networks whose handles live on one site.
        :rtype: str
        """
        self.ensure_one()
        link = ""
        if self.profile_url_pattern and (normal := self._normalize_handle(handle, host=scope)):
            link = handles.build_profile_url(
                self.profile_url_pattern, normal, external_id or "", handles.normalize_host(scope)
            )
        if not link and self.profile_url_id_pattern:
            link = handles.build_profile_url(
                self.profile_url_id_pattern, "", external_id or "", handles.normalize_host(scope)
            )
        return link

    @api.model
    def _parse_profile_urls(self, urls):
        """Read many links at once, without a query once the patterns are cached.

        Networks that live at one address are asked first, those that live anywhere (Mastodon,
        Discourse) only about links nobody else knows.

        :param Iterable[str] urls: links as written, in any form a browser understands.
        :return: ``url -> (platform id, ProfileParts)`` for the links that are profile links. The
            handle is in normal form; a link may carry an id instead of it.
        :rtype: dict
        """
        found = {}
        for url in set(urls):
            for platform_id, settings in self._link_settings():
                parts = handles.match_profile_link(url, settings)
                if not parts.handle and not parts.external_id:
                    continue
                handle = handles.normalize_handle(parts.handle, settings, host=parts.host)
                if handle or parts.external_id:
                    found[url] = platform_id, parts._replace(handle=handle)
                    break
        return found

    @api.model
    def _parse_profile_url(self, url):
        """Return ``(platform, handle)`` of a profile link; ``(no platform, '')`` if it is none.

        The handle is empty for links that carry only an id: see :meth:`_parse_profile_urls`.
        """
        platform_id, parts = self._parse_profile_urls([url]).get(
            url, (False, handles.ProfileParts())
        )
        return self.browse(platform_id), parts.handle

    @api.model
    @ormcache(cache="stable")
    def _link_settings(self):
        """Return ``(platform id, HandleSettings)`` of networks with known links, in order."""
        settings = [row for row in self._handle_settings().items() if row[1].link_pattern]
        return tuple(sorted(settings, key=lambda row: "(?P<host>" in row[1].link_pattern))

    def _share_url(self, url, text=""):
        """Return the link that opens the network's own form with our page filled in."""
        self.ensure_one()
        if not self.share_url_pattern:
            return ""
        return self.share_url_pattern.replace("{url}", quote(url, safe="")).replace(
            "{text}", quote(text, safe="")
        )

    def _kinds(self):
        """Return the kinds of interaction that exist on this network; empty: not restricted."""
        self.ensure_one()
        return frozenset(filter(None, map(str.strip, (self.kinds or "").split(","))))

    def _is_retired(self, on=None):
        """Whether the network was closed on a day.

        :param datetime.date on: the day, today if left out.
        :rtype: bool
        """
        self.ensure_one()
        return bool(self.retired_date) and self.retired_date <= (on or fields.Date.today())

    def _personal_data_fields(self):
        return not_personal(
            "name code sequence active note icon image_128 color color_index url "
            "profile_url_pattern profile_url_id_pattern profile_url_regex share_url_pattern "
            "lead_form_url handle_form handle_pattern handle_ignored handle_case handle_scope "
            "id_scope id_note "
            "is_link_only retired_date has_messages has_posts has_public_answers kinds "
            "public_visibility connector_code protocol reply_window_hours human_window_hours "
            "private_reply_days one_reply_slot max_reply_depth reply_window_note our_role "
            "data_location transfer_ground data_source rule_ids"
        )
