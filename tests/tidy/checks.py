"""The walls and the tidy rules as functions over a tree, so that tests can plant breaches."""

import ast
import re
from pathlib import Path

from tests.tidy.house import FACE, Import, imports_of, module_of, room_of, source_files, tree_of

BANNED_FILES = {"utils", "helpers", "common", "misc", "util", "helper", "shared"}
WRITES = {
    "save",
    "create",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "delete",
}
WRITERS = {"services"}
LONGEST_FUNCTION = 70
LONGEST_FILE = 400
LONGEST_TEMPLATE = 150


def through_the_wall(root: Path) -> list[str]:
    """Imports of another room's inside: only the face shows from outside."""
    found = []
    for path in source_files(root):
        here = room_of(module_of(path, root))
        for item in imports_of(path):
            there = room_of(item.module)
            if there is None or there == here:
                continue
            inside = item.module.split(".")[3:4]
            if module_of(path, root).startswith("boai.site"):
                continue
            if not inside or inside[0] not in FACE:
                found.append(_place(item, root))
    return found


def badly_named_files(root: Path) -> list[str]:
    """Files called utils, helpers, common, misc."""
    return [str(path.relative_to(root)) for path in source_files(root) if path.stem in BANNED_FILES]


def writes_outside_services(root: Path) -> list[str]:
    """Calls through a model manager that write, anywhere but in ``services/`` of a room."""
    found = []
    for path in source_files(root):
        name = module_of(path, root)
        room = room_of(name)
        if room is None or name.split(".")[3:4] == ["services"]:
            continue
        for node in ast.walk(tree_of(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in WRITES | {"update"}
                and _through_manager(node.func.value)
            ):
                found.append(f"{path.relative_to(root)}:{node.lineno} {node.func.attr}")
    return found


def _through_manager(node: ast.expr) -> bool:
    while isinstance(node, (ast.Call, ast.Attribute)):
        if isinstance(node, ast.Attribute) and node.attr == "objects":
            return True
        node = node.func if isinstance(node, ast.Call) else node.value
    return False


def long_things(root: Path) -> dict[str, int]:
    """Functions, files and templates above their size, with the size they have."""
    found = {}
    for path in source_files(root):
        lines = len(path.read_text().splitlines())
        if lines > LONGEST_FILE:
            found[str(path.relative_to(root))] = lines
        for node in ast.walk(tree_of(path)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > LONGEST_FUNCTION:
                    found[f"{path.relative_to(root)}:{node.name}"] = size
    for template in sorted((root / "boai").rglob("*.html")):
        lines = len(template.read_text().splitlines())
        if lines > LONGEST_TEMPLATE:
            found[str(template.relative_to(root))] = lines
    return found


def inline_code(root: Path) -> list[str]:
    """Inline scripts, styles and handlers in templates, which the content policy would block."""
    bad = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/)|\sstyle=|\son[a-z]+=\"|<style")
    return [
        f"{template.relative_to(root)}:{number}"
        for template in sorted((root / "boai").rglob("*.html"))
        for number, line in enumerate(template.read_text().splitlines(), 1)
        if bad.search(line)
    ]


def models_without_pii_line(root: Path) -> list[str]:
    """Model classes whose docstring does not say which personal data they hold."""
    found = []
    for path in source_files(root):
        if path.stem != "models" and "models" not in path.parts:
            continue
        for node in tree_of(path).body:
            if not isinstance(node, ast.ClassDef):
                continue
            bases = {ast.unparse(base) for base in node.bases}
            is_model = any(
                base.endswith(("Model", "AbstractBaseUser", "TreeNode")) for base in bases
            )
            if is_model and "PII:" not in (ast.get_docstring(node) or ""):
                found.append(f"{path.relative_to(root)}:{node.name}")
    return found


def services_without_docstring(root: Path) -> list[str]:
    """Public functions of services that say nothing about what they do."""
    found = []
    for path in source_files(root):
        if "services" not in path.parts:
            continue
        for node in tree_of(path).body:
            if (
                isinstance(node, ast.FunctionDef)
                and not node.name.startswith("_")
                and not ast.get_docstring(node)
            ):
                found.append(f"{path.relative_to(root)}:{node.name}")
    return found


def _place(item: Import, root: Path) -> str:
    return f"{item.file.relative_to(root)}:{item.line} {item.module}"
