"""What the commands of `tongban law` share: options, reading of facts, errors as one line with status 2."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import click
from click.core import ParameterSource

from tongban.law.errors import FactsRefused, LawError, UnknownRuleSet, trouble
from tongban.law.rule_sets import RuleSet, read_folder

P = ParamSpec("P")
R = TypeVar("R")
OWN_RULESETS = Path(__file__).parent.parent / "services"
FACTS = click.option(
    "--facts", "file", required=True, help="JSON file with the facts; - reads standard input."
)
LANGUAGE = click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Language of the text.")
ON = click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Date of the decision; default: the fact `on`, else today.",
)


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Turn errors of law and facts into one line on stderr, in the user's language, and exit status 2."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except LawError as error:
            click.echo(" ".join(error.said(language()).split()), err=True)
            sys.exit(2)

    return run


def language() -> str:
    """Give `zh` or `en`: what the command was told by --lang, else the language of the environment."""
    context = click.get_current_context(silent=True)
    if context is not None and context.get_parameter_source("lang") is ParameterSource.COMMANDLINE:
        return str(context.params["lang"])
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if spoken.startswith("zh") else "en"


@contextmanager
def naming(file: str) -> Iterator[None]:
    """Name the file in refusals of its facts."""
    try:
        yield
    except FactsRefused as error:
        raise LawError(f"{shown(file)}: {error}", f"{shown(file, 'zh')}：{error.said('zh')}") from None


def texts_below(root: Path) -> dict[str, str]:
    """Read the rule sets' files; LawError when the folder holds none."""
    texts = read_folder(root)
    if not texts:
        raise LawError(
            f"--rulesets {root}: holds no rule set; expected the folder in which the rule sets' folders lie, "
            "each with a rules.py",
            f"--rulesets {root}：其中没有规则集；应为存放各规则集文件夹（内有 rules.py）的文件夹",
        )
    return texts


def find_ruleset(root: Path, name: str) -> RuleSet:
    """Load a rule set; LawError lists the known ones."""
    try:
        return RuleSet.from_files(texts_below(root), name)
    except UnknownRuleSet:
        known = ", ".join(sorted(path.parent.name.replace("_", "-") for path in root.glob("*/rules.py")))
        raise LawError(
            f"RULESET: there is no rule set {name}; expected one of {known}",
            f"RULESET：没有名为 {name} 的规则集；现有：{known}",
        ) from None


def read_facts(file: str) -> Mapping[str, object]:
    """Read an object of facts; LawError names file and line."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = trouble(error)
        raise LawError(
            f"{shown(file)}: cannot be read ({reason.en}); expected a JSON file with the facts",
            f"{shown(file, 'zh')}：无法读取（{reason.zh}）；应为写有各事项的 JSON 文件",
        ) from None
    try:
        facts = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise LawError(
            f"{shown(file)}: line {error.lineno}: this is not JSON; expected an object of facts",
            f"{shown(file, 'zh')}：第 {error.lineno} 行不是 JSON；应为写有各事项的对象",
        ) from None
    except _Twice as error:
        raise LawError(
            f"{shown(file)}: {error.name}: is given twice; expected each field once",
            f"{shown(file, 'zh')}：{error.name} 填了两次；每项只填一次",
        ) from None
    except (RecursionError, ValueError):
        raise LawError(
            f"{shown(file)}: this is no usable JSON; expected an object of facts",
            f"{shown(file, 'zh')}：不是可用的 JSON；应为写有各事项的对象",
        ) from None
    if not isinstance(facts, dict):
        raise LawError(
            f'{shown(file)}: expected an object of facts, like {{"birth_month": "1976-02"}}',
            f'{shown(file, "zh")}：应为写有各事项的对象，如 {{"birth_month": "1976-02"}}',
        )
    return facts


def write_text(path: Path, text: str) -> None:
    """Write a file; LawError when it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise LawError(
            f"{path}: cannot be written ({trouble(error).en}); expected a file in a folder that is there",
            f"{path}：无法写入（{trouble(error).zh}）；应为已有文件夹中的文件",
        ) from None


def shown(file: str, lang: str = "en") -> str:
    """Give the name of a file for a message."""
    if file != "-":
        return file
    return "标准输入" if lang == "zh" else "standard input"


def day_of(on: datetime | None) -> date | None:
    """Give the day of the option --on."""
    return None if on is None else on.date()


def today() -> date:
    """Give today in Shanghai."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


class _Twice(ValueError):
    """A field stands twice in an object."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return found
