# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.social_crm_base.const import ROLES_WITHOUT_LEAD
from odoo.addons.social_crm_base.tools import names
from odoo.addons.social_crm_base.tools.action import dialog_for
from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify, not_personal

STATUSES = [
    ("new", "New"),
    ("review", "Under review"),
    ("planned", "Planned"),
    ("done", "Done"),
    ("declined", "Declined"),
]
#: Less alike than this (pg_trgm's measures, 0 to 1) is not worth a look.
MIN_LIKENESS = 0.35
MAX_LIKELY = 5
#: So much of a message is compared with what ideas there are.
COMPARED = 1000
#: Reactions that are no vote for what was said.
NO_VOTE = frozenset({"angry", "sad", "dislike", "haha", "😡", "😠", "🤬", "😢", "😭", "👎", "😂"})


class SocialCrmIdea(models.Model):
    """What customers suggest: who else wants it, what became of it, and who was told."""

    _name = "social.crm.idea"
    _inherit = ["mail.thread", "mail.activity.mixin", "social.crm.personal.data"]
    _description = "Idea"
    _order = "supporter_count desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Idea", required=True, tracking=True,
        help="In our own words: what a customer wrote may be taken back, an idea stays.",
    )
    description = fields.Text()
    product_ref = fields.Char(string="Product", help="What it is about, as on the case.")
    status = fields.Selection(
        STATUSES, required=True, default="new", tracking=True, index=True, group_expand=True
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users", string="Owner", tracking=True, check_company=True,
        default=lambda self: self.env.user, domain="[('share', '=', False)]",
    )
    team_id = fields.Many2one("social.crm.team", check_company=True, index="btree_not_null")
    tag_ids = fields.Many2many("social.crm.tag", string="Tags")
    supporter_ids = fields.One2many("social.crm.idea.supporter", "idea_id", string="Supporters")
    supporter_count = fields.Integer(
        string="Supporters (number)", compute="_compute_supporter_count", store=True,
        compute_sudo=True, help="People who asked for it in their own words, each once.",
    )
    vote_count = fields.Integer(
        string="Votes", compute="_compute_vote_count", compute_sudo=True,
        help="Supporters and those who liked what they said, each person once.",
    )
    untold_count = fields.Integer(
        string="Not Told Yet", compute="_compute_untold_count",
        help="Supporters who have not heard of the present status.",
    )
    merged_into_id = fields.Many2one(
        "social.crm.idea", string="Joined Into", readonly=True, copy=False, check_company=True,
        ondelete="set null", index="btree_not_null",
    )
    search_key = fields.Char(
        compute="_compute_search_key", store=True,
        help="Idea and product in small Latin letters without diacritics, to find similar ones.",
    )

    _search_index = models.Index(
        lambda registry: "USING gin (search_key gin_trgm_ops)"
        if registry.has_trigram
        else "(search_key)"
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "product_ref")
    def _compute_search_key(self):
        for idea in self:
            idea.search_key = names.fold(" ".join(filter(None, (idea.name, idea.product_ref))))

    @api.depends("supporter_ids.identity_id")
    def _compute_supporter_count(self):
        people = self._people_by_idea(self._supporters_sudo())
        for idea in self:
            idea.supporter_count = len(people[idea._origin])

    def _compute_vote_count(self):
        supporters = self._supporters_sudo()
        people = self._people_by_idea(supporters)
        ideas_of = defaultdict(set)
        for supporter in supporters:
            ideas_of[supporter.interaction_id].add(supporter.idea_id)
        for said, identity in self.env["social.crm.interaction"]._read_group(
            [
                ("parent_id", "in", supporters.interaction_id.ids),
                ("kind", "=", "reaction"),
                ("direction", "=", "in"),
                ("state", "=", "normal"),
                ("reaction", "not in", list(NO_VOTE)),
                ("identity_id", "!=", False),
            ],
            ["parent_id", "identity_id"],
        ):
            if not self._why_not_counted(identity):
                for idea in ideas_of[said]:
                    people[idea].add(identity.partner_id or identity)
        for idea in self:
            idea.vote_count = len(people[idea._origin])

    def _supporters_sudo(self):
        """All supporters, also those from confidential cases: they count, move and count once.

        Searched for: the field may hold only those that the user may read.
        """
        # sudo: see above; only numbers leave
        return self.env["social.crm.idea.supporter"].sudo().search([("idea_id", "in", self.ids)])

    @api.model
    def _people_by_idea(self, supporters):
        """Somebody with several accounts is one person.

        :return: idea -> set of contacts, or accounts without one
        :rtype: dict
        """
        people = defaultdict(set)
        for supporter in supporters:
            people[supporter.idea_id._origin].add(
                supporter.partner_id._origin or supporter.identity_id._origin
            )
        return people

    @api.depends("status", "supporter_ids.told_status")
    def _compute_untold_count(self):
        told = defaultdict(int)
        for idea, status, count in self.env["social.crm.idea.supporter"]._read_group(
            [("idea_id", "in", self.ids)], ["idea_id", "told_status"], ["__count"]
        ):
            if status != idea.status:
                told[idea] += count
        for idea in self:
            idea.untold_count = told[idea._origin]

    # === BUSINESS METHODS === #

    @api.model
    def _why_not_counted(self, identity):
        """Why an account's voice does not count, in words; empty where it does.

        Ideas tell what customers want: press, competitors, bots and colleagues do not count, nor
        do our own accounts.

        :rtype: str
        """
        if identity.is_own:
            return self.env._("Our own accounts support no ideas.")
        if identity.role in ROLES_WITHOUT_LEAD:
            roles = dict(identity._fields["role"]._description_selection(self.env))
            return self.env._(
                "%(name)s is not counted as a supporter: %(role)s.",
                name=identity.display_name,
                role=roles[identity.role].lower(),
            )
        return ""

    @api.model
    def _likely(self, text, company, limit=MAX_LIKELY):
        """Ideas there are already that a text may be about, the likeliest first.

        :param str text: a message, or the name of a new idea
        :rtype: recordset
        """
        said = names.fold((text or "")[:COMPARED])
        if not said:
            return self.browse()
        domain = [("company_id", "=", company.id)]
        if not self.env.registry.has_trigram:
            words = [word for word in said.split() if len(word) > 4][:20]
            alike = fields.Domain.OR(fields.Domain("search_key", "like", word) for word in words)
            return self.search(fields.Domain(domain) & alike, limit=limit)
        query = self._search(domain)
        key = self._field_to_sql(query.table, "search_key", query)
        likeness = SQL(
            "greatest(similarity(%(key)s, %(said)s), word_similarity(%(key)s, %(said)s),"
            " word_similarity(%(said)s, %(key)s))",
            key=key,
            said=said,
        )
        query.add_where(SQL("%s >= %s", likeness, MIN_LIKENESS))
        query.order = SQL(
            "%s DESC, %s DESC",
            likeness,
            self._field_to_sql(query.table, "supporter_count", query),
        )
        query.limit = limit
        return self.browse(query)

    def _support(self, interactions):
        """Count who said this as supporters, each account once.

        :param recordset interactions: what they said
        :return: the supporters that are new
        :rtype: recordset
        """
        self.ensure_one()
        known = self._supporters_sudo().identity_id.sudo(False)
        rows = {}
        for said in interactions:
            identity = said.identity_id
            if identity and identity not in known and not self._why_not_counted(identity):
                rows.setdefault(
                    identity,
                    {
                        "idea_id": self.id,
                        "identity_id": identity.id,
                        "interaction_id": said.id,
                        "since": said.date,
                    },
                )
        return self.env["social.crm.idea.supporter"].create(list(rows.values()))

    def _join_into(self, target):
        """Make these ideas part of another one: its supporters are theirs, nothing is lost.

        :param recordset target: the idea that stays
        """
        others = self - target
        if not others:
            raise UserError(self.env._("Choose at least two ideas to join."))
        if others.company_id - target.company_id:
            raise UserError(self.env._("Ideas of several companies cannot be joined."))
        (others | target).check_access("write")
        known_sudo = target._supporters_sudo().identity_id
        moving_sudo = target._supporters_sudo().browse()
        for supporter_sudo in others._supporters_sudo().sorted("since"):
            if supporter_sudo.identity_id not in known_sudo:
                known_sudo |= supporter_sudo.identity_id
                moving_sudo |= supporter_sudo
        moving_sudo.idea_id = target
        target.tag_ids |= others.tag_ids
        others.write({"active": False, "merged_into_id": target.id})
        link = target._get_html_link()
        others._message_log_batch(
            bodies={
                idea.id: self.env._("Joined into %(idea)s.", idea=link) for idea in others
            }
        )
        target._message_log(
            body=self.env._(
                "Joined with: %(ideas)s", ideas=", ".join(others.mapped("name"))
            )
        )

    # === ACTIONS === #

    def action_tell(self):
        """Prepare to tell the supporters what became of the idea: nothing is sent yet."""
        self.ensure_one()
        return self.env["social.crm.idea.tell"]._open_for(self)

    def action_join(self):
        """Open the dialogue that joins ideas about the same."""
        return dialog_for(
            "social.crm.idea.join",
            self.env._("Join Ideas"),
            idea_ids=self.ids,
            target_id=self[:1].id,
        )

    def action_support(self):
        """Count who said what the dialogue around was opened for as a supporter of this one."""
        self.ensure_one()
        dialog = self.env["social.crm.idea.collect"].browse(
            self.env.context.get("social_idea_dialog")
        )
        dialog.exists().ensure_one()
        return dialog._support(self)

    # === PRIVACY === #

    def _personal_data_fields(self):
        return {
            **not_personal(
                "name description product_ref status active company_id team_id tag_ids "
                "supporter_count merged_into_id search_key"
            ),
            **classify(EMPLOYEE, KEEP, "user_id", ground="employment: who looks after an idea"),
        }
