"""Draws the first page of a PDF as a picture, in a process of its own that may take little and ends soon.

Promises: whatever the PDF holds, the caller gets a PNG of bounded size or nothing, within a bounded time.
"""

import resource
import subprocess
import sys
import threading
from io import BytesIO

WIDTH, HEIGHT = 480, 960
CPU_SECONDS, WALL_SECONDS = 5, 15
MEMORY_BYTES = 1024**3
_AT_ONCE = threading.BoundedSemaphore(2)


def drawn(pdf: bytes) -> bytes | None:
    """The first page as PNG, at most `WIDTH` × `HEIGHT` pixels; None when it cannot be drawn."""
    with _AT_ONCE:
        try:
            done = subprocess.run(  # noqa: S603 - this very file
                [sys.executable, "-I", "-m", __name__],
                input=pdf,
                capture_output=True,
                timeout=WALL_SECONDS,
                check=False,
                env={},
            )
        except subprocess.TimeoutExpired:
            return None
    return done.stdout if done.returncode == 0 and done.stdout.startswith(b"\x89PNG") else None


def _draw(pdf: bytes) -> bytes:
    import pypdfium2  # noqa: PLC0415 - a native library, loaded only where its limits hold

    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    scale = min(WIDTH / page.get_width(), HEIGHT / page.get_height())
    png = BytesIO()
    page.render(scale=scale, may_draw_forms=False).to_pil().save(png, format="PNG")
    return png.getvalue()


if __name__ == "__main__":
    sys.stdout.buffer.write(_draw(sys.stdin.buffer.read()))
