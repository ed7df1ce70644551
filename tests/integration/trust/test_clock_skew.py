"""Machines whose clocks are hours wrong: deadlines are PostgreSQL's, so nothing lives longer or dies sooner for it."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from agent.domain.decisions import Outcome, Role
from agent.errors import NotPermitted
from agent.execution import execute
from agent.ports import clock
from app.settings import ExecutorSettings, ServeSettings
from app.web import create_app
from app.wiring.executor import execution_context
from app.wiring.serve import serve_context
from integrations.database.clock import DatabaseClock
from tests.fixtures.demo import DemoDatabase
from tests.fixtures.ledger import granted, lapse
from tests.fixtures.postgres import TestDatabase
from tests.integration.app.conftest import As

SKEWS = pytest.mark.parametrize("hours", [-72, -3, 3, 72])


class Wrong(datetime):
    """The clock of a machine that somebody set."""

    off = timedelta()

    @classmethod
    def now(cls, tz=None):  # type: ignore[no-untyped-def]  # as datetime has it
        return datetime.now(tz) + cls.off


@pytest.fixture
def wrong_clock(monkeypatch: pytest.MonkeyPatch, hours: int) -> Iterator[None]:
    monkeypatch.setattr(Wrong, "off", timedelta(hours=hours))
    monkeypatch.setattr(clock, "datetime", Wrong)
    yield
    assert abs(clock.utc_now() - datetime.now(UTC) - timedelta(hours=hours)) < timedelta(minutes=1)


def real_now(database: TestDatabase) -> datetime:
    moment = database.one("admin", "SELECT clock_timestamp()")
    assert isinstance(moment, datetime)
    return moment


def test_the_clock_is_the_databases_and_counts_on_in_between(database: TestDatabase) -> None:
    ours = DatabaseClock(database.pool("serve"))
    first = ours()
    assert first.utcoffset() == timedelta(0)
    assert abs(first - real_now(database)) < timedelta(seconds=5)
    with database.connection("admin"):
        assert first <= ours() <= real_now(database) + timedelta(seconds=1)


@SKEWS
@pytest.mark.usefixtures("wrong_clock")
def test_an_approval_at_a_server_with_a_wrong_clock_lasts_as_long_as_the_policy_says(
    database: TestDatabase, signed_in: As, hours: int
) -> None:
    proposal, lead = database.proposal(expires_in=timedelta(days=29)), database.person(None, Role.WAREHOUSE_LEAD)
    with ExitStack() as stack:
        context = serve_context(ServeSettings.read(), database.url("serve"), stack)
        api = stack.enter_context(TestClient(create_app(context)))
        click = {"verdict": "approve", "sha256": proposal.sha256}
        answer = api.post(f"/v1/proposals/{proposal.id}/decisions", json=click, headers=signed_in(lead))
        assert answer.json()["granted"] is True, answer.text
        lasts = context.policy.require(proposal.content.action, proposal.content.facts).expires_after
    until = database.one("admin", "SELECT expires_at FROM approval_grant")
    assert abs(until - real_now(database) - lasts) < timedelta(minutes=1)


@SKEWS
@pytest.mark.usefixtures("wrong_clock")
def test_an_executor_with_a_wrong_clock_carries_out_what_is_granted_and_nothing_that_lapsed(
    demo_database: DemoDatabase, hours: int
) -> None:
    lapsed, open_ = granted(demo_database), granted(demo_database)
    demo_database.one(
        "admin", "UPDATE approval_grant SET expires_at = clock_timestamp() - interval '1 second' WHERE id = %s", lapsed.id
    )
    context = execution_context(ExecutorSettings.read(demo=True), demo_database.pool("executor"))
    with pytest.raises(NotPermitted, match="lapsed"):
        execute(lapsed, context)
    # There is no S00042 in this company, and to find that out it has to be looked at.
    assert execute(open_, context) is Outcome.REFUSED_STALE
    assert demo_database.one("admin", "SELECT array_agg(grant_id) FROM execution") == [open_.id]


@SKEWS
@pytest.mark.usefixtures("wrong_clock")
def test_a_proposal_that_is_over_is_not_decided_whatever_a_server_thinks_the_time_is(
    database: TestDatabase, signed_in: As, hours: int
) -> None:
    proposal, lead = database.proposal(), database.person(None, Role.WAREHOUSE_LEAD)
    lapse(database, "proposal")
    with ExitStack() as stack:
        api = stack.enter_context(TestClient(create_app(serve_context(ServeSettings.read(), database.url("serve"), stack))))
        click = {"verdict": "approve", "sha256": proposal.sha256}
        answer = api.post(f"/v1/proposals/{proposal.id}/decisions", json=click, headers=signed_in(lead))
    assert answer.status_code == 409
    assert "expired" in answer.json()["error"]
    assert database.one("admin", "SELECT count(*) FROM decision") == 0
