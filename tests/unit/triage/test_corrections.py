"""What a mail is once people have corrected it; the newest word counts."""

from datetime import UTC, datetime

import pytest

from agent.domain.mail import MailClass, Priority
from agent.domain.mail_corrections import corrected, priority_of_correction
from agent.domain.mail_threads import MailEvent, MailEventKind
from agent.domain.records import Record
from tests.fixtures.arriving import made

K = MailEventKind
ORDER, OTHER = Record("sale.order", 12, "S00012"), Record("sale.order", 13, "S00013")


def said(kind: MailEventKind, **what: object) -> MailEvent:
    return MailEvent(1, 1, kind, datetime(2026, 11, 30, tzinfo=UTC), "maria", **what)  # type: ignore[arg-type]


def linked(record: Record) -> dict[str, object]:
    return {"model": record.model, "id": record.id, "name": record.name, "confidence": 0.4}


def test_nothing_said_changes_nothing() -> None:
    row = made(needs_person=True, draft="Dear")
    assert corrected(row, []) == row


def test_who_only_takes_or_finishes_it_says_nothing_about_what_it_is() -> None:
    row = made(needs_person=True)
    assert corrected(row, [said(K.TAKEN, owner="maria"), said(K.DONE)]) == row


def test_the_draft_of_another_class_goes_with_it() -> None:
    row = corrected(made(draft="Dear", needs_person=True), [said(K.CORRECTED, mail_class=MailClass.ORDER_CHANGE)])
    assert (row["class"], row["intents"], row["draft"], row["needs_person"]) == ("order_change", ["order_change"], None, False)


def test_a_draft_stays_where_only_the_priority_was_wrong() -> None:
    row = corrected(made(draft="Dear"), [said(K.CORRECTED, priority=Priority.P1, reason="They threaten to leave.")])
    assert (row["priority"], row["draft"]) == ("P1", "Dear")
    assert row["reason"] == "maria corrected it: They threaten to leave."


def test_a_link_by_a_person_is_certain_and_takes_the_candidate_away() -> None:
    row = corrected(made(candidates=[linked(ORDER), linked(OTHER)]), [said(K.LINKED, record=ORDER)])
    assert row["links"] == [linked(ORDER) | {"confidence": 1.0}]
    assert row["candidates"] == [linked(OTHER)]


def test_unlinked_and_linked_again_it_is_linked_once() -> None:
    events = [said(K.UNLINKED, record=ORDER), said(K.LINKED, record=ORDER), said(K.LINKED, record=ORDER)]
    assert len(corrected(made(links=[linked(ORDER)]), events)["links"]) == 1
    assert corrected(made(links=[linked(ORDER)]), events[:1])["links"] == []


@pytest.mark.parametrize(
    ("row", "kind", "priority"),
    [
        (made(**{"class": "proof_of_delivery", "priority": "P4"}), MailClass.DELIVERY_EXCEPTION, Priority.P1),
        (made(**{"class": "order_status_inquiry", "priority": "P2"}), MailClass.QUOTE_OR_ORDER, Priority.P2),
        (made(**{"class": "delivery_exception", "priority": "P1"}), MailClass.PROOF_OF_DELIVERY, Priority.P4),
        (made(**{"class": "automated_noise", "priority": "P5"}), MailClass.ORDER_CHANGE, Priority.P2),
        (made(**{"class": "delay_notice", "priority": "P1"}), MailClass.AUTOMATED_NOISE, Priority.P5),
        (made(**{"class": "invoice_dispute", "priority": "P1", "flags": ["bank_change"]}), MailClass.OTHER, Priority.P1),
    ],
)
def test_another_class_is_as_far_above_its_usual_urgency_as_the_old_one_was(
    row: dict[str, object], kind: MailClass, priority: Priority
) -> None:
    assert priority_of_correction(row, kind) is priority
