"""Bringing the findings to what a scan found, and telling what happened to each."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

from agent.domain.finding_life import EventKind
from agent.domain.findings import Finding, Severity
from agent.domain.money import Money
from agent.domain.records import Link
from agent.domain.scans import ScanKind, ScanResult
from agent.risk.rows import finding_row
from integrations.database.board_orders import stored, write

_GRAVEST_FIRST = tuple(Severity)
#: What waiting costs is the order's own value where the trouble names no money; both are known when orders are published first.
_OPEN = """
    WITH found AS (
        INSERT INTO finding (fingerprint, kind, severity, subject_model, subject_id, subject_name, order_id, order_name,
            warehouse_id, value, currency, summary, body, sha256, scan_id)
        SELECT fingerprint, kind, severity, subject_model, subject_id, subject_name, row.order_id, order_name, row.warehouse_id,
            coalesce(row.value, order_risk.value), coalesce(row.currency, order_risk.currency), summary, row.body::jsonb,
            row.sha256, %(scan)s
        FROM json_to_recordset(%(rows)s) AS row (fingerprint text, kind text, severity text, subject_model text,
            subject_id bigint, subject_name text, order_id bigint, order_name text, warehouse_id bigint, value numeric,
            currency text, summary text, body text, sha256 text)
        LEFT JOIN order_risk ON order_risk.order_id = row.order_id
        RETURNING id, severity, summary
    )
    INSERT INTO finding_event (finding_id, kind, scan_id, severity, summary)
    SELECT id, 'opened', %(scan)s, severity, summary FROM found
"""
_CHANGE = """
    UPDATE finding SET severity = row.severity, subject_name = row.subject_name, order_name = row.order_name,
        warehouse_id = row.warehouse_id, value = coalesce(row.value, order_risk.value, finding.value),
        currency = coalesce(row.currency, order_risk.currency, finding.currency), summary = row.summary, body = row.body::jsonb,
        sha256 = row.sha256, scan_id = %(scan)s, resolved_at = NULL,
        raised_at = CASE WHEN row.reopened THEN clock_timestamp() ELSE raised_at END,
        worsened_at = CASE WHEN row.graver THEN clock_timestamp() ELSE worsened_at END,
        changed_at = CASE WHEN row.told THEN clock_timestamp() ELSE changed_at END
    FROM json_to_recordset(%(rows)s) AS row (id bigint, severity text, subject_name text, order_id bigint, order_name text,
        warehouse_id bigint, value numeric, currency text, summary text, body text, sha256 text, reopened boolean, graver boolean,
        told boolean)
    LEFT JOIN order_risk ON order_risk.order_id = row.order_id
    WHERE finding.id = row.id
"""
_TELL = """
    INSERT INTO finding_event (finding_id, kind, scan_id, severity, summary)
    SELECT finding_id, kind, %(scan)s, severity, summary
    FROM json_to_recordset(%(rows)s) AS row (finding_id bigint, kind text, severity text, summary text)
"""
_RESOLVE = """
    WITH gone AS (
        UPDATE finding SET resolved_at = clock_timestamp(), changed_at = clock_timestamp(), scan_id = %(scan)s
        WHERE resolved_at IS NULL AND CASE
            WHEN %(full)s THEN fingerprint <> ALL (%(kept)s) AND kind <> ALL (%(unjudged)s) ELSE fingerprint = ANY (%(over)s) END
        RETURNING id, severity, summary
    )
    INSERT INTO finding_event (finding_id, kind, scan_id, severity, summary)
    SELECT id, 'resolved', %(scan)s, severity, summary FROM gone
"""
_ENDANGERED = """
    INSERT INTO finding_endangers (finding_id, order_id, order_name, promise_date)
    SELECT finding.id, row.order_id, row.order_name, order_risk.promise_date
    FROM json_to_recordset(%(rows)s) AS row (fingerprint text, order_id bigint, order_name text)
    JOIN finding ON finding.fingerprint = row.fingerprint
    LEFT JOIN order_risk ON order_risk.order_id = row.order_id
    ON CONFLICT DO NOTHING
"""
_KNOWN = """
    SELECT id, fingerprint, severity, summary, sha256, resolved_at IS NOT NULL AS resolved FROM finding
    WHERE fingerprint = ANY (%s)
"""


@dataclass(frozen=True, slots=True)
class _Change:
    """A finding that was known, and what this scan makes of it."""

    finding_id: int
    row: dict[str, Any]
    told: tuple[EventKind, ...]


def publish_findings(connection: Connection[DictRow], scan_id: int, scan: ScanResult, url: Link) -> Counter[EventKind]:
    """How many events of each kind it came to. Publish the orders first: what they promised and are worth is taken from them."""
    # A detector that finds the same trouble twice must not keep the others from being published.
    found = {finding.fingerprint: finding for finding in reversed(scan.findings)}
    known = {row["fingerprint"]: row for row in connection.execute(_KNOWN, [list(found)]).fetchall()}
    over = {"full": scan.kind is ScanKind.FULL, "kept": list(found), "over": sorted(scan.resolved - found.keys())}
    resolved = connection.execute(_RESOLVE, {"scan": scan_id, "unjudged": sorted(scan.unjudged), **over}).rowcount
    rows = {key: _row(finding, url) for key, finding in found.items()}
    new = [row for key, row in rows.items() if key not in known]
    changes = [change for key, row in rows.items() if key in known and (change := _change(known[key], row))]
    write(connection, _OPEN, new, scan_id)
    write(connection, _CHANGE, map(_columns, changes), scan_id)
    write(connection, _TELL, _events(changes), scan_id)
    touched = [*(row["fingerprint"] for row in new), *(change.row["fingerprint"] for change in changes)]
    write(connection, _ENDANGERED, _endangered(found[fingerprint] for fingerprint in touched), scan_id)
    told = Counter(kind for change in changes for kind in change.told)
    return told + Counter({EventKind.OPENED: len(new), EventKind.RESOLVED: resolved})


def _row(finding: Finding, url: Link) -> dict[str, Any]:
    body, digest = stored(finding_row(finding, url))
    stake = finding.at_stake or _waiting(finding)
    return {
        "fingerprint": finding.fingerprint,
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "subject_model": finding.subject.model,
        "subject_id": finding.subject.id,
        "subject_name": finding.subject.name,
        "order_id": finding.order.id if finding.order else None,
        "order_name": finding.order.name if finding.order else None,
        "warehouse_id": finding.warehouse_id,
        "value": stake.amount if stake else None,
        "currency": stake.currency if stake else None,
        "summary": finding.summary,
        "body": body,
        "sha256": digest,
    }


def _waiting(finding: Finding) -> Money | None:
    """What waits because of it, as long as it is all in one currency."""
    currencies = {affected.value.currency for affected in finding.affects}
    if len(currencies) != 1:
        return None
    return Money(sum((affected.value.amount for affected in finding.affects), Decimal(0)), currencies.pop())


def _change(known: dict[str, Any], row: dict[str, Any]) -> _Change | None:
    """None when it is as it was. What only its evidence tells is kept and not told."""
    if known["sha256"] == row["sha256"] and not known["resolved"]:
        return None
    told = []
    if known["resolved"]:
        told.append(EventKind.REOPENED)
    before, now = (_GRAVEST_FIRST.index(Severity(severity)) for severity in (known["severity"], row["severity"]))
    if now != before:
        told.append(EventKind.ESCALATED if now < before else EventKind.EASED)
    if not told and known["summary"] != row["summary"]:
        told.append(EventKind.UPDATED)
    return _Change(known["id"], row, tuple(told))


def _columns(change: _Change) -> dict[str, Any]:
    return change.row | {
        "id": change.finding_id,
        "reopened": EventKind.REOPENED in change.told,
        "graver": EventKind.ESCALATED in change.told,
        "told": bool(change.told),
    }


def _events(changes: Iterable[_Change]) -> Iterator[dict[str, Any]]:
    for change in changes:
        about = {"finding_id": change.finding_id, "severity": change.row["severity"], "summary": change.row["summary"]}
        yield from ({**about, "kind": kind.value} for kind in change.told)


def _endangered(findings: Iterable[Finding]) -> Iterator[dict[str, Any]]:
    for finding in findings:
        orders = {affected.order.id: affected.order for affected in finding.affects}
        if finding.order:
            orders[finding.order.id] = finding.order
        for order in orders.values():
            yield {"fingerprint": finding.fingerprint, "order_id": order.id, "order_name": order.name}
