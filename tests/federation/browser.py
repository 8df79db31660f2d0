"""Chromium from the machine, started without anything that would look beyond it."""

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
REQUIRED_VARIABLE = "TONGBAN_REQUIRE_BROWSER"
_CAMERA = (640, 480)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def chromium_path() -> str:
    """Where Chromium is; without one the test is skipped, or fails where a browser is required."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    missing = f"no Chromium on this machine ({', '.join(NAMES)}): the walk in a real browser cannot be tested"
    if os.environ.get(REQUIRED_VARIABLE):
        pytest.fail(missing)
    pytest.skip(missing)


@contextmanager
def running_chromium() -> Iterator[Browser]:
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


def as_video(picture: bytes, path: Path) -> None:
    """Write a picture as an uncompressed video that Chromium takes for what its camera sees."""
    seen = Image.open(io.BytesIO(picture)).convert("L")
    frame = Image.new("L", _CAMERA, 255)
    seen.thumbnail(_CAMERA)
    frame.paste(seen, ((_CAMERA[0] - seen.width) // 2, (_CAMERA[1] - seen.height) // 2))
    width, height = _CAMERA
    colourless = bytes([128]) * (width * height // 2)
    with path.open("wb") as video:
        video.write(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode())
        video.write((b"FRAME\n" + frame.tobytes() + colourless) * 3)


def with_camera(browser: Browser, video: Path) -> Browser:
    """Another Chromium whose camera sees the video; the caller closes it."""
    flags = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={video}")
    return browser.browser_type.launch(executable_path=chromium_path(), args=[*FLAGS, *flags])
