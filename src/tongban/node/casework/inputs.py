"""What an action asks for, read from the raw text of a form or an interface.

Promises: what is accepted has the type that the definition says; what is not says for each field what to do.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType

from tongban.node.casework.procedure import Input, InputType
from tongban.node.casework.refusals import InputsRefused
from tongban.node.clock import today
from tongban.places import agencies
from tongban.services import Text

Given = Mapping[str, str | int]
"""Inputs that were accepted, by key: text as it was written, days as `YYYY-MM-DD`, money in whole fen."""

LONGEST_LINE = 200
FURTHEST_DAY = timedelta(days=366)
_MONEY = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?", re.ASCII)
_REFERENCE = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
_CODE = re.compile(r"[a-z][a-z0-9-]{0,59}", re.ASCII)
_PATH = re.compile(r"/[a-z][a-z0-9_]{0,59}(/\d{1,3})?", re.ASCII)
_QUESTION = re.compile(r"[a-z][a-z0-9-]{0,59}/[a-z][a-z0-9_]{0,59}", re.ASCII)
_MOST_ROWS = 50
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)

_MISSING = Text(zh="请填写：{label}", en="Fill in: {label}")
_TOO_LONG = Text(zh="太长了，请缩短到 {most} 字以内", en="Too long; shorten it to {most} characters")
_EXPECTED: Mapping[InputType, Text] = MappingProxyType(
    {
        "choice": Text(zh="请选择列出的一项", en="Choose one of the options"),
        "day": Text(
            zh="请填写今后一年内的一天，例如 2026-12-31", en="Give a day in the year to come, like 2026-12-31"
        ),
        "money": Text(
            zh="请填写金额（元），最多两位小数，例如 4699.50",
            en="Give an amount in yuan with at most two decimals, like 4699.50",
        ),
        "number": Text(zh="请填写不大于 {most} 的整数", en="Give a whole number of at most {most}"),
        "agency": Text(zh="请选择一个部门", en="Choose an agency"),
        "reference": Text(
            zh="请填写最多 64 个字母、数字和连字符",
            en="Give at most 64 letters, digits and hyphens",
        ),
        "category": Text(zh="请选择一个分类", en="Choose a category"),
        "rows": Text(zh="请从列出的回答里勾选", en="Tick some of the answers listed"),
        "question": Text(zh="请选择列出的一个问题", en="Choose one of the questions listed"),
        "evidence": Text(zh="请选择一项材料", en="Choose a piece of evidence"),
    }
)


def read(asked: tuple[Input, ...], raw: Mapping[str, str]) -> Given:
    """The inputs, each read by its type; an optional one left empty is not among them.

    Raises InputsRefused with a sentence for each field that cannot be used.
    """
    given: dict[str, str | int] = {}
    wrong: dict[str, Text] = {}
    for one in asked:
        text = raw.get(one.key, "").strip()
        if not text:
            if not one.optional:
                wrong[one.key] = _MISSING.filled({"label": one.label})
            continue
        value = _READERS[one.type](one, text)
        if isinstance(value, Text):
            wrong[one.key] = value
        else:
            given[one.key] = value
    if wrong:
        raise InputsRefused(wrong)
    return given


def _words(one: Input, text: str) -> str | Text:
    most = LONGEST_LINE if one.type == "line" else one.most
    if "\x00" in text or len(text) > most:
        return _TOO_LONG.filled({"most": most})
    return text


def _choice(one: Input, text: str) -> str | Text:
    return text if text in {option.value for option in one.options} else _EXPECTED["choice"]


def _day(one: Input, text: str) -> str | Text:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return _EXPECTED["day"]
    return day.isoformat() if today() <= day <= today() + FURTHEST_DAY else _EXPECTED["day"]


def _money(one: Input, text: str) -> int | Text:
    found = _MONEY.fullmatch(text)
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else _EXPECTED["money"]


def _number(one: Input, text: str) -> int | Text:
    is_number = _NUMBER.fullmatch(text) and int(text) <= one.most
    return int(text) if is_number else _EXPECTED["number"].filled({"most": one.most})


def _agency(one: Input, text: str) -> str | Text:
    return text if text in agencies.agencies() else _EXPECTED["agency"]


def _rows(one: Input, text: str) -> str | Text:
    paths = text.split()
    is_whole = len(paths) <= _MOST_ROWS and all(_PATH.fullmatch(path) for path in paths)
    return " ".join(paths) if is_whole else _EXPECTED["rows"]


def _question(one: Input, text: str) -> str | Text:
    return text if _QUESTION.fullmatch(text) else _EXPECTED["question"]


def _reference(one: Input, text: str) -> str | Text:
    return text if _REFERENCE.fullmatch(text) else _EXPECTED["reference"]


def _code(one: Input, text: str) -> str | Text:
    return text if _CODE.fullmatch(text) else _EXPECTED[one.type]


_READERS: Mapping[InputType, Callable[[Input, str], str | int | Text]] = MappingProxyType(
    {
        "words": _words,
        "line": _words,
        "choice": _choice,
        "day": _day,
        "money": _money,
        "number": _number,
        "agency": _agency,
        "reference": _reference,
        "evidence": _code,
        "category": _code,
        "rows": _rows,
        "question": _question,
    }
)
