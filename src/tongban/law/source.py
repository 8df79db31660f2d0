"""One `rules.py` as text: its syntax tree, and how a place in it is refused."""

import ast
import re
from dataclasses import dataclass
from typing import Self

from tongban.law.errors import Place, RuleSetError
from tongban.law.mistakes.catalogue import tell

# How Python's complaints read, by what the author did; the group is what they name.
_COMPLAINTS = {
    "syntax/character": r"invalid (?:non-printable )?character (.+)",
    "syntax/unclosed": r"(?:closing parenthesis |unmatched )?('[(){}\[\]]').*",
    "syntax/plain": r"(invalid syntax)",
    "syntax/comma": r"(invalid syntax). Perhaps you forgot a comma.*",
    "syntax/equals": r"(invalid syntax|cannot assign to .+)\. Maybe you meant '=='.*",
    "syntax/colon": r"expected (':')",
    "syntax/indent": r"(unexpected indent|unindent|expected an indented block|inconsistent use of tabs).*",
    "syntax/text": r"(unterminated).*",
    "syntax/file": r"(source code .*)",
}


@dataclass(frozen=True)
class Source:
    """The text of a rules file."""

    file: str
    text: str
    tree: ast.Module

    @classmethod
    def parse(cls, file: str, text: str) -> Self:
        """Read the text; RuleSetError when it is not Python."""
        try:
            return cls(file, text, ast.parse(text))
        except SyntaxError as error:
            raise _not_python(file, error) from None
        except (RecursionError, MemoryError):
            raise tell("too-deep", Place(file)) from None
        except ValueError as error:
            raise tell("syntax/file", Place(file), {"said": error}) from None

    def at(self, node: ast.AST) -> Place:
        """Give where a node stands."""
        line = getattr(node, "lineno", 0)
        lines = self.text.splitlines()
        return Place(self.file, line, lines[line - 1] if 0 < line <= len(lines) else "")

    def refuse(self, node: ast.AST, mistake: str, /, **said: object) -> RuleSetError:
        """Make the error that refuses this node; `mistake` is its name in the catalogue."""
        return tell(mistake, self.at(node), said)


def _not_python(file: str, error: SyntaxError) -> RuleSetError:
    where = Place(file, error.lineno or 0, error.text or "")
    for mistake, complaint in _COMPLAINTS.items():
        found = re.fullmatch(complaint, error.msg)
        if found:
            return tell(mistake, where, dict.fromkeys(("character", "bracket", "said"), found.group(1)))
    return tell("syntax", where, {"said": error.msg})
