"""Tells on a terminal what a walk saw: the decision with its reasons, the timeline, who looked.

Promises: says nothing that does not stand on the pages.
"""

from collections.abc import Iterator

from tongban.federation.browsing import Element, Page
from tongban.federation.walk import Walked


def told(walked: Walked) -> str:
    """The whole story as lines."""
    return "\n".join(
        (
            "",
            *_decision(walked.decision),
            "",
            f"Timeline of {walked.number} 办理记录",
            *_timeline(walked.decision),
            "",
            "Who looked, as Sichuan shows it 谁看过我的数据（四川）",
            *_looks(walked.accesses_sichuan),
            "",
            "Who looked, as Chongqing shows it 谁看过我的数据（重庆）",
            *_looks(walked.accesses_chongqing),
        )
    )


def _decision(page: Page) -> Iterator[str]:
    yield f"Decision 决定: {page.heading}"
    for outcome in page.root.all("div", class_="outcome"):
        yield from (f"  {line.text}" for line in outcome.all("p"))
    for warning in page.root.all("div", class_="note--warn"):
        yield from (f"  ! {line.text}" for line in warning.all("p"))
        yield from (f"    - {line.text}" for line in warning.all("li"))
    yield "Reasons 理由"
    for rung in page.root.all("details", class_="rung"):
        yield from _rung(rung)


def _rung(rung: Element) -> Iterator[str]:
    yield f"  {next(rung.all('summary')).text}"
    for reason in rung.all("p"):
        yield f"      {reason.text}"
    for parameters in rung.all("ul", class_="rung__parameters"):
        for parameter in parameters.all("li"):
            yield "      · " + "; ".join(part.text for part in parameter.elements)


def _timeline(page: Page) -> Iterator[str]:
    for timeline in page.root.all("ol", class_="timeline"):
        yield from (f"  {entry.text}" for entry in timeline.all("li"))


def _looks(page: Page) -> Iterator[str]:
    for table in page.root.all("table", class_="looks"):
        for body in table.all("tbody"):
            yield from ("  " + " | ".join(cell.text for cell in row.all("td")) for row in body.all("tr"))
