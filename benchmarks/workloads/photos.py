"""Photos of a code on a phone's screen, as a hand-held camera takes them: tilted, blurred, noisy.

Promises: the same seed gives the same photos.
"""

import io

import numpy as np
from PIL import Image, ImageFilter

SHOWN = 360
"""Pixels of a side in which the code is shown, quiet zone included."""

_FRAME = (640, 640)
_TILT = 0.06
_TURN = 12.0
_BLUR = (0.3, 1.1)
_NOISE = (3.0, 12.0)
_QUALITY = (60, 90)


def shown(png: bytes) -> Image.Image:
    """The code as the screen shows it: 360 pixels wide, smoothed where modules fall between pixels."""
    return Image.open(io.BytesIO(png)).convert("L").resize((SHOWN, SHOWN), Image.Resampling.BILINEAR)


def photo(screen: Image.Image, random: np.random.Generator) -> Image.Image:
    """One photo of the screen."""
    distance = random.uniform(0.85, 1.35)
    side = round(SHOWN * distance)
    picture = Image.new("L", _FRAME, int(random.integers(90, 190)))
    left, top = ((_FRAME[0] - side) // 2, (_FRAME[1] - side) // 2)
    picture.paste(screen.resize((side, side), Image.Resampling.BILINEAR), (left, top))
    picture = picture.rotate(random.uniform(-_TURN, _TURN), Image.Resampling.BILINEAR, fillcolor=140)
    picture = _tilted(picture, random)
    picture = picture.filter(ImageFilter.GaussianBlur(random.uniform(*_BLUR)))
    return _compressed(_exposed(picture, random), int(random.integers(*_QUALITY)))


def _tilted(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    width, height = picture.size
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=float)
    moved = corners + random.uniform(-_TILT, _TILT, corners.shape) * (width, height)
    rows = []
    for (x, y), (u, v) in zip(corners, moved, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    coefficients = np.linalg.solve(np.array(rows), moved.reshape(8))
    return picture.transform(
        picture.size,
        Image.Transform.PERSPECTIVE,
        tuple(coefficients),
        Image.Resampling.BICUBIC,
        fillcolor=140,
    )


def _exposed(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    """Less contrast, light from one side, noise of the sensor."""
    light = np.asarray(picture, dtype=np.float64)
    dark, bright = random.uniform(10, 50), random.uniform(170, 245)
    light = dark + light / 255 * (bright - dark)
    height, width = light.shape
    across = np.linspace(-1, 1, width)[None, :] * random.uniform(-25, 25)
    down = np.linspace(-1, 1, height)[:, None] * random.uniform(-25, 25)
    light = light + across + down + random.normal(0, random.uniform(*_NOISE), light.shape)
    return Image.fromarray(light.clip(0, 255).astype(np.uint8))


def _compressed(picture: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert("L")
