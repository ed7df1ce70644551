"""The JSON contract, and what there is of a product."""

import json
from decimal import Decimal

from agent.domain.records import Record
from agent.risk.product_stock import stock_of
from agent.risk.rows import order_row
from agent.risk.taking import take_product_snapshot
from tests.unit.risk.builders import CHAIR, MAIN, NORTH, NOW, World, in_days
from tests.unit.risk.world_reader import WorldReader


def link(record: Record) -> str | None:
    return f"https://erp.example/{record.model}/{record.id}"


def test_a_row_is_json_with_exactly_the_contracts_keys():
    world = World()
    order = world.order(promise=in_days(5))
    world.line(order, 10, reserved=4, value=999.999)
    world.purchase(6, at=in_days(9))
    world.stock(30, warehouse=NORTH)
    (risk,) = world.risks()
    row = json.loads(json.dumps(order_row(risk, NOW, link)))
    assert list(row) == [
        "order_id", "order", "url", "customer", "promise_date", "projected_date", "days_late", "value_at_risk", "currency",
        "score", "findings", "options", "as_of",
    ]  # fmt: skip
    assert row["promise_date"] == "2026-08-08T09:00:00+00:00"
    assert (row["value_at_risk"], row["currency"]) == (1000.0, "EUR")
    assert isinstance(row["score"], float)
    (finding,) = row["findings"]
    assert list(finding) == ["fingerprint", "kind", "severity", "since", "summary", "evidence"]
    assert finding["evidence"][0] == {
        "model": "sale.order",
        "id": order.id,
        "name": order.name,
        "field": "commitment_date",
        "value": "2026-08-08T09:00:00+00:00",
        "url": f"https://erp.example/sale.order/{order.id}",
    }
    assert [option["kind"] for option in row["options"]] == [
        "ship_available",
        "move_stock",
        "expedite_purchase",
        "move_promise_date",
    ]
    assert all(
        list(option) == ["kind", "summary", "ready_date", "cost", "harms", "approval", "whole", "action", "arguments"]
        for option in row["options"]
    )


def test_what_is_unknown_is_null():
    world = World()
    world.line(world.order(promise=None))
    (risk,) = world.risks()
    row = order_row(risk, NOW, lambda record: None)
    assert (row["promise_date"], row["projected_date"], row["days_late"]) == (None, None, 0)
    assert {fact["url"] for finding in row["findings"] for fact in finding["evidence"]} == {None}


def test_harms_tell_who_waits_and_for_how_much():
    world = World()
    order = world.order(promise=in_days(3))
    world.line(order, 10)
    other = world.order(promise=in_days(4), warehouse_id=NORTH)
    world.line(other, 8, value=800)
    world.stock(8, warehouse=NORTH)
    (risk,) = [risk for risk in world.risks() if risk.order == order.record]
    row = order_row(risk, NOW, link)
    (option,) = [option for option in row["options"] if option["kind"] == "move_stock"]
    assert option["harms"] == [{"order": other.name, "customer": "Acme", "days": 10, "value": 800.0, "currency": "EUR"}]


def test_stock_of_a_product_adds_up():
    world = World()
    world.stock(10, reserved=4)
    world.stock(7, warehouse=NORTH, reserved=7)
    purchase = world.purchase(5, at=in_days(-1))
    world.purchase(6, at=in_days(2))
    world.purchase(9, at=in_days(2), state="draft")
    world.move(CHAIR, 2, origin=NORTH, target=MAIN, at=in_days(1))
    found = stock_of(take_product_snapshot(WorldReader(world), NOW, [CHAIR]), CHAIR)
    assert found is not None
    main, north = found.warehouses
    assert [str(amount) for amount in (main.on_hand, main.reserved, main.free)] == ["10 Units", "4 Units", "6 Units"]
    assert next((row.source, str(row.quantity), row.overdue) for row in main.incoming) == (purchase.record, "5 Units", True)
    assert [row.quantity.amount for row in main.incoming] == [5, 2, 6]
    assert (north.free.amount, north.incoming) == (0, ())
    assert [amount.amount for amount in (found.on_hand, found.reserved, found.free, found.incoming)] == [17, 11, 6, Decimal(13)]


def test_stock_of_an_unknown_product_is_none():
    assert stock_of(World().snapshot(), 999) is None


def test_what_is_coming_comes_when_the_vendor_says_even_if_the_receipt_was_never_told():
    world = World()
    world.purchase(5, at=in_days(9), receipt_at=in_days(1))
    found = stock_of(take_product_snapshot(WorldReader(world), NOW, [CHAIR]), CHAIR)
    assert found is not None
    assert [(row.due, row.overdue) for row in found.warehouses[0].incoming] == [(in_days(9), False)]
