"""A kit is ready when every part of it is.

Odoo ships a kit (a bill of materials of type "kit") as moves of its parts that carry the kit's order line. How many parts make
one kit is not asked of the bill: what is still owed of a part, for the kits still owed, says it.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from agent.domain.quantity import ROUNDING
from agent.risk.outlooks import LineOutlook
from agent.risk.pools import ZERO, Allocation, Peg


def assembled(parts: Sequence[LineOutlook]) -> LineOutlook:
    """The outlook of a kit's order line from those of its parts, at least one; amounts are kits.

    Its pegs name, for the kits that become complete by each supply, the part's supply that comes last.
    """
    parts = tuple(sorted(parts, key=lambda part: part.product_id))
    line = parts[0].line
    outstanding = (line.ordered - line.delivered).at_least_zero().amount
    reserved = min(_kits(part, part.reserved, outstanding) for part in parts)
    there = min(_kits(part, part.available_now, outstanding) for part in parts)
    pegs = tuple(_pegs(parts, there, outstanding))
    missing = outstanding - there - sum((peg.amount for peg in pegs), ZERO)
    dates = [part.ready for part in parts if part.ready is not None]
    return LineOutlook(
        line=line,
        warehouse_id=parts[0].warehouse_id,
        need_by=min(part.need_by for part in parts),
        outstanding=outstanding,
        reserved=reserved,
        allocation=Allocation(there - reserved, pegs, missing if missing > ROUNDING else ZERO),
        ready=max(dates) if len(dates) == len(parts) else None,
        product_id=line.product_id,
        unit=line.ordered.unit,
        parts=parts,
    )


def _kits(part: LineOutlook, amount: Decimal, outstanding: Decimal) -> Decimal:
    """Whole kits that `amount` of the part is enough for; all that are owed when it is all that is owed of the part."""
    if part.outstanding - amount <= ROUNDING:
        return outstanding
    return (outstanding * (amount + ROUNDING) / part.outstanding).quantize(Decimal(1), "ROUND_FLOOR")


def _pegs(parts: Sequence[LineOutlook], there: Decimal, outstanding: Decimal) -> Iterator[Peg]:
    """Each supply that completes kits, when it comes; what cannot be counted on comes last."""
    amounts = {part.product_id: part.available_now for part in parts}
    by_product = {part.product_id: part for part in parts}
    arrivals = [
        (peg.supply.expected is None, peg.supply.expected or peg.supply.due, part, peg)
        for part in parts
        for peg in part.allocation.pegs
    ]
    for _, _, part, peg in sorted(arrivals, key=lambda arrival: arrival[:2]):
        amounts[part.product_id] += peg.amount
        complete = min(_kits(by_product[key], amount, outstanding) for key, amount in amounts.items())
        if complete - there > ROUNDING:
            yield Peg(peg.supply, complete - there)
            there = complete
