"""What was bought, from whom and for how much, as any ERP must tell it."""

from datetime import UTC, datetime, timedelta

from tests.contract.erp.conftest import Erp

NOBODY = 2_000_000_000


def test_every_open_purchase_line_belongs_to_a_purchase_of_its_vendor_and_state(erp: Erp) -> None:
    lines = erp.reader.open_purchase_lines()
    purchases = {purchase.id: purchase for purchase in erp.reader.purchases([*{line.order_id for line in lines}, NOBODY])}
    assert {line.order_id for line in lines} == set(purchases)
    for line in lines:
        purchase = purchases[line.order_id]
        assert (purchase.name, purchase.state, purchase.vendor_id) == (line.order_name, line.order_state, line.vendor_id)
        assert purchase.warehouse_id == line.warehouse_id


def test_a_purchase_of_one_line_is_worth_what_the_line_is(erp: Erp) -> None:
    _, bought = erp.bought_for("promise_at_risk")
    [purchase] = erp.reader.purchases([bought.order_id])
    assert purchase.amount == bought.value
    assert bought.value is not None
    assert bought.value.amount > 0


def test_times_of_a_purchase_are_aware_and_past(erp: Erp) -> None:
    _, bought = erp.bought_for("promise_at_risk")
    [purchase] = erp.reader.purchases([bought.order_id])
    assert bought.ordered_at == purchase.ordered_at
    for moment in (purchase.ordered_at, purchase.changed_at):
        assert moment.utcoffset() == timedelta(0)
        assert moment < datetime.now(UTC) + timedelta(minutes=1)


def test_a_vendor_is_who_the_purchase_names(erp: Erp) -> None:
    _, bought = erp.bought_for("promise_at_risk")
    [vendor] = erp.reader.vendors([bought.vendor_id, NOBODY])
    assert (vendor.id, vendor.name) == (bought.vendor_id, bought.vendor_name)
    assert all(name == name.casefold() for name in vendor.classes)


def test_nothing_asked_is_nothing_told(erp: Erp) -> None:
    assert erp.reader.purchases([]) == erp.reader.vendors([]) == erp.reader.vendor_prices([]) == []


def test_goods_cost_less_than_they_are_sold_for(erp: Erp) -> None:
    for line in erp.lines("healthy"):
        assert line.cost is not None
        assert line.cost < line.value
        assert line.discount_percent == 0


def test_a_warehouse_knows_its_company(erp: Erp) -> None:
    assert all(warehouse.company_name for warehouse in erp.reader.warehouses())


def test_quotations_are_those_sent_since(erp: Erp) -> None:
    now = datetime.now(UTC)
    quotations = erp.reader.sent_quotations(now - timedelta(days=365))
    assert {quotation.state for quotation in quotations} <= {"sent"}
    assert erp.reader.sent_quotations(now + timedelta(days=1)) == []
