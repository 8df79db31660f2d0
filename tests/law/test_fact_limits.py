"""Every limit of a fact is held by an example: one unit more or less is noticed.

Limits of how many entries a list may have are limits of the form, not of the law, and are left out.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.law.noticing import SETS, Change, own_file, unnoticed
from tests.law.test_thresholds import changed
from tongban.law import RuleSet

_LIMITS = ("at_least", "at_most")
_NUMBER = re.compile(r"-?\d[\d_]*(?:\.\d+)?")


def moved(ruleset: RuleSet) -> Iterator[Change]:
    """Each limit of the rule set's own facts, a unit more and less: name, file, text with it."""
    path = own_file(ruleset, "rules.py")
    lines = ruleset.files[path].splitlines(keepends=True)
    tree = ast.parse("".join(lines))
    constants = {ast.unparse(one.targets[0]): one.value for one in tree.body if isinstance(one, ast.Assign)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and is_scalar_fact(node.value):
            assert isinstance(node.value, ast.Call)
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            for option in (one for one in node.value.keywords if one.arg in _LIMITS):
                limit = constants.get(ast.unparse(option.value), option.value)
                for new in neighbours(ast.unparse(limit)):
                    name = f"{ast.unparse(target)}: {option.arg}={ast.unparse(option.value)} -> {new}"
                    yield name, path, replaced(lines, option.value, new)


def is_scalar_fact(node: ast.expr | None) -> bool:
    """Whether this declares a fact that is no list and no mapping."""
    return (
        isinstance(node, ast.Call)
        and ast.unparse(node.func) == "fact"
        and not isinstance(node.args[0], ast.Subscript)
    )


def neighbours(limit: str) -> Iterator[str]:
    """The limit a unit of its last place away, on both sides."""
    found = _NUMBER.search(limit)
    assert found is not None, f"{limit} is no literal and no constant of the file"
    number = found.group().replace("_", "")
    money = "yuan" in limit and "." not in number
    for step in (1, -1):
        new = changed(f"{number}.00" if money else number, step) or f"{step}"
        yield limit[: found.start()] + new + limit[found.end() :]


def replaced(lines: list[str], node: ast.expr, new: str) -> str:
    """The text with other words in the place of a node on one line."""
    at = node.lineno - 1
    encoded = lines[at].encode()
    line = (encoded[: node.col_offset] + new.encode() + encoded[node.end_col_offset :]).decode()
    return "".join((*lines[:at], line, *lines[at + 1 :]))


@pytest.mark.parametrize("name", sorted(SETS))
def test_an_example_notices_every_limit_of_a_fact_that_is_moved(name: str) -> None:
    ruleset = SETS[name]
    assert unnoticed(ruleset, moved(ruleset)) == set()
