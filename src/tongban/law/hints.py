"""What to write instead of a name or function the language lacks."""

import ast
import difflib

from tongban.law.scope import Scope

EXPRESSIONS: dict[type[ast.expr], tuple[str, str, str]] = {
    ast.Lambda: ("lambda", "a rule has no functions inside", "Make it a rule of its own"),
    ast.JoinedStr: ("f-string", "a rule makes no text", "Put the sentence into because(…, zh=, en=)"),
    ast.Dict: ("dict", "a rule makes no mapping", "Put a table into parameters.toml"),
    ast.Set: ("set", "a rule makes no set", "Write a tuple after `in`, or a set in parameters.toml"),
    ast.List: (
        "list",
        "a rule makes no list",
        "In a scalar-only rule write [x for x in xs if …] or those({…})",
    ),
    ast.NamedExpr: ("walrus", "a name is given its value in a line of its own", "Write name = value before"),
    ast.Await: ("async", "a rule waits for nothing", "Leave await out"),
    ast.Yield: ("yield", "a rule gives one value", "Use return"),
    ast.YieldFrom: ("yield", "a rule gives one value", "Use return"),
    ast.Starred: ("starred", "arguments are written out", "Write each argument"),
}


def nearest(name: str, scope: Scope) -> str:
    """Point out the nearest name there is."""
    known = [*scope.names, *scope.declared.constants, *scope.declared.enums]
    close = difflib.get_close_matches(name, known, 1)
    return (
        f"Did you mean {close[0]}?"
        if close
        else "Declare a fact, constant or rule of this name, or correct it"
    )


_ALTERNATIVES = {
    "round": "Write round_half_up(…), round_half_even(…), round_up(…) or round_down(…)",
    "int": "Write round_down(…) or another declared rounding",
    "divmod": "Write // and %",
    "pow": "Write x * x",
    "str": "Put text into because(…)",
    "print": "Put text into because(…)",
    "isinstance": "The annotation says the type already",
    "sorted": "In a scalar-only rule write ordered(…)",
    "range": "Loop over a list of facts in a scalar-only rule",
    "datetime": "Use Date and Month",
    "Decimal": 'Write Rate("…") or a rate in parameters.toml',
    "date": 'Write Date("YYYY-MM-DD")',
}


def instead_of(name: str) -> str:
    """Say what to write instead of a function of Python."""
    return _ALTERNATIVES.get(name, "The functions of the language are listed in docs/law/language.md")
