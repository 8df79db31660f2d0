"""Walks the story through the nodes' own pages: apply in Chengdu, ask Chongqing, confirm, look who looked.

Promises: nothing but HTTP, as a browser sends it; each step is told when it is done.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from tongban.federation.browsing import Form, Page, PageError, Visitor
from tongban.federation.founding import SampleFederation
from tongban.federation.sides import CHONGQING, SICHUAN

SERVICE = "medical-retirement"
ANSWERS = {"work": "worker", "paying": "yes", "pool": "510100", "base": "", "phone": "13800000000"}
"""What the woman of the story answers, by the keys of the service's questions."""
EVIDENCE_SECONDS = 120
MOST_QUESTIONS = 30


@dataclass(frozen=True)
class Walked:
    """What the walk saw in the end: the decision, and who looked on either side."""

    number: str
    decision: Page
    accesses_sichuan: Page
    accesses_chongqing: Page


def walk(federation: SampleFederation, username: str, language: str, say: Callable[[str], None]) -> Walked:
    """Carry one application through; `say` is told each step. Raises PageError for an unexpected page."""
    sichuan, chongqing = (federation.addresses[side.node].pages_url for side in (SICHUAN, CHONGQING))
    citizen, officer = Visitor(sichuan, language), Visitor(sichuan, language)
    same_citizen = Visitor(chongqing, language)
    try:
        citizen.sign_in(username, federation.password)
        say(f"{username} is signed in at {sichuan}")
        number = apply(citizen)
        say(f"submitted: case {number}")
        officer.sign_in(SICHUAN.officer, federation.password)
        await_task(officer, number)
        say("both sides' months have arrived, the law has proposed a decision")
        confirm(officer, number)
        say(f"{SICHUAN.officer} has confirmed it")
        same_citizen.sign_in(username, federation.password)
        return Walked(
            number,
            citizen.get(f"/cases/{number}/"),
            citizen.get("/accesses/"),
            same_citizen.get("/accesses/"),
        )
    finally:
        for visitor in (citizen, officer, same_citizen):
            visitor.close()


def apply(citizen: Visitor) -> str:
    """Fill in the form one question a page, consent, submit; the case number."""
    return submit(citizen, fill_in(citizen))


def fill_in(citizen: Visitor) -> Form:
    """Answer every question; the form that gives the consents and submits."""
    guide = citizen.get(f"/services/{SERVICE}/")
    start = guide.form_or_none("/start/")
    page = citizen.send(start) if start else citizen.get(_application_of(guide))
    for _ in range(MOST_QUESTIONS):
        if "/questions/" not in page.path:
            break
        page = citizen.send(page.form(), answer=ANSWERS[page.path.rstrip("/").rsplit("/", 1)[-1]])
    return citizen.get(_linked(page, "/consent/")).form()


def submit(citizen: Visitor, consent: Form) -> str:
    """Give all consents and submit; the case number, the same one when it is sent again."""
    receipt = citizen.send(consent, **dict.fromkeys(consent.checkboxes, "on"))
    if not receipt.path.endswith("/submitted/"):
        raise PageError(f"{receipt.url}: expected the receipt after the consent, found {receipt.heading!r}")
    return receipt.path.split("/")[2]


def await_task(officer: Visitor, number: str) -> None:
    """Wait until the case stands in the officer's inbox for a decision."""
    deadline = time.monotonic() + EVIDENCE_SECONDS
    while officer.get("/workbench/").link(f"/{number}/") is None:
        if time.monotonic() > deadline:
            raise PageError(f"case {number} did not reach the officer in {EVIDENCE_SECONDS} s")
        time.sleep(0.2)


def confirm(officer: Visitor, number: str) -> None:
    """Read the case at the workbench and confirm the decision that the law proposes."""
    form = officer.get(f"/workbench/cases/{number}/").form("/confirm/")
    officer.send(form, **dict.fromkeys(form.checkboxes, "on"))


def _application_of(guide: Page) -> str:
    """The link to an application that was begun before."""
    for element in guide.root.all("a"):
        if element.attributes.get("href", "").startswith("/applications/"):
            return element.attributes["href"]
    raise PageError(f"{guide.url}: neither a form to begin with nor an application to go on with")


def _linked(page: Page, path_end: str) -> str:
    found = page.link(path_end)
    if found is None:
        raise PageError(f"{page.url}: no link to {path_end}, the page is {page.heading!r}")
    return found
