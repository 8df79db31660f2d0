"""A department's system behind a function of an installed package, for what no declaration can say.

The function is found by its entry point; whatever it raises is `try-later`, and its text is not repeated.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.metadata import entry_points
from itertools import islice
from typing import cast

from tongban.node.exchange.connectors import PythonConnector, Row
from tongban.protocol import Code, Refused

GROUP = "tongban.connectors"
MOST_ROWS = 10_000

Reader = Callable[[str, Sequence[str]], Iterable[Row]]


def rows(connector: PythonConnector, subject: str, columns: Sequence[str]) -> list[Row]:
    """The rows of the person. Raises Refused `try-later`."""
    try:
        return [dict(row) for row in islice(_reader(connector.entry_point)(subject, columns), MOST_ROWS)]
    except Refused:
        raise
    except Exception as error:  # another team's code; its text may hold personal data
        problem = f"the function {connector.entry_point} failed: {type(error).__name__}"
        raise Refused(Code.TRY_LATER, "connector", problem) from None


@cache
def _reader(name: str) -> Reader:
    found = entry_points(group=GROUP, name=name)
    if not found:
        problem = f"no installed package has the entry point {name} in {GROUP}"
        raise Refused(Code.TRY_LATER, "connector", problem)
    return cast("Reader", next(iter(found)).load())
