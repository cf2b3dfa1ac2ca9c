# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools.constants import GC_UNLINK_LIMIT

from ..const import DIRECTION_SELECTION, KIND_SELECTION, VISIBILITY_SELECTION
from ..tools.action import form_of
from ..tools.activity import Activity, Target
from ..tools.by_hand import PRIVATE_KINDS, by_hand_actor, content_id
from ..tools.privacy import BEHAVIOUR, ROW, classify, not_personal

# How long the result of an import can be looked at.
KEEP_DAYS = 30
IMPORT_FAMILY = "import"
PLAIN_KINDS = [kind for kind in KIND_SELECTION if kind[0] not in ("reaction", "system")]
# Columns that go into the interaction and are not kept here a second time.
PASSED_ON = frozenset(
    {
        "author_handle",
        "author_external_id",
        "author_name",
        "author_email",
        "title",
        "text",
        "rating",
        "language",
        "permalink",
    }
)


class SocialCrmImportLine(models.Model):
    """A line of a file: plain columns in, an interaction out, the result to look at.

    What a line says goes through the one way in like everything else, and is not kept here: the
    words and names shown are those of the interaction, and vanish when that is blanked or erased.
    """

    _name = "social.crm.import.line"
    _inherit = ["social.crm.personal.data"]
    _description = "Imported Interaction"
    _order = "id desc"
    _rec_name = "result"

    channel_id = fields.Many2one(
        "social.crm.channel", required=True, index=True, ondelete="cascade",
        help="Name of the channel as it stands in Odoo.",
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    date = fields.Datetime(required=True, help="When it was said, in your own time zone.")
    direction = fields.Selection(DIRECTION_SELECTION, required=True, default="in")
    kind = fields.Selection(PLAIN_KINDS, required=True, default="message")
    visibility = fields.Selection(
        VISIBILITY_SELECTION, help="Empty: messages are direct, everything else is public."
    )
    external_id = fields.Char(
        string="Network ID",
        help="The network's own number of the remark, by which a line is known again. Without it, "
        "the same content is not imported twice.",
    )
    parent_external_id = fields.Char(
        string="Answers Network ID", help="The number of the remark this answers."
    )
    needs_answer = fields.Boolean(
        help="Opens a case, as if it had just come in. Leave empty for history."
    )

    # Passed on to the interaction and read from there
    author_handle = fields.Char(
        string="Handle", compute="_compute_said", readonly=False,
        help="Of the person outside the company, also for what we said to them.",
    )
    author_external_id = fields.Char(
        string="Person's Network ID", compute="_compute_said", readonly=False
    )
    author_name = fields.Char(string="Name", compute="_compute_said", readonly=False)
    author_email = fields.Char(
        string="E-mail", compute="_compute_said", readonly=False,
        help="Only if the network itself shows it: an account is linked by it.",
    )
    title = fields.Char(compute="_compute_said", readonly=False)
    text = fields.Text(compute="_compute_said", readonly=False)
    rating = fields.Float(string="Stars", compute="_compute_said", readonly=False)
    language = fields.Char(compute="_compute_said", readonly=False, help="For example de or sr.")
    permalink = fields.Char(string="Link", compute="_compute_said", readonly=False)

    # Result
    result = fields.Selection(
        [
            ("created", "Imported"),
            ("known", "Was there already"),
            ("refused", "Not stored"),
        ],
        readonly=True,
    )
    note = fields.Char(readonly=True, help="Why it was not stored.")
    interaction_id = fields.Many2one(
        "social.crm.interaction", readonly=True, index="btree_not_null", ondelete="cascade"
    )

    @api.depends("interaction_id")
    def _compute_said(self):
        for line in self:
            said = line.interaction_id
            other_side = said.conversation_id.identity_id
            person = said.identity_id if said.direction == "in" else other_side
            line.update(
                {
                    "author_handle": person.handle,
                    "author_external_id": person.external_id,
                    "author_name": person.name,
                    "author_email": person.verified_email,
                    "title": said.title,
                    "text": said.body,
                    "rating": said.rating,
                    "language": said.language,
                    "permalink": said.permalink,
                }
            )

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Template for Interactions"),
                "template": "/social_crm_base/static/import/social_interactions.csv",
            }
        ]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Take the lines in by the one way in, a channel at a time, and note what became of each.

        :raise ValidationError: naming the column, for a line that cannot be understood
        """
        self.check_access("create")
        defaults = self.default_get(["direction", "kind", "channel_id"])
        vals_list = [{**defaults, **vals} for vals in vals_list]
        batches = {}
        for position, vals in enumerate(vals_list):
            try:
                activity = self._prepare_activity(vals)
            except ValidationError as error:
                if len(vals_list) > 1 and self.env.context.get("import_file"):
                    # Odoo would put a user's error on the first line of the block; after any
                    # other error it takes line by line and tells the right one.
                    raise ValueError(str(error)) from error
                raise
            key = vals["channel_id"], bool(vals.get("needs_answer"))
            batches.setdefault(key, []).append((position, activity))
        outcomes = {}
        for (channel_id, needs_answer), numbered in batches.items():
            channel = self.env["social.crm.channel"].browse(channel_id)
            results = self._take_in(channel, [a for _p, a in numbered], needs_answer)
            outcomes.update(zip((p for p, _a in numbered), results, strict=True))
        return super().create(
            [
                {
                    **{name: value for name, value in vals.items() if name not in PASSED_ON},
                    **outcomes[position],
                }
                for position, vals in enumerate(vals_list)
            ]
        )

    @api.model
    def _take_in(self, channel, activities, needs_answer, marks=None, **options):
        """Ingest the lines of one channel.

        :param dict marks: values of what is new; by default it counts as logged by hand
        :param options: passed on to ``_ingest``
        :return: values of the result, one dictionary an activity
        :rtype: list[dict]
        """
        interactions = self.env["social.crm.interaction"]
        keys = [interactions._dedup_key(a.family, a.container, a.external_id) for a in activities]
        domain = Domain("channel_id", "=", channel.id) & Domain("dedup_key", "in", keys)
        before = set(interactions.search(domain).mapped("dedup_key"))
        result = interactions._ingest(channel, activities, opens_cases=needs_answer, **options)
        reasons = dict(result.dropped)
        stored = {item.dedup_key: item for item in interactions.search(domain)}
        fresh = interactions.union(*(stored[k] for k in stored if k not in before))
        fresh.write({"is_by_hand": True} if marks is None else marks)
        outcomes = []
        for position, key in enumerate(keys):
            if position in reasons or key not in stored:
                # Nothing of a person who may not be stored stays, not even an id.
                outcomes.append(
                    {
                        "result": "refused",
                        "note": reasons.get(position) or self.env._("You may not see it."),
                        "external_id": False,
                        "parent_external_id": False,
                    }
                )
                continue
            outcomes.append(
                {
                    "result": "known" if key in before else "created",
                    "interaction_id": stored[key].id,
                }
            )
            before.add(key)  # a second line with the same content
        return outcomes

    # === READING A LINE === #

    @api.model
    def _prepare_activity(self, vals):
        """What a line says, as a connector would tell it.

        :rtype: Activity
        :raise ValidationError: naming the column
        """
        date = fields.Datetime.to_datetime(vals.get("date"))
        channel = self.env["social.crm.channel"].browse(vals.get("channel_id"))
        self._check_line(vals, date, channel)
        kind, direction = vals["kind"], vals["direction"]
        text, rating = (vals.get("text") or "").strip(), vals.get("rating") or 0.0
        item_id = (vals.get("external_id") or "").strip() or content_id(
            "import", date, direction, kind, vals.get("author_external_id"),
            vals.get("author_handle"), vals.get("author_name"), vals.get("title"), text, rating,
            vals.get("permalink"), vals.get("parent_external_id"),
        )
        person = self._prepare_actor(vals, channel, item_id)
        parent_id = (vals.get("parent_external_id") or "").strip()
        visibility = vals.get("visibility") or ("direct" if kind in PRIVATE_KINDS else "public")
        return Activity(
            verb="create",
            occurred_at=date,
            kind=kind,
            external_id=item_id,
            family=IMPORT_FAMILY,
            direction=direction,
            actor=person if direction == "in" else None,
            counterpart=person if direction == "out" else None,
            visibility=visibility,
            parent=Target(parent_id, IMPORT_FAMILY) if parent_id else None,
            title=(vals.get("title") or "").strip(),
            text=text,
            language=(vals.get("language") or "").strip(),
            permalink=(vals.get("permalink") or "").strip(),
            rating=rating or None,
        )

    @api.model
    def _check_line(self, vals, date, channel):
        problem = None
        if not channel:
            problem = "channel_id", self.env._("give the name of one of your channels")
        elif not date:
            problem = "date", self.env._("say when it was said")
        elif date > fields.Datetime.now() + timedelta(days=1):
            problem = "date", self.env._("%(date)s lies in the future", date=date)
        elif channel.platform_id._is_retired(date.date()):
            problem = "date", self.env._(
                "%(network)s was closed on %(day)s",
                network=channel.platform_id.name,
                day=channel.platform_id.retired_date,
            )
        elif not 0 <= (vals.get("rating") or 0) <= 5:
            problem = "rating", self.env._("stars go from one to five")
        elif not any(vals.get(name) for name in ("text", "title", "rating")) and vals[
            "kind"
        ] not in ("follow", "share"):
            problem = "text", self.env._("write what was said")
        elif vals.get("permalink") and not vals["permalink"].strip().startswith(
            ("https://", "http://")
        ):
            problem = "permalink", self.env._("an address begins with https:// or http://")
        if problem:
            raise self._line_error(vals, *problem)

    @api.model
    def _prepare_actor(self, vals, channel, item_id):
        handle = (vals.get("author_handle") or "").strip()
        if handle:
            platform = channel.platform_id
            platform_id, parts = platform._parse_profile_urls([handle]).get(handle, (None, None))
            known = parts.handle if platform_id == platform.id else handle
            if not platform._normalize_handle(known):
                raise self._line_error(
                    vals,
                    "author_handle",
                    self.env._(
                        "“%(handle)s” is no handle of %(network)s",
                        handle=handle,
                        network=platform.name,
                    ),
                )
            handle = known
        name = (vals.get("author_name") or "").strip()
        external_id = (vals.get("author_external_id") or "").strip()
        if not (handle or name or external_id):
            if vals["direction"] == "out":
                return None
            raise self._line_error(
                vals, "author_handle", self.env._("say who spoke: a handle, a number or a name")
            )
        return by_hand_actor(
            external_id=external_id,
            handle=handle,
            name=name,
            anonymous_id=content_id("person", channel.id, item_id),
            email=(vals.get("author_email") or "").strip(),
        )

    @api.model
    def _line_error(self, vals, column, problem):
        """An error that names the column; Odoo's import screen adds the row."""
        return ValidationError(
            self.env._(
                "%(column)s: %(problem)s.",
                column=self._fields[column]._description_string(self.env),
                problem=problem,
            )
        )

    # === ACTIONS === #

    def action_import_file(self):
        """Open Odoo's own import screen: lines are made by it alone."""
        return {
            "type": "ir.actions.client",
            "tag": "import",
            "params": {"active_model": self._name, "context": {}},
        }

    def action_open_interaction(self):
        self.ensure_one()
        if not self.interaction_id:
            raise UserError(self.note or self.env._("This line was not stored."))
        return form_of(self.interaction_id)

    @api.autovacuum
    def _gc_results(self):
        """Results are for looking at after an import, not for keeping."""
        limit = GC_UNLINK_LIMIT
        old = self.search(
            [("create_date", "<", fields.Datetime.now() - timedelta(days=KEEP_DAYS))], limit=limit
        )
        old.unlink()
        return len(old), len(old) == limit

    def _personal_data_fields(self):
        return {
            **not_personal(
                "channel_id company_id date direction kind visibility needs_answer result note"
            ),
            **classify(BEHAVIOUR, ROW, "external_id parent_external_id interaction_id"),
        }

    def _personal_data_domain(self, identities, partners):
        said = self.env["social.crm.interaction"]._search(
            self.env["social.crm.interaction"]._personal_data_domain(identities, partners)
        )
        return Domain("interaction_id", "in", said)
