"""What the last scan says, and the life of each finding."""

from collections.abc import Iterable
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

from agent.domain.finding_life import EventKind, Published
from agent.domain.records import Link
from agent.domain.scans import ScanResult
from agent.domain.stock import Warehouse
from agent.errors import PreconditionFailed
from integrations.database.board_findings import publish_findings
from integrations.database.board_orders import publish_orders, remove_orders
from integrations.database.pool import transaction
from integrations.database.risk_reading import PostgresRiskReading

_SCAN = """
    INSERT INTO scan (kind, began_at, as_of, open_orders, at_risk, calls, not_seen, missed)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
"""
_WAREHOUSES = """
    INSERT INTO board_warehouse (id, code, name) SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[])
    ON CONFLICT (id) DO UPDATE SET code = EXCLUDED.code, name = EXCLUDED.name
    WHERE (board_warehouse.code, board_warehouse.name) <> (EXCLUDED.code, EXCLUDED.name)
"""


class PostgresRiskBoard(PostgresRiskReading):
    """RiskBoard on a pool of the worker's role."""

    def publish(self, scan: ScanResult, url: Link, warehouses: Iterable[Warehouse]) -> Published:
        with transaction(self._pool) as connection:
            connection.execute("SELECT FROM scan_turn FOR UPDATE")
            _refuse_older(connection, scan)
            gone, at_risk = remove_orders(connection, scan)
            scan_id = _stored(connection, scan, at_risk)
            named = [(warehouse.id, warehouse.code, warehouse.name) for warehouse in warehouses]
            connection.execute(_WAREHOUSES, [list(column) for column in zip(*named, strict=True)] or [[], [], []])
            written = publish_orders(connection, scan_id, scan, url)
            told = publish_findings(connection, scan_id, scan, url)
        return Published(scan_id, written, gone, **{kind.value: told[kind] for kind in EventKind if told[kind]})


def _refuse_older(connection: Connection[DictRow], scan: ScanResult) -> None:
    row = connection.execute("SELECT as_of FROM scan ORDER BY id DESC LIMIT 1").fetchone()
    if row and row["as_of"] > scan.as_of:
        raise PreconditionFailed(
            f"A scan as of {row['as_of']:%Y-%m-%d %H:%M:%S} UTC was published meanwhile; this one is older and is left out."
        )


def _stored(connection: Connection[DictRow], scan: ScanResult, at_risk: int) -> int:
    values: list[Any] = [scan.kind.value, scan.began_at, scan.as_of, scan.open_orders, at_risk, scan.calls]
    row = connection.execute(_SCAN, [*values, list(scan.not_seen), list(scan.missed)]).fetchone()
    assert row is not None
    return int(row["id"])
