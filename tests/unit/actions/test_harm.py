"""Who gets something later when stock, a reservation or a receipt goes elsewhere."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.actions.harm import Harm, Shift, Wait, harm_known, harm_of, together, unmet, waits_longer
from agent.domain.money import Money
from agent.domain.quantity import Quantity
from agent.domain.sales import Customer, SaleOrder, SaleOrderLine, Segment
from agent.domain.stock import Move, PickingKind
from agent.errors import PreconditionFailed

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOUSE, OTHER = 1, 2
ZERO = Decimal(0)
NOTHING = Shift()


def leaves(id: int, demand: float, days: int, reserved: float = 0, urgent: bool = False, line: int | None = None) -> Move:
    return Move(
        id, 7, id, PickingKind.DELIVERY, "confirmed", pieces(demand), pieces(reserved), NOW + timedelta(days=days), HOUSE, None,
        line or id, None, (), f"WH/OUT/{id}", urgent,
    )  # fmt: skip


def comes(id: int, quantity: float, days: int, purchase_line: int | None = None) -> Move:
    return Move(
        id, 7, id, PickingKind.RECEIPT, "assigned", pieces(quantity), pieces(0), NOW + timedelta(days=days), None, HOUSE,
        None, purchase_line, (), f"WH/IN/{id}",
    )  # fmt: skip


def pieces(amount: float) -> Quantity:
    return Quantity(Decimal(str(amount)), "Units")


def longer(moves: list[Move], free: float, after: Shift, before: Shift = NOTHING) -> dict[int, Decimal]:
    return {move.id: more for move, more in waits_longer(moves, HOUSE, Decimal(str(free)), after, before)}


def test_what_is_free_and_wanted_by_nobody_harms_nobody():
    assert longer([leaves(1, 4, days=3)], 10, Shift(taken=Decimal(6))) == {}


def test_one_piece_too_many_is_missed_by_who_is_served_last():
    moves = [leaves(1, 4, days=3), leaves(2, 4, days=9)]
    assert longer(moves, 10, Shift(taken=Decimal(2))) == {}
    assert longer(moves, 10, Shift(taken=Decimal(3))) == {2: 1}


def test_who_is_starred_is_served_first():
    moves = [leaves(1, 4, days=3), leaves(2, 4, days=9, urgent=True)]
    assert longer(moves, 8, Shift(taken=Decimal(3))) == {1: 3}


def test_a_receipt_of_the_same_day_covers_and_one_of_the_next_does_not():
    taken = Shift(taken=Decimal(4))
    assert longer([leaves(1, 4, days=3), comes(9, 4, days=3)], 4, taken) == {}
    assert longer([leaves(1, 4, days=3), comes(9, 4, days=4)], 4, taken) == {1: 4}


def test_a_reservation_that_shrinks_is_missed_unless_something_comes_in_time():
    swap = Shift(reserved={1: Decimal(-6), 2: Decimal(6)})
    moves = [leaves(1, 10, days=20, reserved=10), leaves(2, 6, days=2)]
    assert longer(moves, 0, swap) == {1: 6}
    assert longer([*moves, comes(9, 6, days=12)], 0, swap) == {}


def test_a_purchase_that_slips_past_a_need_is_missed():
    moves = [leaves(1, 4, days=12), comes(9, 10, days=5, purchase_line=3)]
    before, after = Shift(arrivals={3: NOW + timedelta(days=5)}), Shift(arrivals={3: NOW + timedelta(days=16)})
    assert longer(moves, 0, after, before) == {1: 4}
    assert longer(moves, 4, after, before) == {}


def test_goods_that_only_move_within_the_warehouse_are_neither_supply_nor_demand():
    inside = Move(
        5, 7, 5, PickingKind.INTERNAL, "confirmed", pieces(9), pieces(0), NOW, HOUSE, HOUSE, None, None, (), "WH/INT/5"
    )  # fmt: skip
    assert unmet([inside, leaves(1, 4, days=3)], HOUSE, Decimal(4), Shift()) == {1: ZERO}


def order(id: int, currency: str = "EUR") -> SaleOrder:
    return SaleOrder(
        id, f"S{id}", id, f"Customer {id}", "sale", NOW, NOW, Money(Decimal(900), currency), HOUSE, False, False, None, None
    )


def sold(id: int, currency: str = "EUR") -> SaleOrderLine:
    return SaleOrderLine(id, id, 7, "Harness", True, pieces(10), pieces(0), Money(Decimal(900), currency))


def told(*ids: int, currencies: tuple[str, ...] = (), segments: dict[int, Segment] | None = None) -> Harm:
    money = dict(zip(ids, currencies, strict=False))
    waits = [(leaves(id, 4, days=3), Decimal(4)) for id in ids]
    known = {Customer(id, f"Customer {id}", segment, "en", None, None) for id, segment in (segments or {}).items()}
    lines = {id: sold(id, money.get(id, "EUR")) for id in ids}
    return harm_of(waits, {id: order(id) for id in ids}, lines, {each.id: each for each in known})


def test_harm_is_told_with_its_worth_and_its_most_important_customer():
    found = told(1, 2, segments={1: Segment.STANDARD, 2: Segment.KEY})
    assert found.facts() == {"orders_harmed": 2, "value_harmed": "720.00", "segment_harmed": "key", "currency": "EUR"}
    assert (
        found.sentence()
        == "S1 of Customer 1 and S2 of Customer 2 then wait for goods (worth 720.00 EUR) that nothing planned brings in time."
    )


def test_a_customer_who_cannot_be_read_counts_as_strategic():
    assert told(1).segment == "strategic"


def test_values_in_two_currencies_have_no_sum():
    assert told(1, 2, currencies=("EUR", "USD")).facts()["value_harmed"] is None


def test_what_waits_and_is_no_customers_order_is_not_taken_from():
    with pytest.raises(PreconditionFailed, match=r"^WH/OUT/1 waits for these goods"):
        harm_of([(leaves(1, 4, days=3), Decimal(4))], {}, {}, {})


def test_harm_of_several_products_names_each_order_once():
    both = together([told(1, segments={1: Segment.STANDARD}), told(1, segments={1: Segment.STANDARD}), told()])
    assert both.facts() == {"orders_harmed": 1, "value_harmed": "720.00", "segment_harmed": "standard", "currency": "EUR"}
    assert together([]).facts()["segment_harmed"] == "nobody"


def test_a_value_in_another_currency_than_the_actions_own_is_not_told_and_its_currency_is_the_actions():
    assert told(1).facts("EUR")["value_harmed"] == "360.00"
    assert told(1).facts("USD") == {"orders_harmed": 1, "value_harmed": None, "segment_harmed": "strategic", "currency": "USD"}
    assert told().facts("USD") == {"orders_harmed": 0, "value_harmed": "0.00", "segment_harmed": "nobody", "currency": "USD"}


def test_what_waits_and_is_no_customers_order_is_named_where_refusing_helps_nobody():
    found = harm_known([Wait(None, Decimal(4), "WH/INT/7")], {}, {}, {})
    assert found.facts() == {"orders_harmed": 1, "value_harmed": None, "segment_harmed": "strategic", "currency": None}
    assert found.sentence() == "WH/INT/7 then waits for goods that nothing planned brings in time."


def test_no_more_of_an_order_line_is_harmed_than_it_is_worth():
    found = harm_known([Wait(1, Decimal(400), "")], {1: order(1)}, {1: sold(1, "EUR")}, {})
    assert found.value == sold(1, "EUR").value


def test_who_jumps_the_queue_is_served_before_those_who_were_sooner():
    moves = [leaves(1, 4, days=3), leaves(2, 4, days=9)]
    assert longer(moves, 4, Shift(urgent={2: True})) == {1: 4}
    starred = [leaves(1, 4, days=3), leaves(2, 4, days=9, urgent=True)]
    assert longer(starred, 4, Shift(urgent={2: False})) == {2: 4}


def test_what_no_longer_comes_is_missed_and_what_no_longer_leaves_is_not():
    moves = [leaves(1, 4, days=9), comes(9, 4, days=5, purchase_line=3)]
    assert longer(moves, 0, Shift(cancelled=frozenset({3}))) == {1: 4}
    assert longer(moves, 0, Shift(gone=frozenset({9}))) == {1: 4}
    assert longer(moves, 0, Shift(gone=frozenset({1, 9}))) == {}


demands = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 5), st.integers(0, 1)), max_size=6)
supplies = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 5)), max_size=4)


@given(demands, supplies, st.integers(0, 20), st.integers(0, 20))
def test_taking_more_never_harms_less_and_never_more_than_is_taken(wanted, arriving, free, taken):
    moves = [leaves(id, amount, days, urgent=bool(star)) for id, (amount, days, star) in enumerate(wanted, 1)]
    moves += [comes(100 + id, amount, days) for id, (amount, days) in enumerate(arriving)]
    taken = min(taken, free)
    missing = sum(unmet(moves, HOUSE, Decimal(free), Shift()).values())
    later = sum(unmet(moves, HOUSE, Decimal(free), Shift(taken=Decimal(taken))).values())
    assert missing <= later <= missing + taken
