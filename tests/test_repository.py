# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Checks of the repository itself. They read it; nothing of it is imported or run."""
import ast
import re
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from lxml import etree

from tests import source_tree as repository
from tools import setup
from tools.paths import ADDONS, ROOT

HEADER = "# Part of Social CRM. See LICENSE file for full copyright and licensing details."
LINES = 500


def complain(problems):
    """Fail with every problem at once, so that one run shows what there is to do."""
    if found := sorted(set(problems)):
        pytest.fail("\n".join(found), pytrace=False)


# --- models --------------------------------------------------------------------------------------


def test_every_model_has_access_rights():
    """Without a line in ir.model.access.csv only the system may use a model: say so, and why."""
    complain(
        f"{model}: neither rights in ir.model.access.csv nor a comment '# No access: <reason>'"
        for model in repository.models()
        if model.is_new and model.kind != "AbstractModel"
        and model.name.replace(".", "_") not in repository.access_models()
        and not model.reason("No access"))


def test_every_model_belongs_to_companies():
    complain(
        f"{model}: neither a company rule nor a comment '# No company: <reason>'"
        for model in repository.models()
        if model.has_table and model.kind == "Model"
        and model.name.replace(".", "_") not in repository.company_rule_models()
        and not model.reason("No company"))


def test_company_rules_are_closed():
    """A rule that also lets rows without company through shows them to everybody."""
    complain(
        f"{path}: {record.get('id')} uses 'or False' or a False company"
        for path in repository.files_of(".xml")
        for record in repository.xml(path).iterfind(".//record[@model='ir.rule']")
        if re.search(r"company_ids\s*\+|or\s+False|'company_id',\s*'=',\s*False",
                     record.findtext("field[@name='domain_force']") or ""))


def test_every_stored_field_is_classified_for_privacy():
    """A field may be declared by one class of a model and refined by another."""
    problems, classified = [], defaultdict(set)
    for model in repository.models():
        method = model.method("_personal_data_fields") or ast.Pass()
        classified[model.name] |= {
            word for node in ast.walk(method) if isinstance(node, ast.Constant)
            and isinstance(node.value, str) for word in node.value.split()}
    for model in repository.models():
        if model.kind != "Model" or not model.stored_fields or not model.values.get("_auto", True):
            continue
        if model.is_new and "social.crm.personal.data" not in model.inherits:
            problems.append(f"{model}: does not inherit social.crm.personal.data")
        problems += [f"{model}: field {name} is missing in _personal_data_fields()"
                     for name in model.stored_fields if name not in classified[model.name]]
    complain(problems)


def test_models_are_in_files_named_after_them():
    complain(
        f"{model}: expected in {model.name.replace('.', '_')}.py"
        for model in repository.models()
        if model.is_new and model.path.parent.name == "models"
        and model.path.stem not in (model.name.replace(".", "_"), short_name(model.name)))


def short_name(name):
    return name.removeprefix("social.crm.").replace(".", "_")


def test_sudo_has_a_reason():
    complain(
        f"{path}:{call.lineno}: sudo() without a comment that says why, in its statement or above"
        for addon in ADDONS for path in repository.files_of(".py", addon=addon)
        if "tests" not in path.parts
        for statement, call in repository.calls(path, "sudo")
        if not call.args and not any(
            "#" in line for line in repository.text(path).splitlines()[
                statement.lineno - 2:call.end_lineno]))


# --- Odoo 19 -------------------------------------------------------------------------------------

OLD_PYTHON = {
    r"\b_sql_constraints\s*=": "models.Constraint",
    r"\bdef name_get\b": "_compute_display_name",
    r"\bdef _name_search\b": "_search_display_name",
    r"\.read_group\(": "_read_group or formatted_read_group",
    r"\bgroup_operator\s*=": "aggregator",
    r"\bauto_join\s*=": "bypass_search_access",
    r"\bodoo\.osv\b": "odoo.fields.Domain",
    r"\b(self|record|env)\._(cr|uid|context)\b": "self.env.cr, .uid, .context",
    r"\bcheck_access_(rights|rule)\(": "check_access or has_access",
    r"\b_check_recursion\(": "_has_cycle",
    r"\btoggle_active\b": "action_archive, action_unarchive",
    r"\bapi\.returns\b": "nothing",
    r"\bfields\.first\(": "records[:1]",
    r"\bfrom odoo import registry\b": "odoo.modules.registry.Registry",
    r"\bodoo\.orm\b": "odoo.api, odoo.fields, odoo.models",
    r"\bclear_caches\(": "env.registry.clear_cache()",
    r"\bormcache_context\b|\bskiparg\b": "ormcache('self.env.lang', ...)",
    r"\buser_has_groups\b": "env.user.has_groups",
    r"\bforce_company\b": "with_company",
    r"\blazy_property\b": "functools.cached_property",
    r"\btools\.(ustr|pycompat)\b": "str",
    r"\bwerkzeug\.urls\b": "odoo.tools.urls",
    r"\b_notify_progress\(": "_commit_progress",
    r"\bmail\.channel\b": "discuss.channel",
    r"\bmessage_get_suggested_recipients\b|\b_message_add_suggested_recipient\(":
        "_message_add_suggested_recipients",
    r"\bbus\.bus['\"]\]\._send(one|many)\(": "record._bus_send",
    r"type=['\"]json['\"]": "type='jsonrpc'",
    r"\bjsonrequest\b": "request.get_json_data()",
    r"\bodoo\.tests\.common\b": "odoo.tests",
    r"\bbase\.(user_demo|default_user)\b(?!_)": "new_test_user, base.default_user_group",
    r"\bgroups_id\b": "group_ids",
    r"\bSavepointCase\b": "TransactionCase",
    r"\bFOR UPDATE NOWAIT\b": "lock_for_update()",
    r"(post|pre)_init_hook\(cr\b": "a hook with env",
    r"from odoo import [^\n]*(?<!\w)_(?!\w)": "self.env._ or LazyTranslate",
}
OLD_XML = {
    r"<tree\b|view_mode[^\n]*\btree\b": "<list>",
    # a component of the web client may take a property attrs
    r"\battrs\s*=\s*.\{\s*.(invisible|readonly|required|column)|\bstates\s*=":
        "invisible=, readonly=, required=",
    r"t-name=['\"]kanban-box": "t-name=\"card\"",
    r"oe_kanban_global_click": "t-name=\"card\"",
    r"class=['\"]oe_chatter": "<chatter/>",
    r"\bt-(esc|raw)=": "t-out",
    r"name=['\"](numbercall|doall)['\"]": "nothing",
    r"context_today\(": "today in the domain, e.g. 'today -1m'",
    r"name=['\"]groups_id['\"]": "group_ids",
    r"name=['\"]category_id['\"] ref=['\"]base\.module_category": "privilege_id",
    r"base\.default_user\b(?!_)": "base.default_user_group",
}
OLD_JS = {
    r"@odoo-module \*\*/": "nothing",
    r"useService\(['\"]rpc['\"]\)": "rpc or the orm service",
    r"\bpublicWidget\b": "Interaction",
    r"\bQUnit\b": "hoot",
    r"\bextra_trigger\b|\btest: true\b": "steps with trigger, content, run",
}


@pytest.mark.parametrize(("suffixes", "table"), [
    ((".py",), OLD_PYTHON), ((".xml",), OLD_XML), ((".js",), OLD_JS)])
def test_no_old_api(suffixes, table):
    complain(
        f"{path}:{repository.text(path)[:found.start()].count(chr(10)) + 1}: "
        f"{found.group().strip()!r} is not Odoo 19; use {better}"
        for addon in ADDONS for path in repository.files_of(*suffixes, addon=addon)
        for pattern, better in table.items()
        for found in re.finditer(pattern, repository.text(path)))


def test_search_views_group_plainly():
    """Odoo 19 refuses attributes on the group of a search view."""
    complain(
        f"{path}:{group.sourceline}: <group> in a search view takes no {', '.join(group.attrib)}"
        for path in repository.files_of(".xml")
        for group in repository.xml(path).iterfind(".//search//group") if group.attrib)


# --- manifests and files -------------------------------------------------------------------------


@pytest.mark.parametrize("addon", ADDONS)
def test_manifest_is_complete(addon):
    manifest = repository.manifest(addon)
    expected = {
        "name": r"Social CRM.*", "version": r"19\.0\.\d+\.\d+\.\d+", "summary": r".{10,}",
        "category": r".+", "author": r"Social CRM contributors", "website": r"https://.+",
        "license": r"LGPL-3",
    }
    complain([f"{addon}: {key} is {manifest.get(key)!r}" for key, pattern in expected.items()
              if not re.fullmatch(pattern, manifest.get(key, ""))])
    assert manifest["depends"]
    assert (ROOT / addon / "static/description/icon.png").is_file(), f"{addon} has no icon"
    assert manifest.keys() <= set(expected) | {
        "depends", "data", "demo", "assets", "application", "auto_install",
        "external_dependencies", "post_init_hook", "pre_init_hook", "uninstall_hook"}


@pytest.mark.parametrize("addon", ADDONS)
def test_every_data_file_is_listed(addon):
    manifest = repository.manifest(addon)
    listed = [*manifest.get("data", []), *manifest.get("demo", [])]
    folders = ("data", "demo", "security", "views", "wizards", "report")
    present = [str(path.relative_to(addon)) for path in repository.files_of(
        ".xml", ".csv", addon=addon) if path.parts[1] in folders]
    complain(f"{addon}: {name} is not in the manifest" for name in set(present) - set(listed))
    complain(f"{addon}: {name} is in the manifest and not there"
             for name in listed if not (ROOT / addon / name).is_file())
    assert len(listed) == len(set(listed)), f"{addon} lists a file twice"
    complain(f"{addon}: {name} belongs to 'demo'" for name in manifest.get("data", [])
             if name.startswith("demo/"))


@pytest.mark.parametrize("addon", ADDONS)
def test_assets_exist(addon):
    complain(
        f"{addon}: no file fits {entry} of {bundle}"
        for bundle, entries in repository.manifest(addon).get("assets", {}).items()
        for entry in (item if isinstance(item, str) else item[-1] for item in entries)
        if entry.startswith(addon + "/") and not list(ROOT.glob(entry)))


@pytest.mark.parametrize("addon", ADDONS)
def test_external_packages_are_stated(addon):
    """What Odoo does not bring itself is named in the manifest and in requirements.txt."""
    odoo_has = requirement_names("tools/requirements-odoo.txt")
    stated = {name.lower() for name in
              repository.manifest(addon).get("external_dependencies", {}).get("python", [])}
    known = {"odoo", "dateutil", "pil", "openssl", "babel", "psycopg2", "markupsafe", "lxml",
             "stdnum"}
    import_names = {"hypothesis", "telegram"}  # tools/requirements-test.txt
    for path in repository.files_of(".py", addon=addon):
        for node in ast.walk(repository.tree(path)):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for name in (name.partition(".")[0] for name in names):
                if name in sys.stdlib_module_names or name.lower() in known | odoo_has:
                    continue
                if "tests" in path.parts and name in import_names:
                    continue
                assert name.lower() in stated, f"{path}: {name} is not in the manifest"
    assert stated <= requirement_names("requirements.txt") | odoo_has


def requirement_names(path):
    lines = (ROOT / path).read_text().splitlines()
    return {re.split(r"[=<>\[;]", line)[0].strip().lower() for line in lines
            if line and not line.startswith("#")}


@pytest.mark.parametrize("path", ["requirements.txt", "tools/requirements-odoo.txt",
                                  "tools/requirements-test.txt"])
def test_requirements_are_exact(path):
    complain(f"{path}: {line}" for line in (ROOT / path).read_text().splitlines()
             if line and not line.startswith("#") and not re.fullmatch(r"[\w.-]+==[\w.]+.*", line))


@pytest.mark.parametrize("folder", ["models", "wizards", "tests", "controllers", "report"])
def test_every_module_is_imported(folder):
    """A file nobody imports never runs: a test that is not there, a field that is not there."""
    problems = []
    for addon in ADDONS:
        base = Path(addon) / folder
        present = {path.stem for path in repository.files_of(".py", addon=addon)
                   if path.parent == base and path.stem != "__init__"}
        if not present:
            continue
        imported = {alias.name for node in ast.walk(repository.tree(base / "__init__.py"))
                    if isinstance(node, ast.ImportFrom) for alias in node.names}
        helpers = {"common"} if folder == "tests" else set()
        problems += [f"{base}/{name}.py is not imported in its __init__.py"
                     for name in sorted(present - imported - helpers)
                     if folder != "tests" or name.startswith("test_")]
    complain(problems)


def test_addon_tests_run_after_installation():
    problems = []
    for addon in ADDONS:
        for path in repository.files_of(".py", addon=addon):
            if path.parent.name != "tests":
                continue
            for node in repository.tree(path).body:
                if isinstance(node, ast.ClassDef) and any(
                        isinstance(item, ast.FunctionDef) and item.name.startswith("test")
                        for item in node.body):
                    tags = {argument.value for decorator in node.decorator_list
                            if repository.call_name(decorator) == "tagged"
                            for argument in decorator.args}
                    if not {"post_install", "-at_install"} <= tags:
                        problems.append(f"{path}: {node.name} lacks "
                                        "@tagged('post_install', '-at_install')")
    complain(problems)


def test_python_files_carry_the_licence():
    complain(f"{path}: first line is not the licence line" for path in repository.files_of(".py")
             if repository.text(path).strip() and HEADER not in repository.text(path)[:300])


def test_files_are_short():
    complain(f"{path}: {count} lines, more than {LINES}"
             for path in repository.files_of(".py", ".xml", ".js", ".scss", ".css", ".md")
             if (count := repository.text(path).count("\n")) > LINES)


def test_nothing_points_at_one_machine():
    """Paths of somebody's machine and addresses of package registries do not belong here."""
    hosts = ("deb.debian" + ".org", "pypi" + ".org", "registry.npmjs" + ".org",
             "pythonhosted" + ".org", "ftp.debian" + ".org")
    pattern = re.compile("|".join([
        r"(?<![\w.])/(work|root|home)/\w", *(re.escape(host) for host in hosts)]))
    complain(f"{path}: {found.group()}" for path in repository.files()
             if path.suffix in repository.TEXT and path.name != "test_repository.py"
             for found in pattern.finditer(repository.text(path)))


# --- XML -----------------------------------------------------------------------------------------

CHECKED_VIEWS = ("activity", "calendar", "graph", "list", "pivot", "search")


def schema(path):
    return etree.RelaxNG(etree.parse(setup.odoo_path() / path))


def test_xml_files_fit_odoos_schema():
    rules = schema("odoo/import_xml.rng")
    problems = []
    for path in repository.files_of(".xml"):
        document = repository.xml(path)
        if document.getroot().tag == "odoo" and not rules.validate(document):
            problems.append(f"{path}: {rules.error_log.last_error}")
    complain(problems)


@pytest.mark.parametrize("kind", CHECKED_VIEWS)
def test_views_fit_odoos_schema(kind):
    rules = schema(f"odoo/addons/base/rng/{kind}_view.rng")
    problems = []
    for path in repository.files_of(".xml"):
        for record in repository.xml(path).iterfind(".//record[@model='ir.ui.view']"):
            arch = record.find(f"field[@name='arch']/{kind}")
            if arch is not None and record.find("field[@name='inherit_id']") is None \
                    and not rules.validate(etree.ElementTree(arch)):
                problems.append(f"{path}: {record.get('id')}: {rules.error_log.last_error}")
    complain(problems)
