"""The past as far back as any rule looks."""

from datetime import datetime, timedelta

from agent.domain.findings import FindingKind
from agent.domain.history import History
from agent.guardrails.policy import ThresholdBook
from agent.ports.erp_history import ErpHistory
from agent.risk.ahead import reading_ahead
from agent.risk.gaps import Gaps
from agent.risk.garbage import collector_at_rest

#: The thresholds that say how far back something is looked at, in days.
WINDOWS = ("trend_window_days", "trend_history_days", "event_window_days", "damage_window_days")

#: What is found by looking at each part.
RECEIVED = (FindingKind.RECEIPT_SHORT, FindingKind.VENDOR_SHORT_TREND, FindingKind.VENDOR_DELAY_TREND)
QUEUED = (FindingKind.ZONE_BOTTLENECK,)
COUNTED = (FindingKind.ADJUSTMENT_OUT_OF_TOLERANCE,)
WRITTEN_OFF = (FindingKind.DAMAGE_CLUSTER,)
CHECKED = (FindingKind.QUALITY_FAILED,)
UNINVOICED = (FindingKind.SHIPPED_NOT_INVOICED,)
INVOICED = (FindingKind.INVOICE_MISMATCH,)


@collector_at_rest()
def take_history(history: ErpHistory, now: datetime, limits: ThresholdBook) -> History:
    """Everything that happened since the longest window began; what may not be seen is said, and the rest is told.

    `now` is aware. Raises ErpUnavailable.
    """
    weeks = limits.longest(["zone_history_weeks"])
    since = now - timedelta(days=max(limits.longest(WINDOWS), 7 * weeks))
    gaps = Gaps()
    with reading_ahead() as ahead:
        receipts, finished = ahead.read(lambda: history.receipts(since)), ahead.read(lambda: history.finished_pickings(since))
        adjustments, scraps = ahead.read(lambda: history.adjustments(since)), ahead.read(lambda: history.scraps(since))
        failures, uninvoiced = ahead.read(lambda: history.quality_failures(since)), ahead.read(history.uninvoiced)
        invoiced = ahead.read(lambda: history.invoiced_lines(since))
        return History(
            since=since,
            as_of=now,
            receipts=tuple(gaps.read(receipts, "What vendors delivered was not compared.", RECEIVED)),
            finished=tuple(gaps.read(finished, "Queues in the warehouse were not compared with the past.", QUEUED)),
            adjustments=tuple(gaps.read(adjustments, "Stock counts were not looked at.", COUNTED)),
            scraps=tuple(gaps.read(scraps, "Write-offs were not looked at.", WRITTEN_OFF)),
            quality_failures=tuple(gaps.read(failures, "Failed checks were not looked at.", CHECKED)),
            uninvoiced=tuple(gaps.read(uninvoiced, "Deliveries without an invoice were not looked for.", UNINVOICED)),
            invoiced=tuple(gaps.read(invoiced, "Bills and invoices were not compared with their orders.", INVOICED)),
            not_seen=tuple(gaps.sentences),
            unjudged=frozenset(gaps.unjudged),
        )


class HistoryOfTheDay:
    """The past, read again when what was read is a day old: yesterday changes little of it."""

    def __init__(self, history: ErpHistory, limits: ThresholdBook) -> None:
        self._history = history
        self._limits = limits
        self._read: History | None = None

    def at(self, now: datetime) -> History:
        """Raises ErpUnavailable."""
        if self._read is None or now - self._read.as_of >= timedelta(days=1):
            self._read = take_history(self._history, now, self._limits)
        return self._read
