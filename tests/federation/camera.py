"""A Chromium whose camera sees what a test holds in front of it."""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.pages.browser import ARGUMENTS, chromium_path

_CAMERA = (640, 480)


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
    return browser.browser_type.launch(executable_path=chromium_path(), args=[*ARGUMENTS, *flags])
