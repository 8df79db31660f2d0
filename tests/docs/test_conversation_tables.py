"""The reference of messages shows the tables of conversations as the library has them."""

from pathlib import Path

from tongban.protocol.conversations import KINDS, Cause, Kind, Move

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "messages.md"
WHY = {
    Cause.DECISION: "decided",
    Cause.AUTOMATIC: "at once, by itself",
    Cause.DUE: "by itself, when `expires` is over",
    Cause.INADMISSIBLE: "by itself, when nothing allows it",
}


def table(kind: Kind) -> str:
    lines = [f"**{kind.name}** ends in {', '.join(sorted(f'`{state}`' for state in kind.final))}", ""]
    lines += ["| message | by | why | speaker | listener |", "| --- | --- | --- | --- | --- |"]
    lines += [row(move) for move in kind.moves]
    return "\n".join(lines)


def row(move: Move) -> str:
    said = ", ".join(f"{before or 'none'} → {after}" for before, after in move.said.items())
    heard = ", ".join(
        f"{before} =" if before == after and before not in move.said else f"{before or 'none'} → {after}"
        for before, after in move.heard.items()
    )
    return f"| `{move.says}` | {move.by} | {WHY[move.cause]} | {said} | {heard} |"


def test_the_tables_are_those_of_the_library() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    for kind in KINDS.values():
        assert table(kind) in text, f"docs/reference/messages.md should have:\n{table(kind)}"
