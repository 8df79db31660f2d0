"""Finding what is due to be sent, whatever waits for nodes that rest: a few rows are read for each node.

Promises: nothing for a node that rests is read; of the others the one whose oldest waits longest comes first.
"""

_FIRST_DUE = """
WITH RECURSIVE waited_for AS (
    (SELECT {peer} AS name FROM {table} WHERE {waits} ORDER BY {peer} LIMIT 1)
    UNION ALL
    SELECT (SELECT {peer} FROM {table} WHERE {waits} AND {peer} > waited_for.name ORDER BY {peer} LIMIT 1)
      FROM waited_for WHERE waited_for.name IS NOT NULL
)
SELECT waited_for.name, coalesce(peer.failures, 0) > 0
  FROM waited_for LEFT JOIN exchange_peer AS peer USING (name)
 CROSS JOIN LATERAL (
       SELECT next_try FROM {table} AS due
        WHERE {waits} AND {peer} = waited_for.name AND next_try <= now()
          AND (lease_until IS NULL OR lease_until < now()) AND {may_go}
        ORDER BY next_try LIMIT 1) AS oldest
 WHERE peer.rests_until IS NULL OR peer.rests_until <= now()
 ORDER BY oldest.next_try LIMIT 1
"""


def first_due(table: str, peer: str, waits: str, may_go: str = "true") -> str:
    """The query for the node that is to be served first, and whether it could not be reached the last time.

    `waits` is the condition of an index of `table` on the column `peer` and `next_try`, from which the names
    of the nodes that something waits for are read, each in one step. `may_go` says of a row `due` what else
    lets it go.
    """
    return _FIRST_DUE.format(table=table, peer=peer, waits=waits, may_go=may_go)
