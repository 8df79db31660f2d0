"""Having the log's heads stamped by the RFC 3161 authority that the configuration names.

An authority that is away costs nothing: when it is back the newest head is stamped, and covers all before.
Promises: nothing waits for a timestamp; what is stored was checked against its head and the named roots.
"""

import logging

from tongban.node.config import ConfigError, NodeConfig
from tongban.node.fetching import Away, Site
from tongban.node.translog.models import LogCheckpoint
from tongban.node.translog.stored import newest_checkpoint
from tongban.node.translog.verifying import roots_of
from tongban.protocol.tlog.notes import Note
from tongban.protocol.tlog.stamping import QUERY_TYPE, StampError, check_response, request_for

SECONDS = 20.0
RESPONSE_LIMIT = 64 * 1024

log = logging.getLogger(__name__)


def stamp_newest(config: NodeConfig) -> bool:
    """Have the newest head stamped unless it is; whether it was. Raises ConfigError."""
    head = newest_checkpoint()
    if not config.timestamp_url or head is None or head.timestamp is not None:
        return False
    if config.timestamp_roots_path is None:
        raise ConfigError("timestamp_roots_path: expected beside timestamp_url, the authority's root as PEM")
    request = request_for(Note.parse(bytes(head.note)).text)
    try:
        response = _post(config.timestamp_url, request.body)
        at = check_response(response, request.text, roots_of(config), request.nonce)
    except (Away, StampError) as error:
        log.warning("the timestamp authority gave no timestamp: %s: %s", type(error).__name__, error)
        return False
    LogCheckpoint.objects.filter(number=head.number).update(timestamp=response)
    log.info("head of %d records stamped at %s", head.size, at.isoformat())
    return True


def _post(url: str, body: bytes) -> bytes:
    with Site(seconds=SECONDS, most_bytes=RESPONSE_LIMIT) as site:
        answer = site.ask("POST", url, content=body, headers={"Content-Type": QUERY_TYPE})
    if answer.status != 200:
        raise Away(f"status {answer.status}")
    return answer.content
