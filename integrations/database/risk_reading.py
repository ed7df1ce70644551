"""Answers from the last scan."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, LiteralString

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import SQL, Composable, Composed
from psycopg.types.json import Jsonb

from agent.domain.finding_life import (
    SET_ASIDE,
    EventKind,
    FindingEvent,
    FindingFilter,
    FindingList,
    FindingState,
    KnownFinding,
    Standing,
)
from agent.domain.findings import Severity
from agent.domain.money import Money
from agent.domain.order_numbers import spellings
from agent.domain.risk_list import RiskFilter, RiskList
from agent.errors import PreconditionFailed, RecordMissing
from integrations.database.named import person_id, warehouse_ids
from integrations.database.pool import Pool, statements, transaction

_STANDING = """
    SELECT as_of, open_orders, at_risk, not_seen,
        (SELECT as_of FROM scan WHERE kind = 'full' ORDER BY id DESC LIMIT 1) AS last_full
    FROM scan ORDER BY id DESC LIMIT 1
"""
_WANTED = SQL("""
    (%(name)s::text IS NULL OR name = %(name)s)
    AND (%(warehouse_ids)s::bigint[] IS NULL OR warehouse_id = ANY (%(warehouse_ids)s))
    AND (%(promised_by)s::date IS NULL OR left(body ->> 'promise_date', 10)::date <= %(promised_by)s)
""")
_ORDERS = SQL("""
    SELECT body, (SELECT as_of FROM scan ORDER BY id DESC LIMIT 1) AS as_of FROM order_risk
    WHERE {} ORDER BY score DESC, value DESC, name LIMIT %(limit)s
""").format(_WANTED)
_TOTALS = SQL("""
    SELECT currency, sum(value) AS value, count(*) AS orders, count(*) FILTER (WHERE promise_date < %(as_of)s) AS missed
    FROM order_risk WHERE {} GROUP BY currency ORDER BY value DESC, currency
""").format(_WANTED)
_AT_RISK = """
    SELECT count(*) AS orders FROM order_risk
    WHERE (%(warehouse_ids)s::bigint[] IS NULL OR warehouse_id = ANY (%(warehouse_ids)s))
    AND (%(owner_id)s::bigint IS NULL OR order_id IN (
        SELECT finding_endangers.order_id FROM finding_endangers JOIN known_finding ON known_finding.id = finding_id
        WHERE (owner_id = %(owner_id)s OR owner_id IS NULL AND body @> %(erp_owner)s::jsonb) AND resolved_at IS NULL))
"""
_STATES = "SELECT fingerprint, id, state FROM known_finding WHERE fingerprint = ANY (%s)"
_FINDINGS = SQL("""
    SELECT listed.*, board_warehouse.name AS warehouse, (SELECT as_of FROM scan ORDER BY id DESC LIMIT 1) AS as_of,
        acknowledging.handle AS acknowledged_by_handle, owning.handle AS owner, marking.handle AS marked_by_handle
    FROM (SELECT * FROM known_finding {} ORDER BY {} LIMIT %(limit)s) AS listed
    LEFT JOIN board_warehouse ON board_warehouse.id = listed.warehouse_id
    LEFT JOIN person AS acknowledging ON acknowledging.id = acknowledged_by
    LEFT JOIN person AS owning ON owning.id = owner_id
    LEFT JOIN person AS marking ON marking.id = marked_by
    ORDER BY {}
""")
_RANKED = SQL("array_position(ARRAY['critical', 'high', 'medium', 'low'], severity), value DESC NULLS LAST, {}.id")
_FILTERS: dict[str, LiteralString] = {
    "kinds": "kind = ANY (%(kinds)s)",
    "severities": "severity = ANY (%(severities)s)",
    "warehouse": "warehouse_id = ANY (%(warehouse_ids)s)",
    "owner": "(owner_id = %(owner_id)s OR owner_id IS NULL AND body @> %(erp_owner)s::jsonb)",
    "order": "id IN (SELECT finding_id FROM finding_endangers WHERE order_name = ANY (%(order_names)s))",
    "since": "changed_at >= %(since)s",
}
_HISTORY = """
    SELECT event.*, person.handle AS person, owner.handle AS owner FROM finding_event AS event
    LEFT JOIN person ON person.id = event.person_id LEFT JOIN person AS owner ON owner.id = event.owner_id
    WHERE finding_id = %s ORDER BY event.id
"""
_BEFORE = """
    SELECT DISTINCT ON (finding_id) finding_id, kind, severity FROM finding_event
    WHERE finding_id = ANY (%s) AND scan_id IS NOT NULL AND at < %s ORDER BY finding_id, id DESC
"""


class PostgresRiskReading:
    """RiskReading on a pool of the worker's or of serve's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def standing(self) -> Standing | None:
        with statements(self._pool) as connection:
            row = connection.execute(_STANDING).fetchone()
        return Standing(**row | {"not_seen": tuple(row["not_seen"])}) if row else None

    def order(self, name: str) -> dict[str, Any] | None:
        return next(iter(self._orders(_narrowed(name=name, limit=1))), None)

    def listed(self, wanted: RiskFilter) -> RiskList:
        standing = self.standing()
        if standing is None:
            raise PreconditionFailed("Nothing has been scanned yet; the worker scans as soon as it runs (`expediter up`).")
        with transaction(self._pool) as connection:
            ids = warehouse_ids(connection, wanted.warehouse)
            values = _narrowed(warehouse_ids=ids, promised_by=wanted.promised_by, limit=wanted.limit)
            totals = connection.execute(_TOTALS, values | {"as_of": standing.as_of}).fetchall()
        return RiskList(
            as_of=standing.as_of,
            fresh=False,
            open_orders=standing.open_orders,
            at_risk=sum(row["orders"] for row in totals),
            already_missed=sum(row["missed"] for row in totals),
            values=tuple(Money(row["value"], row["currency"]) for row in totals),
            rows=tuple(self._orders(values)),
            not_seen=standing.not_seen,
        )

    def at_risk(self, warehouse: str | None, owner: str | None) -> int:
        with transaction(self._pool) as connection:
            values = {"warehouse_ids": warehouse_ids(connection, warehouse), **_owned(connection, owner)}
            found = connection.execute(_AT_RISK, values).fetchone()
        assert found is not None
        return int(found["orders"])

    def findings(self, wanted: FindingFilter) -> FindingList:
        with transaction(self._pool) as connection:
            values = _values(wanted, connection)
            by_state = _counts(connection, wanted, values)
            rows = connection.execute(_listed(_where(wanted, wanted.states)), values).fetchall()
        return FindingList(
            findings=tuple(_known(row) for row in rows),
            total=sum(by_state.get(state, 0) for state in wanted.states),
            set_aside={state: by_state[state] for state in SET_ASIDE if state in by_state and state not in wanted.states},
        )

    def finding(self, finding_id: int) -> KnownFinding:
        with transaction(self._pool) as connection:
            row = connection.execute(_listed(SQL("WHERE id = %(id)s")), {"id": finding_id, "limit": 1}).fetchone()
            events = connection.execute(_HISTORY, [finding_id]).fetchall()
        if row is None:
            raise RecordMissing(f"There is no finding F{finding_id}; `expediter risk findings` shows those that exist.")
        return _known(row, tuple(map(_event, events)))

    def severities_at(self, moment: datetime, finding_ids: Sequence[int]) -> dict[int, Severity]:
        with statements(self._pool) as connection:
            rows = connection.execute(_BEFORE, [list(finding_ids), moment]).fetchall()
        return {row["finding_id"]: Severity(row["severity"]) for row in rows if row["kind"] != EventKind.RESOLVED}

    def _orders(self, values: dict[str, Any]) -> list[dict[str, Any]]:
        with transaction(self._pool) as connection:
            found = connection.execute(_ORDERS, values).fetchall()
            fingerprints = {finding["fingerprint"] for row in found for finding in row["body"]["findings"]}
            states = {row["fingerprint"]: row for row in connection.execute(_STATES, [list(fingerprints)]).fetchall()}
        return [_order(row, states) for row in found]


def _narrowed(**given: Any) -> dict[str, Any]:
    return {"name": None, "warehouse_ids": None, "promised_by": None, **given}


def _order(row: dict[str, Any], states: dict[str, dict[str, Any]]) -> dict[str, Any]:
    findings = [finding | _living(states.get(finding["fingerprint"])) for finding in row["body"]["findings"]]
    return {**row["body"], "findings": findings, "as_of": row["as_of"].isoformat()}


def _living(known: dict[str, Any] | None) -> dict[str, Any]:
    return {"id": known and known["id"], "state": known and known["state"]}


def _values(wanted: FindingFilter, connection: Connection[DictRow]) -> dict[str, Any]:
    return {
        "states": [state.value for state in wanted.states],
        "kinds": [kind.value for kind in wanted.kinds],
        "severities": [severity.value for severity in wanted.severities],
        "warehouse_ids": warehouse_ids(connection, wanted.warehouse),
        **_owned(connection, wanted.owner),
        "order_names": list(spellings(wanted.order)) if wanted.order else None,
        "since": wanted.since,
        "limit": wanted.limit,
    }


def _owned(connection: Connection[DictRow], owner: str | None) -> dict[str, Any]:
    """Whom people gave nobody is the owner's whom the ERP has down for it: findings carry that user's name as evidence."""
    owner_id = person_id(connection, owner)
    row = connection.execute("SELECT name FROM erp_user WHERE person_id = %s AND said = 'confirmed'", [owner_id]).fetchone()
    evidence = {"evidence": [{"field": "user_id", "value": row["name"]}]} if row else None
    return {"owner_id": owner_id, "erp_owner": Jsonb(evidence) if evidence else None}


def _listed(where: Composable) -> Composed:
    """Sorted before anything is joined to them: a hundred times fewer rows."""
    return _FINDINGS.format(where, _RANKED.format(SQL("known_finding")), _RANKED.format(SQL("listed")))


def _where(wanted: FindingFilter, states: Iterable[FindingState]) -> Composed:
    """Unresolved ones are named as such, so that their index serves however many were resolved over the years."""
    parts = [SQL(condition) for name, condition in _FILTERS.items() if getattr(wanted, name) not in (None, ())]
    if FindingState.RESOLVED not in states:
        parts.append(SQL("resolved_at IS NULL"))
    if tuple(states) != tuple(FindingState):
        parts.append(SQL("state = ANY (%(states)s)"))
    return SQL(" WHERE ") + SQL(" AND ").join(parts or [SQL("true")])


def _counts(connection: Connection[DictRow], wanted: FindingFilter, values: dict[str, Any]) -> dict[FindingState, int]:
    states = tuple(dict.fromkeys((*wanted.states, *SET_ASIDE)))
    query = SQL("SELECT state, count(*) AS count FROM known_finding") + _where(wanted, states) + SQL(" GROUP BY state")
    rows = connection.execute(query, values | {"states": [state.value for state in states]}).fetchall()
    return {FindingState(row["state"]): row["count"] for row in rows}


def _known(row: dict[str, Any], history: Sequence[FindingEvent] = ()) -> KnownFinding:
    return KnownFinding(
        id=row["id"],
        body=row["body"],
        state=FindingState(row["state"]),
        opened_at=row["opened_at"],
        seen_at=None if row["resolved_at"] else row["as_of"],
        changed_at=row["changed_at"],
        resolved_at=row["resolved_at"],
        warehouse=row["warehouse"],
        value=row["value"],
        currency=row["currency"],
        acknowledged_by=row["acknowledged_by_handle"],
        snoozed_until=row["snoozed_until"],
        owner=row["owner"],
        verdict=EventKind(row["mark"]) if row["mark"] else None,
        verdict_by=row["marked_by_handle"],
        history=tuple(history),
    )


def _event(row: dict[str, Any]) -> FindingEvent:
    return FindingEvent(
        kind=EventKind(row["kind"]),
        at=row["at"],
        severity=Severity(row["severity"]),
        person=row["person"],
        summary=row["summary"],
        until=row["until"],
        owner=row["owner"],
        reason=row["reason"],
    )
