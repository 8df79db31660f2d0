"""Writes docs/law/mistakes.md and docs/reference/service-mistakes.md from the catalogues of mistakes.

Promises: every mistake an author of rules or of a service's folder can be told of, in Chinese and English;
those in rules with an example, from the cases that the tests make.
"""

import re
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.law.mistaken import Case, declared, in_rules, in_toml, over_lists  # noqa: E402

from tongban.law.ir import Text  # noqa: E402
from tongban.law.mistakes.catalogue import PARTS, catalogue  # noqa: E402
from tongban.services import mistakes  # noqa: E402

GUIDE = ROOT / "docs" / "law" / "mistakes.md"
INTRODUCTION = """# Mistakes in rule sets · 规则集中的错误

What is told of each mistake in `rules.py`, `parameters.toml` and `examples/*.toml`: the code, which is the
same in both languages and does not change, an example, what is wrong and what to write instead.
[Errors and what to do](errors.md) tells how a message is built and how its language is chosen.

下表列出规则集各文件中的错误：代码（两种语言相同，不会改变）、例子、错在哪里、应怎样写。

This page is written by `tools/describe_mistakes.py` from the texts that the commands print and the cases
that the tests make.
"""
SERVICE_GUIDE = ROOT / "docs" / "reference" / "service-mistakes.md"
SERVICE_INTRODUCTION = """# Mistakes in a service's folder · 事项目录中的错误

What is told of each mistake in `service.toml`, `form.toml`, `form.schema.json` and `credential.toml`, and in
the files of procedures (`kinds/*.toml`; a `ProcedureError` is a `ServiceError`): the
file, the key, and what is expected there, in Chinese where the environment is Chinese, else in English. What
stands in braces is what the author wrote. The codes do not change; in Python they are `ServiceError.code`.

下表列出事项目录各文件和办理流程文件（`kinds/*.toml`）中的错误。提示的是文件、键和应有的内容，环境为中文时用中文，否则用英文；花括号里是作者所写的内容。

This page is written by `tools/describe_mistakes.py` from the texts that the commands print.

| code | 中文 | English |
| --- | --- | --- |
"""
SECTIONS = (
    ("In a rule · 规则之内", in_rules.CASES),
    ("In a rule over lists · 列表规则之内", over_lists.CASES),
    ("At the top level of `rules.py` · `rules.py` 的顶层", declared.CASES),
    ("In `parameters.toml` and in examples · `parameters.toml` 和例子", in_toml.CASES),
)
_LONGEST = 90


def described() -> str:
    """The whole page."""
    shown = {case.mistake for _, cases in SECTIONS for case in cases}
    others = [name for part in PARTS for name in catalogue(part) if name not in shown]
    return "\n".join(
        (
            INTRODUCTION,
            *chain.from_iterable(_section(title, cases) for title, cases in SECTIONS),
            "## Others · 其他\n\n| code | 中文 | English |\n| --- | --- | --- |",
            *(_row(_code(name), "", *_template(name)) for name in sorted(others)),
            "",
        )
    )


def services_described() -> str:
    """The page of mistakes in a service's folder."""
    rows = [f"| `{name}` | {text.zh} | {text.en} |" for name, text in mistakes.catalogue().items()]
    own = [f"| `{name}` | {zh} | pydantic's own message |" for name, zh in mistakes.checks().items()]
    return SERVICE_INTRODUCTION + "\n".join((*rows, *own, ""))


def _section(title: str, cases: list[Case]) -> Iterator[str]:
    yield f"## {title}\n\n| code | example · 例 | 中文 | English |\n| --- | --- | --- | --- |"
    first = {case.mistake: case for case in reversed(cases)}
    for name in sorted(first):
        error = first[name].told()
        yield _row(_code(name), first[name].text, error.wrong, error.instead)
    yield ""


def _template(name: str) -> tuple[Text, Text]:
    mistake = next(catalogue(part)[name] for part in PARTS if name in catalogue(part))
    return mistake.wrong, mistake.instead


def _row(code: str, example: str, wrong: Text, instead: Text) -> str:
    cells = [code, _example(example)] if example else [code]
    cells += [f"{wrong.zh}。{instead.zh}", f"{wrong.en}. {instead.en}"]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _code(name: str) -> str:
    return f"`{name.partition('/')[0]}`"


def _example(text: str) -> str:
    line = re.sub(r"\s*\n", " ⏎ ", text.strip()).replace("\0", "␀")
    return f"`` {line if len(line) <= _LONGEST else line[: _LONGEST - 1] + '…'} ``"


if __name__ == "__main__":
    GUIDE.write_text(described(), encoding="utf-8")
    SERVICE_GUIDE.write_text(services_described(), encoding="utf-8")
