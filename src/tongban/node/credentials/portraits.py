"""Photos of holders: small pictures whose hash a credential carries, so that nobody can put in another face.

Promises: what is stored is a whole JPEG picture of at most 240 by 320 points without anything else in the
file; whoever gets one with a credential holds it against the hash that the issuer signed.
"""

import io
from hashlib import sha256

from PIL import Image, ImageOps

from tongban.node.credentials.models import Portrait
from tongban.node.people.models import Person

CLAIM = "photo_sha256"
SIZE = (240, 320)
MOST_BYTES = 40_000


class NoPicture(ValueError):
    """The data are no picture that can be read; expected JPEG or PNG."""


def put(person: Person, picture: bytes) -> Portrait:
    """Keep a photo of the person, made small; one that was there is replaced. Raises NoPicture."""
    jpeg = _small(picture)
    portrait, _ = Portrait.objects.update_or_create(
        person=person, defaults={"jpeg": jpeg, "sha256": sha256(jpeg).hexdigest()}
    )
    return portrait


def digest_of(person: Person) -> str:
    """The hash of the person's photo as a claim; empty without a photo."""
    portrait = Portrait.objects.filter(person=person).only("sha256").first()
    return portrait.sha256 if portrait else ""


def picture_of(person: Person) -> bytes | None:
    """The person's photo as JPEG."""
    portrait = Portrait.objects.filter(person=person).first()
    return bytes(portrait.jpeg) if portrait else None


def fits(picture: bytes, digest: object) -> bool:
    """Whether this is the photo that a credential's claim means."""
    return len(picture) <= MOST_BYTES and sha256(picture).hexdigest() == digest


def _small(picture: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(picture), formats=("JPEG", "PNG")) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NoPicture("expected a JPEG or PNG picture") from error
    upright.thumbnail(SIZE)
    written = io.BytesIO()
    upright.save(written, "JPEG", quality=80, optimize=True)
    return written.getvalue()
