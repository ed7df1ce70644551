"""Our own affairs as the rules look at them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from agent.domain.affairs import Affairs, CarrierReport, Shipment, WaitingApproval
from agent.domain.decisions import Proposal, ProposalState
from agent.domain.records import Record
from agent.errors import ErpIncomplete, ErpRefused, PolicyRejected
from agent.guardrails.approvals import waiting_step
from agent.guardrails.policy import Policy
from agent.ports.erp_history import ErpHistory
from agent.ports.ledger import ProposalBook
from agent.ports.own_affairs import OwnAffairs

#: More proposals than this do not wait at once anywhere.
MOST = 2_000


def take_affairs(book: ProposalBook, own: OwnAffairs, history: ErpHistory, policy: Policy, now: datetime) -> Affairs:
    """Approvals that wait, jobs that were given up lately, and what carriers said of shipments the ERP knows."""
    reports = own.carrier_reports()
    return Affairs(
        approvals=tuple(_waiting(book.proposals([ProposalState.PENDING], MOST), policy, now)),
        failures=tuple(own.failures(now - timedelta(hours=policy.limits.longest(["failure_window_hours"])))),
        reports=tuple(reports),
        shipments=tuple(_shipments(history, reports)),
    )


def _waiting(proposals: Sequence[Proposal], policy: Policy, now: datetime) -> Iterator[WaitingApproval]:
    """The SLA of a step begins when the step does."""
    for proposal in proposals:
        if proposal.expires_at <= now:
            continue
        try:
            requirement = policy.require(proposal.content.action, proposal.content.facts)
        except PolicyRejected:
            continue
        step = waiting_step(requirement, proposal)
        if step is not None:
            begun = max([proposal.created_at, *(decision.decided_at for decision in proposal.decisions)])
            yield WaitingApproval(
                proposal=Record("proposal", proposal.id, proposal.label),
                action=proposal.content.action,
                subject=proposal.content.subject.record,
                proposed_at=proposal.created_at,
                due_at=begun + requirement.sla,
                waits_for=step.words(),
            )


def _shipments(history: ErpHistory, reports: Sequence[CarrierReport]) -> list[Shipment]:
    """Without the right to see deliveries a carrier's word cannot be matched, and nothing is said."""
    if not reports:
        return []
    try:
        return history.shipments([report.tracking for report in reports])
    except (ErpRefused, ErpIncomplete):
        return []
