"""Orders at risk, from the last scan: this process holds no ERP login."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from agent.errors import RecordMissing
from app.contract.risk import BoardRow
from app.web.context import WebContext
from app.web.security import Context, Reader

router = APIRouter(prefix="/v1/risk", tags=["risk"])


@router.get("")
def orders_at_risk(context: Context, _person: Reader, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> BoardRow:
    """Most urgent first; `as_of` is null before the first scan."""
    board = _board(context)
    return BoardRow(as_of=board["as_of"], open_orders=board["open_orders"], orders=tuple(board["orders"][:limit]))


@router.get("/{order}")
def order_at_risk(order: str, context: Context, _person: Reader) -> dict[str, Any]:
    """One order at risk, by its name."""
    board = _board(context)
    for row in board["orders"]:
        if row["order"] == order:
            found: dict[str, Any] = row
            return found
    raise RecordMissing(f"{order} is not among the orders at risk of the last scan ({board['as_of'] or 'none was made yet'}).")


def _board(context: WebContext) -> dict[str, Any]:
    return context.board.latest() or {"as_of": None, "open_orders": 0, "orders": []}
