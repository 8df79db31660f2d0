"""Checks what no other tool does: the tracked files name no package registry and no path of one machine.

Promises: prints each offending line with file and number; exits 1 when there is any.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

REGISTRIES = re.compile(r"(?:pypi|pythonhosted|npmjs|yarnpkg|debian|crates)\.(?:org|com|io|net)\b")
DOWNLOAD = re.compile(r"https?://|--(?:extra-)?index-url|--find-links|--trusted-host|file://")
CLIENT_FILES = re.compile(r"(?:^|/)(?:requirements/|[^/]*lock[^/]*\.(?:txt|json|yaml)$|\.npmrc$|pip\.conf$)")
FUNDING = re.compile(r'^\s*"url": "https://')
SHARED_FOLDERS = {Path("/"), Path(tempfile.gettempdir()), Path("/home"), Path("/srv"), Path("/opt")}


def machine_paths(top: Path) -> tuple[str, ...]:
    """Prefixes that only this machine has: the folder around the checkout and the person's own folder."""
    folders = {top.parent, Path.home()} - SHARED_FOLDERS
    return tuple(f"{folder}/" for folder in sorted(folders))


def offences(name: str, text: str, paths: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Line numbers of what may not stand in the file, each with the reason."""
    is_client_file = CLIENT_FILES.search(name) is not None
    for number, line in enumerate(text.splitlines(), start=1):
        if REGISTRIES.search(line):
            yield number, "names a package registry"
        elif is_client_file and DOWNLOAD.search(line) and not FUNDING.search(line):
            yield number, "a lock or client file names a download address"
        elif any(re.search(rf"(?<![\w}}]){re.escape(path)}", line) for path in paths):
            yield number, "names a path of this machine"


def tracked_files() -> tuple[str, ...]:
    """What git knows, new files that are not ignored included."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - from PATH
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(name for name in listing.split("\0") if name)


def main() -> int:
    """Read every tracked text file once."""
    top = Path.cwd().resolve()
    paths = machine_paths(top)
    found = 0
    for name in tracked_files():
        file = top / name
        if not file.is_file():
            continue
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, reason in offences(name, text, paths):
            found += 1
            sys.stdout.write(f"{name}:{number}: {reason}\n")
    if found:
        sys.stdout.write(f"{found} lines to mend\n")
        return 1
    sys.stdout.write("tree: no registry named, no machine's path\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
