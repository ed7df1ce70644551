"""The brief says what became of each finding since then, all in all."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.domain.briefs import Brief, Change
from agent.domain.decisions import Role
from agent.domain.finding_life import Deed, EventKind
from agent.domain.findings import Severity
from agent.errors import PreconditionFailed
from agent.risk.brief import make_brief
from integrations.database.finding_desk import PostgresFindingDesk
from integrations.database.risk_board import PostgresRiskBoard
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.scans import full, known, publish, trouble


def brief_since(database: TestDatabase, since: datetime, **narrowed: str) -> Brief:
    return make_brief(PostgresRiskBoard(database.pool("worker")), since, **narrowed)


def changes(brief: Brief) -> dict[str, Change]:
    return {line.finding.body["order"]: line.change for line in brief.lines}


@pytest.fixture
def morning(database: TestDatabase) -> datetime:
    """A moment after a first scan with four troubles; whatever the tests publish comes later."""
    publish(database, full(trouble(1), trouble(2), trouble(3), trouble(4)))
    return datetime.fromisoformat(database.one("admin", "SELECT clock_timestamp()::text"))


def test_new_worse_better_and_gone_are_told_and_what_stayed_is_not(database: TestDatabase, morning: datetime) -> None:
    publish(database, full(trouble(1), trouble(2, severity=Severity.HIGH), trouble(3, severity=Severity.LOW), trouble(5)))
    brief = brief_since(database, morning)
    assert changes(brief) == {
        "S00002": Change.WORSE,
        "S00003": Change.BETTER,
        "S00004": Change.GONE,
        "S00005": Change.NEW,
    }
    assert [line.change for line in brief.lines] == [Change.NEW, Change.WORSE, Change.BETTER, Change.GONE]
    assert brief.counts == {Change.NEW: 1, Change.WORSE: 1, Change.BETTER: 1, Change.GONE: 1}


def test_what_came_and_went_in_between_is_no_news(database: TestDatabase, morning: datetime) -> None:
    four = (trouble(1), trouble(2), trouble(3), trouble(4))
    publish(database, full(*four, trouble(5)))
    publish(database, full(*four))
    assert brief_since(database, morning).lines == ()


def test_what_was_gone_and_came_back_is_new(database: TestDatabase) -> None:
    publish(database, full(trouble(1)))
    publish(database, full())
    between = datetime.fromisoformat(database.one("admin", "SELECT clock_timestamp()::text"))
    publish(database, full(trouble(1)))
    (line,) = brief_since(database, between).lines
    assert (line.change, line.before) == (Change.NEW, None)


def test_got_worse_and_better_again_is_no_news(database: TestDatabase, morning: datetime) -> None:
    publish(database, full(trouble(1, severity=Severity.HIGH), trouble(2), trouble(3), trouble(4)))
    publish(database, full(trouble(1), trouble(2), trouble(3), trouble(4)))
    assert brief_since(database, morning).lines == ()


def test_what_somebody_put_aside_is_no_news_until_it_is_gone(database: TestDatabase, morning: datetime) -> None:
    publish(database, full(trouble(1), trouble(2), trouble(3), trouble(4), trouble(5)))
    maria = database.person("maria", Role.OPS_AGENT)
    five = next(finding for finding in known(database) if finding.body["order"] == "S00005")
    PostgresFindingDesk(database.pool("serve")).say(five.id, maria.id, Deed(EventKind.ACKNOWLEDGED, Severity.MEDIUM))
    assert brief_since(database, morning).lines == ()


def test_it_can_be_narrowed_to_what_one_person_takes_care_of(database: TestDatabase, morning: datetime) -> None:
    publish(database, full(trouble(1), trouble(2), trouble(3), trouble(4), trouble(5), trouble(6)))
    maria = database.person("maria", Role.OPS_AGENT)
    five = next(finding for finding in known(database) if finding.body["order"] == "S00005")
    PostgresFindingDesk(database.pool("serve")).say(
        five.id, maria.id, Deed(EventKind.ASSIGNED, Severity.MEDIUM, owner_id=maria.id)
    )
    brief = brief_since(database, morning, owner="maria")
    assert set(changes(brief)) == {"S00005"}
    assert (brief.at_risk, brief_since(database, morning).at_risk) == (1, 6)


def test_before_the_first_scan_there_is_nothing_to_brief_on(database: TestDatabase) -> None:
    with pytest.raises(PreconditionFailed, match="Nothing has been scanned yet"):
        brief_since(database, datetime.now(UTC) - timedelta(days=1))
