"""What people type as an order's number is understood, and answered in a sentence that can be read."""

import pytest

from agent.actions.base import find_order
from agent.domain.order_numbers import no_such_order, shortened
from agent.errors import RecordMissing
from agent.risk.taking import take_snapshot
from tests.unit.risk.builders import NOW, World
from tests.unit.risk.world_reader import WorldReader


def test_a_number_in_small_letters_and_between_spaces_is_the_order():
    world = World()
    order, other = world.order(), world.order()
    typed = f" {order.name.lower()} "
    snapshot = take_snapshot(WorldReader(world), NOW, [typed, other.name])
    assert snapshot.subjects == {order.id, other.id}
    assert find_order(typed, WorldReader(world)).id == order.id


def test_the_order_spelt_exactly_so_comes_before_one_in_capitals():
    world = World()
    small, _ = world.order(name="so-7"), world.order(name="SO-7")
    assert find_order("so-7", WorldReader(world)).id == small.id


def test_a_cancelled_order_in_small_letters_is_told_to_be_cancelled():
    world = World()
    order = world.order(state="cancel")
    with pytest.raises(RecordMissing, match=f"{order.name} is cancelled"):
        take_snapshot(WorldReader(world), NOW, [order.name.lower()])


@pytest.mark.parametrize("typed", ["", " \t"])
def test_without_a_number_one_is_asked_for(typed):
    with pytest.raises(RecordMissing, match="Say which order, by its number"):
        take_snapshot(WorldReader(World()), NOW, [typed])


def test_a_long_text_loses_its_middle_only():
    assert shortened("S" * 40) == "S" * 40
    told = no_such_order(f"Start{'x' * 100_000}end")
    assert "There is no order Startx" in told
    assert "xend, or its company" in told
    assert len(told) < 150
