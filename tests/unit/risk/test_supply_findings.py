"""no_supply and receipt_overdue, at their boundaries."""

from agent.domain.findings import Severity
from agent.domain.records import Record
from tests.unit.risk.builders import A_MOMENT, CHAIR, DESK, FILM, NORTH, World, in_days


def test_what_is_neither_in_stock_nor_coming_has_no_supply():
    world = World()
    order = world.order()
    line = world.line(order, 10)
    world.stock(4)
    world.purchase(5, at=in_days(2))
    found = world.one("no_supply")
    assert found.summary == f"1 Units of Blue Chair for {order.name} (Acme) are neither free at Main nor coming in."
    assert found.subject == Record("product.product", CHAIR, "Blue Chair")
    facts = {(fact.record.model, fact.record.id, fact.field): fact.value for fact in found.evidence}
    assert facts["sale.order.line", line.id, "product_uom_qty"] == "10 Units"
    assert facts["product.product", CHAIR, "free_qty"] == "4 Units"


def test_enough_supply_however_late_is_supply():
    world = World()
    world.line(world.order(), 10)
    world.stock(4)
    world.purchase(6, at=in_days(300))
    assert "no_supply" not in world.kinds()


def test_a_draft_purchase_is_named_but_does_not_count():
    world = World()
    line = world.line(world.order(), 10)
    purchase = world.purchase(10, at=in_days(2), state="draft", for_lines=(line.id,))
    found = world.one("no_supply")
    assert f"({purchase.order_name} for it is not confirmed)" in found.summary
    assert ("state", "draft") in [(fact.field, fact.value) for fact in found.evidence]


def test_stock_in_another_warehouse_is_not_supply_here():
    world = World()
    world.line(world.order(), 10)
    world.stock(10, warehouse=NORTH)
    assert world.kinds() == ["no_supply"]


def test_two_lines_of_one_product_are_one_finding():
    world = World()
    order = world.order()
    world.line(order, 10)
    world.line(order, 5)
    world.line(order, 5, product=DESK)
    findings = world.findings()
    assert [finding.summary.split(" for ")[0] for finding in findings] == ["15 Units of Blue Chair", "5 Units of Oak Desk"]
    assert len({finding.fingerprint for finding in findings}) == 2


def test_what_is_not_stocked_needs_no_supply():
    world = World()
    world.line(world.order(), 10, product=FILM)
    assert world.kinds() == []


def test_missing_goods_are_graver_the_nearer_the_promise():
    for promise, severity in (
        (in_days(-1), Severity.CRITICAL),
        (in_days(14), Severity.HIGH),
        (in_days(15), Severity.MEDIUM),
        (None, Severity.MEDIUM),
    ):
        world = World()
        world.line(world.order(promise=promise))
        assert world.one("no_supply").severity == severity


def test_a_receipt_is_overdue_only_after_the_grace():
    for due, overdue in ((in_days(-1), False), (in_days(-1) - A_MOMENT, True)):
        world = World()
        world.line(world.order(promise=in_days(9)))
        world.purchase(at=due)
        assert ("receipt_overdue" in world.kinds(receipt_grace_days=1)) is overdue


def test_an_overdue_receipt_endangers_only_the_orders_that_need_it():
    world = World()
    served = world.order(promise=in_days(1))
    world.line(served, 10)
    needy = world.order(promise=in_days(2))
    world.line(needy, 10)
    world.stock(10)
    purchase = world.purchase(10, at=in_days(-5))
    found = world.one("receipt_overdue")
    assert found.order_ids == {needy.id}
    assert (found.subject, found.since) == (purchase.record, in_days(-5))
    assert found.summary == (
        f"{purchase.order_name} from Nordholz was due on 2026-07-29 (5 days ago) and has not come: "
        f"10 Units of Blue Chair; {needy.name} waits for it."
    )


def test_a_receipt_that_was_moved_to_a_later_day_is_not_overdue():
    world = World()
    world.line(world.order(promise=in_days(9)))
    world.purchase(at=in_days(-5), receipt_at=in_days(3))
    assert world.kinds() == []


def test_a_receipt_that_breaks_the_promise_is_graver():
    for promise, severity in ((in_days(0.5), Severity.HIGH), (in_days(9), Severity.MEDIUM)):
        world = World()
        world.line(world.order(promise=promise))
        world.purchase(at=in_days(-5))
        assert world.one("receipt_overdue").severity == severity


def test_one_purchase_with_two_lines_for_the_order_is_one_finding():
    world = World()
    order = world.order(promise=in_days(9))
    lines = [world.line(order, 10), world.line(order, 4, product=DESK)]
    first = world.purchase(10, at=in_days(-5), for_lines=(lines[0].id,))
    world.purchase(4, at=in_days(-5), product=DESK, for_lines=(lines[1].id,))
    world.purchases = [first, *(_same_order(line, first) for line in world.purchases[1:])]
    found = world.one("receipt_overdue")
    assert f"10 Units of Blue Chair and 4 Units of Oak Desk; {order.name} waits for it" in found.summary


def _same_order(line, other):
    return type(line)(
        **{name: getattr(other if name in ("order_id", "order_name") else line, name) for name in type(line).__slots__}
    )


def test_an_overdue_purchase_that_is_partly_received_is_awaited_for_the_rest():
    world = World()
    order = world.order(promise=in_days(9))
    line = world.line(order, 10, reserved=6)
    world.stock(6, reserved=6)
    world.purchase(10, at=in_days(-5), received=6, for_lines=(line.id,))
    assert f"4 Units of Blue Chair; {order.name} waits for it" in world.one("receipt_overdue").summary


def test_one_late_purchase_is_one_finding_however_many_orders_wait_and_as_grave_as_it_is_for_each():
    world = World()
    broken, kept = world.order(promise=in_days(0.5)), world.order(promise=in_days(9))
    for order in (broken, kept):
        world.line(order, 10)
    purchase = world.purchase(20, at=in_days(-5))
    found = world.one("receipt_overdue")
    assert [affected.order.name for affected in found.affects] == [broken.name, kept.name]
    assert found.severity == "high"
    by_order = {risk.order.name: [f.severity for f in risk.findings if f.kind == "receipt_overdue"] for risk in world.risks()}
    assert by_order == {broken.name: ["high"], kept.name: ["medium"]}
    assert found.fingerprint == f"receipt_overdue:purchase.order:{purchase.order_id}"


def test_an_overdue_purchase_nobody_waits_for_is_a_finding_all_the_same():
    world = World()
    world.purchase(10, at=in_days(-5))
    found = world.one("receipt_overdue")
    assert (found.severity, found.affects) == ("low", ())
