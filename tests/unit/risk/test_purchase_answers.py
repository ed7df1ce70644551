"""purchase_unconfirmed and purchase_approval_stalled at their boundaries."""

from datetime import timedelta

import pytest

from agent.domain.findings import Severity
from tests.unit.risk.builders import A_MOMENT, NOW, euros, in_days
from tests.unit.risk.purchasing_world import PurchasingWorld

UNCONFIRMED, STALLED = "purchase_unconfirmed", "purchase_approval_stalled"


def world_with(state: str, **given) -> PurchasingWorld:
    """One purchase in question, and one that its vendor has acknowledged."""
    world = PurchasingWorld()
    world.order_of(world.purchase(at=in_days(6), state=state), **given)
    world.order_of(world.purchase(at=in_days(6)), acknowledged=True)
    return world


@pytest.mark.parametrize(
    ("state", "given"), [("sent", "changed_at"), ("purchase", "ordered_at")], ids=["sent", "confirmed, not acknowledged"]
)
def test_a_vendor_may_take_the_policys_hours_to_answer(state, given):
    for asked, found in ((NOW - timedelta(hours=48), 0), (NOW - timedelta(hours=48) - A_MOMENT, 1)):
        world = world_with(state, **{given: asked}, acknowledged=False)
        assert len(world.of_kind(UNCONFIRMED, acknowledgement_hours=48)) == found


@pytest.mark.parametrize("state", ["draft", "to approve", "done", "cancel"])
def test_of_what_the_vendor_does_not_have_or_has_closed_no_answer_is_awaited(state):
    assert not world_with(state, acknowledged=False).of_kind(UNCONFIRMED)


@pytest.mark.parametrize("answer", [True, None])
def test_an_acknowledged_purchase_or_one_nobody_keeps_answers_of_is_no_trouble(answer):
    assert not world_with("purchase", acknowledged=answer).of_kind(UNCONFIRMED)


def test_where_no_purchase_was_ever_acknowledged_its_absence_tells_nothing():
    world = PurchasingWorld()
    world.order_of(world.purchase(at=in_days(6)), acknowledged=False)
    assert not world.of_kind(UNCONFIRMED)
    world.order_of(world.purchase(at=in_days(6)), acknowledged=True)
    assert len(world.of_kind(UNCONFIRMED)) == 1


def test_of_what_has_begun_to_arrive_the_vendor_knows():
    world = PurchasingWorld()
    world.order_of(world.purchase(10, at=in_days(6), received=2), acknowledged=False)
    world.order_of(world.purchase(at=in_days(6)), acknowledged=True)
    assert not world.of_kind(UNCONFIRMED)


def test_the_summary_says_since_when_and_who_waits():
    world = PurchasingWorld()
    order = world.order(in_days(9))
    world.line(order, 10)
    confirmed = world.order_of(world.purchase(at=in_days(6)), acknowledged=False, ordered_at=in_days(-5))
    sent = world.order_of(world.purchase(at=in_days(6), state="sent"), changed_at=in_days(-4))
    world.order_of(world.purchase(at=in_days(60)), acknowledged=True)
    first, second = world.of_kind(UNCONFIRMED)
    assert first.summary == (
        f"Nordholz has not acknowledged {confirmed.name}, ordered on 2026-07-29 (5 days ago); {order.name} waits for it."
    )
    assert (first.severity, first.since, first.subject) == (Severity.MEDIUM, in_days(-5), confirmed.record)
    assert second.summary == f"{sent.name} was sent to Nordholz and has had no answer since 2026-07-30 (4 days ago)."
    assert second.severity == "low"
    assert ("state", "sent") in [(fact.field, fact.value) for fact in second.evidence]


def test_an_order_that_counts_on_an_unanswered_request_makes_it_grave():
    world = PurchasingWorld()
    order = world.order(in_days(9))
    line = world.line(order, 10)
    world.order_of(world.purchase(at=in_days(6), state="sent", for_lines=(line.id,)))
    (found,) = world.of_kind(UNCONFIRMED)
    assert ([each.order.name for each in found.affects], found.severity) == ([order.name], "high")


def test_a_purchase_waits_for_approval_for_the_policys_hours():
    for changed, found in ((NOW - timedelta(hours=24), 0), (NOW - timedelta(hours=24) - A_MOMENT, 1)):
        world = world_with("to approve", changed_at=changed)
        assert len(world.of_kind(STALLED, purchase_approval_hours=24)) == found


@pytest.mark.parametrize("state", ["draft", "sent", "purchase", "done"])
def test_only_what_is_to_be_approved_stalls(state):
    assert not world_with(state).of_kind(STALLED)


def test_the_summary_says_how_much_whose_and_since_when():
    world = world_with("to approve", changed_at=in_days(-4), amount=euros(1234.5), buyer="Ines")
    purchase = world.bought[0]
    (found,) = world.of_kind(STALLED)
    assert found.summary == (
        f"{purchase.name} from Nordholz over 1,234.50 EUR, bought by Ines, has waited for approval since 2026-07-30 (4 days ago)."
    )
    assert {fact.field for fact in found.evidence} == {"state", "write_date", "amount_untaxed", "user_id"}


@pytest.mark.parametrize(
    ("kind", "state", "threshold"),
    [(UNCONFIRMED, "sent", "acknowledgement_hours"), (STALLED, "to approve", "purchase_approval_hours")],
)
def test_a_class_of_vendors_may_be_given_longer(kind, state, threshold):
    world = world_with(state, changed_at=in_days(-5))
    assert world.of_kind(kind, {threshold: 240})
    world.vendor_class("patient")
    assert not world.of_kind(kind, {threshold: 240})
