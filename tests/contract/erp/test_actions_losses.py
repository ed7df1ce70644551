"""Counts and write-offs: proposed, carried out, read back and, where that can be, taken back, in every ERP."""

from decimal import Decimal

import pytest

from agent.actions import Effect, action_named, inverse, marker_of, prepare
from agent.domain.records import Record
from agent.errors import ErpRefused, PreconditionFailed
from integrations.odoo.writer import OdooWriter
from tests.fixtures.action_world import ActionWorld
from tests.fixtures.odoo import Erp, Odoo

MARKER = "expediter-p1-0123456789ab"


def test_stock_is_set_to_what_was_counted_and_back(world: ActionWorld) -> None:
    code, home = world.make.product(home=40), world.make.home
    counted = world.carried_out("adjust_stock", product=code, warehouse=home, counted="37.5")
    assert world.on_hand(code, home) == Decimal("37.5")
    [change] = counted.content.preview.changes
    assert (change.before, change.after) == ("40 Units", "37.5 Units")
    facts = counted.content.facts
    assert (facts["direction"], facts["percent"]) == ("down", "6.2")
    assert Decimal(facts["value"]) == 30
    assert world.rule(counted.content) == "small-count-difference"
    world.taken_back(counted)
    assert world.on_hand(code, home) == 40


def promised_from_what_is_free(world: ActionWorld) -> tuple[str, str]:
    """A product of which 40 lie there, and an order over 30 of it for which nothing is reserved."""
    code = world.make.product(home=40)
    order, delivery = world.make.order({code: 30}, days=20)
    world.carried_out("release_reservation", transfer=delivery, goods=f"{code}: 30")
    return code, order


def test_a_count_that_finds_less_than_was_promised_names_who_waits(world: ActionWorld) -> None:
    code, order = promised_from_what_is_free(world)
    enough = world.prepared("adjust_stock", product=code, warehouse=world.make.home, counted="30")
    assert (enough.facts["orders_harmed"], enough.facts["value_harmed"], enough.facts["segment_harmed"]) == (0, "0.00", "nobody")
    short = world.prepared("adjust_stock", product=code, warehouse=world.make.home, counted="25")
    assert (short.facts["orders_harmed"], short.facts["segment_harmed"]) == (1, "standard")
    assert Decimal(short.facts["value_harmed"]) == 100, "5 of 20.00 each"
    assert f"{order} of" in short.preview.consequence
    assert world.rule(short) == "count-difference"
    assert world.prepared("adjust_stock", product=code, warehouse=world.make.home, counted="45").facts["orders_harmed"] == 0


def test_a_write_off_of_goods_that_were_promised_names_who_waits(world: ActionWorld) -> None:
    code, order = promised_from_what_is_free(world)
    assert world.prepared("write_off", product=code, warehouse=world.make.home, quantity="10").facts["orders_harmed"] == 0
    content = world.prepared("write_off", product=code, warehouse=world.make.home, quantity="11")
    assert (content.facts["orders_harmed"], Decimal(content.facts["value_harmed"])) == (1, 20)
    assert f"{order} of" in content.preview.consequence
    assert world.rule(content) == "large-write-off"


def test_what_was_never_there_can_be_counted(world: ActionWorld) -> None:
    code, other = world.make.product(home=1), world.make.other
    counted = world.carried_out("adjust_stock", product=code, warehouse=other, counted="3")
    assert counted.content.facts["percent"] is None
    assert world.on_hand(code, other) == 3
    world.taken_back(counted)
    assert world.on_hand(code, other) == 0


def test_a_count_that_says_nothing_new_or_leaves_less_than_is_reserved_is_refused(world: ActionWorld) -> None:
    code, home = world.make.product(home=40), world.make.home
    world.make.order({code: 30}, days=3)
    with pytest.raises(PreconditionFailed, match=r"^The books say 40 Units"):
        world.prepared("adjust_stock", product=code, warehouse=home, counted="40")
    with pytest.raises(PreconditionFailed, match=r"^30 Units of .* are reserved; free them first"):
        world.prepared("adjust_stock", product=code, warehouse=home, counted="29")


def test_a_count_is_stale_once_goods_left(world: ActionWorld) -> None:
    code, home = world.make.product(home=40), world.make.home
    _, delivery = world.make.order({code: 30}, days=3)
    content = world.prepared("adjust_stock", product=code, warehouse=home, counted="38")
    world.make.ship(delivery)
    assert prepare(content.action, content.arguments, world.reader).sha256() != content.sha256()
    assert action_named("adjust_stock").effect(content, world.reader, MARKER) is Effect.BEFORE


def test_a_count_is_known_as_booked_when_goods_bring_the_books_back_to_what_they_were(world: ActionWorld) -> None:
    code, home = world.make.product(home=40), world.make.home
    counted = world.carried_out("adjust_stock", product=code, warehouse=home, counted="38")
    world.carried_out("adjust_stock", product=code, warehouse=home, by="2")
    assert world.on_hand(code, home) == 40
    action = action_named("adjust_stock")
    assert action.effect(counted.content, world.reader, marker_of(counted)) is Effect.DONE
    assert action.effect(counted.content, world.reader, MARKER) is Effect.BEFORE


def test_taking_a_count_back_leaves_what_left_meanwhile_gone(world: ActionWorld) -> None:
    code, home = world.make.product(home=40), world.make.home
    counted = world.carried_out("adjust_stock", product=code, warehouse=home, counted="38")
    _, delivery = world.make.order({code: 30}, days=3)
    world.make.ship(delivery)
    world.taken_back(counted)
    assert world.on_hand(code, home) == 10


def test_a_count_that_the_erp_refuses_books_nothing(world: ActionWorld) -> None:
    code, home = world.make.product(home=4), world.make.home
    content = world.prepared("adjust_stock", product=code, warehouse=home, counted="3")
    with pytest.raises(ErpRefused):
        world.writer.set_counted(Record("product.product", 2**31 - 1, "gone"), content.before["place"], Decimal(3), MARKER)
    assert world.on_hand(code, home) == 4


def test_goods_are_written_off_once_and_for_all(world: ActionWorld) -> None:
    code, home = world.make.product(home=40), world.make.home
    scrapped = world.carried_out("write_off", product=code, warehouse=home, quantity="3")
    assert world.on_hand(code, home) == 37
    assert scrapped.content.preview.undo == "irreversible"
    assert inverse(scrapped) is None
    assert Decimal(scrapped.content.facts["value"]) == 36
    assert world.rule(scrapped.content) == "write-off"


def test_what_is_reserved_is_not_written_off(world: ActionWorld) -> None:
    code, home = world.make.product(home=40), world.make.home
    world.make.order({code: 38}, days=3)
    with pytest.raises(PreconditionFailed, match=r"^Only 2 Units of .* are not reserved"):
        world.prepared("write_off", product=code, warehouse=home, quantity="3")


def test_goods_that_left_meanwhile_make_a_write_off_stale(world: ActionWorld) -> None:
    code, home = world.make.product(home=40), world.make.home
    _, delivery = world.make.order({code: 30}, days=3)
    content = world.prepared("write_off", product=code, warehouse=home, quantity="3")
    world.make.ship(delivery)
    assert prepare(content.action, content.arguments, world.reader).sha256() != content.sha256()


def test_a_write_off_that_is_refused_leaves_nothing_behind(world: ActionWorld) -> None:
    code, home = world.make.product(home=4), world.make.home
    content = world.prepared("write_off", product=code, warehouse=home, quantity="3")
    with pytest.raises(ErpRefused):
        world.writer.write_off(content.subject.record, content.before["place"], Decimal(-1), MARKER)
    assert world.on_hand(code, home) == 4
    assert not world.reader.written_off(MARKER)


def test_two_records_of_one_place_are_counted_as_one(odoo: Odoo, odoo_erp: Erp) -> None:
    """Odoo adds a second one when changes meet; it does the same for a file that is imported."""
    house = next(each for each in odoo_erp.reader.warehouses() if each.code == "WH")
    admin = odoo.connection("admin")
    shelf = admin.ask("stock.warehouse", "read", ids=[house.id], fields=["lot_stock_id"], load="")[0]["lot_stock_id"]
    goods = admin.change("product.product", "create", vals_list=[{"name": "Met", "is_storable": True, "default_code": "MET-1"}])
    for quantity in (40.0, 5.0):
        found = {"product_id": goods[0], "location_id": shelf, "inventory_quantity_auto_apply": quantity}
        admin.change("stock.quant", "create", vals_list=[found], context={"inventory_mode": True, "import_file": True})
    assert len(admin.ask("stock.quant", "search", domain=[("product_id", "in", goods), ("location_id", "=", shelf)])) == 2
    assert [each.on_hand.amount for each in odoo_erp.reader.stock_places(goods[0], house.id)] == [45]
    record = Record("product.product", goods[0], "Met")
    OdooWriter(odoo.connection("writer")).set_counted(record, shelf, Decimal(44), "expediter-p2-0123456789ab")
    assert [each.on_hand.amount for each in odoo_erp.reader.stock_places(goods[0], house.id)] == [44]
    booked = admin.ask(
        "stock.move", "search_read", domain=[("product_id", "in", goods), ("state", "=", "done")], fields=["quantity"]
    )
    assert sorted(each["quantity"] for each in booked) == [1, 5, 40]


def test_a_login_that_may_not_count_is_told_so(odoo_14: Odoo, odoo_erp_14: object) -> None:
    assert odoo_erp_14
    quant = odoo_14.connection("admin").ask(
        "stock.quant", "search_read", domain=[], fields=["product_id", "location_id"], limit=1
    )[0]
    writer = OdooWriter(odoo_14.connection("reader"))
    record = Record("product.product", *quant["product_id"])
    with pytest.raises(ErpRefused, match=r"The login ops_reader may not do this with stock.(quant|inventory)"):
        writer.set_counted(record, quant["location_id"][0], Decimal(7), MARKER)
