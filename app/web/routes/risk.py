"""Orders at risk, from the last scan: this process holds no ERP login."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from agent.domain.decisions import Person
from agent.domain.order_numbers import shortened, spellings
from agent.domain.risk_list import RiskFilter
from agent.errors import RecordMissing
from agent.guardrails.permissions import Permission, may
from app.contract.risk import BoardRow, OrderRiskRow
from app.web.prices import order_without_money
from app.web.security import Context, Reader

router = APIRouter(prefix="/v1/risk", tags=["risk"])
Warehouse = Annotated[str | None, Query(max_length=200, description="Its code or name, or a part of the name.")]


@router.get("")
def orders_at_risk(
    context: Context, person: Reader, limit: Annotated[int, Query(ge=1, le=500)] = 50, warehouse: Warehouse = None
) -> BoardRow:
    """Most urgent first; `as_of` is null before the first scan."""
    standing = context.board.standing()
    if standing is None:
        return BoardRow(as_of=None, last_full=None, open_orders=0, at_risk=0, not_seen=(), orders=())
    found = context.board.listed(RiskFilter(warehouse=warehouse, limit=limit))
    return BoardRow(
        as_of=found.as_of,
        last_full=standing.last_full,
        open_orders=found.open_orders,
        at_risk=found.at_risk,
        not_seen=found.not_seen,
        orders=tuple(shown(row, person) for row in found.rows),
    )


@router.get("/{order}")
def order_at_risk(order: str, context: Context, person: Reader) -> OrderRiskRow:
    """One order at risk, by its name."""
    row = next((row for name in spellings(order) if (row := context.board.order(name))), None)
    if row is None:
        standing = context.board.standing()
        when = f"of {standing.as_of:%Y-%m-%d %H:%M} UTC" if standing else "none was made yet"
        raise RecordMissing(f"{shortened(order)} is not among the orders at risk of the last scan ({when}).")
    return shown(row, person)


def shown(row: dict[str, Any], person: Person) -> OrderRiskRow:
    """Without money for whoever may not see it."""
    order = OrderRiskRow.model_validate(row)
    return order if may(person, Permission.READ_PRICES) else order_without_money(order)
