"""The last scan, for whoever holds no ERP credential."""

from typing import Any, Protocol

from agent.domain.findings import RiskReport


class RiskBoard(Protocol):
    def publish(self, report: RiskReport, rows: list[dict[str, Any]]) -> None:
        """Store a scan: `rows` are the orders at risk as the JSON contract has them."""

    def latest(self) -> dict[str, Any] | None:
        """`{as_of, open_orders, orders: [rows]}` of the last scan; None before the first."""
