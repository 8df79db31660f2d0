"""Pictures in place of departments' scanned papers: a sheet with lines that says that it is a sample."""

import io
from hashlib import sha256

from PIL import Image, ImageDraw

_SIZE = (420, 594)


def placeholder(name: str) -> bytes:
    """A PNG picture, the same for the same name and another for another."""
    sheet = Image.new("RGB", _SIZE, (252, 251, 247))
    drawing = ImageDraw.Draw(sheet)
    drawing.rectangle((24, 24, _SIZE[0] - 24, _SIZE[1] - 24), outline=(120, 120, 120))
    drawing.text((48, 52), "SAMPLE - NOT A REAL DOCUMENT", fill=(140, 40, 32))
    for line, value in enumerate(sha256(name.encode()).digest()[:16]):
        top = 110 + 26 * line
        drawing.rectangle((48, top, 48 + 120 + value * 200 // 255, top + 9), fill=(196, 196, 192))
    written = io.BytesIO()
    sheet.save(written, "PNG")
    return written.getvalue()
