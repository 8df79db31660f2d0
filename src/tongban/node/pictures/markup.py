"""Builds HTML and SVG elements whose text and attributes are always escaped."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Child = str | SafeString
Attribute = str | int | float | bool


def together(*children: Child) -> SafeString:
    """The pieces one after the other."""
    return format_html_join("", "{}", ((child,) for child in children))


def element(name: str, *children: Child, **attributes: Attribute) -> SafeString:
    """One element. In attribute names `_` stands for `-`, one `_` at the end is dropped (`class_`).

    True writes an empty attribute, False and the empty string leave it out; lengths are cut to a tenth.
    """
    written = format_html_join(
        "",
        "{}",
        (
            (
                format_html(' {}=""', spelt)
                if value is True
                else format_html(' {}="{}"', spelt, _plain(value)),
            )
            for key, value in attributes.items()
            if value is not False and value != ""
            for spelt in [key.removesuffix("_").replace("_", "-") if key.islower() else key]
        ),
    )
    return format_html("<{0}{1}>{2}</{0}>", name, written, together(*children))


def _plain(value: Attribute) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
