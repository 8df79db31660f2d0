"""The page on the nine types, from their files; `python -m tests.docs.credential_types` writes it."""

from pathlib import Path

from tests.credentials.samples import registry
from tongban.credentials.types import CredentialType, traditional
from tongban.credentials.types.definition import Claim

PAGE = Path(__file__).parents[2] / "docs" / "credentials" / "the-nine-types.md"
HEAD = """# The nine types, field by field

What each type says, as wallets and verifiers show it, in simplified Chinese, traditional Chinese and \
English. This page follows from the `credential.toml` files of the service folders; a test holds it to \
them. What the columns mean stands in [types of credentials](types.md). *Source* is the number of the source \
below that names the claim; where no source of high or medium confidence does, the claim is **unverified**: \
it is this project's guess at what the credential says.
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
        "| claim | 简 | 繁 | English | kind | shown | required | source |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        *(_row(kind, claim) for claim in kind.claims),
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
            f"{number}. {source.text.zh} ({source.text.en}; confidence {source.confidence})"
            for number, source in enumerate(kind.sources, 1)
        ),
        "",
    ]
    return "\n".join(lines)


def _how_long(kind: CredentialType) -> str:
    until = f", and not after `{kind.ends_with}`" if kind.ends_with else ""
    return f"Valid for {kind.valid_days} days{until}."


def _row(kind: CredentialType, claim: Claim) -> str:
    shown = "always" if claim.disclosure == "always" else "by choice"
    required = "yes" if claim.required else "no"
    name = f"`{'.'.join(claim.path)}`"
    cells = (
        name,
        claim.zh,
        traditional(claim.zh),
        claim.en,
        claim.kind,
        shown,
        required,
        _source(kind, claim),
    )
    return f"| {' | '.join(cells)} |"


def _source(kind: CredentialType, claim: Claim) -> str:
    """The number of the surest source that names the claim, and whether that is enough."""
    source = kind.source_of(claim)
    if source is None:
        return "**unverified**"
    number = kind.sources.index(source) + 1
    return f"{number}, **unverified**" if claim in kind.unverified else str(number)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
