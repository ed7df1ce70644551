"""Steps inside one warehouse: picking and packing before goods leave, checking and putting away after they came.

A step reserves goods that never left the warehouse. Unless somebody counts them, goods in the receiving area are nobody's.
"""

from collections.abc import Iterator

from agent.domain.stock import Move
from agent.risk.product_records import ProductRecords


def inside(move: Move) -> bool:
    return move.from_warehouse_id is not None and move.from_warehouse_id == move.to_warehouse_id


def steps_before(records: ProductRecords, leaving: Move) -> Iterator[Move]:
    """Open steps that prepare this move out of the same warehouse, for the same order line or for none."""
    seen: set[int] = set()
    waiting = [leaving]
    while waiting:
        for move_id in waiting.pop().waits_for:
            step = records.moves_by_id.get(move_id)
            if step is None or step.id in seen or not inside(step) or step.from_warehouse_id != leaving.from_warehouse_id:
                continue
            seen.add(step.id)
            if step.sale_line_id == leaving.sale_line_id:
                waiting.append(step)
                yield step


def put_aways(records: ProductRecords) -> list[Move]:
    """Steps that hold goods for nobody in particular: once done, whoever needs them first can have them."""
    steps = [move for move in records.moves if move.sale_line_id is None and inside(move) and move.reserved]
    if not steps:
        return []
    leaving = (move for move in records.moves if move.sale_line_id is None and move.waits_for and not inside(move))
    on_their_way_out = {step.id for move in leaving for step in steps_before(records, move)}
    return [step for step in steps if step.id not in on_their_way_out]
