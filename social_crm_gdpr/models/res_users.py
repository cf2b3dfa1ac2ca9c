# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models

from odoo.addons.social_crm_base.tools.privacy import CLEAR, EMPLOYEE, KEEP, classify

STAFF_DAYS = 365
BATCH = 1000
#: Who decided about people's rights stays provable (Art. 5(2)) as long as the decision is kept.
KEPT_GROUND = "GDPR Art. 5(2)"


class ResUsers(models.Model):
    """Our own people are data subjects too: some time after they left, their names go."""

    _name = "res.users"
    _inherit = ["res.users", "social.crm.personal.data"]

    social_also_called = fields.Char(
        string="Also Called",
        help="First name, nickname or @handle, separated by commas, by which customers name this "
        "colleague. Masked in comments with the full name where it begins with a capital or "
        "follows an @: leave usual words out.",
    )
    social_left_at = fields.Datetime(readonly=True, copy=False)
    social_forgotten_at = fields.Datetime(readonly=True, copy=False)

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "social_also_called"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "social_also_called"]

    def _also_called(self):
        """What this colleague listed; single letters name nobody.

        :rtype: list[str]
        """
        names = (self.social_also_called or "").replace(";", ",").split(",")
        return [name.strip(" @") for name in names if len(name.strip(" @")) > 1]

    def write(self, vals):
        """Override to remember since when a colleague is no longer here."""
        if "active" in vals:
            left = False if vals["active"] else fields.Datetime.now()
            vals = {**vals, "social_left_at": left, "social_forgotten_at": False}
        return super().write(vals)

    @api.model
    def _cron_forget_staff(self):
        """Take the names of those who left out of what they wrote and did here."""
        # sudo: a setting of the whole database
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        days = int(parameters_sudo.get_param("social_crm.staff_days", STAFF_DAYS))
        self._date_those_gone()
        limit = fields.Datetime.now() - timedelta(days=days)
        due = self.with_context(active_test=False).search(
            [
                ("active", "=", False),
                ("social_left_at", "<", limit),
                ("social_forgotten_at", "=", False),
            ]
        )
        for user in due:
            if not user._forget_at_work():
                return

    @api.model
    def _date_those_gone(self):
        """Colleagues who had left before this addon came: their time counts from now."""
        gone = self.with_context(active_test=False).search(
            [
                ("active", "=", False),
                ("share", "=", False),
                ("social_left_at", "=", False),
                ("id", "!=", SUPERUSER_ID),
            ]
        )
        gone.social_left_at = fields.Datetime.now()

    def _forget_at_work(self):
        """Empty every field of the suite that names this user, but who decided about rights.

        :return: whether the job's time is not over yet
        :rtype: bool
        """
        self.ensure_one()
        seconds_left, rows = 1, 0
        for model, name in self._named_in():
            # sudo: names go from every record, whoever reads it
            target_sudo = self.env[model].sudo().with_context(
                active_test=False, tracking_disable=True
            )
            last = 0
            # by id: a row that will not let go of the name is passed by, not met for ever
            while found := target_sudo.search(
                [(name, "in", self.ids), ("id", ">", last)], order="id", limit=BATCH
            ):
                last = found[-1].id
                if found._fields[name].type == "many2many":
                    found.write({name: [fields.Command.unlink(self.id)]})
                else:
                    found.write({name: False})
                rows += len(found)
                seconds_left = self.env["ir.cron"]._commit_progress(len(found), remaining=1)
                if not seconds_left:
                    return False
        self.social_also_called = False
        rows += self._forget_in_chatter()
        self.social_forgotten_at = fields.Datetime.now()
        self.env["social.crm.evidence"]._append(
            "staff.forgotten", self.env["social.crm.restriction"]._new_reference(), records=rows
        )
        self.env["ir.cron"]._commit_progress(1, remaining=0)
        return True

    def _forget_in_chatter(self):
        """Take the name out of the changes the chatter of our records tells.

        :return: how many changes named this user
        :rtype: int
        """
        self.ensure_one()
        # sudo: as above
        fields_sudo = self.env["ir.model.fields"].sudo().search(
            [("model", "=like", "social.crm.%"), ("relation", "=", "res.users")]
        )
        values_sudo = self.env["mail.tracking.value"].sudo()  # sudo: as above
        rows = 0
        for side in ("old_value", "new_value"):
            found = values_sudo.search(
                [("field_id", "in", fields_sudo.ids), (f"{side}_integer", "=", self.id)]
            )
            found.write({f"{side}_integer": False, f"{side}_char": self.env._("Former colleague")})
            rows += len(found)
        return rows

    @api.model
    def _named_in(self):
        """The fields of the suite that name users and may be emptied.

        :return: (model, field)
        :rtype: list[tuple[str, str]]
        """
        found = []
        for model, cls in sorted(self.env.registry.items()):
            if not model.startswith("social.crm.") or cls._abstract or cls._transient:
                continue
            if not cls._auto or not hasattr(cls, "_personal_data_fields"):
                continue
            declared = self.env[model]._personal_data_fields()
            for name in self.env[model]._personal_data_users():
                personal = declared.get(name)
                ground = personal.ground if personal else ""
                if cls._fields[name].required or ground.startswith(KEPT_GROUND):
                    continue
                found.append((model, name))
        return found

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **classify(EMPLOYEE, CLEAR, "social_also_called"),
            **classify(
                EMPLOYEE,
                KEEP,
                "social_left_at social_forgotten_at",
                ground="GDPR Art. 5(1)(e): from when the time to forget counts",
            ),
        }
