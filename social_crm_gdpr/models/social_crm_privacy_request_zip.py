# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import hashlib
import os
import shutil
import zipfile

from odoo import fields, models
from odoo.tools import SQL

COPY_BYTES = 1 << 20


class SocialCrmPrivacyRequest(models.Model):
    """The end of a package: everything into one zip, piece by piece, and kept as a file."""

    _inherit = "social.crm.privacy.request"

    def _finish_package(self, folder, counts):
        """Overview, files and all parts into one zip, which becomes the attachment.

        :param dict counts: model to how many rows were found
        """
        self._write_overview(folder, counts)
        path = folder / "package.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as bundle:
            for part in sorted((folder / "data").iterdir()):
                inside = part.name if part.stem == "index" else f"data/{part.name}"
                bundle.write(part, inside)
            self._add_files(bundle, folder / "files")
        self._keep_package(path)
        shutil.rmtree(folder, ignore_errors=True)
        self.write(
            {
                "package_state": "ready",
                "package_place": False,
                "package_at": fields.Datetime.now(),
            }
        )
        self._told("package_built", rows=self.package_done)
        self._ask_to_send()

    def _add_files(self, bundle, listed):
        """The files of the person's words, copied piece by piece."""
        if not listed.exists():
            return
        added = set(bundle.namelist())
        attachments_sudo = self.env["ir.attachment"].sudo()  # sudo: the person's own files
        with listed.open(encoding="ascii") as ids:
            for line in ids:
                file_sudo = attachments_sudo.browse(int(line)).exists()
                if not file_sudo or file_sudo.type != "binary":
                    continue
                name = os.path.basename(file_sudo.name or "").lstrip(".") or "file"
                inside = f"files/{file_sudo.id}-{name[:100]}"
                if inside in added:
                    continue
                added.add(inside)
                with bundle.open(inside, "w") as target:
                    if file_sudo.store_fname:
                        with open(file_sudo._full_path(file_sudo.store_fname), "rb") as source:
                            shutil.copyfileobj(source, target, COPY_BYTES)
                    else:
                        target.write(file_sudo.raw or b"")
                file_sudo.invalidate_recordset()

    def _keep_package(self, path):
        """Make the zip an attachment without reading it into memory, where files are on disk."""
        attachments_sudo = self.env["ir.attachment"].sudo()  # sudo: the steps' own file
        package_sudo = attachments_sudo.create(
            {
                "name": f"{self.name.replace('/', '-')}.zip",
                "res_model": self._name,
                "res_id": self.id,
                "res_field": "package_id",  # hidden from lists of files; see the download
                "mimetype": "application/zip",
            }
        )
        if attachments_sudo._storage() == "file":
            digest = hashlib.sha1(usedforsecurity=False)
            with path.open("rb") as source:
                while piece := source.read(COPY_BYTES):
                    digest.update(piece)
            checksum = digest.hexdigest()
            name = f"{checksum[:2]}/{checksum}"
            target = attachments_sudo._full_path(name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            size = path.stat().st_size
            shutil.move(path, target)
            attachments_sudo._mark_for_gc(name)  # should this transaction not be committed
            # what Odoo keeps from being written, as it would from bytes
            self.env.cr.execute(
                SQL(
                    "UPDATE ir_attachment SET store_fname = %s, checksum = %s, file_size = %s"
                    " WHERE id = %s",
                    name, checksum, size, package_sudo.id,
                )
            )  # fmt: skip
            package_sudo.invalidate_recordset()
        else:
            package_sudo.raw = path.read_bytes()
        self.package_id = package_sudo

    def _ask_to_send(self):
        for user in self.user_id or self._clerks():
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("The package is ready: send it"),
                user_id=user.id,
            )
