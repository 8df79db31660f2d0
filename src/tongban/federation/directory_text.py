"""A directory in words, for its operator: who is in it, with which keys, and which of them end soon."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tongban.protocol import Directory, KeyEntry

SOON = timedelta(days=60)


def described(directory: Directory, now: datetime) -> str:
    """The directory's content, one fact a line."""
    return "\n".join(_lines(directory, now))


def _lines(directory: Directory, now: datetime) -> Iterator[str]:
    yield f"version {directory.version}, issued {directory.issued:%Y-%m-%d %H:%M}"
    for entry in directory.federation_keys:
        yield f"federation key {_key(entry, now)}"
    for node in directory.nodes:
        yield f"node {node.id} ({node.title.zh}, {node.jurisdiction}) at {node.gateway_url}"
        for entry in node.keys:
            yield f"  key {_key(entry, now)}"
        yield f"  certificates: {len(node.certificates)}"
    for agency in directory.agencies:
        yield f"agency {agency.code} ({agency.title.zh}) at {agency.node} for {agency.place}"
    for handles in directory.handles:
        yield f"{handles.agency} decides {handles.service} for {handles.place} from {handles.valid_from}"
    for holds in directory.holds:
        yield f"{holds.agency} holds {holds.evidence_type} for {holds.place} from {holds.valid_from}"
    for agreement in directory.agreements:
        fields, bases = ", ".join(agreement.fields), " or ".join(agreement.legal_bases)
        yield (
            f"agreement {agreement.id}: {agreement.asking_agency} may ask {agreement.holding_agency}"
            f" for {agreement.evidence_type} ({fields}) in {agreement.service}, by {bases}"
        )


def _key(entry: KeyEntry, now: datetime) -> str:
    fault = entry.fault_at(now)
    ends = f"until {entry.not_after:%Y-%m-%d}"
    state = fault or (f"{ends}, SOON" if entry.not_after - now < SOON else ends)
    return f"{entry.keyid} ({entry.suite.value}, {entry.use.value}): {state}"
