"""Which orders are at risk, and why one is: from the last scan, which takes milliseconds, or read anew."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from agent.domain.findings import OrderRisk, RiskReport
from agent.domain.money import Money
from agent.domain.order_numbers import spellings
from agent.domain.risk_list import OneOrder, RiskFilter, RiskList, Row
from agent.domain.warehouse_names import warehouses_called
from agent.errors import DatabaseUnavailable
from agent.guardrails.policy import Policy
from agent.ports.erp_reader import ErpReader
from agent.ports.risk_board import RiskReading
from agent.risk.assess import assess
from agent.risk.rows import order_row
from agent.risk.taking import take_snapshot

#: An older scan is no answer any more: its worker is away, and reading anew takes seconds.
TOO_OLD = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class RiskAnswers:
    """`board` is None where nothing scans; then every answer is fresh."""

    reader: ErpReader
    policy: Policy
    now: Callable[[], datetime]
    board: RiskReading | None = None

    def orders(self, wanted: RiskFilter, fresh: bool = False) -> RiskList:
        """Raises RecordMissing when no warehouse is called so, and what the reader raises when it has to be asked."""
        if not fresh and self.board is not None and self._scanned():
            return self.board.listed(wanted)
        return self.of_report(assess(take_snapshot(self.reader, self.now()), self.policy), wanted)

    def order(self, name: str, fresh: bool = False) -> OneOrder:
        """One order. Raises RecordMissing when there is no open order of this name, and what the reader raises."""
        if not fresh and self.board is not None and self._scanned() and (row := self._scanned_order(name)):
            return OneOrder(datetime.fromisoformat(row["as_of"]), False, row, ())
        report = assess(take_snapshot(self.reader, self.now(), [name]), self.policy)
        row = next((order_row(risk, report.as_of, self.reader.url) for risk in report.orders), None)
        return OneOrder(report.as_of, True, row, report.not_seen)

    def _scanned_order(self, name: str) -> Row | None:
        assert self.board is not None
        return next((row for spelling in spellings(name) if (row := self.board.order(spelling))), None)

    def of_report(self, report: RiskReport, wanted: RiskFilter) -> RiskList:
        """A fresh answer from what was just assessed. Raises RecordMissing when no warehouse is called so."""
        warehouse_ids = warehouses_called(wanted.warehouse, self.reader.warehouses()) if wanted.warehouse is not None else None
        found = [risk for risk in report.orders if _wanted(risk, wanted, warehouse_ids)]
        return RiskList(
            as_of=report.as_of,
            fresh=True,
            open_orders=report.open_orders,
            at_risk=len(found),
            already_missed=sum(1 for risk in found if risk.promise_date and risk.promise_date < report.as_of),
            values=totals(risk.value_at_risk for risk in found),
            rows=tuple(order_row(risk, report.as_of, self.reader.url) for risk in found[: wanted.limit]),
            not_seen=report.not_seen,
        )

    def _scanned(self) -> bool:
        """Whether there is a scan to answer from. Without a database the ERP is asked."""
        assert self.board is not None
        try:
            standing = self.board.standing()
        except DatabaseUnavailable:
            return False
        return standing is not None and self.now() - standing.as_of <= TOO_OLD


def _wanted(risk: OrderRisk, wanted: RiskFilter, warehouse_ids: frozenset[int] | None) -> bool:
    if warehouse_ids is not None and risk.warehouse_id not in warehouse_ids:
        return False
    if wanted.promised_by is None:
        return True
    return risk.promise_date is not None and risk.promise_date.date() <= wanted.promised_by


def totals(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """One sum for each currency; the largest first."""
    sums: dict[str, Decimal] = {}
    for money in amounts:
        sums[money.currency] = sums.get(money.currency, Decimal(0)) + money.amount
    return tuple(Money(total, currency) for currency, total in sorted(sums.items(), key=lambda item: (-item[1], item[0])))
