"""Orders at risk, and why one of them is."""

from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from pydantic import Field

from agent.domain.findings import Finding, Option, OrderRisk
from agent.domain.money import Money
from agent.guardrails.permissions import Permission
from agent.ports.erp_reader import ErpReader
from agent.risk import assess, take_snapshot
from agent.tools.base import Effect, Tool, ToolArguments, cited, failure
from agent.tools.context import ToolContext


class OrdersAtRisk(ToolArguments):
    limit: int = Field(default=10, ge=1, le=50, description="How many orders to list, most urgent first")
    promised_by: date | None = Field(
        default=None, description="Only orders promised up to this date (ISO), earlier missed promises included; null for all"
    )


class WhyOrder(ToolArguments):
    order: str = Field(min_length=1, max_length=64, description="Number of the sale order, like S00042")


def orders_at_risk(context: ToolContext, arguments: OrdersAtRisk) -> dict[str, Any]:
    report = context.risk()
    risks = [risk for risk in report.orders if _promised_by(risk, arguments.promised_by)]
    shown = risks[: arguments.limit]
    return {
        "as_of": report.as_of.isoformat(),
        "not_looked_at": list(report.not_seen),
        "open_orders": report.open_orders,
        "at_risk": len(risks),
        "already_missed": sum(1 for risk in risks if risk.promise_date and risk.promise_date < report.as_of),
        "shown": len(shown),
        "not_shown": len(risks) - len(shown),
        "promised_by": arguments.promised_by.isoformat() if arguments.promised_by else None,
        "value_at_risk": _totals([risk.value_at_risk for risk in risks]),
        "orders": [_summary(risk) for risk in shown],
        "records": [cited(risk.order, context.reader) for risk in shown],
    }


def why_order(context: ToolContext, arguments: WhyOrder) -> dict[str, Any]:
    name = arguments.order.strip()
    order = next(iter(context.reader.sale_orders([name])), None) or next(iter(context.reader.sale_orders([name.upper()])), None)
    if order is None:
        return unknown_order(name, context.reader)
    report = assess(take_snapshot(context.reader, context.now(), [order.name]), context.policy)
    risk = next((risk for risk in report.orders if risk.order.id == order.id), None)
    standing = {
        "as_of": report.as_of.isoformat(),
        "not_looked_at": list(report.not_seen),
        "order": order.name,
        "customer": order.customer_name,
        "order_value": _money(order.amount),
        "promise_date": _day(order.promise_date),
        "at_risk": risk is not None,
    }
    if risk is None:
        return standing | {"records": [cited(order.record, context.reader)]}
    evidence = {item.record: None for finding in risk.findings for item in finding.evidence}
    records = dict.fromkeys([order.record, *evidence])
    return standing | _detail(risk) | {"records": [cited(record, context.reader) for record in records]}


def unknown_order(name: str, reader: ErpReader) -> dict[str, Any]:
    """An error that names the order only where that is plainly a number, and offers close ones."""
    named = f" {name}" if name.isalnum() and len(name) <= 12 else " of that number"
    known = [order.name for order in reader.open_sale_orders()]
    return failure(f"There is no sale order{named}, or it may not be read.", get_close_matches(name.upper(), known, 3, 0.7))


def _promised_by(risk: OrderRisk, day: date | None) -> bool:
    return day is None or (risk.promise_date is not None and risk.promise_date.astimezone(UTC).date() <= day)


def _summary(risk: OrderRisk) -> dict[str, Any]:
    return {
        "order": risk.order.name,
        "customer": risk.customer_name,
        "promise_date": _day(risk.promise_date),
        "projected_date": _day(risk.projected_date),
        "days_late": risk.days_late,
        "value_at_risk": _money(risk.value_at_risk),
        "score": float(risk.score),
        "reasons": [finding.summary for finding in risk.findings],
        "options": [option.summary for option in risk.options],
    }


def _detail(risk: OrderRisk) -> dict[str, Any]:
    return {
        "projected_date": _day(risk.projected_date),
        "days_late": risk.days_late,
        "value_at_risk": _money(risk.value_at_risk),
        "score": float(risk.score),
        "findings": [_finding(finding) for finding in risk.findings],
        "options": [_option(option) for option in risk.options],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "since": _day(finding.since),
        "summary": finding.summary,
        "evidence": [
            {"record": item.record.name, "model": item.record.model, "field": item.field, "value": item.value}
            for item in finding.evidence
        ],
    }


def _option(option: Option) -> dict[str, Any]:
    return {
        "kind": option.kind.value,
        "summary": option.summary,
        "ready_date": _day(option.ready_date),
        "cost": _money(option.cost),
        "harms": [
            {"order": harm.order.name, "customer": harm.customer_name, "days": harm.days, "value": _money(harm.value)}
            for harm in option.harms
        ],
        "approval": option.approval,
    }


def _totals(amounts: list[Money]) -> list[dict[str, str]]:
    """One total for each currency; the largest first."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for amount in amounts:
        sums[amount.currency] += amount.amount
    return [
        {"amount": f"{total:.2f}", "currency": currency} for currency, total in sorted(sums.items(), key=lambda sum_: -sum_[1])
    ]


def _money(amount: Money | None) -> dict[str, str] | None:
    return {"amount": f"{amount.amount:.2f}", "currency": amount.currency} if amount else None


def _day(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).date().isoformat() if moment else None


TOOLS = (
    Tool(
        "orders_at_risk",
        "The open orders that will miss, or have missed, their promise date, most urgent first, each with reasons, days late, "
        "value at risk and what can be done; with totals. Use promised_by for questions like `this week`.",
        OrdersAtRisk,
        Effect.READ,
        Permission.READ,
        orders_at_risk,
    ),
    Tool(
        "why_order",
        "Whether one sale order will miss its promise, and why: findings with the records they were read from, "
        "when it can ship, and the options with the approval each would need.",
        WhyOrder,
        Effect.READ,
        Permission.READ,
        why_order,
    ),
)
