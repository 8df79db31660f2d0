"""The page on the nine types, from their files; `python -m tests.docs.credential_types` writes it."""

from pathlib import Path

from tests.credentials.samples import registry
from tongban.credentials.types import CredentialType, traditional
from tongban.credentials.types.definition import Claim

PAGE = Path(__file__).parents[2] / "docs" / "credentials" / "the-nine-types.md"
HEAD = """# The nine types, field by field

What each type says, as wallets and verifiers show it, in simplified Chinese, traditional Chinese and \
English. This page follows from the `credential.toml` files of the service folders; a test holds it to \
them. What the columns mean stands in [types of credentials](types.md).
"""


def page() -> str:
    kinds = sorted(registry().values(), key=lambda kind: kind.code)
    return "\n".join([HEAD, *map(_section, kinds)])


def _section(kind: CredentialType) -> str:
    lines = [
        f"## {kind.code}. {kind.name.zh}",
        "",
        f"{traditional(kind.name.zh)} · {kind.name.en}. `{kind.vct}`",
        "",
        f"{kind.description.zh} {kind.description.en} {_how_long(kind)}",
        "",
        "| claim | 简 | 繁 | English | kind | shown | required |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *map(_row, kind.claims),
        "",
        "Offline codes:",
        "",
        *(
            f"- {purpose.zh} ({purpose.en}), {purpose.valid_days} days: "
            + ", ".join(f"`{'.'.join(path)}`" for path in purpose.claims)
            for purpose in kind.purposes
        ),
        "",
        "Sources of the list:",
        "",
        *(
            f"- {source.text.zh} ({source.text.en}; confidence {source.confidence})"
            for source in kind.sources
        ),
        "",
    ]
    return "\n".join(lines)


def _how_long(kind: CredentialType) -> str:
    until = f", and not after `{kind.ends_with}`" if kind.ends_with else ""
    return f"Valid for {kind.valid_days} days{until}."


def _row(claim: Claim) -> str:
    shown = "always" if claim.disclosure == "always" else "by choice"
    required = "yes" if claim.required else "no"
    name = f"`{'.'.join(claim.path)}`"
    cells = (name, claim.zh, traditional(claim.zh), claim.en, claim.kind, shown, required)
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
