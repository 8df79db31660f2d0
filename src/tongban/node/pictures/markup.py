"""Builds HTML and SVG elements whose text and attributes are always escaped."""

from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString

Child = str | SafeString
Attribute = str | int | float | bool


def together(*children: Child) -> SafeString:
    """The pieces one after the other."""
    return SafeString("".join(map(_written, children)))


def element(name: str, *children: Child, **attributes: Attribute) -> SafeString:
    """One element. In attribute names `_` stands for `-`, one `_` at the end is dropped (`class_`).

    True writes an empty attribute, False and the empty string leave it out; lengths are cut to a tenth.
    """
    written = "".join(
        f' {_spelt(key)}="{"" if value is True else _plain(value)}"'
        for key, value in attributes.items()
        if value is not False and value != ""
    )
    return SafeString(f"<{name}{written}>{together(*children)}</{name}>")


def _written(child: Child) -> str:
    return child if isinstance(child, SafeString) else escape(str(child))


@lru_cache
def _spelt(key: str) -> str:
    return key.removesuffix("_").replace("_", "-") if key.islower() else key


def _plain(value: Attribute) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else _written(str(value))
