"""Orders at risk, and why one of them is."""

from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from pydantic import Field

from agent.domain.findings import FindingKind
from agent.domain.order_numbers import order_is_missing, spellings
from agent.domain.risk_list import RiskFilter, Row
from agent.guardrails.permissions import Permission
from agent.ports.erp_reader import ErpReader
from agent.tools.base import Effect, Tool, ToolArguments, cited, failure
from agent.tools.context import ToolContext
from agent.tools.values import day, money


class OrdersAtRisk(ToolArguments):
    limit: int = Field(default=10, ge=1, le=50, description="How many orders to list, most urgent first")
    promised_by: date | None = Field(
        default=None, description="Only orders promised up to this date (ISO), earlier missed promises included; null for all"
    )

    warehouse: str | None = Field(
        default=None, max_length=64, description="Only orders of this warehouse, by code or name, or a part of the name"
    )
    fresh: bool = Field(default=False, description="Read the ERP anew instead of answering from the last scan")


class WhyOrder(ToolArguments):
    order: str = Field(min_length=1, max_length=64, description="Number of the sale order, like S00042")
    fresh: bool = Field(default=False, description="Read the ERP anew instead of answering from the last scan")


def orders_at_risk(context: ToolContext, arguments: OrdersAtRisk) -> dict[str, Any]:
    wanted = RiskFilter(arguments.warehouse, arguments.promised_by, arguments.limit)
    found = context.orders_at_risk(wanted, arguments.fresh)
    return {
        "as_of": found.as_of.isoformat(),
        "read_anew": found.fresh,
        "not_looked_at": list(found.not_seen),
        "open_orders": found.open_orders,
        "at_risk": found.at_risk,
        "already_missed": found.already_missed,
        "shown": len(found.rows),
        "not_shown": found.at_risk - len(found.rows),
        "promised_by": arguments.promised_by.isoformat() if arguments.promised_by else None,
        "warehouse": arguments.warehouse,
        "value_at_risk": [money(total) for total in found.values],
        "orders": [_summary(row) for row in found.rows],
        "records": [_cited(row) for row in found.rows],
    }


def why_order(context: ToolContext, arguments: WhyOrder) -> dict[str, Any]:
    name = arguments.order.strip()
    order = next(iter(context.reader.sale_orders(spellings(name))), None)
    if order is None:
        return unknown_order(name, context.reader)
    found = context.order_at_risk(order.name, arguments.fresh)
    standing = {
        "as_of": found.as_of.isoformat(),
        "read_anew": found.fresh,
        "not_looked_at": list(found.not_seen),
        "order": order.name,
        "customer": order.customer_name,
        "order_value": money(order.amount),
        "promise_date": day(order.promise_date),
        "at_risk": found.row is not None,
    }
    if found.row is None:
        return standing | {"records": [cited(order.record, context.reader)]}
    evidence = [_record(item) for finding in found.row["findings"] for item in finding["evidence"]]
    records = {(record["model"], record["id"]): record for record in [_cited(found.row), *evidence]}
    return standing | _detail(found.row) | {"records": list(records.values())}


def unknown_order(name: str, reader: ErpReader) -> dict[str, Any]:
    """An error that names the order only where that is plainly a number, and offers close ones."""
    said = f"{order_is_missing(name)}." if name.isalnum() and len(name) <= 12 else "There is no order of that number."
    known = [order.name for order in reader.open_sale_orders()]
    return failure(said, get_close_matches(name.upper(), known, 3, 0.7))


def _summary(row: Row) -> dict[str, Any]:
    return {
        "order": row["order"],
        "customer": row["customer"],
        "promise_date": _date(row["promise_date"]),
        "projected_date": _date(row["projected_date"]),
        "days_late": row["days_late"],
        "value_at_risk": _amount(row["value_at_risk"], row["currency"]),
        "held_by_credit": _held(row),
        "score": row["score"],
        "reasons": [finding["summary"] for finding in row["findings"]],
        "options": [option["summary"] for option in row["options"]],
    }


def _detail(row: Row) -> dict[str, Any]:
    return {
        "projected_date": _date(row["projected_date"]),
        "days_late": row["days_late"],
        "value_at_risk": _amount(row["value_at_risk"], row["currency"]),
        "held_by_credit": _held(row),
        "score": row["score"],
        "findings": [_finding(finding) for finding in row["findings"]],
        "options": [_option(option) for option in row["options"]],
    }


def _held(row: Row) -> bool:
    return any(finding["kind"] == FindingKind.CREDIT_HOLD for finding in row["findings"])


def _finding(finding: Row) -> dict[str, Any]:
    return {
        "kind": finding["kind"],
        "severity": finding["severity"],
        "since": _date(finding["since"]),
        "summary": finding["summary"],
        "evidence": [
            {"record": item["name"], "model": item["model"], "field": item["field"], "value": item["value"]}
            for item in finding["evidence"]
        ],
    }


def _option(option: Row) -> dict[str, Any]:
    cost = option["cost"]
    return {
        "kind": option["kind"],
        "summary": option["summary"],
        "ready_date": _date(option["ready_date"]),
        "cost": _amount(cost["amount"], cost["currency"]) if cost else None,
        "harms": [
            {**{key: harm[key] for key in ("order", "customer", "days")}, "value": _amount(harm["value"], harm["currency"])}
            for harm in option["harms"]
        ],
        "approval": option["approval"],
    }


def _cited(row: Row) -> dict[str, Any]:
    return {"model": "sale.order", "id": row["order_id"], "name": row["order"], "url": row["url"]}


def _record(evidence: Row) -> dict[str, Any]:
    return {key: evidence[key] for key in ("model", "id", "name", "url")}


def _amount(amount: float, currency: str) -> dict[str, str]:
    return {"amount": f"{amount:.2f}", "currency": currency}


def _date(moment: str | None) -> str | None:
    return datetime.fromisoformat(moment).date().isoformat() if moment else None


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
