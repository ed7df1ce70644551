"""Purchases in any state, line by line."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from agent.domain.money import Money
from agent.domain.purchase_papers import PaperLine, PurchasePaper
from agent.domain.quantity import Quantity
from agent.domain.records import Record
from integrations.demo.access import Reads
from integrations.demo.company import CURRENCY

PAPERS = """
SELECT o.*, v.name AS vendor_name FROM demo.purchase_order o JOIN demo.partner v ON v.id = o.vendor_id
WHERE o.name = ANY (%(names)s) OR strpos(o.origin, %(marker)s) > 0
"""
LINES = """
SELECT l.*, p.name AS product_name, p.code, p.unit FROM demo.purchase_line l JOIN demo.product p ON p.id = l.product_id
WHERE l.order_id = ANY (%(ids)s) ORDER BY l.id
"""


class PurchasePaperReads(Reads):
    def purchase_papers(self, names: Sequence[str]) -> list[PurchasePaper]:
        return self._papers(list(names), None)

    def purchases_marked(self, marker: str) -> list[PurchasePaper]:
        return self._papers([], marker)

    def _papers(self, names: list[str], marker: str | None) -> list[PurchasePaper]:
        rows = self._rows(PAPERS, {"names": names, "marker": marker})
        lines: dict[int, list[PaperLine]] = {row.id: [] for row in rows}
        for row in self._rows(LINES, {"ids": list(lines)}):
            lines[row.order_id].append(_line(row))
        return [_paper(row, tuple(lines[row.id])) for row in rows]


def _line(row: Any) -> PaperLine:
    return PaperLine(
        id=row.id,
        product_id=row.product_id,
        product_name=row.product_name,
        product_code=row.code,
        ordered=Quantity(row.ordered, row.unit),
        received=Quantity(row.received, row.unit),
        price=Money(row.unit_price, CURRENCY),
        vendor_promise_date=row.vendor_promise_date.astimezone(UTC),
    )


def _paper(row: Any, lines: tuple[PaperLine, ...]) -> PurchasePaper:
    values = [Money(line.price.amount * line.ordered.amount, CURRENCY) for line in lines]
    return PurchasePaper(
        id=row.id,
        name=row.name,
        state=row.state,
        vendor=Record("res.partner", row.vendor_id, row.vendor_name),
        amount=sum(values[1:], values[0]),
        origin=row.origin or "",
        warehouse_id=row.warehouse_id,
        lines=lines,
    )
