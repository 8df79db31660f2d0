"""A gateway as the node's, with the same server, TLS, groups, department and group commit, but no security:
no signature, digest, agreement or consent is checked, nothing is recorded but the answer itself.
"""

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import MPServer

from tongban.node.config import CONFIG_VARIABLE, load
from tongban.node.exchange.trust import read_directory
from tongban.node.tls_folder import TlsFolder

TABLE = """
CREATE TABLE IF NOT EXISTS plain_inbox
(id uuid PRIMARY KEY, sender text, message uuid, reply bytea, received_at timestamptz,
 UNIQUE (sender, message))
"""
STORE = """
INSERT INTO plain_inbox
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::bytea[], %s::timestamptz[])
ON CONFLICT DO NOTHING
"""


def _application() -> object:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.node.settings")
    import django

    django.setup()
    from django.db import connection, transaction
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from tongban.gateway.gathering import Gathering
    from tongban.gateway.routes import THREADS
    from tongban.node.clock import today
    from tongban.node.exchange import department, identity
    from tongban.node.exchange.connectors import connector_for
    from tongban.node.exchange.department import Asked
    from tongban.node.group_commit import GroupCommit

    node = identity.current()
    kind = node.directory.evidence_type("contribution-spells")
    connector = connector_for("500000-yb", kind.name, node.directory)

    def store(groups: Sequence[Sequence[tuple[str, str, bytes]]]) -> list[None]:
        group, now = [one for answered in groups for one in answered], datetime.now(UTC)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                STORE,
                [
                    [uuid4() for _ in group],
                    [sender for sender, _, _ in group],
                    [UUID(message) for _, message, _ in group],
                    [reply for _, _, reply in group],
                    [now for _ in group],
                ],
            )
        return [None for _ in groups]

    commits = GroupCommit(store)

    def answer(bodies: Sequence[bytes]) -> list[bytes]:
        questions = [json.loads(body) for body in bodies]
        asked = [
            Asked(connector, kind, one["body"]["subject"], tuple(one["body"]["fields"])) for one in questions
        ]
        replies = [
            json.dumps({"id": str(uuid4()), "in_reply_to": question["id"], "records": records}).encode()
            for question, records in zip(questions, department.read_each(asked, today()), strict=True)
        ]
        commits.write(
            [(one["sender"], one["id"], reply) for one, reply in zip(questions, replies, strict=True)]
        )
        return replies

    gathering = Gathering(answer, threads=THREADS)

    async def plain(request: Request) -> Response:
        return Response(await gathering.give(await request.body(), "plain"), media_type="application/json")

    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    return Starlette(routes=[Route("/plain", plain, methods=["POST"])])


def main() -> None:
    """Serve at the gateway's own address."""
    config = load(Path(os.environ[CONFIG_VARIABLE]))
    folder = TlsFolder(config.tls_path or config.home)
    folder.write_peers(read_directory(config).directory)
    MPServer(
        "benchmarks.workloads.exchange_plain:_application",
        factory=True,
        address=config.gateway_host,
        port=config.gateway_port,
        interface=Interfaces.ASGI,
        workers=config.gateway_processes,
        websockets=False,
        log_level=LogLevels.error,
        ssl_cert=folder.identity,
        ssl_key=folder.identity,
        ssl_ca=folder.peers,
        ssl_client_verify=True,
    ).serve()


if __name__ == "__main__":
    main()
