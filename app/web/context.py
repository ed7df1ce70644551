"""All that the routes need from the world; built by app/wiring/serve.py."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from fastapi import Request

from agent.guardrails.policy import Policy
from agent.ports.absences import Absences
from agent.ports.approval_notices import ApprovalNotices
from agent.ports.audit_log import AuditLog
from agent.ports.authenticators import Authenticators
from agent.ports.clock import Clock
from agent.ports.conversations import InboundDesk
from agent.ports.ledger import DecisionDesk, ExecutionControl
from agent.ports.mail_ledger import MailDesk, MailScores
from agent.ports.mail_sending import Letters
from agent.ports.own_affairs import CarrierDesk, JobDesk
from agent.ports.people import People
from agent.ports.policies import PolicyDesk
from agent.ports.risk_board import FindingDesk
from agent.ports.scorebook import ScoreReading


@dataclass(frozen=True, slots=True)
class WebContext:
    people: People
    desk: DecisionDesk
    authenticators: Callable[[], Authenticators]
    executions: ExecutionControl
    inbound: InboundDesk
    inbox: MailDesk
    mail_scores: MailScores
    letters: Letters
    board: FindingDesk
    carriers: CarrierDesk
    jobs: JobDesk
    scores: ScoreReading
    audit: AuditLog
    policies: PolicyDesk
    absences: Absences
    notices: ApprovalNotices
    in_force: Callable[[], Policy]
    clock: Clock
    check: Callable[[], None]
    """Raises DatabaseUnavailable or SchemaOutdated when this process could not do its work."""

    @property
    def policy(self) -> Policy:
        """What is in force. Within one request it stays what it was when first asked for."""
        return self.in_force()

    def of_one_request(self) -> "WebContext":
        return replace(self, in_force=cache(self.in_force))


async def context_of(request: Request) -> WebContext:
    # Nothing here waits, so no thread is handed the work.
    context: WebContext = request.app.state.context
    return context.of_one_request()
