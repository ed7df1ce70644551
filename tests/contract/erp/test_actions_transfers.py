"""Transfers between warehouses and returns: proposed, carried out, read back and taken back, in every ERP."""

from decimal import Decimal

import pytest

from agent.actions import marker_of, prepare
from agent.errors import PreconditionFailed, RecordMissing
from tests.fixtures.action_world import ActionWorld

# create_transfer, cancel_transfer


@pytest.mark.parametrize("confirmed", [True, False])
def test_goods_are_moved_between_warehouses_and_the_transfer_is_cancelled(world: ActionWorld, confirmed: bool) -> None:
    code, home, other = world.make.product(home=3, other=20), world.make.home, world.make.other
    moved = world.carried_out(
        "create_transfer", from_warehouse=other, to_warehouse=home, goods=f"{code}: 14", confirmed=confirmed
    )
    free = moved.content.preview.changes[0]
    assert (free.before, free.after) == ("20 Units", "6 Units")
    assert moved.content.facts["orders_harmed"] == 0
    assert Decimal(moved.content.facts["value"]) == 168
    assert world.rule(moved.content) == "harmless-transfer"
    [made] = world.reader.transfers_marked("expediter-p" + str(moved.id))
    assert (made.from_warehouse_id, made.to_warehouse_id) == (moved.content.before["from"], moved.content.before["to"])
    assert made.state == ("draft" if not confirmed else made.state)
    undone = world.taken_back(moved)
    again = world.taken_back(undone)
    assert again.content.arguments == moved.content.arguments


def test_a_transfer_that_an_order_counts_on_is_not_cancelled_unseen(world: ActionWorld) -> None:
    code = world.make.product(other=20)
    moved = world.carried_out(
        "create_transfer", from_warehouse=world.make.other, to_warehouse=world.make.home, goods=f"{code}: 14"
    )
    assert world.prepared("cancel_transfer", transfer=marker_of(moved)).facts["orders_harmed"] == 0
    order, _ = world.make.order({code: 6}, days=20)
    content = world.prepared("cancel_transfer", transfer=marker_of(moved))
    assert (content.facts["orders_harmed"], Decimal(content.facts["value_harmed"])) == (1, 120)
    assert f"{order} of" in content.preview.consequence
    assert world.rule(content) == "awaited-transfer-cancelled"


def test_no_more_is_moved_than_is_free_and_not_within_one_house(world: ActionWorld) -> None:
    code, home, other = world.make.product(home=3, other=20), world.make.home, world.make.other
    world.make.order({code: 2}, days=3)
    with pytest.raises(PreconditionFailed, match=r"^Only 1 Units of .* are free"):
        world.prepared("create_transfer", from_warehouse=home, to_warehouse=other, goods=f"{code}: 2")
    with pytest.raises(PreconditionFailed, match="name two warehouses"):
        world.prepared("create_transfer", from_warehouse=home, to_warehouse=home, goods=f"{code}: 1")
    with pytest.raises(RecordMissing, match=r"^There is no product NO-SUCH-CODE"):
        world.prepared("create_transfer", from_warehouse=home, to_warehouse=other, goods="NO-SUCH-CODE: 1")


def test_goods_that_were_counted_down_meanwhile_are_not_moved(world: ActionWorld) -> None:
    code, home, other = world.make.product(other=20), world.make.home, world.make.other
    content = world.prepared("create_transfer", from_warehouse=other, to_warehouse=home, goods=f"{code}: 14")
    world.carried_out("adjust_stock", product=code, warehouse=other, counted="10")
    with pytest.raises(PreconditionFailed, match=r"^Only 10 Units"):
        prepare(content.action, content.arguments, world.reader)


def moved_between(world: ActionWorld) -> str:
    """Number of a transfer home that is planned."""
    code = world.make.product(other=20)
    moved = world.carried_out(
        "create_transfer", from_warehouse=world.make.other, to_warehouse=world.make.home, goods=f"{code}: 5"
    )
    [made] = world.reader.transfers_marked(marker_of(moved))
    return made.name


def test_a_transfer_that_was_moved_meanwhile_is_not_cancelled(world: ActionWorld) -> None:
    name = moved_between(world)
    content = world.prepared("cancel_transfer", transfer=name)
    world.make.ship(name)
    with pytest.raises(PreconditionFailed, match=f"^{name} is done"):
        prepare(content.action, content.arguments, world.reader)


def test_a_transfer_that_somebody_else_cancelled_meanwhile_is_not_cancelled_again(world: ActionWorld) -> None:
    name = moved_between(world)
    content = world.prepared("cancel_transfer", transfer=name)
    world.carried_out("cancel_transfer", transfer=name)
    with pytest.raises(PreconditionFailed, match=f"^{name} is cancelled already"):
        prepare(content.action, content.arguments, world.reader)


def test_a_customers_delivery_is_not_cancelled_as_a_transfer(world: ActionWorld) -> None:
    _, delivery = world.make.order({world.make.product(home=4): 2}, days=3)
    with pytest.raises(PreconditionFailed, match=f"^{delivery} is a delivery that belongs to an order"):
        world.prepared("cancel_transfer", transfer=delivery)


# create_return


def test_a_return_of_a_delivery_is_planned_and_cancelled(world: ActionWorld) -> None:
    code = world.make.product(home=10)
    _, delivery = world.make.order({code: 5}, days=1)
    world.make.ship(delivery)
    back = world.carried_out("create_return", transfer=delivery, goods=f"{code}: 2")
    [change] = back.content.preview.changes
    assert (change.before, change.after) == ("0 of 5 Units", "2 of 5 Units")
    assert Decimal(back.content.facts["value"]) == 24
    [made] = world.reader.transfers_marked("expediter-p" + str(back.id))
    assert made.returns is not None
    assert made.returns.name == delivery
    with pytest.raises(PreconditionFailed, match=r"^Only 3 Units"):
        world.prepared("create_return", transfer=delivery, goods=f"{code}: 4")
    undone = world.taken_back(back)
    assert prepare("create_return", undone.content.before["again"]["arguments"], world.reader).arguments == back.content.arguments


def test_what_was_not_shipped_cannot_come_back(world: ActionWorld) -> None:
    code = world.make.product(home=10)
    _, delivery = world.make.order({code: 5}, days=1)
    with pytest.raises(PreconditionFailed, match=f"^{delivery} is not done"):
        world.prepared("create_return", transfer=delivery, goods=f"{code}: 2")


def test_what_came_back_meanwhile_does_not_come_back_again(world: ActionWorld) -> None:
    code = world.make.product(home=10)
    _, delivery = world.make.order({code: 5}, days=1)
    world.make.ship(delivery)
    content = world.prepared("create_return", transfer=delivery, goods=f"{code}: 2")
    world.carried_out("create_return", transfer=delivery, goods=f"{code}: 1")
    fresh = prepare(content.action, content.arguments, world.reader)
    assert (content.before["returned"], fresh.before["returned"]) == (["0"], ["1"]), "seen, and so refused as stale"
    world.carried_out("create_return", transfer=delivery, goods=f"{code}: 3")
    with pytest.raises(PreconditionFailed, match=r"^Only 1 Units"):
        prepare(content.action, content.arguments, world.reader)
