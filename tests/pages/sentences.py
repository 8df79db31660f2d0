"""Finds every sentence that the pages mark for translation, and Chinese that is not marked."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

NODE = Path(__file__).resolve().parents[2] / "src" / "tongban" / "node"
ROOMS = ("theme", "portal", "workbench", "pictures", "sign_in", "people", "admin", "credentials")
NAMED = ("casework", "exchange", "points", "translog")
"""Rooms without pages of their own, whose tables have names that operators read."""
CHINESE = re.compile(r"[\u3400-\u9fff]")
_MARKED = re.compile(r"{%\s*blocktranslate.*?endblocktranslate\s*%}|{%\s*translate.*?%}|{#.*?#}", re.DOTALL)
_MESSAGE = re.compile(r"gettext\(u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
_FUNCTIONS = frozenset({"_", "gettext", "ngettext"})


def templates() -> list[Path]:
    return sorted(path for room in ROOMS for path in (NODE / room).rglob("*.html"))


def modules() -> list[Path]:
    found = (path for room in ROOMS for path in (NODE / room).rglob("*.py"))
    names = [NODE / room / file for room in NAMED for file in ("apps.py", "models.py")]
    return sorted([*(path for path in found if path.parent.name != "migrations"), *names])


def _in_template(path: Path) -> Iterator[str]:
    for literal in _MESSAGE.findall(templatize(path.read_text(encoding="utf-8"))):
        yield ast.literal_eval(literal)


def _in_module(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and _name(node) in _FUNCTIONS:
            yield ast.literal_eval(node.args[0])


def marked() -> set[str]:
    """Every message id in templates and modules."""
    in_templates = {message for path in templates() for message in _in_template(path)}
    return in_templates | {message for path in modules() for message in _in_module(path)}


def unmarked_in_template(path: Path) -> list[str]:
    """Lines with Chinese that no tag marks; `lang="zh"` says that it is meant in every language."""
    text = _MARKED.sub(lambda found: "\n" * found[0].count("\n"), path.read_text(encoding="utf-8"))
    return [
        line.strip() for line in text.splitlines() if CHINESE.search(re.sub(r'lang="zh">.*?</', "", line))
    ]


def unmarked_in_module(path: Path) -> list[str]:
    """Chinese that is neither docstring, nor marked, nor half of a text in both languages."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    allowed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node) in _FUNCTIONS | {"Text"}:
            allowed.update(id(part) for part in ast.walk(node))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            allowed.add(id(node.value))
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if CHINESE.search(node.value) and id(node) not in allowed
    ]


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""
