"""Citations in English: the acts of all rule sets and what is remarked about them, in one table beside them.

`citations.toml` gives acts their English names; numbers of articles are formed. The original stays beside.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tongban.law.mistakes.catalogue import tell
from tongban.law.mistakes.toml_files import place_of, read_toml

CITATIONS = "citations.toml"
_PARTS = ("acts", "remarks")
_DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九")}
_TENS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = r"(?:[零一二三四五六七八九十百千]+|\d+)"
_ARTICLES = re.compile(rf"第({_NUMBER})条(?:(至|、)第({_NUMBER})条)?(?:、第({_NUMBER})条)?")
_BELOW = re.compile(rf"第({_NUMBER})(款|项)")
_ANNEXES = re.compile(r"(?:及)?附件([\d、]+)")
_TABLE = re.compile(r" ?表 ?([A-Z]\.\d+)")
_ASIDE = re.compile(r"（([^（）]*)）")
_SINCE = re.compile(r"(\d{4}-\d{2}-\d{2})( 起)?")
_BELOW_NAMES = {"款": "para.", "项": "item"}


@dataclass(frozen=True)
class Citations:
    """English for citations, by act and by remark; none where the table is empty."""

    acts: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    _made: dict[str, str | None] = field(default_factory=dict, repr=False)

    @classmethod
    def from_toml(cls, text: str, file: str = CITATIONS) -> "Citations":
        """Read the table; RuleSetError names file, line and key."""
        tables = read_toml(text, file)
        for part, texts in tables.items():
            if part not in _PARTS or not isinstance(texts, dict):
                raise tell("citations", place_of(text, file, part), {}, part)
            for original, english in texts.items():
                if not isinstance(english, str) or not english.strip():
                    raise tell("citations/text", place_of(text, file, f"{part}.{original}"), {}, original)
        read = {part: texts for part, texts in tables.items() if isinstance(texts, dict)}
        return cls(read.get("acts", {}), read.get("remarks", {}))

    def of(self, citation: str, lang: str) -> str:
        """Give a citation in a language: in English, where there is some, with the original beside it."""
        english = self.english(citation) if lang == "en" else None
        return f"{english} ({citation})" if english else citation

    def english(self, citation: str) -> str | None:
        """Give a citation in English, without the original; None where some part of it has no English."""
        if citation not in self._made:
            whole = citation in self.remarks
            parts = [self._part(part) for part in ([citation] if whole else _split(citation))]
            known = [part for part in parts if part is not None]
            self._made[citation] = "; ".join(known) if len(known) == len(parts) else None
        return self._made[citation]

    def _part(self, part: str) -> str | None:
        if part in self.remarks:
            return self.remarks[part]
        if found := _SINCE.fullmatch(part):
            return f"from {found[1]}" if found[2] else found[1]
        act = max((act for act in self.acts if part.startswith(act)), key=len, default=None)
        if act is None:
            return None
        said, rest = self.acts[act], part.removeprefix(act)
        while rest:
            formed = self._next(rest)
            if formed is None:
                return None
            more, length = formed
            said, rest = said + more, rest[length:]
        return said

    def _next(self, rest: str) -> tuple[str, int] | None:
        """Give what comes next after an act in English, and how long it is in the original."""
        if (remark := self.remarks.get(rest[1:])) and rest[0] in "：， ":
            return f"{': ' if rest[0] == '：' else ', '}{remark}", len(rest)
        if found := _ARTICLES.match(rest):
            return _articles(found), found.end()
        if found := _BELOW.match(rest):
            return f" {_BELOW_NAMES[found[2]]} {whole_number(found[1])}", found.end()
        if found := _ANNEXES.match(rest):
            numbers = found[1].split("、")
            return f" and annex{'es' if len(numbers) > 1 else ''} {', '.join(numbers)}", found.end()
        if found := _TABLE.match(rest):
            return f" table {found[1]}", found.end()
        if found := _ASIDE.match(rest):
            aside = self.english(found[1])
            return (f" ({aside})", found.end()) if aside else None
        return None


def _split(citation: str) -> Iterator[str]:
    """Give the parts between semicolons, except those within brackets."""
    depth, part = 0, ""
    for sign in citation:
        depth += (sign == "（") - (sign == "）")
        if sign == "；" and not depth:
            yield part
            part = ""
        else:
            part += sign
    yield part


def _articles(found: "re.Match[str]") -> str:
    first, joint, second, third = found.groups()
    numbers = [str(whole_number(one)) for one in (first, second, third) if one]
    if joint == "至":
        return f", arts. {numbers[0]}–{', '.join(numbers[1:])}"
    return f", art{'s' if len(numbers) > 1 else ''}. {', '.join(numbers)}"


def whole_number(written: str) -> int:
    """Give the number of an article, below ten thousand, written with Chinese or other digits."""
    if written.isdecimal() and written.isascii():
        return int(written)
    total, digit = 0, 0
    for sign in written:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        else:
            total += (digit or 1) * _TENS[sign]
            digit = 0
    return total + digit
