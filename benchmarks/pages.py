"""Both portals under fifty citizens at once who think for one to three seconds between pages.

Everybody is signed in before the measurement; every page has to answer with success, an error ends up in the
figures. The nodes are those of the sample federation, with the database that comes with them.
"""

import asyncio
import random
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

import httpx

from benchmarks.frame.figures import Figure, Result
from benchmarks.frame.machine import versions
from benchmarks.frame.ports import reserved
from benchmarks.frame.size import Size
from tongban.federation.founding import NodeAddress, SampleFederation, found
from tongban.federation.node_process import NodeProcess
from tongban.federation.sample_people import sample_people
from tongban.federation.sides import SIDES

CITIZENS = 50
SECONDS = 120
THINK_SECONDS = (1.0, 3.0)
MOST_MILLISECONDS = 300.0
SERVICE = "medical-retirement"
ANSWERS = {"work": "worker", "paying": "yes", "pool": "510100", "base": "", "phone": "13800000000"}
READ = (
    "/",
    f"/services/{SERVICE}/",
    "/search/?q=yibao",
    "/search/?q=医保退休",
    "/cases/",
    "/accesses/",
    "/ratings/",
    "/complaints/",
    "/plan/",
)
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Heard:
    """How long each page took in seconds, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass
class Citizen:
    """One person's browser: reads pages, and answers a question of an application now and then."""

    browser: httpx.AsyncClient
    heard: Heard
    random: random.Random

    async def sign_in(self, username: str, password: str) -> None:
        """Sign in, without counting the time; raises when it does not succeed."""
        page = await self.browser.get("/sign-in/")
        sent = {"username": username, "password": password, "csrfmiddlewaretoken": _token(page)}
        (await self.browser.post("/sign-in/", data=sent)).raise_for_status()
        if (await self.browser.get("/cases/")).url.path != "/cases/":
            raise RuntimeError(f"{username} could not sign in")

    async def live(self, until: float) -> None:
        """Look at pages until the time has come, thinking between them."""
        while time.monotonic() < until:
            await asyncio.sleep(self.random.uniform(*THINK_SECONDS))
            if self.random.random() < 0.2:
                await self._answer()
            else:
                await self._page("GET", self.random.choice(READ))

    async def _answer(self) -> None:
        guide = await self._page("GET", f"/services/{SERVICE}/")
        begun = await self._page("POST", f"/services/{SERVICE}/start/", _token(guide))
        if begun is None or "/applications/" not in begun.url.path:
            return
        application = "/".join(begun.url.path.split("/")[:3])
        key = self.random.choice(("paying", "pool", "phone"))
        await asyncio.sleep(self.random.uniform(*THINK_SECONDS))
        asked = await self._page("GET", f"{application}/questions/{key}/")
        await self._page("POST", f"{application}/questions/{key}/", _token(asked), answer=ANSWERS[key])

    async def _page(self, method: str, path: str, token: str = "", **sent: str) -> httpx.Response | None:
        data = sent | {"csrfmiddlewaretoken": token} if method == "POST" else None
        begun = time.perf_counter()
        try:
            page = await self.browser.request(method, path, data=data)
        except httpx.HTTPError as error:
            self.heard.errors.append(f"{method} {path}: {type(error).__name__}")
            return None
        self.heard.seconds.append(time.perf_counter() - begun)
        if page.status_code != httpx.codes.OK:
            self.heard.errors.append(f"{method} {path}: {page.status_code}")
        return page


def measure(size: Size) -> Result:
    """Two minutes of fifty citizens, half at each portal."""
    seconds = 10 if size.quick else SECONDS
    with running_federation() as federation:
        heard = asyncio.run(_crowd(federation, size.of(CITIZENS) if not size.quick else 10, seconds))
    figures = (
        Figure(
            "a page, 95 of 100",
            1000 * quantiles(heard.seconds, n=20)[-1],
            "ms",
            target=MOST_MILLISECONDS,
            bound="at most",
            measured={"median": median(heard.seconds), "slowest": max(heard.seconds)},
        ),
        Figure("errors", float(len(heard.errors)), "pages", target=0.0, bound="at most"),
        Figure("pages read", float(len(heard.seconds)), "pages"),
    )
    for error in sorted(set(heard.errors))[:10]:
        print(f"pages: {error}")
    return Result(
        "pages",
        f"Both portals under {CITIZENS} citizens who think for 1 to 3 s, {seconds} s",
        figures,
        versions(["tongban", "django", "granian", "psycopg"]),
    )


@contextmanager
def running_federation() -> Iterator[SampleFederation]:
    """Both sample nodes, founded in a folder of their own and removed afterwards."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tongban-bench-")))
        home.chmod(0o755)
        federation = found(home, {side.node: NodeAddress(*reserved(3)) for side in SIDES})
        nodes = [NodeProcess(federation.config_path(side.node)) for side in SIDES]
        for node in nodes:
            stack.callback(node.stop)
            node.start()
            node.await_ready()
        yield federation


async def _crowd(federation: SampleFederation, citizens: int, seconds: float) -> Heard:
    heard = Heard()
    usernames = [person.username for person in sample_people()]
    addresses = [federation.addresses[side.node].pages_url for side in SIDES]
    crowd = [
        Citizen(
            httpx.AsyncClient(base_url=addresses[number % 2], follow_redirects=True, timeout=60),
            heard,
            random.Random(number),
        )
        for number in range(citizens)
    ]
    try:
        for number, citizen in enumerate(crowd):
            await citizen.sign_in(usernames[number % len(usernames)], federation.password)
        until = time.monotonic() + seconds
        await asyncio.gather(*(citizen.live(until) for citizen in crowd))
    finally:
        for citizen in crowd:
            await citizen.browser.aclose()
    return heard


def _token(page: httpx.Response | None) -> str:
    found_token = _TOKEN.search(page.text) if page is not None else None
    return found_token[1] if found_token else ""
