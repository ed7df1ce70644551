"""Products, stock, moves, transfers and purchases, as any ERP must tell them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from agent.domain.stock import PickingKind
from tests.contract.erp.conftest import Erp

NOBODY = 2_000_000_000
UNFINISHED = {"waiting", "confirmed", "partially_available", "assigned"}


def test_products_that_do_not_exist_are_left_out(erp: Erp) -> None:
    line = erp.line("other_warehouse")
    [product] = erp.reader.products([line.product_id, NOBODY])
    assert product.id == line.product_id
    assert product.storable
    assert product.unit
    assert erp.reader.products([]) == []


def test_stock_is_told_by_warehouse(erp: Erp) -> None:
    order, line = erp.order("other_warehouse"), erp.line("other_warehouse")
    levels = {level.warehouse_id: level for level in erp.reader.stock_levels([line.product_id])}
    assert set(levels) <= {warehouse.id for warehouse in erp.reader.warehouses()}
    here = levels.pop(order.warehouse_id)
    [elsewhere] = levels.values()
    assert (here.on_hand.amount, here.reserved.amount, here.free.amount) == (4, 4, 0)
    assert (elsewhere.on_hand.amount, elsewhere.reserved.amount, elsewhere.free.amount) == (40, 0, 40)
    assert isinstance(here.on_hand.amount, Decimal)
    assert {here.on_hand.unit, elsewhere.reserved.unit} == {line.ordered.unit}


def test_a_product_without_stock_has_no_level(erp: Erp) -> None:
    [missing] = [line for line in erp.lines("no_supply") if line.ordered.amount == Decimal(120)]
    assert erp.reader.stock_levels([missing.product_id]) == []
    assert erp.reader.stock_levels([]) == []


def test_warehouses_have_a_name_and_a_code(erp: Erp) -> None:
    warehouses = erp.reader.warehouses()
    assert len(warehouses) >= 2
    assert all(warehouse.name and warehouse.code for warehouse in warehouses)


def test_a_reserved_move_leaves_the_orders_warehouse(erp: Erp) -> None:
    order, line = erp.order("dozens"), erp.line("dozens")
    [move] = [move for move in erp.reader.open_moves([line.product_id]) if move.sale_line_id == line.id]
    assert move.kind is PickingKind.DELIVERY
    assert move.state == "assigned"
    assert move.demand == move.reserved == line.ordered
    assert (move.from_warehouse_id, move.to_warehouse_id) == (order.warehouse_id, None)
    assert move.expected_at.utcoffset() == timedelta(0)
    assert move.purchase_line_id is None
    assert move.waits_for == ()


def test_a_partly_reserved_move_says_how_much(erp: Erp) -> None:
    line = erp.line("other_warehouse")
    [move] = [move for move in erp.reader.open_moves([line.product_id]) if move.sale_line_id == line.id]
    assert (move.state, move.demand.amount, move.reserved.amount) == ("partially_available", 14, 4)


def test_a_move_made_to_order_waits_for_its_receipt(erp: Erp) -> None:
    line, bought = erp.bought_for("promise_at_risk")
    moves = {move.id: move for move in erp.reader.open_moves([line.product_id])}
    [delivery] = [move for move in moves.values() if move.sale_line_id == line.id]
    [receipt] = [moves[each] for each in delivery.waits_for]
    assert receipt.kind is PickingKind.RECEIPT
    assert receipt.purchase_line_id == bought.id
    assert receipt.from_warehouse_id is None
    assert receipt.to_warehouse_id == delivery.from_warehouse_id


def test_open_moves_are_unfinished_and_narrowed_by_product(erp: Erp) -> None:
    product = erp.line("healthy").product_id
    everything = erp.reader.open_moves()
    narrowed = erp.reader.open_moves([product])
    assert {move.state for move in everything} <= UNFINISHED
    assert {move.product_id for move in narrowed} == {product}
    assert {move.id for move in narrowed} == {move.id for move in everything if move.product_id == product}
    assert erp.reader.open_moves([]) == []


def test_a_delivery_nobody_works_on_says_so(erp: Erp) -> None:
    order = erp.order("picking_stalled")
    [picking] = erp.reader.open_pickings([order.id])
    assert (picking.kind, picking.state) == (PickingKind.DELIVERY, "assigned")
    assert picking.responsible is None
    assert picking.sale_order_id == order.id
    assert picking.warehouse_id == order.warehouse_id
    now = datetime.now(UTC)
    assert picking.scheduled_at < now - timedelta(days=3)
    assert picking.created_at < now - timedelta(days=3)
    assert picking.backorder_of is None


def test_a_delivery_somebody_works_on_names_the_person(erp: Erp) -> None:
    [picking] = erp.reader.open_pickings([erp.order("promise_missed").id])
    assert picking.responsible


def test_open_pickings_are_narrowed_by_order(erp: Erp) -> None:
    order = erp.order("healthy")
    everything = erp.reader.open_pickings()
    assert {picking.state for picking in everything} <= UNFINISHED
    assert {p.id for p in erp.reader.open_pickings([order.id])} == {p.id for p in everything if p.sale_order_id == order.id}
    assert erp.reader.open_pickings([]) == []


def test_a_receipt_leads_to_its_purchase(erp: Erp) -> None:
    bought = {line.order_id for line in erp.reader.open_purchase_lines() if line.confirmed}
    receipts = [picking for picking in erp.reader.open_pickings() if picking.purchase_order_id is not None]
    assert receipts
    assert {picking.kind for picking in receipts} == {PickingKind.RECEIPT}
    assert {picking.purchase_order_id for picking in receipts} <= bought


def test_a_purchase_made_to_order_names_the_line_it_is_for(erp: Erp) -> None:
    order = erp.order("promise_at_risk")
    _, line = erp.bought_for("promise_at_risk")
    assert line.confirmed
    assert line.ordered.amount == line.outstanding.amount == Decimal(60)
    assert line.received.amount == 0
    assert order.promise_date is not None
    assert line.receipt_expected_at is not None
    assert line.receipt_expected_at < line.vendor_promise_date, "the vendor moved its date, and nobody told the receipt"
    assert order.promise_date < line.vendor_promise_date
    assert line.vendor_promise_date.utcoffset() == timedelta(0)


def test_an_overdue_purchase_is_told_with_its_vendor(erp: Erp) -> None:
    products = [line.product_id for line in erp.lines("receipt_overdue")]
    [line] = erp.reader.open_purchase_lines(products)
    assert line.vendor_promise_date < datetime.now(UTC) - timedelta(days=4)
    assert line.vendor_name
    assert line.order_name
    assert line.product_id in products


def test_purchases_are_narrowed_by_product(erp: Erp) -> None:
    product = erp.line("receipt_overdue").product_id
    everything = erp.reader.open_purchase_lines()
    assert {line.id for line in erp.reader.open_purchase_lines([product])} == {
        x.id for x in everything if x.product_id == product
    }
    assert all(line.outstanding for line in everything)
    assert "cancel" not in {line.order_state for line in everything}
    assert erp.reader.open_purchase_lines([]) == []
