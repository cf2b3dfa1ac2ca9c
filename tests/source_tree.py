# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The repository as data: what the checks of the repository ask. Nothing is imported from it."""
import ast
import csv
import subprocess
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from lxml import etree

from tools.paths import ADDONS, ROOT

TEXT = {".py", ".xml", ".js", ".scss", ".css", ".csv", ".cfg", ".toml", ".txt", ".md", ".sql",
        ".json", ".svg", ".html", ".pot", ".po", ".sh", ""}


@lru_cache
def files():
    """Files of the repository, ignored ones left out, as paths relative to its root."""
    listed = subprocess.run(
        # the files may belong to another user than the one who checks them
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others",
         "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [Path(name) for name in sorted(set(listed.split("\0")))
            if name and (ROOT / name).is_file()]


def files_of(*suffixes, addon=None):
    return [path for path in files() if path.suffix in suffixes
            and (addon is None or path.parts[0] == addon)]


@lru_cache
def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


@lru_cache
def tree(path):
    return ast.parse(text(path), str(path))


@lru_cache
def xml(path):
    return etree.parse(ROOT / path, etree.XMLParser(remove_blank_text=True))


def manifest(addon):
    return ast.literal_eval(text(Path(addon) / "__manifest__.py"))


def call_name(node):
    """Dotted name of what a node calls or names, '' if it is not a plain name."""
    if isinstance(node, ast.Call):
        node = node.func
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def calls(path, method):
    """Calls of a method by its name, each with the innermost statement it stands in.

    :rtype: list(tuple(ast.stmt, ast.Call))
    """
    found = []

    def visit(node, statement):
        if isinstance(node, ast.stmt):
            statement = node
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == method:
            found.append((statement, node))
        for child in ast.iter_child_nodes(node):
            visit(child, statement)

    visit(tree(path), None)
    return found


@dataclass(frozen=True)
class ModelClass:
    """A class of Odoo's ORM as it is written."""
    path: Path
    node: ast.ClassDef
    kind: str

    def __str__(self):
        return f"{self.path}: {self.name}"

    @cached_property
    def values(self):
        """Plain values assigned in the class body."""
        result = {}
        for item in self.node.body:
            if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
                try:
                    result[item.targets[0].id] = ast.literal_eval(item.value)
                except ValueError:
                    continue
        return result

    @property
    def inherits(self):
        value = self.values.get("_inherit", [])
        return [value] if isinstance(value, str) else list(value)

    @property
    def name(self):
        return self.values.get("_name") or (self.inherits or [self.node.name])[0]

    @property
    def is_new(self):
        return "_name" in self.values and self.name not in self.inherits

    @property
    def has_table(self):
        """A new model with rows: not abstract, not a report over a query."""
        return self.is_new and self.kind != "AbstractModel" and self.values.get("_auto", True)

    @cached_property
    def fields(self):
        """Field name to the call that defines it."""
        return {item.targets[0].id: item.value for item in self.node.body
                if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name)
                and call_name(item.value).startswith("fields.")}

    @property
    def stored_fields(self):
        return [name for name, call in self.fields.items() if is_stored(call)]

    @property
    def source(self):
        return ast.get_source_segment(text(self.path), self.node)

    def method(self, name):
        return next((item for item in self.node.body
                     if isinstance(item, ast.FunctionDef) and item.name == name), None)

    def reason(self, words):
        """What a comment ``# <words>: <reason>`` in the class gives as the reason, or ''."""
        for line in self.source.splitlines():
            mark, _colon, reason = line.strip().partition(":")
            if mark == f"# {words}":
                return reason.strip()
        return ""


def is_stored(call):
    options = {keyword.arg: keyword.value for keyword in call.keywords}
    store = options.get("store")
    if store is not None:
        return getattr(store, "value", True)
    return call_name(call) != "fields.One2many" and not {"compute", "related"} & set(options)


@lru_cache
def models():
    """Every class of the addons that derives from one of ``odoo.models``."""
    result = []
    for addon in ADDONS:
        for path in files_of(".py", addon=addon):
            if "tests" in path.parts:
                continue
            for node in ast.walk(tree(path)):
                if not isinstance(node, ast.ClassDef):
                    continue
                kinds = [call_name(base) for base in node.bases]
                for kind in ("Model", "AbstractModel", "TransientModel"):
                    if f"models.{kind}" in kinds:
                        result.append(ModelClass(path, node, kind))
    return result


@lru_cache
def access_models():
    """Models that have access rights, by their CSV lines."""
    result = set()
    for path in files():
        if path.name == "ir.model.access.csv":
            for row in csv.DictReader(text(path).splitlines()):
                result.add(row["model_id:id"].rpartition(".")[2].removeprefix("model_"))
    return result


@lru_cache
def company_rule_models():
    """Models that have a record rule over ``company_ids``."""
    result = set()
    for path in files_of(".xml"):
        if path.parts[0] not in ADDONS or "static" in path.parts:
            continue
        for record in xml(path).iterfind(".//record[@model='ir.rule']"):
            domain = record.findtext("field[@name='domain_force']") or ""
            if "company_ids" in domain:
                model = record.find("field[@name='model_id']").get("ref")
                result.add(model.rpartition(".")[2].removeprefix("model_"))
    return result
