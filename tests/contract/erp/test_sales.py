"""Orders, lines and customers, as any ERP must tell them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from agent.domain.sales import Segment
from tests.contract.erp.conftest import Erp

NOBODY = 2_000_000_000


def test_open_orders_include_every_planted_one(erp: Erp) -> None:
    names = {order.name for order in erp.reader.open_sale_orders()}
    assert set(erp.situations.values()) <= names


def test_open_orders_are_confirmed_and_not_complete(erp: Erp) -> None:
    assert {(order.state, order.complete) for order in erp.reader.open_sale_orders()} == {("sale", False)}


def test_names_narrow_and_unknown_names_are_left_out(erp: Erp) -> None:
    wanted = [erp.situations["healthy"], erp.situations["no_supply"]]
    assert {order.name for order in erp.reader.open_sale_orders([*wanted, "S-none"])} == set(wanted)
    assert {order.name for order in erp.reader.sale_orders([*wanted, "S-none"])} == set(wanted)
    assert erp.reader.open_sale_orders([]) == []
    assert erp.reader.sale_orders([]) == []


def test_an_order_says_the_same_however_it_is_read(erp: Erp) -> None:
    order = erp.order("healthy")
    assert erp.reader.sale_orders([order.name]) == [order]
    assert order in erp.reader.open_sale_orders()


def test_times_are_aware_and_in_utc(erp: Erp) -> None:
    order = erp.order("promise_missed")
    assert order.ordered_at.utcoffset() == timedelta(0)
    assert order.promise_date is not None
    assert order.promise_date.utcoffset() == timedelta(0)
    assert timedelta(days=2) < datetime.now(UTC) - order.promise_date < timedelta(days=4)


def test_amounts_are_exact_and_add_up_from_the_lines(erp: Erp) -> None:
    order = erp.order("no_supply")
    lines = erp.lines("no_supply")
    assert isinstance(order.amount.amount, Decimal)
    assert len(order.amount.currency) == 3
    assert {line.value.currency for line in lines} == {order.amount.currency}
    assert sum(line.value.amount for line in lines) == order.amount.amount


def test_lines_are_counted_in_the_unit_the_product_is_stocked_in(erp: Erp) -> None:
    line = erp.line("dozens")
    [product] = erp.reader.products([line.product_id])
    assert line.ordered.amount == Decimal(240)
    assert line.ordered.unit == line.delivered.unit == product.unit
    assert (line.goods, line.product_name) == (True, product.name)
    assert not line.delivered
    assert line.outstanding == line.ordered


def test_lines_of_several_orders_come_together(erp: Erp) -> None:
    orders = [erp.order(name) for name in ("healthy", "no_supply", "dozens")]
    lines = erp.reader.sale_order_lines([order.id for order in orders])
    assert {line.order_id for line in lines} == {order.id for order in orders}
    assert erp.reader.sale_order_lines([]) == []
    assert erp.reader.sale_order_lines([NOBODY]) == []


def test_open_lines_are_found_by_product(erp: Erp) -> None:
    line = erp.line("healthy")
    found = erp.reader.open_order_lines([line.product_id, NOBODY])
    assert line in found
    assert {each.product_id for each in found} == {line.product_id}
    open_orders = {order.id for order in erp.reader.open_sale_orders()}
    assert {each.order_id for each in found} <= open_orders
    assert erp.reader.open_order_lines([]) == []


def test_a_line_leads_to_its_order(erp: Erp) -> None:
    line = erp.line("healthy")
    assert erp.reader.orders_of_lines([line.id, NOBODY]) == {line.id: erp.order("healthy")}


def test_a_customer_has_a_segment_a_language_and_a_mail_address(erp: Erp) -> None:
    order = erp.order("promise_missed")
    [customer] = erp.reader.customers([order.customer_id, NOBODY])
    assert (customer.id, customer.name) == (order.customer_id, order.customer_name)
    assert customer.segment in Segment
    assert len(customer.language) == 2
    assert customer.email
    assert "@" in customer.email
    assert customer.credit_limit is None


def test_segments_are_told_apart(erp: Erp) -> None:
    orders = erp.reader.open_sale_orders()
    customers = erp.reader.customers(sorted({order.customer_id for order in orders}))
    assert {customer.segment for customer in customers} == set(Segment)


def test_a_credit_limit_has_a_currency(erp: Erp) -> None:
    order = erp.order("credit_hold")
    [customer] = erp.reader.customers([order.customer_id])
    assert customer.credit_limit is not None
    assert customer.credit_limit.amount == Decimal(15_000)
    assert customer.credit_limit.currency == order.amount.currency
    if customer.exposure is not None:
        assert customer.credit_limit < customer.exposure


def test_overdue_invoices_are_posted_unpaid_and_past_due(erp: Erp) -> None:
    now = datetime.now(UTC)
    customer = erp.order("credit_hold").customer_id
    invoices = erp.reader.overdue_invoices(now, [customer])
    assert len(invoices) == 2
    for invoice in invoices:
        assert invoice.customer_id == customer
        assert invoice.due.utcoffset() == timedelta(0)
        assert invoice.due < now
        assert invoice.residual.amount > 0
        assert invoice.name
    assert {invoice.id for invoice in invoices} <= {invoice.id for invoice in erp.reader.overdue_invoices(now)}


def test_what_is_overdue_depends_on_the_day_asked_for(erp: Erp) -> None:
    customer = erp.order("credit_hold").customer_id
    month_ago = datetime.now(UTC) - timedelta(days=30)
    assert len(erp.reader.overdue_invoices(month_ago, [customer])) == 1
    assert erp.reader.overdue_invoices(month_ago - timedelta(days=30), [customer]) == []
    assert erp.reader.overdue_invoices(month_ago, []) == []


def test_an_order_that_waits_is_not_among_those_delivered_since(erp: Erp) -> None:
    waiting = erp.order("promise_missed")
    (known,) = erp.reader.deliveries_of([waiting.id, 2**31 - 1])
    assert (known.order, known.delivered_at) == (waiting, None)
    completed = erp.reader.completed_since(datetime.now(UTC) - timedelta(days=400))
    assert waiting.id not in {delivery.order.id for delivery in completed}
    assert all(delivery.order.complete and delivery.delivered_at is not None for delivery in completed)
    assert erp.reader.completed_since(datetime.now(UTC) + timedelta(days=1)) == []
    assert erp.reader.deliveries_of([]) == []
