"""Bringing the orders at risk to what a scan found."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import Any, LiteralString

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.types.json import Json

from agent.domain.findings import OrderRisk
from agent.domain.records import Link
from agent.domain.scans import ScanKind, ScanResult
from agent.risk.rows import order_row

#: Rows a statement: a few megabytes.
PORTION = 1_000
_WRITE = """
    INSERT INTO order_risk (order_id, name, customer, warehouse_id, score, value, currency, promise_date, body, sha256, scan_id)
    SELECT order_id, name, customer, warehouse_id, score, value, currency, promise_date, body::jsonb, sha256, %(scan)s
    FROM json_to_recordset(%(rows)s) AS row (order_id bigint, name text, customer text, warehouse_id bigint, score numeric,
        value numeric, currency text, promise_date timestamptz, body text, sha256 text)
    ON CONFLICT (order_id) DO UPDATE SET name = EXCLUDED.name, customer = EXCLUDED.customer, warehouse_id = EXCLUDED.warehouse_id,
        score = EXCLUDED.score, value = EXCLUDED.value, currency = EXCLUDED.currency, promise_date = EXCLUDED.promise_date,
        body = EXCLUDED.body, sha256 = EXCLUDED.sha256, scan_id = EXCLUDED.scan_id
"""
_UNJUDGED = """
    SELECT order_risk.order_id FROM finding JOIN order_risk USING (order_id) WHERE resolved_at IS NULL AND kind = ANY (%(kinds)s)
    UNION SELECT order_risk.order_id FROM finding CROSS JOIN jsonb_array_elements(finding.body -> 'affects') AS affected
    JOIN order_risk ON order_risk.name = affected ->> 'order' WHERE resolved_at IS NULL AND kind = ANY (%(kinds)s)
"""
_REMOVE = """
    DELETE FROM order_risk WHERE CASE WHEN %(full)s THEN order_id <> ALL (%(found)s) ELSE order_id = ANY (%(gone)s) END
    AND order_id <> ALL (%(unjudged)s)
"""


def remove_orders(connection: Connection[DictRow], scan: ScanResult) -> tuple[int, int]:
    """How many are gone, and how many are at risk when the scan is published.

    Whoever is open and has a finding that could not be judged stays. Call it before the findings are published.
    """
    unjudged: set[int] = set()
    if scan.unjudged:
        rows = connection.execute(_UNJUDGED, {"kinds": sorted(scan.unjudged)}).fetchall()
        unjudged = {row["order_id"] for row in rows} & scan.open_ids
    found = [risk.order.id for risk in scan.orders]
    leaving = {"full": scan.kind is ScanKind.FULL, "found": found, "gone": sorted(scan.orders_gone), "unjudged": list(unjudged)}
    gone = connection.execute(_REMOVE, leaving).rowcount
    return gone, _left(connection, found) + len(found) if unjudged else scan.at_risk


def _left(connection: Connection[DictRow], found: list[int]) -> int:
    row = connection.execute("SELECT count(*) AS number FROM order_risk WHERE order_id <> ALL (%s)", [found]).fetchone()
    assert row is not None
    return int(row["number"])


def publish_orders(connection: Connection[DictRow], scan_id: int, scan: ScanResult, url: Link) -> int:
    """How many were written; what is as it was stays untouched."""
    found = {risk.order.id: risk for risk in scan.orders}
    known = connection.execute("SELECT order_id, sha256 FROM order_risk WHERE order_id = ANY (%s)", [list(found)]).fetchall()
    hashes = {row["order_id"]: row["sha256"] for row in known}
    differing = _differing(found.values(), hashes, scan, url)
    return write(connection, _WRITE, differing, scan_id)


def _differing(risks: Iterable[OrderRisk], hashes: dict[int, str], scan: ScanResult, url: Link) -> Iterator[dict[str, Any]]:
    for risk in risks:
        body, digest = stored(order_body(risk, scan, url))
        if hashes.get(risk.order.id) != digest:
            yield {
                "order_id": risk.order.id,
                "name": risk.order.name,
                "customer": risk.customer_name,
                "warehouse_id": risk.warehouse_id,
                "score": risk.score,
                "value": risk.value_at_risk.amount,
                "currency": risk.value_at_risk.currency,
                "promise_date": risk.promise_date,
                "body": body,
                "sha256": digest,
            }


def order_body(risk: OrderRisk, scan: ScanResult, url: Link) -> dict[str, Any]:
    """The row without its moment, which is the board's: else every row would differ at every scan."""
    row = order_row(risk, scan.as_of, url)
    del row["as_of"]
    return row


def stored(row: dict[str, Any]) -> tuple[str, str]:
    """A row as JSON text, and that text's sha256."""
    text = json.dumps(row, default=str, ensure_ascii=False, sort_keys=True)
    return text, sha256(text.encode()).hexdigest()


def write(
    connection: Connection[DictRow], statement: LiteralString, rows: Iterable[Mapping[str, Any]], scan_id: int | None = None
) -> int:
    """Run a statement over `rows`, and `scan`, a portion at a time; how many rows it wrote.

    Rows travel as one JSON text: psycopg writes arrays value by value, which takes ten times as long.
    """
    left, written = iter(rows), 0
    while portion := list(islice(left, PORTION)):
        text = Json(portion, dumps=partial(json.dumps, default=str, ensure_ascii=False))
        written += connection.execute(statement, {"scan": scan_id, "rows": text}).rowcount
    return written
