# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Where things are. ``.odoo`` may be a link: several work trees can share one set-up."""
import ast
import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(os.path.realpath(ROOT / ".odoo"))
ADDONS = ("social_crm_base", "social_crm_channels", "social_crm_analytics", "social_crm_gdpr")


def digest(*parts):
    """Short fingerprint of texts, bytes and files (by content)."""
    result = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else part
        data = data.encode() if isinstance(data, str) else data
        result.update(len(data).to_bytes(8, "big") + data)
    return result.hexdigest()[:16]


def own(name):
    """``name``, made distinct where several work trees share one ``.odoo``."""
    return name if HOME.parent == ROOT else f"{name}_{digest(str(ROOT))[:6]}"


def marked(name):
    """``name`` with a mark of this work tree: for databases on a server that others use too."""
    return f"{name}_{digest(str(ROOT), str(HOME))[:6]}"


def manifest(addon):
    return ast.literal_eval((ROOT / addon / "__manifest__.py").read_text())


def foreign_dependencies():
    """Odoo's own addons that ours stand on."""
    wanted = {name for addon in ADDONS for name in manifest(addon)["depends"]}
    return sorted(wanted - set(ADDONS))


def addon_digest(addon):
    """Fingerprint of what an installed database depends on: not tests, not assets."""
    files = sorted(
        path for path in (ROOT / addon).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
        and path.relative_to(ROOT / addon).parts[0] not in ("tests", "static"))
    return digest(*(part for path in files for part in (str(path.relative_to(ROOT)), path)))
