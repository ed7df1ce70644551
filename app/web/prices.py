"""Rows for people who may not see prices."""

from typing import TypeVar

from agent.domain.findings import FindingKind
from agent.guardrails.masking import without_money
from app.contract.findings import FindingEventRow, KnownFindingRow
from app.contract.risk import FindingRow, HarmRow, OptionRow, OrderRiskRow

Row = TypeVar("Row", bound=FindingRow)


def order_without_money(order: OrderRiskRow) -> OrderRiskRow:
    return order.model_copy(
        update={
            "value_at_risk": None,
            "findings": tuple(map(finding_without_money, order.findings)),
            "options": tuple(map(_option_without_money, order.options)),
        }
    )


def finding_without_money(finding: Row) -> Row:
    """Credit is not told at all: how much is owed shows in more than the amounts."""
    if finding.kind is FindingKind.CREDIT_HOLD:
        return finding.model_copy(update={"summary": "The customer's credit holds the delivery.", "evidence": ()})
    evidence = tuple(fact.model_copy(update={"value": without_money(fact.value)}) for fact in finding.evidence)
    return finding.model_copy(update={"summary": without_money(finding.summary), "evidence": evidence})


def harms_without_money(harms: tuple[HarmRow, ...]) -> tuple[HarmRow, ...]:
    return tuple(harm.model_copy(update={"value": None}) for harm in harms)


def _option_without_money(option: OptionRow) -> OptionRow:
    return option.model_copy(
        update={"cost": None, "summary": without_money(option.summary), "harms": harms_without_money(option.harms)}
    )


def known_without_money(finding: KnownFindingRow) -> KnownFindingRow:
    hidden = finding_without_money(finding)
    history = tuple(event.model_copy(update=_event_without_money(finding, event)) for event in finding.history)
    return hidden.model_copy(
        update={"value": None, "at_stake": None, "affects": harms_without_money(finding.affects), "history": history}
    )


def _event_without_money(finding: KnownFindingRow, event: FindingEventRow) -> dict[str, str | None]:
    summary = None if finding.kind is FindingKind.CREDIT_HOLD else without_money(event.summary)
    return {"summary": summary, "reason": without_money(event.reason)}
