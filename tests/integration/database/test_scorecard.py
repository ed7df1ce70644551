"""Findings are scored by whether the orders they named shipped late, and by what people said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from agent.domain.decisions import Outcome, Person, ProposalContent
from agent.domain.finding_life import Deed, EventKind
from agent.domain.findings import Finding, FindingKind, Severity
from agent.domain.money import Money
from agent.domain.sales import Delivery, SaleOrder
from agent.domain.scorecard import RuleScore, Scorecard
from agent.jobs.outcomes import settle
from integrations.database.execution_desk import PostgresExecutionDesk
from integrations.database.finding_desk import PostgresFindingDesk
from integrations.database.scorebook import PostgresScorebook, PostgresScoreReading
from tests.fixtures.demo import DemoDatabase, DemoErp
from tests.fixtures.ledger import granted
from tests.fixtures.postgres import TestDatabase, note_content
from tests.fixtures.scans import at_risk, full, known, late_receipt, order_record, publish, trouble

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
PROMISE = NOON + timedelta(days=3)
IN_TIME, LATE = PROMISE - timedelta(hours=2), PROMISE + timedelta(days=1)


@pytest.fixture
def maria(database: TestDatabase) -> Person:
    return database.person("maria")


def found(database: TestDatabase, *findings: Finding, promise: datetime | None = PROMISE) -> None:
    """A scan made now that found these, each order promised for then."""
    orders = sorted({key for finding in findings for key in finding.order_ids})
    publish(database, full(*findings, orders=tuple(at_risk(key, promise_date=promise) for key in orders), at=datetime.now(UTC)))


def ended(number: int, delivered_at: datetime | None, promise: datetime | None = PROMISE) -> Delivery:
    record = order_record(number)
    order = SaleOrder(
        record.id, record.name, 1, "Acme", "sale", NOON, promise, Money(Decimal(100), "EUR"), 1, True, False, None, None
    )
    return Delivery(order, delivered_at)


def shipped(database: TestDatabase, *endings: Delivery) -> Scorecard:
    """The scorecard once these are noted."""
    PostgresScorebook(database.pool("worker")).settle(endings, datetime.now(UTC))
    return PostgresScoreReading(database.pool("serve")).scorecard()


def fate(card: Scorecard) -> str:
    """Of the only finding there is."""
    (name,) = [name for name in ("true", "false", "averted", "open", "unjudged") if getattr(card.total, name)]
    assert card.total.raised == 1
    return name


def said(database: TestDatabase, person: Person, kind: EventKind, **more: Any) -> None:
    (finding,) = known(database)
    PostgresFindingDesk(database.pool("serve")).say(finding.id, person.id, Deed(kind, Severity.MEDIUM, **more))


@pytest.mark.parametrize(
    ("delivered_at", "promise", "expected"),
    [
        (LATE, PROMISE, "true"),
        (IN_TIME, PROMISE, "false"),
        (PROMISE.replace(hour=23, minute=59), PROMISE, "false"),
        (PROMISE.replace(hour=0) + timedelta(days=1), PROMISE, "true"),
        (LATE, LATE + timedelta(days=1), "averted"),
        (LATE, PROMISE - timedelta(days=1), "true"),
        (None, PROMISE, "unjudged"),
        (LATE, None, "unjudged"),
    ],
    ids=["late", "in time", "late that day", "the next day", "promise moved", "moved to earlier", "cancelled", "no promise"],
)
def test_the_day_it_shipped_decides(
    database: TestDatabase, delivered_at: datetime | None, promise: datetime | None, expected: str
) -> None:
    found(database, trouble(1))
    assert fate(shipped(database, ended(1, delivered_at, promise))) == expected


def test_before_it_ships_a_finding_is_open_even_when_it_is_resolved(database: TestDatabase) -> None:
    found(database, trouble(1))
    found(database)
    assert fate(shipped(database)) == "open"


@pytest.mark.parametrize(
    "deed",
    [{"kind": EventKind.ACKNOWLEDGED}, {"kind": EventKind.MARKED_TRUE, "reason": "The vendor confirmed it."}],
    ids=["acknowledged", "called true"],
)
def test_what_somebody_took_on_and_shipped_in_time_was_averted(
    database: TestDatabase, maria: Person, deed: dict[str, Any]
) -> None:
    found(database, trouble(1))
    said(database, maria, **deed)
    assert fate(shipped(database, ended(1, IN_TIME))) == "averted"


def test_words_alone_and_a_snooze_avert_nothing(database: TestDatabase, maria: Person) -> None:
    found(database, trouble(1))
    said(database, maria, EventKind.COMMENTED, reason="Let us see.")
    said(database, maria, EventKind.SNOOZED, until=datetime.now(UTC) + timedelta(days=1))
    assert fate(shipped(database, ended(1, IN_TIME))) == "false"


@pytest.mark.parametrize(("action", "expected"), [("move_promise_date", "averted"), ("post_note", "false")])
def test_a_change_that_was_carried_out_averts_and_a_note_does_not(database: TestDatabase, action: str, expected: str) -> None:
    found(database, trouble(42))
    content = ProposalContent.model_validate({**note_content().model_dump(), "action": action})
    grant = granted(database, database.proposal(content=content))
    desk = PostgresExecutionDesk(database.pool("executor"))
    desk.finish(desk.begin(grant)[0], Outcome.DONE, "", {})
    assert fate(shipped(database, ended(42, IN_TIME))) == expected


def test_a_finding_of_several_orders_is_right_when_one_shipped_late(database: TestDatabase) -> None:
    found(database, late_receipt(7, 1, 2))
    assert fate(shipped(database, ended(1, IN_TIME))) == "open"
    assert fate(shipped(database, ended(2, LATE))) == "true"


def test_precision_recall_and_lead_are_of_each_rule_and_of_all(database: TestDatabase) -> None:
    found(
        database,
        trouble(1), trouble(1, FindingKind.NO_SUPPLY), trouble(2), trouble(3), trouble(4), late_receipt(7, 5),
    )  # fmt: skip
    card = shipped(database, ended(1, LATE), ended(2, IN_TIME), ended(3, LATE), ended(5, LATE), ended(6, LATE), ended(9, IN_TIME))
    by_rule = {score.rule: score for score in card.rules}
    promise = by_rule["promise_at_risk"]
    assert (promise.raised, promise.true, promise.false, promise.open) == (4, 2, 1, 1)
    assert (promise.precision, promise.recall(card.late)) == (Decimal("0.667"), Decimal("0.500"))
    assert promise.lead_days is not None
    assert abs(promise.lead_days - Decimal((PROMISE - datetime.now(UTC)) / timedelta(days=1))) < Decimal("0.2")
    assert (by_rule["no_supply"].precision, by_rule["no_supply"].caught) == (Decimal(1), 1)
    assert (card.late, card.shipped, card.missed) == (4, 6, ("S00006",))
    assert (card.total.caught, card.total.forewarned, card.total.recall(card.late)) == (3, 3, Decimal("0.750"))


def test_what_was_named_after_its_promise_is_no_warning_and_has_a_negative_lead(database: TestDatabase) -> None:
    past = NOON - timedelta(days=2)
    found(database, trouble(1, FindingKind.PROMISE_MISSED), promise=past)
    (score,) = shipped(database, ended(1, LATE, past)).rules
    assert (score.true, score.caught, score.forewarned) == (1, 1, 0)
    assert score.lead_days is not None
    assert score.lead_days < 0


def test_what_was_named_only_after_it_shipped_was_missed(database: TestDatabase) -> None:
    found(database, trouble(1), promise=NOON - timedelta(days=9))
    card = shipped(database, ended(1, NOON - timedelta(days=5), NOON - timedelta(days=9)))
    assert (fate(card), card.missed) == ("unjudged", ("S00001",))


def test_peoples_verdicts_are_counted_apart_and_the_last_one_counts(database: TestDatabase, maria: Person) -> None:
    found(database, trouble(1))
    said(database, maria, EventKind.MARKED_TRUE, reason="It looks so.")
    said(database, maria, EventKind.MARKED_FALSE, reason="They are in stock.")
    card = shipped(database)
    assert (card.total.said_true, card.total.said_false) == (0, 1)


def test_since_leaves_out_what_was_raised_and_shipped_before(database: TestDatabase) -> None:
    found(database, trouble(1))
    shipped(database, ended(1, LATE))
    reading = PostgresScoreReading(database.pool("serve"))
    assert reading.scorecard(datetime.now(UTC) + timedelta(minutes=1)).total.raised == 0
    assert reading.scorecard(LATE + timedelta(seconds=1)).late == 0
    assert reading.scorecard(LATE).late == 1


def test_an_order_ends_once(database: TestDatabase) -> None:
    found(database, trouble(1))
    book = PostgresScorebook(database.pool("worker"))
    assert book.settle([ended(1, LATE)], NOON) == 1
    assert book.settle([ended(1, IN_TIME), ended(2, IN_TIME)], NOON) == 1
    assert fate(book.scorecard()) == "true"


@pytest.mark.parametrize("role", ["serve", "worker", "admin"])
@pytest.mark.parametrize("table", ["order_ending", "settlement"])
def test_nobody_changes_how_an_order_ended(database: TestDatabase, role: Any, table: str) -> None:
    shipped(database, ended(1, LATE))
    with pytest.raises(psycopg.Error) as refused:
        database.one(role, f"DELETE FROM {table}")
    assert isinstance(refused.value, psycopg.errors.InsufficientPrivilege) or "only added to" in str(refused.value)


def test_before_the_first_scan_nothing_is_looked_for(database: TestDatabase) -> None:
    card = PostgresScorebook(database.pool("worker")).scorecard()
    assert (card.total, card.rules) == (RuleScore("all", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, None), ())
    assert PostgresScorebook(database.pool("worker")).unsettled() is None


def test_the_worker_looks_how_named_orders_ended_and_who_shipped_since_the_first_scan(
    demo_database: DemoDatabase, demo_erp: DemoErp
) -> None:
    book, now = PostgresScorebook(demo_database.pool("worker")), datetime.now(UTC)
    gone, cancelled, still_open = demo_erp.reader.open_sale_orders()[:3]
    findings = [replace(trouble(order.id), order=order.record, subject=order.record) for order in (gone, cancelled, still_open)]
    publish(demo_database, full(*findings, at=now))
    publish(demo_database, full(at=datetime.now(UTC)))
    with demo_database.connect("admin") as erp:
        erp.execute("UPDATE demo.sale_order SET delivery_status = 'full' WHERE id = %s", [gone.id])
        erp.execute("UPDATE demo.sale_order SET state = 'cancel' WHERE id = %s", [cancelled.id])
        erp.execute("UPDATE demo.picking SET state = 'done', done_at = now() WHERE sale_order_id = %s", [gone.id])
    assert settle(demo_erp.reader, book, lambda: datetime.now(UTC)) == 2
    assert settle(demo_erp.reader, book, lambda: datetime.now(UTC)) == 0
    unsettled = book.unsettled()
    assert unsettled is not None
    assert unsettled.order_ids == (still_open.id,)
    total = book.scorecard().total
    assert (total.open, total.unjudged) == (1, 1)
