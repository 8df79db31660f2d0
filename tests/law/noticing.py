"""Whether a rule set's own examples notice that one of its files was changed."""

from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

import tongban.services
from tongban.law import LawError, RuleSet, load_rulesets
from tongban.law.examples import examples_of, failures

# What a change is called, the file that is changed, and its text then.
Change: TypeAlias = tuple[str, str, str]
SETS = load_rulesets(Path(tongban.services.__file__).parent)


def own_file(ruleset: RuleSet, name: str) -> str:
    """The path of the rule set's own `rules.py` or `parameters.toml`, not of what it uses of others."""
    return next(path for path in ruleset.files if path.endswith(f"{ruleset.folder}/{name}"))


def unnoticed(ruleset: RuleSet, changes: Iterable[Change]) -> set[str]:
    """Which changes no example notices."""
    return {name for name, path, text in changes if not _is_noticed(ruleset, path, text)}


def _is_noticed(ruleset: RuleSet, path: str, text: str) -> bool:
    """Whether the set no longer loads, or an example fails, with this text in the file's place."""
    try:
        other = RuleSet.from_files({**ruleset.files, path: text}, ruleset.name)
    except LawError:
        return True
    return any(failures(other, example) for example in examples_of(other))
