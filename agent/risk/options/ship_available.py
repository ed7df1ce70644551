"""Ship what is there now."""

from collections.abc import Iterator
from decimal import Decimal

from agent.domain.findings import Claim, Option, OptionKind
from agent.domain.quantity import ROUNDING
from agent.risk.options.ground import Ground
from agent.risk.outlooks import LineOutlook
from agent.risk.wording import listed

BY_HAND = "the warehouse decides and does it in the ERP"
AFTER_RELEASE = f"finance has to release the credit first; then {BY_HAND}"


def ship_available(ground: Ground) -> Iterator[Option]:
    """Goods that are reserved for the order, or free after everybody who needs them earlier: nobody is harmed.

    Of a kit only whole ones ship.
    """
    situation = ground.situation
    there = [(line, quantity) for line in situation.lines if (quantity := _there(ground, line)) > ROUNDING]
    if not there:
        return
    whole = len(there) == len(situation.lines) and all(line.outstanding - quantity <= ROUNDING for line, quantity in there)
    goods = listed([ground.goods(line, quantity) for line, quantity in there])
    yield Option(
        kind=OptionKind.SHIP_AVAILABLE,
        summary=f"Ship {situation.order.name} {'complete' if whole else 'in part'} now, from stock: {goods}.",
        ready_date=max(ground.ships(line.warehouse_id) for line, _ in there),
        cost=None,
        harms=(),
        approval=AFTER_RELEASE if ground.held else BY_HAND,
        whole=whole,
        claims=tuple(claim for line, _ in there for claim in _claims(ground, line)),
    )


def _there(ground: Ground, line: LineOutlook) -> Decimal:
    """Reserved or free, without what another order's option takes."""
    if not line.parts:
        return ground.reserved_for(line) + line.allocation.from_stock
    lost = any(ground.reserved_for(part) < part.reserved for part in line.parts)
    return Decimal(0) if lost else line.available_now


def _claims(ground: Ground, line: LineOutlook) -> Iterator[Claim]:
    """What is reserved ships with the order, so nobody else may take it; free stock is promised to it by the projection alone."""
    for leaf in line.parts or (line,):
        held = ground.reserved_for(leaf)
        if leaf.warehouse_id is not None and held > ROUNDING:
            yield Claim(leaf.product_id, leaf.warehouse_id, held, leaf.line.id)
