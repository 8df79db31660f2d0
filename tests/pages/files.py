"""Files that people send: good ones, and those with something in them that nobody wants."""

from io import BytesIO

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    drawn = BytesIO()
    Image.new("RGB", size, "#0f6e6e").save(drawn, format=kind)
    return drawn.getvalue()


def picture_with_place() -> bytes:
    """A picture that says where it was taken."""
    drawn, exif = BytesIO(), Image.Exif()
    exif[0x8825] = {1: "N", 2: (30.0, 40.0, 0.0)}
    exif[0x010F] = "Phone"
    Image.new("RGB", (40, 30), "#0f6e6e").save(drawn, format="JPEG", exif=exif)
    return drawn.getvalue()


def pdf(*, script: bool = False, attachment: bool = False, password: str = "") -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    if script:
        script_of = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script_of)
    if attachment:
        writer.add_attachment("tool.exe", b"MZ")
    if password:
        writer.encrypt(password)
    written = BytesIO()
    writer.write(written)
    return written.getvalue()
