"""`tongban demo`: the sample federation on this machine, two nodes with their people.

Promises: goes on with what it had; one demo a folder; every node ends when the demo ends.
"""

import fcntl
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click
import httpx

from tongban.federation.browsing import PageError
from tongban.federation.founding import NodeAddress, SampleFederation, consecutive_addresses, found
from tongban.federation.node_process import NodeFailedError, NodeProcess
from tongban.federation.sample_people import STORY, sample_people
from tongban.federation.sample_records import posts
from tongban.federation.sides import SIDES
from tongban.federation.telling import told
from tongban.federation.walk import walk
from tongban.places.agencies import UnknownAgency
from tongban.services import ServiceError

HOME_VARIABLE = "TONGBAN_HOME"
DEFAULT_HOME = ".tongban"
DEFAULT_PORT = 8100
PORT_STEP = 20
PORT_TRIES = 20


class DemoRefusedError(Exception):
    """The demo cannot start here; the text says what to do."""


@click.command()
@click.option("--once", is_flag=True, help="Walk one application across the border, print it, and end.")
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar=HOME_VARIABLE,
    default=DEFAULT_HOME,
    show_default=True,
    help="Folder of the demo's data; TONGBAN_HOME names another one too.",
)
@click.option(
    "--port-base",
    type=click.IntRange(1024, 65000),
    help=f"First of the ports N to N+2, N+10 to N+12; without it {DEFAULT_PORT}, or the next that are free.",
)
def demo(once: bool, home: Path, port_base: int | None) -> None:
    """Run two nodes with sample people on this machine; Ctrl-C stops them."""
    signal.signal(signal.SIGTERM, _end)
    try:
        with _only_demo_in(home), _running(home.resolve(), _addresses(port_base)) as federation:
            if once:
                walked = walk(federation, STORY, _language(), _say)
                click.echo(told(walked))
            else:
                _introduce(federation)
                _wait()
    except KeyboardInterrupt:
        click.echo("\nBoth nodes are stopped.")
    except DemoRefusedError as refused:
        click.echo(str(refused), err=True)
        sys.exit(2)
    except (NodeFailedError, PageError, httpx.HTTPError) as failed:
        click.echo(str(failed), err=True)
        sys.exit(1)


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _only_demo_in(home: Path) -> Iterator[None]:
    home.mkdir(parents=True, exist_ok=True)
    with (home / "demo.lock").open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoRefusedError(
                f"{home}: a demo runs from this folder already; stop it, or name another folder with --home"
            ) from None
        yield


@contextmanager
def _running(home: Path, addresses: Mapping[str, NodeAddress]) -> Iterator[SampleFederation]:
    began = time.monotonic()
    _say(f"data in {home} (make clean removes the default one)")
    is_new = not (home / "password").exists()
    try:
        federation = found(home, addresses)
    except ServiceError as broken:
        raise DemoRefusedError(broken.said(_language())) from broken
    except UnknownAgency as unknown:
        raise DemoRefusedError(f"a service's folder: {unknown.args[0]}") from unknown
    _say(
        "making databases and accounts, which takes a while the first time"
        if is_new
        else "starting the nodes"
    )
    nodes = [NodeProcess(federation.config_path(side.node)) for side in SIDES]
    try:
        for node in nodes:
            node.start()
        for node in nodes:
            node.await_ready()
            _say(f"{node.config.title.en} {node.config.title.zh} is ready ({time.monotonic() - began:.1f} s)")
        yield federation
    finally:
        for node in nodes:
            node.begin_stop()
        for node in nodes:
            node.stop()


def _addresses(port_base: int | None) -> dict[str, NodeAddress]:
    """Addresses from the port named, or from the first of the usual ones that are all free."""
    if port_base is not None:
        addresses = consecutive_addresses(port_base)
        if taken := _taken_port(addresses):
            raise DemoRefusedError(
                f"port {taken} is taken by another program; name other ports with --port-base, or none"
            )
        return addresses
    for base in range(DEFAULT_PORT, DEFAULT_PORT + PORT_TRIES * PORT_STEP, PORT_STEP):
        if not _taken_port(addresses := consecutive_addresses(base)):
            return addresses
    raise DemoRefusedError(f"the ports from {DEFAULT_PORT} on are taken; name others with --port-base")


def _taken_port(addresses: Mapping[str, NodeAddress]) -> int | None:
    for address in addresses.values():
        for port in (address.pages_port, address.gateway_port, address.watch_port):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    return port
    return None


def _introduce(federation: SampleFederation) -> None:
    click.echo()
    for side in SIDES:
        url = federation.addresses[side.node].pages_url
        click.echo(f"  {side.title.en:<10} {side.title.zh}   {url}/")
        click.echo(f"  {'':<10} officers   {url}/workbench/")
    click.echo(f"\n  Sample accounts; each has the password  {federation.password}\n")
    for person in sample_people():
        click.echo(f"  {person.username:<18} {person.name}   {person.shows.en}")
    for side in SIDES:
        click.echo(f"  {side.officer:<18} {side.officer_name}   {side.officer_post.en}, {side.title.en}")
        for post in posts(side):
            click.echo(f"  {post.officer:<18} {post.name}   {post.title.en}, {side.title.en}")
    click.echo("\n  Ctrl-C stops both nodes; started again, they go on with what they had.\n")


def _wait() -> None:
    while True:
        signal.pause()


def _language() -> str:
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh-hans" if spoken.startswith("zh") else "en"


def _say(text: str) -> None:
    click.echo(f"[tongban] {text}")
