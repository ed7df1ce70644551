"""Transfers between warehouses bring only what the sending warehouse has, or gets, for them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from agent.domain.quantity import ROUNDING
from agent.domain.stock import Move
from agent.risk.pools import ZERO, Allocation
from agent.risk.product_records import ProductRecords
from agent.risk.supply import Supply
from agent.risk.terms import Terms

#: What a move gets that needs nothing any more: all of it is reserved.
ALL_THERE = Allocation(ZERO, (), ZERO)

Sent = dict[int, tuple[Supply, ...]]
"""Id of an arriving move → its supply as the sending warehouse can make it; only where that differs from what was announced."""


def as_sent(records: ProductRecords, announced: Sequence[Supply], allocations: Mapping[int, Allocation], terms: Terms) -> Sent:
    """`allocations` are what the demands of each warehouse get, those of a move by its negative id."""
    sent: Sent = {}
    for supply in announced:
        if supply.move is None or supply.purchase is not None or supply.expected is None:
            continue
        legs = _sending(records, supply.move)
        if legs:
            got = [(leg, allocations.get(-leg.id, ALL_THERE)) for leg in legs]
            parts = tuple(_parts(records.now, supply, supply.move, got, terms))
            if parts != (supply,):
                sent[supply.move.id] = parts
    return sent


def replaced(announced: Sequence[Supply], sent: Sent) -> list[Supply]:
    return [part for supply in announced for part in (sent.get(supply.move.id, (supply,)) if supply.move else (supply,))]


def _sending(records: ProductRecords, arriving: Move) -> list[Move]:
    """The moves out of another warehouse that have to be done first; the move itself where it goes straight there."""
    if arriving.from_warehouse_id is not None:
        return [arriving]
    earlier = (records.moves_by_id.get(move_id) for move_id in arriving.waits_for)
    return [move for move in earlier if move and move.from_warehouse_id is not None and move.to_warehouse_id is None]


def _parts(now: datetime, supply: Supply, move: Move, legs: Sequence[tuple[Move, Allocation]], terms: Terms) -> Iterator[Supply]:
    """What can be sent, with the day it can leave again, and what cannot."""
    missing = min(sum((allocation.missing for _, allocation in legs), ZERO), supply.amount)
    if supply.amount - missing > ROUNDING:
        arrival = max(_arrival(now, supply, move, leg, allocation, terms) for leg, allocation in legs)
        yield replace(supply, amount=supply.amount - missing, expected=arrival)
    if missing > ROUNDING:
        yield replace(supply, amount=missing, expected=None)


def _arrival(now: datetime, supply: Supply, move: Move, leg: Move, allocation: Allocation, terms: Terms) -> datetime:
    """Never before it is planned; after the sending warehouse has it, plus the transit.

    That is what the policy says, else the days between both moves (none where one move goes straight there).
    """
    origin, target = leg.from_warehouse_id or 0, move.to_warehouse_id
    planned = max(move.expected_at - leg.expected_at, timedelta())
    transit = terms.transit(origin, target)
    sent = [max(peg.supply.expected, now) for peg in allocation.pegs if peg.supply.expected]
    leaves = max([terms.ships(origin, now), *sent])
    return max(supply.expected or supply.due, terms.ships(target, leaves + (planned if transit is None else transit)))
