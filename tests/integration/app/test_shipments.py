"""What carriers said is noted by whoever heard it, and watched with the rest of our own affairs."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from fastapi.testclient import TestClient

from agent.domain.affairs import Shipment, ShipmentStatus
from agent.domain.decisions import Role
from agent.domain.records import Record
from agent.risk.affairs import take_affairs
from integrations.database.own_affairs import PostgresOwnAffairs
from integrations.database.proposal_desk import PostgresProposalDesk
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.fixtures.postgres import TestDatabase
from tests.integration.app.conftest import As

LATER = {"tracking": "1Z 999", "status": "exception", "eta": "2030-01-05T12:00:00+00:00", "said": "lost at the depot"}


class Deliveries:
    """Knows one parcel."""

    def shipments(self, tracking):
        known = Shipment(Record("stock.picking", 7, "WH/OUT/7"), "1Z 999", 3, Record("sale.order", 3, "S3"), "Acme", None, 1)
        return [known] if known.tracking in tracking else []


def affairs_of(database: TestDatabase, now: datetime | None = None):
    pool = database.pool("worker")
    moment = now or datetime.now(UTC)
    return take_affairs(PostgresProposalDesk(pool), PostgresOwnAffairs(pool), Deliveries(), PACKAGED_POLICY, moment)


def test_what_a_carrier_said_is_kept_and_the_latest_word_counts(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    clerk = signed_in(database.person(None, Role.WAREHOUSE_LEAD))
    earlier = {**LATER, "status": "in_transit", "occurred_at": (datetime.now(UTC) - timedelta(days=1)).isoformat()}
    assert api.post("/v1/shipments/reports", json=LATER, headers=clerk).status_code == 201
    assert api.post("/v1/shipments/reports", json=earlier, headers=clerk).status_code == 201
    affairs = affairs_of(database)
    (report,) = affairs.reports
    assert (report.tracking, report.status, report.said) == ("1Z 999", ShipmentStatus.EXCEPTION, "lost at the depot")
    assert [shipment.order.name for shipment in affairs.shipments] == ["S3"]


def test_what_nobody_followed_for_long_is_read_no_longer(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    now = datetime.now(UTC)
    said = {"eta": now.isoformat(), "occurred_at": (now - timedelta(days=9)).isoformat()}
    clerk = signed_in(database.person(None, Role.OPS_AGENT))
    assert api.post("/v1/shipments/reports", json=LATER | said, headers=clerk).status_code == 201
    month = timedelta(days=PACKAGED_POLICY.limits.usual.carrier_report_days)
    assert len(affairs_of(database, now + month - timedelta(minutes=1)).reports) == 1
    assert affairs_of(database, now + month + timedelta(minutes=1)).reports == ()


def test_what_was_delivered_is_watched_no_longer(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    clerk = signed_in(database.person(None, Role.OPS_AGENT))
    for status in ("exception", "delivered"):
        api.post("/v1/shipments/reports", json={**LATER, "status": status}, headers=clerk)
    assert affairs_of(database).reports == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"tracking": "x"},
        {"tracking": "1Z'; DROP TABLE"},
        {"status": "vanished"},
        {"eta": "tomorrow"},
        {"eta": "2030-01-05T12:00:00"},
        {"said": "a" * 1001},
        {"said": "nul\0"},
        {"more": 1},
    ],
)
def test_a_malformed_report_is_refused_with_one_sentence(api: TestClient, database: TestDatabase, signed_in: As, wrong) -> None:
    response = api.post("/v1/shipments/reports", json={**LATER, **wrong}, headers=signed_in(database.person(None, Role.BUYER)))
    assert response.status_code in (400, 422)
    assert set(response.json()) <= {"error", "kind"}
    assert affairs_of(database).reports == ()


def test_the_future_is_nobodys_report(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    response = api.post(
        "/v1/shipments/reports", json={**LATER, "occurred_at": soon}, headers=signed_in(database.person(None, Role.BUYER))
    )
    assert response.status_code == 409
    assert "future" in response.json()["error"]


def test_an_auditor_reports_nothing(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    response = api.post("/v1/shipments/reports", json=LATER, headers=signed_in(database.person(None, Role.AUDITOR)))
    assert response.status_code == 403


@pytest.mark.parametrize("process", ["serve", "worker", "executor"])
def test_no_process_changes_what_was_said(database: TestDatabase, process) -> None:
    for statement in ("UPDATE carrier_report SET status = 'delivered'", "DELETE FROM carrier_report"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.one(process, statement)


def test_a_waiting_proposal_is_due_when_its_rules_sla_is_over(database: TestDatabase) -> None:
    proposal = database.proposal()
    (waiting,) = affairs_of(database).approvals
    rule = PACKAGED_POLICY.require(proposal.content.action, proposal.content.facts)
    assert (waiting.proposal.name, waiting.subject) == (proposal.label, proposal.content.subject.record)
    assert waiting.due_at == rule.after(proposal.created_at, rule.sla)


def test_a_proposal_that_has_lapsed_waits_for_nobody(database: TestDatabase) -> None:
    proposal = database.proposal()
    assert affairs_of(database, proposal.expires_at + timedelta(seconds=1)).approvals == ()
