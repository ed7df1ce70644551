"""What a tool works with during one turn."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import RLock
from typing import Any

from agent.domain.decisions import Person, Provenance
from agent.domain.findings import RiskReport
from agent.guardrails.policy import Policy
from agent.ports.audit_log import AuditLog
from agent.ports.clock import Clock
from agent.ports.erp_reader import ErpReader
from agent.ports.knowledge import Knowledge
from agent.ports.ledger import ProposalBook, ProposalDesk
from agent.risk import assess, take_snapshot

BY_RULES = Provenance(origin="rules")


@dataclass(slots=True)
class Turn:
    """What was found out in one turn. Tools of one turn run one after the other, whatever threads call them."""

    results: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Tool name and result, in the order of the calls."""
    provenance: Provenance = BY_RULES
    """Who chooses the tools at the moment: the model, or the rules."""
    report: RiskReport | None = None
    lock: RLock = field(default_factory=RLock)


@dataclass(frozen=True, slots=True)
class ToolContext:
    """One turn of one person. Who asks is set by the process that stored the question, never by a model."""

    reader: ErpReader
    book: ProposalBook
    desk: ProposalDesk | None
    knowledge: Knowledge
    policy: Policy
    clock: Clock
    asker: Person | None
    inbound_id: int | None
    audit: AuditLog | None = None
    turn: Turn = field(default_factory=Turn)

    def reading(self) -> "ToolContext":
        """The same turn without a desk: all a reading tool gets."""
        return replace(self, desk=None, inbound_id=None, audit=None)

    def now(self) -> datetime:
        return self.clock()

    def risk(self) -> RiskReport:
        """Every open order assessed; read once in a turn."""
        if self.turn.report is None:
            self.turn.report = assess(take_snapshot(self.reader, self.now()), self.policy)
        return self.turn.report
