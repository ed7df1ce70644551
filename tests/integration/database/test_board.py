"""The board says what the last scan found, and a scan writes only what differs."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest

from agent.domain.decisions import Role
from agent.domain.finding_life import FindingFilter, FindingState
from agent.domain.findings import FindingKind, Severity
from agent.domain.risk_list import RiskFilter
from agent.errors import DatabaseUnavailable, PreconditionFailed, RecordMissing
from app.contract.risk import OrderRiskRow
from integrations.database.finding_desk import PostgresFindingDesk
from integrations.database.risk_board import PostgresRiskBoard
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.scans import (
    NOON,
    WAREHOUSES,
    at_risk,
    difference,
    full,
    known,
    late_receipt,
    order_record,
    publish,
    trouble,
    url_of,
)

LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def seen(database: TestDatabase) -> PostgresFindingDesk:
    """As serve reads it."""
    return PostgresFindingDesk(database.pool("serve"))


def test_before_the_first_scan_there_is_nothing(seen: PostgresFindingDesk) -> None:
    assert (seen.standing(), seen.order("S00001")) == (None, None)
    with pytest.raises(PreconditionFailed, match="Nothing has been scanned yet"):
        seen.listed(RiskFilter())


def test_the_most_urgent_order_comes_first_and_of_equals_the_more_valuable(
    database: TestDatabase, seen: PostgresFindingDesk
) -> None:
    calm, urgent, dear = at_risk(1, trouble(1)), at_risk(2, trouble(2), score=90), at_risk(3, trouble(3))
    dear = replace(dear, value_at_risk=replace(dear.value_at_risk, amount=Decimal(9000)))
    publish(database, full(trouble(1), trouble(2), trouble(3), orders=(calm, urgent, dear)))
    assert [row["order"] for row in seen.listed(RiskFilter(limit=10)).rows] == ["S00002", "S00003", "S00001"]
    assert [row["order"] for row in seen.listed(RiskFilter(limit=1)).rows] == ["S00002"]


def test_a_row_is_the_contracts_with_the_moment_of_the_last_scan_and_the_number_of_each_finding(
    database: TestDatabase, seen: PostgresFindingDesk
) -> None:
    publish(database, full(trouble(1)))
    publish(database, difference(trouble(2), at=LATER))
    row = seen.order("S00001")
    assert row is not None
    read = OrderRiskRow.model_validate(row)
    assert read.as_of == LATER
    assert (read.findings[0].id, read.findings[0].state) == (known(database, order="S00001")[0].id, "open")
    assert read.findings[0].evidence[0].url == "https://erp.example/sale.order/1"


def test_of_a_warehouse_only_its_orders_are_shown(database: TestDatabase, seen: PostgresFindingDesk) -> None:
    publish(database, full(trouble(1), trouble(2), orders=(at_risk(1), at_risk(2, warehouse_id=2))))
    assert [[row["order"] for row in seen.listed(RiskFilter(warehouse=name)).rows] for name in ("nth", "Main", "ort")] == [
        ["S00002"],
        ["S00001"],
        ["S00002"],
    ]
    assert [seen.at_risk(name, None) for name in ("Main", None)] == [1, 2]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"warehouse": "elsewhere"}, r"No warehouse is called “elsewhere”; there are .*North \(NTH\)"),
        ({"warehouse": ""}, "No warehouse is called “”"),
        ({"owner": "nobody"}, "Nobody here is called “nobody”; there are maria"),
    ],
)
def test_findings_of_what_does_not_exist_are_refused_with_what_does(
    database: TestDatabase, seen: PostgresFindingDesk, asked: dict[str, str], told: str
) -> None:
    publish(database, full(trouble(1)))
    database.person("maria", Role.OPS_AGENT)
    with pytest.raises(RecordMissing, match=told):
        seen.findings(FindingFilter(**asked))
    with pytest.raises(RecordMissing, match=told):
        seen.at_risk(asked.get("warehouse"), asked.get("owner"))


def test_persons_and_orders_are_found_in_any_case(database: TestDatabase, seen: PostgresFindingDesk) -> None:
    publish(database, full(trouble(1)))
    database.person("maria", Role.OPS_AGENT)
    assert seen.findings(FindingFilter(owner="Maria")).total == 0
    assert seen.findings(FindingFilter(order="s00001")).total == 1


def test_an_order_is_found_though_another_company_numbers_alike(database: TestDatabase, seen: PostgresFindingDesk) -> None:
    twin = at_risk(2, score=80, order=replace(order_record(2), name="S00001"))
    publish(database, full(trouble(1), orders=(at_risk(1), twin)))
    row = seen.order("S00001")
    assert row is not None
    assert row["score"] == 80


def test_a_full_scan_is_everything_and_an_incremental_one_the_difference(
    database: TestDatabase, seen: PostgresFindingDesk
) -> None:
    publish(database, full(trouble(1), trouble(2)))
    publish(database, difference(trouble(3), at=LATER, at_risk=2, orders_gone=frozenset({1})))
    assert {row["order"] for row in seen.listed(RiskFilter(limit=10)).rows} == {"S00002", "S00003"}
    publish(database, full(trouble(3), at=LATER))
    assert {row["order"] for row in seen.listed(RiskFilter(limit=10)).rows} == {"S00003"}


def test_what_could_not_be_looked_at_is_not_over(database: TestDatabase) -> None:
    hold = trouble(1, FindingKind.CREDIT_HOLD)
    publish(database, full(hold, trouble(2)))
    blind = publish(database, replace(full(at=LATER), unjudged=frozenset({FindingKind.CREDIT_HOLD})))
    assert blind.resolved == 1
    assert [finding.body["kind"] for finding in known(database, states=(FindingState.OPEN,))] == ["credit_hold"]
    assert publish(database, full(at=LATER)).resolved == 1
    assert not known(database, states=(FindingState.OPEN,))


CREDIT_UNSEEN = {"unjudged": frozenset({FindingKind.CREDIT_HOLD}), "open_ids": frozenset({1, 2, 3})}


def test_an_open_order_whose_only_trouble_could_not_be_looked_at_stays_at_risk(
    database: TestDatabase, seen: PostgresFindingDesk
) -> None:
    hold = trouble(1, FindingKind.CREDIT_HOLD)
    closed = trouble(4, FindingKind.CREDIT_HOLD)
    of_customer = replace(late_receipt(7, 3), kind=FindingKind.CREDIT_HOLD)
    publish(database, full(hold, trouble(2), of_customer, closed))
    publish(database, replace(full(at=LATER), **CREDIT_UNSEEN))
    assert {row["order"] for row in seen.listed(RiskFilter(limit=10)).rows} == {"S00001", "S00003"}
    standing = seen.standing()
    assert standing is not None
    assert standing.at_risk == 2
    publish(database, difference(at=LATER, orders_gone=frozenset({1}), **CREDIT_UNSEEN))
    assert {row["order"] for row in seen.listed(RiskFilter(limit=10)).rows} == {"S00001", "S00003"}
    publish(database, difference(at=LATER, orders_gone=frozenset({1}), **CREDIT_UNSEEN | {"open_ids": frozenset({2, 3})}))
    assert {row["order"] for row in seen.listed(RiskFilter(limit=10)).rows} == {"S00003"}
    publish(database, full(at=LATER))
    assert seen.listed(RiskFilter(limit=10)).rows == ()


def test_the_standing_tells_the_last_scan_and_the_last_full_one(database: TestDatabase, seen: PostgresFindingDesk) -> None:
    publish(database, full(trouble(1)))
    publish(database, difference(at=LATER, not_seen=("Invoices were not looked at.",)))
    standing = seen.standing()
    assert standing is not None
    assert (standing.as_of, standing.last_full, standing.open_orders) == (LATER, NOON, 100)
    assert standing.not_seen == ("Invoices were not looked at.",)


def test_what_is_as_it_was_is_not_written_again(database: TestDatabase) -> None:
    first = publish(database, full(trouble(1), trouble(2)))
    again = publish(database, full(trouble(1), trouble(2), at=LATER))
    changed = publish(database, full(trouble(1), trouble(2), at=LATER, orders=(at_risk(1, trouble(1)), at_risk(2, score=99))))
    assert (first.orders_written, again.orders_written, changed.orders_written) == (2, 0, 1)
    assert (first.opened, again.opened, again.updated) == (2, 0, 0)
    assert database.one("admin", "SELECT count(DISTINCT scan_id) FROM order_risk") == 2


def test_a_scan_that_is_older_than_what_was_published_is_left_out(database: TestDatabase, seen: PostgresFindingDesk) -> None:
    publish(database, full(trouble(1), at=LATER))
    with pytest.raises(PreconditionFailed, match="older"):
        publish(database, full(at=NOON))
    assert seen.order("S00001") is not None


def test_a_trouble_found_twice_is_published_once(database: TestDatabase) -> None:
    grave = trouble(1, severity=Severity.CRITICAL)
    publish(database, full(grave, trouble(1)))
    assert [finding.body["severity"] for finding in known(database)] == ["critical"]


def test_two_scans_at_once_take_turns(database: TestDatabase, seen: PostgresFindingDesk) -> None:
    scans = [full(*(trouble(number, summary=f"As scan {scan} saw it.") for number in range(200))) for scan in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda scan: publish(database, scan), scans))
    assert len({row["findings"][0]["summary"] for row in seen.listed(RiskFilter(limit=500)).rows}) == 1
    assert {event.kind for event in seen.finding(known(database)[0].id).history} == {"opened", "updated"}
    assert database.one("serve", "SELECT count(*) FROM finding_event WHERE kind = 'opened'") == 200


def test_a_scan_that_breaks_off_leaves_the_board_as_it_was(database: TestDatabase, seen: PostgresFindingDesk) -> None:
    publish(database, full(trouble(1)))
    backend = threading.Event()

    def url_of_a_dying_process(record: object) -> None:
        if not backend.is_set():
            backend.set()
            database.one(
                "admin",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE usename = 'expediter_worker' AND state = 'idle in transaction' AND datname = current_database()",
            )

    with pytest.raises((DatabaseUnavailable, psycopg.Error)):
        PostgresRiskBoard(database.pool("worker")).publish(full(trouble(2), at=LATER), url_of_a_dying_process, WAREHOUSES)
    assert backend.is_set()
    assert [row["order"] for row in seen.listed(RiskFilter(limit=10)).rows] == ["S00001"]
    assert [finding.body["order"] for finding in known(database)] == ["S00001"]
    standing = seen.standing()
    assert standing is not None
    assert standing.as_of == NOON
    assert publish(database, full(trouble(2), at=LATER)).resolved == 1


def test_a_board_of_15000_orders_is_published_and_asked_quickly(database: TestDatabase, seen: PostgresFindingDesk) -> None:
    findings = tuple(
        trouble(number, kind, summary=f"{kind} of {number}: " + "forty lamps are missing, and the vendor is late. " * 4)
        for number in range(1, 15_001)
        for kind in (FindingKind.PROMISE_MISSED, FindingKind.NO_SUPPLY)[: 1 + number % 2]
    )
    orders = tuple(at_risk(finding.order.id, finding, score=finding.order.id % 100) for finding in findings[::1] if finding.order)
    scan = full(*findings, orders=tuple({risk.order.id: risk for risk in orders}.values()))
    first = _seconds(lambda: publish(database, scan))
    unchanged = _seconds(lambda: publish(database, replace(scan, as_of=LATER)))
    database.one("admin", "ANALYZE")
    list_ms, order_ms, findings_ms = (
        1000 * min(_seconds(ask) for _ in range(15))
        for ask in (
            lambda: seen.listed(RiskFilter(limit=50)).rows,
            lambda: seen.order("S07777"),
            lambda: known(database, warehouse="WH", severities=(Severity.MEDIUM,)),
        )
    )
    assert max(list_ms, order_ms) < 50
    assert findings_ms < 1000
    assert first < 90
    assert unchanged < first


def test_a_receipt_that_several_orders_wait_for_is_found_by_each_of_them(
    database: TestDatabase, seen: PostgresFindingDesk
) -> None:
    publish(database, full(late_receipt(7, 1, 2), trouble(1)))
    assert {finding.body["kind"] for finding in known(database, order="S00001")} == {"receipt_overdue", "promise_at_risk"}
    (only,) = known(database, order="S00002")
    assert (only.value, only.currency, only.body["subject"]["url"]) == (200, "EUR", url_of(late_receipt(7).subject))


def _seconds(act: object) -> float:
    began = time.perf_counter()
    assert callable(act)
    act()
    return time.perf_counter() - began
