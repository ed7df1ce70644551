"""Which moves of an order hold goods, and which wait for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from agent.actions.base import Effect
from agent.actions.wording import number
from agent.domain.quantity import ROUNDING
from agent.domain.stock import Move
from agent.domain.stock_changes import Reserved
from agent.ports.erp_reader import ErpReader


@dataclass(frozen=True, slots=True)
class Step:
    """How the reservation of one move changes."""

    move: Move
    by: Decimal
    """Positive: it gets so much more."""


def holding(moves: Sequence[Move], product_id: int) -> list[Move]:
    """With goods of the stock reserved; who is served last gives first."""
    own = [move for move in moves if move.product_id == product_id and _from_stock(move) and move.reserved]
    return sorted(own, key=lambda move: (move.urgent, -move.expected_at.timestamp(), -move.id))


def lacking(moves: Sequence[Move], product_id: int) -> list[Move]:
    """Without all of the stock that they want; who is served first gets first."""
    own = [move for move in moves if move.product_id == product_id and _from_stock(move) and (move.demand - move.reserved)]
    return sorted(own, key=lambda move: (not move.urgent, move.expected_at, move.id))


def less(moves: Sequence[Move], quantity: Decimal) -> list[Step]:
    """Take so much from them, in this order; all that they hold when it is not enough."""
    steps = []
    for move in moves:
        taken = min(quantity, move.reserved.amount)
        if taken > ROUNDING:
            steps.append(Step(move, -taken))
            quantity -= taken
    return steps


def more(moves: Sequence[Move], quantity: Decimal) -> list[Step]:
    """Give them so much, in this order; all that they lack when it is too much."""
    steps = []
    for move in moves:
        given = min(quantity, move.demand.amount - move.reserved.amount)
        if given > ROUNDING:
            steps.append(Step(move, given))
            quantity -= given
    return steps


def added(steps: Sequence[Step]) -> Decimal:
    return sum((abs(step.by) for step in steps), Decimal(0))


def stored_steps(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """As a content's `before` holds them: with what is reserved now, and by how much that changes."""
    return [
        {
            "move": step.move.id,
            "product": step.move.product_id,
            "transfer": step.move.picking_id,
            "demand": number(step.move.demand.amount),
            "reserved": number(step.move.reserved.amount),
            "change": number(step.by),
        }
        for step in steps
    ]


def targets(steps: Sequence[dict[str, Any]], *, growing: bool) -> list[Reserved]:
    """What the stored steps make of the reservations that grow, or of those that shrink."""
    wanted = [step for step in steps if (Decimal(step["change"]) > 0) == growing]
    return [Reserved(step["move"], step["transfer"], Decimal(step["reserved"]) + Decimal(step["change"])) for step in wanted]


def effect_of(steps: Sequence[dict[str, Any]], reader: ErpReader) -> Effect:
    """Reservations are absolute: as before, as proposed, or neither. More reserved than there is counts as neither."""
    moves = {move.id: move for move in reader.open_moves(sorted({step["product"] for step in steps}))}
    now = [moves.get(step["move"]) for step in steps]
    if any(move is None for move in now):
        return Effect.OTHER
    held = [number(move.reserved.amount) for move in now if move]
    if held == [step["reserved"] for step in steps]:
        return Effect.BEFORE
    wanted = [number(Decimal(step["reserved"]) + Decimal(step["change"])) for step in steps]
    return Effect.DONE if held == wanted and not _overdrawn([move for move in now if move], reader) else Effect.OTHER


def _overdrawn(moves: Sequence[Move], reader: ErpReader) -> bool:
    places = {(move.product_id, move.from_warehouse_id) for move in moves}
    levels = reader.stock_levels(sorted({product for product, _ in places}))
    return any(
        level.reserved.amount > level.on_hand.amount + ROUNDING
        for level in levels
        if (level.product_id, level.warehouse_id) in places
    )


def _from_stock(move: Move) -> bool:
    """Not of what another transfer brings first."""
    return move.from_warehouse_id is not None and not move.waits_for and move.picking_id is not None
