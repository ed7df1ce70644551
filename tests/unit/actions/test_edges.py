"""Dates and quantities at the edge of what can be reckoned with are refused with a sentence."""

from dataclasses import replace
from decimal import Decimal
from typing import cast

import pytest

from agent.actions import prepare
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from tests.unit.actions.shop import Shop
from tests.unit.risk.builders import units
from tests.unit.risk.test_option_commands import Reader, harmless


@pytest.mark.parametrize("arrives", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_vendors_moment_outside_of_all_calendars_is_refused(arrives: str):
    with pytest.raises(PreconditionFailed, match="lies outside of all calendars; give another date"):
        prepare("confirm_vendor_date", {"purchase": "P00007", "arrives": arrives}, cast(ErpReader, Shop()))


def test_a_reservation_that_is_a_hair_less_than_what_is_wanted_is_refused():
    there = harmless()
    ours, other = there.orders
    hair = Decimal("0.00001")
    there.moves[:] = [
        replace(move, reserved=units(move.reserved.amount - hair)) if move.reserved else move for move in there.moves
    ]
    goods = [{"product": "CH", "quantity": "10"}]
    given = {"from_order": other.name, "to_order": ours.name, "goods": goods}
    with pytest.raises(PreconditionFailed, match="cannot be split into exactly 10 Units; name another quantity"):
        prepare("reassign_reservation", given, cast(ErpReader, Reader(there)))
