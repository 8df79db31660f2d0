"""Copies of the service folders that come with the package, to be bent by a test."""

import shutil
from pathlib import Path

import tongban.services

SHIPPED = Path(tongban.services.__file__).parent
FOLDERS = ("medical_retirement", "retirement_age")
TWO_SIDED = ("hotline_handover", "unemployment_transfer")


def copy_shipped(root: Path, folders: tuple[str, ...] = FOLDERS) -> Path:
    """Copy services (the story's one) and the law they rely on; the root."""
    for folder in folders:
        shutil.copytree(
            SHIPPED / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__", "examples")
        )
    return root


def edit(root: Path, old: str, new: str, file: str = "service.toml") -> None:
    """Change one place in a file of the story's service."""
    path = root / "medical_retirement" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
