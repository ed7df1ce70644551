"""How often the bills of a vendor, or the invoices to a customer, differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.findings import Trend
from agent.domain.history import InvoicedLine, InvoiceKind
from agent.domain.records import Record
from agent.guardrails.policy import Thresholds
from agent.risk.mismatches import Mismatch, limits_of
from agent.risk.operations import Operations
from agent.risk.snapshot import grouped
from agent.risk.trend import rise

Partner = tuple[InvoiceKind, int]


@dataclass(frozen=True, slots=True)
class Habit:
    """How often documents of one vendor or customer differ."""

    kind: InvoiceKind
    partner: Record
    limits: Thresholds
    since: datetime
    documents: Mapping[int, datetime]
    """All of them within the trend's history: id and date."""
    wrong: Mapping[int, Sequence[Mismatch]]
    """Those that differ."""

    def recent(self, now: datetime) -> list[int]:
        """Documents that differ and are of the policy's window: until then somebody should have cleared them up."""
        window = now - timedelta(days=self.limits.trend_window_days)
        return [document for document in self.wrong if self.documents[document] >= window]

    @property
    def usual(self) -> bool:
        return len(self.wrong) >= self.limits.bill_variance_count

    def trend(self, now: datetime) -> Trend | None:
        window = now - timedelta(days=self.limits.trend_window_days)
        recent = [document in self.wrong for document, at in self.documents.items() if at >= window]
        return rise(recent, [document in self.wrong for document, at in self.documents.items() if at < window], self.limits)


def habits_of(operations: Operations, lines: Sequence[InvoicedLine], wrong: Sequence[Mismatch]) -> Iterator[Habit]:
    """Of the partners that something was wrong with."""
    by_partner = grouped(wrong, lambda each: _partner(each.line))
    documents: dict[Partner, dict[int, datetime]] = {partner: {} for partner in by_partner}
    for line in lines:
        if (theirs := documents.get(_partner(line))) is not None:
            theirs[line.document.id] = line.at
    for (kind, partner_id), found in by_partner.items():
        limits = limits_of(operations, kind, partner_id)
        since = operations.now - timedelta(days=limits.trend_history_days)
        theirs = {document: at for document, at in documents[kind, partner_id].items() if at >= since}
        differ = grouped((each for each in found if each.line.document.id in theirs), lambda each: each.line.document.id)
        partner = Record("res.partner", partner_id, found[-1].line.partner_name)
        yield Habit(kind, partner, limits, since, theirs, differ)


def _partner(line: InvoicedLine) -> Partner:
    return line.kind, line.partner_id
