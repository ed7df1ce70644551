"""What a tool works with during one turn."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import RLock
from typing import Any

from agent.domain.decisions import Person, Provenance
from agent.domain.findings import RiskReport
from agent.domain.risk_list import OneOrder, RiskFilter, RiskList
from agent.guardrails.policy import Policy
from agent.ports.audit_log import AuditLog
from agent.ports.clock import Clock
from agent.ports.erp_reader import ErpReader
from agent.ports.knowledge import Knowledge
from agent.ports.ledger import ProposalBook, ProposalDesk
from agent.ports.mail_ledger import InboxReading
from agent.ports.risk_board import RiskReading
from agent.risk.answers import RiskAnswers
from agent.risk.assess import assess
from agent.risk.taking import take_snapshot

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
    board: RiskReading | None = None
    """What the last scan said; None: every answer is read anew."""
    inbox: InboxReading | None = None
    """The shared inbox; None: the brief tells nothing of mails."""
    earlier: Sequence[str] = ()
    """What was asked before in this conversation, newest first."""
    turn: Turn = field(default_factory=Turn)

    def reading(self) -> "ToolContext":
        """The same turn without a desk: all a reading tool gets."""
        return replace(self, desk=None, inbound_id=None, audit=None)

    def now(self) -> datetime:
        return self.clock()

    def orders_at_risk(self, wanted: RiskFilter, fresh: bool = False) -> RiskList:
        """From the last scan, or read anew: then once in a turn."""
        answers = self._answers()
        if not fresh and self.board is not None:
            return answers.orders(wanted)
        if self.turn.report is None:
            self.turn.report = assess(take_snapshot(self.reader, self.now()), self.policy)
        return answers.of_report(self.turn.report, wanted)

    def order_at_risk(self, name: str, fresh: bool = False) -> OneOrder:
        """Raises RecordMissing when there is no open order of this name."""
        return self._answers().order(name, fresh)

    def _answers(self) -> RiskAnswers:
        return RiskAnswers(self.reader, self.policy, self.now, self.board)
