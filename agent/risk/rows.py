"""The JSON of orders at risk and findings: a contract. Dates are ISO 8601 with offset; money and scores have two decimals."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from agent.domain.findings import Affected, Evidence, Finding, Option, OrderRisk
from agent.domain.impact import Impact, ImpactedOrder, Node
from agent.domain.money import Money
from agent.domain.plans import Plan
from agent.domain.records import Link, Record


def order_row(risk: OrderRisk, as_of: datetime, url: Link) -> dict[str, Any]:
    """One order at risk. `url` says where a person opens a record, None where there is no web client."""
    return {
        "order_id": risk.order.id,
        "order": risk.order.name,
        "url": url(risk.order),
        "customer": risk.customer_name,
        "promise_date": _iso(risk.promise_date),
        "projected_date": _iso(risk.projected_date),
        "days_late": risk.days_late,
        "value_at_risk": _number(risk.value_at_risk.amount),
        "currency": risk.value_at_risk.currency,
        "score": _number(risk.score),
        "findings": [_finding(finding, url) for finding in risk.findings],
        "options": [_option(option) for option in risk.options],
        "as_of": as_of.isoformat(),
    }


def finding_row(finding: Finding, url: Link) -> dict[str, Any]:
    """One trouble with whom it makes wait; more than a row of an order says of it."""
    stake = finding.at_stake
    return _finding(finding, url) | {
        "subject": {**_record(finding.subject), "url": _page(finding.subject, url)},
        "order": finding.order.name if finding.order else None,
        "affects": [_harm(affected) for affected in finding.affects],
        "at_stake": {"amount": _number(stake.amount), "currency": stake.currency} if stake else None,
        "sureness": finding.trend.sureness if finding.trend else None,
    }


def _finding(finding: Finding, url: Link) -> dict[str, Any]:
    return {
        "fingerprint": finding.fingerprint,
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "since": finding.since.isoformat(),
        "summary": finding.summary,
        "evidence": [_evidence(evidence, url) for evidence in finding.evidence],
    }


def _page(record: Record, url: Link) -> str | None:
    """Our own records (a proposal, a job, a carrier's report) have no page in the ERP; the ERP's models all have a dot."""
    return url(record) if "." in record.model else None


def _evidence(evidence: Evidence, url: Link) -> dict[str, Any]:
    record = evidence.record
    return {**_record(record), "field": evidence.field, "value": evidence.value, "url": _page(record, url)}


def _record(record: Record) -> dict[str, Any]:
    return {"model": record.model, "id": record.id, "name": record.name}


def _option(option: Option) -> dict[str, Any]:
    return {
        "kind": option.kind.value,
        "summary": option.summary,
        "ready_date": _iso(option.ready_date),
        "cost": _money(option.cost) if option.cost else None,
        "harms": [_harm(harm) for harm in option.harms],
        "approval": option.approval,
        "whole": option.whole,
        "action": option.action,
        "arguments": option.arguments,
    }


def _harm(harm: Affected) -> dict[str, Any]:
    return {
        "order": harm.order.name,
        "customer": harm.customer_name,
        "days": harm.days,
        "value": _number(harm.value.amount),
        "currency": harm.value.currency,
    }


def plan_rows(plan: Plan) -> list[dict[str, Any]]:
    """The steps of a plan, in their order."""
    return [
        {
            "order": step.order.name,
            "customer": step.customer_name,
            "promise_date": _iso(step.promise_date),
            "value": _money(step.value),
            "projected_date": _iso(step.projected_date),
            "days_late": step.days_late,
            "held": step.held,
            "option": _option(step.option) if step.option else None,
            "days_late_then": step.days_late_then,
            "as_of": plan.as_of.isoformat(),
        }
        for step in plan.steps
    ]


def impact_row(found: Impact, url: Link) -> dict[str, Any]:
    """What a cause endangers."""
    return {
        "cause": found.cause.name,
        "said": found.said,
        "url": url(found.cause),
        "new_date": _iso(found.new_date),
        "value_endangered": [_money(money) for money in found.value_endangered],
        "orders": [_impacted(order) for order in found.orders],
        "as_of": found.as_of.isoformat(),
    }


def _impacted(order: ImpactedOrder) -> dict[str, Any]:
    return {
        "order": order.order.name,
        "customer": order.customer_name,
        "promise_date": _iso(order.promise_date),
        "ready_before": _iso(order.ready_before),
        "ready_after": _iso(order.ready_after),
        "days_late": order.days_late,
        "endangered": order.endangered,
        "goods": order.goods,
        "value": _money(order.value),
        "score": _number(order.score),
        "language": order.language,
        "draft": order.draft,
    }


def node_row(node: Node, url: Link) -> dict[str, Any]:
    """What something waits for, all the way down."""
    return {
        "name": node.record.name,
        "said": node.said,
        "ready": _iso(node.ready),
        "url": url(node.record),
        "waits_for": [node_row(child, url) for child in node.waits_for],
    }


def _money(money: Money) -> dict[str, Any]:
    return {"amount": _number(money.amount), "currency": money.currency}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _number(amount: Decimal) -> float:
    return float(round(amount, 2))
