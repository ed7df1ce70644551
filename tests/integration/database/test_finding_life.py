"""The same trouble is one finding, whatever becomes of it; what people said holds until it gets graver or comes back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.domain.decisions import Person, Role
from agent.domain.finding_life import Deed, EventKind, FindingFilter, FindingState
from agent.domain.findings import FindingKind, Severity
from agent.errors import DecisionRefused, NotPermitted, PreconditionFailed, RecordMissing
from integrations.database.audit_log import PostgresAuditLog
from integrations.database.finding_desk import PostgresFindingDesk
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.scans import NOON, difference, full, known, late_receipt, publish, the_only, trouble

TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def maria(database: TestDatabase) -> Person:
    return database.person("maria", Role.OPS_AGENT)


def say(
    database: TestDatabase,
    person: Person,
    kind: EventKind,
    *,
    shown: Severity = Severity.MEDIUM,
    finding: int | None = None,
    **more: Any,
) -> None:
    target = finding if finding is not None else the_only(database).id
    PostgresFindingDesk(database.pool("serve")).say(target, person.id, Deed(kind, shown, **more))


def told(database: TestDatabase) -> list[str]:
    return [event.kind.value for event in the_only(database).history]


def test_the_same_trouble_is_one_finding_through_all_its_life(database: TestDatabase) -> None:
    publish(database, full(trouble(1)))
    first = the_only(database)
    publish(database, full(trouble(1, summary="The lamps come still later.")))
    publish(database, full(trouble(1, severity=Severity.HIGH)))
    publish(database, full(trouble(1, severity=Severity.LOW)))
    publish(database, full())
    publish(database, full(trouble(1, severity=Severity.LOW)))
    last = the_only(database)
    assert (last.id, last.opened_at) == (first.id, first.opened_at)
    assert told(database) == ["opened", "updated", "escalated", "eased", "resolved", "reopened"]
    assert last.state is FindingState.OPEN


def test_what_an_incremental_scan_does_not_name_stays_as_it_was(database: TestDatabase) -> None:
    publish(database, full(trouble(1)))
    publish(database, difference(trouble(2)))
    assert len(known(database, states=(FindingState.OPEN,))) == 2
    publish(database, difference(resolved=frozenset({trouble(1).fingerprint})))
    assert [finding.body["order"] for finding in known(database, states=(FindingState.RESOLVED,))] == ["S00001"]


def test_a_resolved_finding_is_seen_no_more_and_not_resolved_twice(database: TestDatabase) -> None:
    publish(database, full(trouble(1)))
    assert the_only(database).seen_at == NOON
    publish(database, full())
    publish(database, full())
    assert told(database) == ["opened", "resolved"]
    assert the_only(database).seen_at is None


def test_coming_back_graver_is_told_as_both(database: TestDatabase) -> None:
    publish(database, full(trouble(1)))
    publish(database, full())
    publish(database, full(trouble(1, severity=Severity.CRITICAL)))
    assert told(database) == ["opened", "resolved", "reopened", "escalated"]


def test_who_said_what_is_kept_with_the_reason(database: TestDatabase, maria: Person) -> None:
    owner = database.person("sofia", Role.BUYER)
    publish(database, full(trouble(1)))
    say(database, maria, EventKind.COMMENTED, reason="  The vendor calls back at four. ")
    say(database, maria, EventKind.ASSIGNED, owner_id=owner.id)
    say(database, maria, EventKind.MARKED_TRUE, reason="Confirmed by the vendor.")
    found = the_only(database)
    assert (found.owner, found.verdict, found.verdict_by) == ("sofia", EventKind.MARKED_TRUE, "maria")
    assert [(event.person, event.reason) for event in found.history[1:]] == [
        ("maria", "The vendor calls back at four."),
        ("maria", ""),
        ("maria", "Confirmed by the vendor."),
    ]
    assert [finding.id for finding in known(database, owner="sofia")] == [found.id]
    assert known(database, owner="maria") == ()


def test_the_audit_log_names_whoever_said_it(database: TestDatabase, maria: Person) -> None:
    publish(database, full(trouble(1)))
    say(database, maria, EventKind.MARKED_FALSE, reason="They are in stock.")
    log = PostgresAuditLog(database.pool("serve"))
    (entry,) = log.about(f"finding:{the_only(database).id}")
    assert (entry.kind, entry.person, entry.payload and entry.payload["reason"]) == (
        "finding.marked_false", "maria", "They are in stock.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("deed", "state"),
    [
        ({"kind": EventKind.ACKNOWLEDGED}, FindingState.ACKNOWLEDGED),
        ({"kind": EventKind.SNOOZED, "until": TOMORROW}, FindingState.SNOOZED),
        ({"kind": EventKind.MARKED_FALSE, "reason": "They are in stock."}, FindingState.FALSE_ALARM),
    ],
)
class TestPutAside:
    def test_it_holds_while_nothing_gets_worse(
        self, database: TestDatabase, maria: Person, deed: dict[str, Any], state: FindingState
    ) -> None:
        publish(database, full(trouble(1)))
        say(database, maria, **deed)
        publish(database, full(trouble(1, summary="Other words.")))
        publish(database, full(trouble(1, severity=Severity.LOW)))
        assert the_only(database).state is state

    def test_it_ends_when_the_trouble_gets_graver(
        self, database: TestDatabase, maria: Person, deed: dict[str, Any], state: FindingState
    ) -> None:
        publish(database, full(trouble(1)))
        say(database, maria, **deed)
        publish(database, full(trouble(1, severity=Severity.HIGH)))
        assert the_only(database).state is FindingState.OPEN

    def test_it_is_left_out_of_the_list_and_counted(
        self, database: TestDatabase, maria: Person, deed: dict[str, Any], state: FindingState
    ) -> None:
        publish(database, full(trouble(1), trouble(2)))
        say(database, maria, finding=known(database, order="S00001")[0].id, **deed)
        listed = PostgresFindingDesk(database.pool("serve")).findings(FindingFilter())
        assert [finding.body["order"] for finding in listed.findings] == ["S00002"]
        assert (listed.total, listed.set_aside) == (1, {state: 1})

    def test_coming_back_ends_all_but_a_snooze(
        self, database: TestDatabase, maria: Person, deed: dict[str, Any], state: FindingState
    ) -> None:
        publish(database, full(trouble(1)))
        say(database, maria, **deed)
        publish(database, full())
        publish(database, full(trouble(1)))
        still = state is FindingState.SNOOZED
        assert the_only(database).state is (FindingState.SNOOZED if still else FindingState.OPEN)


def test_a_snooze_ends_when_its_time_is_over_or_somebody_ends_it(database: TestDatabase, maria: Person) -> None:
    publish(database, full(trouble(1)))
    say(database, maria, EventKind.SNOOZED, until=TOMORROW)
    assert the_only(database).snoozed_until == TOMORROW
    say(database, maria, EventKind.UNSNOOZED)
    assert the_only(database).state is FindingState.OPEN
    say(database, maria, EventKind.SNOOZED, until=datetime.now(UTC) + timedelta(seconds=1))
    with database.connection("serve") as connection:
        connection.execute("SELECT pg_sleep(1)")
    assert the_only(database).state is FindingState.OPEN


def test_a_word_counts_only_for_what_was_shown(database: TestDatabase, maria: Person) -> None:
    publish(database, full(trouble(1)))
    publish(database, full(trouble(1, severity=Severity.CRITICAL)))
    with pytest.raises(DecisionRefused, match="is critical by now, not medium"):
        say(database, maria, EventKind.SNOOZED, until=TOMORROW, shown=Severity.MEDIUM)


@pytest.mark.parametrize(
    "until", [datetime.now(UTC) - timedelta(seconds=1), datetime.now(UTC) + timedelta(days=400)], ids=["past", "too far"]
)
def test_a_snooze_ends_some_time_within_a_year(database: TestDatabase, maria: Person, until: datetime) -> None:
    publish(database, full(trouble(1)))
    with pytest.raises(PreconditionFailed, match="within the next year"):
        say(database, maria, EventKind.SNOOZED, until=until)


def test_what_is_over_can_be_judged_and_not_taken_on(database: TestDatabase, maria: Person) -> None:
    publish(database, full(trouble(1)))
    publish(database, full())
    say(database, maria, EventKind.MARKED_FALSE, reason="It was in stock all the time.")
    for deed in ({"kind": EventKind.ACKNOWLEDGED}, {"kind": EventKind.SNOOZED, "until": TOMORROW}):
        with pytest.raises(PreconditionFailed, match="is over since"):
            say(database, maria, **deed)
    assert the_only(database).verdict is EventKind.MARKED_FALSE


def test_only_active_people_speak_and_own(database: TestDatabase, maria: Person) -> None:
    publish(database, full(trouble(1)))
    gone = database.person("gone")
    database.one("admin", "UPDATE person SET active = false WHERE handle = 'gone'")
    with pytest.raises(NotPermitted, match="active person"):
        say(database, gone, EventKind.ACKNOWLEDGED)
    with pytest.raises(PreconditionFailed, match="active person can own"):
        say(database, maria, EventKind.ASSIGNED, owner_id=gone.id)
    with pytest.raises(RecordMissing, match="no finding F999"):
        say(database, maria, EventKind.ACKNOWLEDGED, finding=999)


@pytest.mark.parametrize("kind", [EventKind.COMMENTED, EventKind.MARKED_TRUE, EventKind.MARKED_FALSE])
@pytest.mark.parametrize("reason", ["", "  \n "])
def test_a_mark_or_comment_without_words_is_refused(database: TestDatabase, maria: Person, kind: EventKind, reason: str) -> None:
    publish(database, full(trouble(1)))
    with pytest.raises(PreconditionFailed, match="reason"):
        say(database, maria, kind, reason=reason)


def test_the_list_is_narrowed_by_kind_severity_warehouse_and_change_and_has_the_gravest_first(database: TestDatabase) -> None:
    publish(database, full(trouble(1), trouble(2, FindingKind.NO_SUPPLY, Severity.CRITICAL, warehouse_id=2), late_receipt(7, 1)))
    assert [finding.body["severity"] for finding in known(database)] == ["critical", "high", "medium"]
    assert [finding.body["order"] for finding in known(database, kinds=(FindingKind.NO_SUPPLY,))] == ["S00002"]
    assert [finding.warehouse for finding in known(database, warehouse="nth")] == ["North"]
    assert len(known(database, severities=(Severity.HIGH, Severity.MEDIUM))) == 2
    moment = datetime.now(UTC)
    publish(database, full(trouble(1, severity=Severity.HIGH), *(), late_receipt(7, 1)))
    assert {finding.body["order"] for finding in known(database, since=moment)} == {"S00001", "S00002"}
    listed = PostgresFindingDesk(database.pool("serve")).findings(FindingFilter(limit=1))
    assert (len(listed.findings), listed.total) == (1, 2)
