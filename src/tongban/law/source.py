"""One `rules.py` as text: its syntax tree, and how a place in it is refused."""

import ast
from dataclasses import dataclass
from typing import Self

from tongban.law.errors import Place, RuleSetError


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
            where = Place(file, error.lineno or 0, error.text or "")
            raise RuleSetError(
                "syntax", where, f"this is not Python: {error.msg}", "Correct the line"
            ) from None
        except (RecursionError, MemoryError):
            raise RuleSetError(
                "too-deep", Place(file), "an expression is too long", "Split it into rules"
            ) from None
        except ValueError as error:
            raise RuleSetError(
                "syntax", Place(file), f"this is not Python: {error}", "Save it as plain text"
            ) from None

    def at(self, node: ast.AST) -> Place:
        """Give where a node stands."""
        line = getattr(node, "lineno", 0)
        lines = self.text.splitlines()
        return Place(self.file, line, lines[line - 1] if 0 < line <= len(lines) else "")

    def refuse(self, node: ast.AST, code: str, message: str, instead: str) -> RuleSetError:
        """Make the error that refuses this node."""
        return RuleSetError(code, self.at(node), message, instead)
