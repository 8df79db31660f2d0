"""Which mistake it is to use a name, function or form of Python that the language lacks."""

import ast
import difflib
from collections.abc import Iterable

from tongban.law.mistakes.catalogue import catalogue

EXPRESSIONS: dict[type[ast.expr], str] = {
    ast.Lambda: "lambda",
    ast.JoinedStr: "f-string",
    ast.Dict: "dict",
    ast.Set: "set",
    ast.List: "list",
    ast.NamedExpr: "walrus",
    ast.Await: "async/await",
    ast.Yield: "yield",
    ast.YieldFrom: "yield",
    ast.Starred: "starred",
}
STATEMENTS: dict[type[ast.stmt], str] = {
    ast.While: "while",
    ast.With: "with",
    ast.Try: "try",
    ast.Raise: "raise",
    ast.Assert: "assert",
    ast.Global: "global",
    ast.Nonlocal: "global",
    ast.Delete: "delete",
    ast.Import: "import/inside",
    ast.ImportFrom: "import/inside",
    ast.FunctionDef: "inner-function",
    ast.ClassDef: "inner-class",
    ast.Match: "match",
    ast.AugAssign: "augmented",
    ast.Break: "break",
    ast.Continue: "break/continue",
    ast.Pass: "pass",
    ast.Expr: "no-effect",
}


def nearest(name: str, known: Iterable[str]) -> str:
    """Give the known name that is written most like this one; "" when none is near."""
    return next(iter(difflib.get_close_matches(name, list(known), 1)), "")


def unknown_function(name: str) -> str:
    """Give the mistake of calling a function the language lacks; some of Python's have advice."""
    mistake = f"unknown-function/{name}"
    return mistake if mistake in catalogue("functions") else "unknown-function"
