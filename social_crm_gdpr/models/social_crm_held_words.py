# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What a legal hold keeps is not lost by writing over it or by deleting its files either.

The system's own writes pass: what a network edits or deletes is mirrored, see docs/privacy.md.
"""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

#: What was said, and where and by whom.
WORDS = frozenset(
    {
        "title", "body", "body_html", "versions", "media", "attachment_ids", "mention_ids",
        "rating", "reaction", "permalink", "external_id", "date", "identity_id", "channel_id",
        "conversation_id", "direction",
    }
)  # fmt: skip
NAMES = frozenset(
    {
        "name", "handle", "external_id", "profile_url", "avatar_url", "verified_email",
        "verified_phone",
    }
)  # fmt: skip
FILE = frozenset(
    {"name", "raw", "datas", "db_datas", "store_fname", "url", "type", "res_model", "res_id"}
)
#: An own message is still being written until it is on its way.
UNSENT = ("queued", "failed", "cancelled")


def any_held(rows, model_field):
    """Whether one of the records these rows hang on is held.

    :param recordset rows: files or messages, with the system's rights
    :param str model_field: where they say which model it is
    :rtype: bool
    """
    for name, theirs in rows.grouped(model_field).items():
        if name and name in rows.env and hasattr(rows.env[name], "_held"):
            if rows.env[name].browse(set(theirs.mapped("res_id")) - {0}).exists()._held():
                return True
    return False


class SocialCrmPersonalData(models.AbstractModel):
    _inherit = "social.crm.personal.data"

    def _refuse_losing_held(self, vals, names):
        """Refuse to write over what a legal hold keeps; what is empty may be filled in.

        :param dict vals: what is about to be written
        :param Iterable[str] names: fields that are kept
        :raise UserError: in words
        """
        names = vals.keys() & names
        if not names or self.env.su or not self.env["social.crm.legal.hold"]._in_force():
            return
        losing = self.filtered(
            # sudo: compared, not shown
            lambda record: any(record.sudo()._loses(name, vals[name]) for name in names)
        )
        if held := losing._held():
            raise UserError(
                self.env._(
                    "A legal hold keeps %(count)s of these records as they are: words, names and "
                    "files stay until it ends. Ask your privacy clerk.",
                    count=len(held),
                )
            )

    def _loses(self, name, value):
        """Whether writing this value takes away what stands in the field.

        :rtype: bool
        """
        field, before = self._fields[name], self[name]
        if not before:
            return False
        if field.type in ("many2many", "one2many"):
            adding = (Command.LINK, Command.CREATE)
            return any(not isinstance(one, int) and one[0] not in adding for one in value or ())
        return field.convert_to_record(field.convert_to_cache(value, self), self) != before


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    def write(self, vals):
        names = WORDS | ({"state"} if vals.get("state") in ("deleted", "expired") else set())
        if vals.keys() & names:
            said = self.filtered(
                lambda said: said.direction == "in" or said.delivery_state not in UNSENT
            )
            said._refuse_losing_held(vals, names)
        return super().write(vals)


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    def write(self, vals):
        self._refuse_losing_held(vals, NAMES)
        return super().write(vals)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        # what changed may be written down; nothing is emptied
        self._refuse_losing_held(
            vals,
            {
                name
                for name, value in vals.items()
                if not value
                and name in self._fields
                and self._fields[name].type in ("char", "text", "html", "binary", "image")
                and self._fields[name].store
            },
        )
        return super().write(vals)


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def write(self, vals):
        if vals.keys() & FILE:
            self._refuse_held_files()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        self._refuse_held_files()

    def _refuse_held_files(self):
        """Refuse to change or delete files of what a legal hold keeps.

        :raise UserError: in words
        """
        if self.env.su or not self.env["social.crm.legal.hold"]._in_force():
            return
        # sudo: what a file belongs to does not depend on who may read it
        files_sudo = self.sudo()
        # sudo: as above
        said_sudo = self.env["social.crm.interaction"].sudo().search(
            [("attachment_ids", "in", self.ids)]
        )
        if said_sudo._held() or any_held(files_sudo, "res_model"):
            raise UserError(
                self.env._(
                    "A legal hold keeps this file: it stays as it is until the hold ends. Ask your "
                    "privacy clerk."
                )
            )


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _check_can_update_message_content(self, messages):
        """Override: notes on what is held stay, Odoo's own editing and emptying included."""
        super()._check_can_update_message_content(messages)
        messages._refuse_held_notes(always=True)


class MailMessage(models.Model):
    _inherit = "mail.message"

    def write(self, vals):
        if vals.keys() & {"body", "subject"}:
            self._refuse_held_notes()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        self._refuse_held_notes()

    def _refuse_held_notes(self, always=False):
        """Refuse to change or delete notes and mails on what is held.

        :param bool always: also with the system's rights, which Odoo takes to edit a note
        :raise UserError: in words
        """
        if self.env.su and not always or not self.env["social.crm.legal.hold"]._in_force():
            return
        if any_held(self.sudo(), "model"):  # sudo: what it hangs on is held for everybody
            raise UserError(
                self.env._(
                    "A legal hold keeps what was noted here: write another note. It ends with the "
                    "hold; ask your privacy clerk."
                )
            )
