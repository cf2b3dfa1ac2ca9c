# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import regex

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.social_crm_base.tools import address_form
from odoo.addons.social_crm_base.tools.privacy import not_personal

KIND_SELECTION = [
    ("avoid", "Words to avoid"),
    ("require", "Words to have"),
    ("formal", "Formal address"),
    ("informal", "Informal address"),
]
LEVEL_SELECTION = [
    ("hint", "Hint"),
    ("approval", "Ask for approval"),
    ("stop", "Stop"),
]
SECONDS = 0.5  # a pattern that takes longer on one answer is a bad pattern
# What JavaScript's regular expressions with the flag u let one escape, and no more.
SYNTAX = set(r"^$\.*+?()[]{}|/")


class SocialCrmBrandRule(models.Model):
    """How the company speaks: words it avoids or wants, and whether it is on first-name terms."""

    _name = "social.crm.brand.rule"
    _inherit = ["social.crm.personal.data"]
    _description = "Brand Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(KIND_SELECTION, required=True, default="avoid")
    words = fields.Text(
        help="One word or phrase a line. A * at the end takes every ending: cheap* finds cheaper."
    )
    is_pattern = fields.Boolean(
        string="Regular Expressions", help="Each line is a regular expression instead."
    )
    level = fields.Selection(
        LEVEL_SELECTION,
        required=True,
        default="hint",
        help="Hint: a remark beside the text. Approval: somebody else must agree. Stop: it cannot "
        "be sent so.",
    )
    message = fields.Char(
        required=True, translate=True, help="What the writer reads: why, and what to say instead."
    )
    platform_ids = fields.Many2many(
        "social.crm.platform", string="Networks", help="Empty: every network."
    )
    lang_ids = fields.Many2many("res.lang", string="Languages", help="Empty: every language.")
    team_ids = fields.Many2many("social.crm.team", string="Teams", help="Empty: every team.")

    @api.constrains("kind", "words", "is_pattern")
    def _check_words(self):
        for rule in self.filtered(lambda rule: rule.kind in ("avoid", "require")):
            if not rule._lines():
                raise ValidationError(
                    self.env._("Name at least one word for %(rule)s.", rule=rule.name)
                )
            try:
                regex.compile(rule._pattern(), regex.IGNORECASE)
            except regex.error as error:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: this is no regular expression (%(error)s).",
                        rule=rule.name,
                        error=error,
                    )
                ) from error

    def _lines(self):
        return [line.strip() for line in (self.words or "").splitlines() if line.strip()]

    def _pattern(self):
        """One expression for all lines, as Python's regex and JavaScript both read it.

        :rtype: str
        """
        self.ensure_one()
        if self.is_pattern:
            return "|".join(f"(?:{line})" for line in self._lines())
        inner = "|".join(map(_as_pattern, self._lines()))
        return rf"(?<![\p{{L}}\p{{N}}_])(?:{inner})(?![\p{{L}}\p{{N}}_])"

    @api.model
    def _of(self, conversation, language="", teams=None):
        """The rules that hold for an answer there.

        :param recordset conversation: one
        :param str language: of the answer, as ``de`` or ``de_DE``
        :param recordset teams: those the case and the writer belong to
        :rtype: recordset
        """
        rules = self.search([("company_id", "=", conversation.company_id.id)])
        teams = self.env.user.social_crm_team_ids if teams is None else teams
        return rules.filtered(
            lambda rule: (not rule.platform_ids or conversation.platform_id in rule.platform_ids)
            and (not rule.team_ids or rule.team_ids & teams)
            and (
                not rule.lang_ids
                or not language
                or any(lang.code[:2] == language[:2] for lang in rule.lang_ids)
            )
        )

    def _found_in(self, text, language=""):
        """Which of these rules an answer does not keep.

        :param str text:
        :return: rule and the word it is about ("" where something is missing)
        :rtype: list[tuple[recordset, str]]
        """
        found = []
        for rule in self:
            broken = rule._broken_by(text or "", language)
            if broken is not None:
                found.append((rule, broken))
        return found

    def _broken_by(self, text, language):
        if self.kind in ("formal", "informal"):
            form, _count, _told = address_form.read_form([text], language)
            return "" if form and form != self.kind else None
        try:
            match = regex.search(self._pattern(), text, regex.IGNORECASE, timeout=SECONDS)
        except TimeoutError:
            return None  # the screen's own look has warned; nobody waits for a bad pattern
        if self.kind == "avoid":
            return match[0] if match else None
        return None if match else ""

    def _rule_data(self):
        """What the screen needs to look by itself while somebody writes.

        :rtype: list[dict]
        """
        return [
            {
                "id": rule.id,
                "kind": rule.kind,
                "level": rule.level,
                "message": rule.message,
                "pattern": rule._pattern() if rule.kind in ("avoid", "require") else "",
            }
            for rule in self
        ]

    def _personal_data_fields(self):
        return not_personal(
            "name sequence active company_id kind words is_pattern level message platform_ids "
            "lang_ids team_ids"
        )


def _as_pattern(line):
    ending = line.endswith("*")
    bare = "".join(
        f"\\{sign}" if sign in SYNTAX else sign for sign in line.rstrip("*")
    )
    return bare.replace(" ", r"\s+") + (r"[\p{L}\p{N}_]*" if ending else "")
