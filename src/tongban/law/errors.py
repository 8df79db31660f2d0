"""Everything that can be wrong with law or facts, as one family of errors.

Each says where, what was expected and what to do. None carries a fact's value that could identify a person.
"""

from dataclasses import dataclass

from tongban.law.ir import Text


class LawError(Exception):
    """Something in a rule set or in the facts that a person can put right.

    `zh` says the same in Chinese.
    """

    def __init__(self, message: str, zh: str) -> None:
        super().__init__(message)
        self.zh = zh

    def said(self, lang: str) -> str:
        """Give what is wrong in a language, `zh` or `en`."""
        return self.zh if lang == "zh" else str(self)


_TROUBLES: dict[type[OSError], str] = {
    FileNotFoundError: "没有这个文件或文件夹",
    PermissionError: "没有权限",
    IsADirectoryError: "这是文件夹",
    NotADirectoryError: "上一级不是文件夹",
    FileExistsError: "已有同名的文件",
}


def trouble(error: OSError | UnicodeDecodeError) -> Text:
    """Say why a file cannot be read or written; in Chinese what the system says only where it is rare."""
    if isinstance(error, UnicodeDecodeError):
        return Text("不是 UTF-8 编码", "it is not UTF-8")
    said = error.strerror or str(error)
    return Text(_TROUBLES.get(type(error), said), said)


@dataclass(frozen=True)
class Place:
    """Where in a text something stands: file, line (from 1, 0 = the whole file) and the line itself."""

    file: str
    line: int = 0
    source: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: `{self.source.strip()}`" if self.source.strip() else where


class RuleSetError(LawError):
    """A rule set that cannot be loaded.

    `code` is stable, `mistake` its name in the catalogue (the code, or a case of it); `where` names file and
    line; `wrong` says what is wrong, with the key in a TOML file, and `instead` what to write, in Chinese
    and English.
    """

    def __init__(self, mistake: str, where: Place, wrong: Text, instead: Text) -> None:
        super().__init__(f"{where}: {wrong.en}. {instead.en}", f"{where}：{wrong.zh}。{instead.zh}")
        self.mistake = mistake
        self.code = mistake.partition("/")[0]
        self.where = where
        self.wrong = wrong
        self.instead = instead


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the facts: the path in them and what is expected there, in English and Chinese."""

    path: str
    code: str
    message: str
    zh: str

    def __str__(self) -> str:
        return self.said("en")

    def said(self, lang: str) -> str:
        """Give what is wrong in a language, `zh` or `en`, with the path before it."""
        return f"{self.path}：{self.zh}" if lang == "zh" else f"{self.path}: {self.message}"


class FactsRefused(LawError):
    """The facts cannot be used; `problems` lists every reason with its path. No value is repeated."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        count = len(problems) - 1
        more, zh_more = (f" (and {count} more)", f"（另有 {count} 处）") if count else ("", "")
        super().__init__(f"{problems[0]}{more}", f"{problems[0].said('zh')}{zh_more}")
        self.problems = problems


class NoLaw(LawError):
    """The law at hand has no answer on this date.

    `code` is `no-row` (a parameter has no row for the key), `no-value` (none in force yet), `not-in-force`
    (no rule on that day) or `overflow` (an amount or date grew too great); `name` is the rule or parameter.
    """

    def __init__(self, code: str, name: str, message: str, zh: str) -> None:
        super().__init__(message, zh)
        self.code = code
        self.name = name


class UnknownRuleSet(LawError):
    """There is no rule set of this name."""
