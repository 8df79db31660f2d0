"""Published procedures: every version that a case of this node runs on, never changed.

Promises: the same version with other content is refused; a case keeps the one it was opened with until an
explicit act moves it.
"""

import hashlib
from collections.abc import Mapping
from functools import lru_cache

from tongban.node.casework import reading
from tongban.node.casework.models import Case, PublishedProcedure
from tongban.node.casework.procedure import Procedure
from tongban.node.clock import now


def publish(procedures: Mapping[str, Procedure] | None = None) -> None:
    """Publish procedures (those that come with Tongban); published versions are left as they are.

    Raises ProcedureError for a published version whose content differs.
    """
    rows = PublishedProcedure.objects.values_list("kind", "version", "sha256")
    known = {(kind, version): sha256 for kind, version, sha256 in rows}
    for procedure in (procedures or reading.shipped()).values():
        text = reading.to_text(procedure)
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        published = known.get((procedure.kind, procedure.version)) or _put(procedure, text, sha256)
        if published != sha256:
            raise reading.ProcedureError(
                f"{procedure.kind}.toml", "version", "published-otherwise", version=procedure.version
            )


def _put(procedure: Procedure, text: str, sha256: str) -> str:
    """Publish a version; the digest of what is published then, perhaps by another process."""
    row, _ = PublishedProcedure.objects.get_or_create(
        kind=procedure.kind,
        version=procedure.version,
        defaults={"sha256": sha256, "text": text, "published_at": now()},
    )
    return row.sha256


def current(kind: str) -> PublishedProcedure:
    """The row of the version that a new case of this kind gets."""
    return PublishedProcedure.objects.defer("text").filter(kind=kind).latest("published_at", "id")


def of(case: Case) -> Procedure:
    """The procedure that the case runs on."""
    return read(case.procedure_id) if case.procedure_id else _first_of(case)


@lru_cache(maxsize=256)
def read(row: int) -> Procedure:
    """The procedure that a published row holds."""
    return reading.from_text(PublishedProcedure.objects.get(pk=row).text)


def _first_of(case: Case) -> Procedure:
    """The procedure of a case that was opened before procedures had versions: all those are recognitions."""
    return read(PublishedProcedure.objects.filter(kind="recognition").earliest("published_at", "id").pk)
