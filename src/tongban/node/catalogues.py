"""The pages' three languages: Chinese is the source, English is translated, traditional Chinese is derived.

Promises: a catalogue is compiled again only when its source changed; the traditional catalogue has every
sentence that the English one has, written by OpenCC (characters of Taiwan's standard, words unchanged).
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from opencc import OpenCC

_PO = Path("LC_MESSAGES") / "django.po"
_MO = Path("LC_MESSAGES") / "django.mo"


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("s2tw")


@lru_cache(maxsize=8192)
def traditional(text: str) -> str:
    """The text in traditional characters (繁體); figures, Latin letters and placeholders stay as they are."""
    return str(_converter().convert(text))


def read_catalogue(path: Path) -> Catalog:
    """A translation file as Babel's catalogue."""
    with path.open("rb") as file:
        return read_po(file)


def _written(catalogue: Catalog, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".new")
    with unfinished.open("wb") as file:
        write_mo(file, catalogue)
    unfinished.replace(target)


def traditional_catalogue(source: Catalog) -> Catalog:
    """The catalogue of traditional Chinese for all sentences that `source` knows."""
    derived = Catalog(locale="zh_Hant", charset="utf-8")
    for message in source:
        if message.id:
            derived.add(message.id, traditional(str(message.id)))
    return derived


def _is_older(target: Path, source: Path) -> bool:
    return not target.exists() or target.stat().st_mtime < source.stat().st_mtime


def compile_catalogues(locale: Path) -> bool:
    """Compile English, derive traditional Chinese; tells whether anything had to be done.

    The English file is the list of all sentences: what is not in it is in no language but the source.
    """
    source = locale / "en" / _PO
    targets: Mapping[str, Path] = {name: locale / name / _MO for name in ("en", "zh_Hant")}
    if not any(_is_older(target, source) for target in targets.values()):
        return False
    english = read_catalogue(source)
    _written(english, targets["en"])
    _written(traditional_catalogue(english), targets["zh_Hant"])
    return True
