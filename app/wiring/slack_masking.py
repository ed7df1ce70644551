"""Findings for whoever may not see prices, and for channels where not everybody may."""

from dataclasses import replace

from agent.domain.finding_life import KnownFinding
from app.contract.findings import KnownFindingRow
from app.web.prices import known_without_money


def without_money(finding: KnownFinding) -> KnownFinding:
    """As the API shows it to whoever may not see prices."""
    row = known_without_money(KnownFindingRow.of(finding))
    body = row.model_dump(mode="json", include=set(finding.body))
    told = zip(finding.history, row.history, strict=True)
    history = tuple(replace(event, summary=shown.summary, reason=shown.reason) for event, shown in told)
    return replace(finding, body=body, value=None, history=history)
