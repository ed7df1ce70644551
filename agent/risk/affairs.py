"""Our own affairs as the rules look at them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from agent.domain.affairs import Affairs, WaitingApproval
from agent.domain.decisions import Proposal
from agent.domain.findings import FindingKind
from agent.domain.records import Record
from agent.errors import PolicyRejected
from agent.guardrails.deadlines import deadlines_of
from agent.guardrails.policy import Policy
from agent.guardrails.waiting import waiting
from agent.ports.erp_history import ErpHistory
from agent.ports.ledger import ProposalBook
from agent.ports.own_affairs import OwnAffairs
from agent.risk.gaps import Gaps


def take_affairs(book: ProposalBook, own: OwnAffairs, history: ErpHistory, policy: Policy, now: datetime) -> Affairs:
    """Approvals that wait, jobs that were given up lately, and what carriers said of shipments the ERP knows.

    A carrier's word that can be matched with no delivery, because they may not be seen, is said to be unseen.
    """
    gaps = Gaps()
    reports = own.carrier_reports(now - timedelta(days=policy.limits.longest(["carrier_report_days"])))
    numbers = [report.tracking for report in reports]
    unmatched = "What carriers said was not matched with deliveries."
    shipments = gaps.read(lambda: history.shipments(numbers), unmatched, (FindingKind.CARRIER_DELAY,)) if numbers else ()
    return Affairs(
        approvals=tuple(_waiting(waiting(book), policy, now)),
        failures=tuple(own.failures(now - timedelta(hours=policy.limits.longest(["failure_window_hours"])))),
        reports=tuple(reports),
        shipments=tuple(shipments),
        not_seen=tuple(gaps.sentences),
        unjudged=frozenset(gaps.unjudged),
    )


def as_far_as_known(seen: Affairs | None, before: Affairs | None) -> Affairs | None:
    """What was seen now; shipments that could not be looked at are as they were known before."""
    return replace(seen, shipments=before.shipments) if seen and before and seen.unjudged else seen


def _waiting(proposals: Iterable[Proposal], policy: Policy, now: datetime) -> Iterator[WaitingApproval]:
    """The SLA of a step begins when the step does."""
    for proposal in proposals:
        if proposal.expires_at <= now:
            continue
        try:
            requirement = policy.require(proposal.content.action, proposal.content.facts)
        except PolicyRejected:
            continue
        deadlines = deadlines_of(requirement, proposal)
        if deadlines is not None:
            yield WaitingApproval(
                proposal=Record("proposal", proposal.id, proposal.label),
                action=proposal.content.action,
                subject=proposal.content.subject.record,
                proposed_at=proposal.created_at,
                due_at=deadlines.due,
                waits_for=replace(deadlines.waits_for, any_of=deadlines.may_decide(now)).words(),
            )
