"""One line of an order, found by its product."""

from decimal import Decimal
from typing import Any

from pydantic import Field

from agent.actions.on_order import OneOrder
from agent.actions.wording import number
from agent.domain.decisions import ProposalContent
from agent.domain.order_terms import LineTerms
from agent.domain.quantity import ROUNDING
from agent.domain.records import Record
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter

LINE = "sale.order.line"


class OrderLine(OneOrder):
    product: str = Field(min_length=1, max_length=128, description="Code or name of the product on the order")


def find_line(lines: list[LineTerms], product: str, order: str) -> LineTerms:
    """By code, by name, or by a part of the name that fits one line alone. Raises PreconditionFailed."""
    wanted = product.strip().casefold()
    exact = [line for line in lines if wanted in {(line.code or "").casefold(), line.product.casefold()}]
    found = exact or [line for line in lines if wanted in line.product.casefold()]
    if len(found) == 1:
        return found[0]
    known = ", ".join(line.label for line in lines[:12]) or "nothing"
    what = "no line" if not found else f"{len(found)} lines"
    raise PreconditionFailed(f"{order} has {what} of that product; on it are {known}.")


def line_before(line: LineTerms) -> dict[str, Any]:
    return {
        "line_id": line.id,
        "quantity": number(line.quantity.amount),
        "unit": line.quantity.unit,
        "delivered": number(line.delivered.amount),
        "invoiced": number(line.invoiced.amount),
        "unit_price": number(line.unit_price),
        "discount_percent": number(line.discount_percent),
        "value": f"{line.value}",
    }


def write_line(content: ProposalContent, writer: ErpWriter, changed: dict[str, str]) -> None:
    """The line as it was, but for what is `changed`: absolute values all."""
    terms = {key: Decimal({**content.before, **changed}[key]) for key in ("quantity", "unit_price", "discount_percent")}
    writer.set_line_terms(Record(LINE, content.before["line_id"], content.subject.name), **terms)


def line_now(content: ProposalContent, reader: ErpReader) -> LineTerms | None:
    return next((line for line in reader.line_terms(content.subject.id) if line.id == content.before["line_id"]), None)


def same(value: Decimal, text: str) -> bool:
    """Within what the ERP's floats round away."""
    return abs(value - Decimal(text)) <= ROUNDING
