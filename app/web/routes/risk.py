"""Orders at risk, from the last scan: this process holds no ERP login."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from agent.domain.decisions import Person
from agent.domain.findings import FindingKind
from agent.errors import RecordMissing
from agent.guardrails.permissions import Permission, may
from app.contract.risk import BoardRow, FindingRow, OptionRow, OrderRiskRow
from app.web.context import WebContext
from app.web.security import Context, Reader

router = APIRouter(prefix="/v1/risk", tags=["risk"])


@router.get("")
def orders_at_risk(context: Context, person: Reader, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> BoardRow:
    """Most urgent first; `as_of` is null before the first scan."""
    board = _board(context)
    orders = tuple(_shown(row, person) for row in board["orders"][:limit])
    return BoardRow(as_of=board["as_of"], open_orders=board["open_orders"], orders=orders)


@router.get("/{order}")
def order_at_risk(order: str, context: Context, person: Reader) -> OrderRiskRow:
    """One order at risk, by its name."""
    board = _board(context)
    for row in board["orders"]:
        if row["order"] == order:
            return _shown(row, person)
    raise RecordMissing(f"{order} is not among the orders at risk of the last scan ({board['as_of'] or 'none was made yet'}).")


def _board(context: WebContext) -> dict[str, Any]:
    return context.board.latest() or {"as_of": None, "open_orders": 0, "orders": []}


def _shown(row: dict[str, Any], person: Person) -> OrderRiskRow:
    order = OrderRiskRow.model_validate(row)
    return order if may(person, Permission.READ_PRICES) else _without_money(order)


def _without_money(order: OrderRiskRow) -> OrderRiskRow:
    return order.model_copy(
        update={
            "value_at_risk": None,
            "findings": tuple(map(_finding_without_money, order.findings)),
            "options": tuple(map(_option_without_money, order.options)),
        }
    )


def _finding_without_money(finding: FindingRow) -> FindingRow:
    if finding.kind is not FindingKind.CREDIT_HOLD:
        return finding
    return finding.model_copy(update={"summary": "The customer's credit holds the delivery.", "evidence": ()})


def _option_without_money(option: OptionRow) -> OptionRow:
    harms = tuple(harm.model_copy(update={"value": None}) for harm in option.harms)
    return option.model_copy(update={"cost": None, "harms": harms})
