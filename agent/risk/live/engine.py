"""Scans of one ERP, again and again, by one process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock

from agent.domain.affairs import Affairs
from agent.domain.changes import Change, Noun
from agent.domain.findings import RiskReport
from agent.domain.records import Record
from agent.domain.scans import ScanKind, ScanResult
from agent.domain.stock import Warehouse
from agent.guardrails.policy import Policy
from agent.ports.clock import Clock
from agent.ports.erp_changes import ErpChanges
from agent.ports.erp_reader import ErpReader
from agent.risk.affairs import as_far_as_known
from agent.risk.assess import gravest_first
from agent.risk.garbage import collector_at_rest
from agent.risk.history import HistoryOfTheDay
from agent.risk.live.judgements import Verdicts
from agent.risk.live.judging import Judged
from agent.risk.live.missed import missed
from agent.risk.live.news import News
from agent.risk.live.refresh import Refresh
from agent.risk.live.touched import Touched
from agent.risk.live.world import World
from agent.risk.ranking import ranked
from agent.risk.snapshot import Snapshot
from agent.risk.taking import take_snapshot


@dataclass(frozen=True, slots=True)
class Pace:
    """How fresh things are."""

    full_every: timedelta = timedelta(hours=1)
    """How often everything is read, which proves that nothing was missed."""
    judge_all_every: timedelta = timedelta(minutes=15)
    """How often the clock moves on for what nobody changed: until then everything is judged as of one moment."""
    overlap: timedelta = timedelta(minutes=10)
    """How long a transaction of the ERP may take without its changes being overlooked until the next full look."""


@dataclass(slots=True)
class _Kept:
    """What is known, and what was found of it."""

    world: World
    judged: Judged
    full_at: datetime
    """When everything was read."""
    touched: Touched = field(default_factory=Touched)
    """Taken over into the world and not judged yet: a scan that fails half-way goes on from here."""

    @property
    def judged_at(self) -> datetime:
        return self.world.snapshot.now

    @property
    def open_ids(self) -> frozenset[int]:
        return frozenset(self.world.orders.by_id)


class ScanEngine:
    """Keeps the world in memory between scans. Safe to share between threads: one scan runs at a time.

    The first scan reads everything, later ones what was written since; where the ERP cannot tell, each reads everything.
    """

    def __init__(
        self,
        reader: ErpReader,
        changes: ErpChanges,
        policy: Policy,
        clock: Clock,
        pace: Pace = Pace(),
        history: HistoryOfTheDay | None = None,
        affairs: Callable[[datetime], Affairs] | None = None,
    ) -> None:
        """Without `history` what needs the past is not looked at; without `affairs` neither are our own approvals and jobs."""
        self._reader = reader
        self._changes = changes
        self._policy = policy
        self._clock = clock
        self._pace = pace
        self._history = history
        self._affairs = affairs
        self._calls = changes.calls_sent
        self._news = News(changes, pace.overlap)
        self._kept: _Kept | None = None
        self._lock = Lock()

    def scan(self, about: Sequence[Record] = ()) -> ScanResult:
        """What is due: a full look, or one at what changed and at `about`.

        Raises what the reader raises; then what was known stays, and the next scan goes on from there.
        """
        with self._lock:
            kept = self._kept
            if kept is None or self._clock() - kept.full_at >= self._pace.full_every:
                return self._full()
            return self._incremental(about) or self._full()

    def judge_by(self, policy: Policy) -> None:
        """Another policy has other thresholds: everything is looked at anew when it is not the one so far."""
        with self._lock:
            if policy.version != self._policy.version:
                self._policy, self._kept = policy, None

    def full(self) -> ScanResult:
        """Read everything now. Raises as `scan` does."""
        with self._lock:
            return self._full()

    def report(self) -> RiskReport | None:
        """All that is known; None before the first scan."""
        with self._lock:
            return _report(self._kept) if self._kept else None

    @property
    def warehouses(self) -> Sequence[Warehouse]:
        """As of the last full look; none before the first."""
        kept = self._kept
        return tuple(kept.world.snapshot.warehouses.values()) if kept else ()

    def forget(self) -> None:
        """Read everything at the next scan, and tell everything."""
        with self._lock:
            self._kept = None

    @collector_at_rest()
    def _full(self) -> ScanResult:
        began, calls = self._clock(), self._calls()
        if self._kept is None or self._incremental() is None:
            self._begin_news()
        history = self._history.at(began) if self._history else None
        read = take_snapshot(self._reader, began, limits=self._policy.limits, history=history)
        read = replace(read, affairs=self._our_affairs(began))
        unnoticed = self._unnoticed(read)
        self._kept = None  # nothing is read from here on: what was known is not held beside what takes its place
        world = World(read)
        self._kept = _Kept(world, Judged(world, self._policy), began)
        report = _report(self._kept)
        return ScanResult(
            ScanKind.FULL, began, began, report.open_orders, len(report.orders), report.orders, report.findings,
            not_seen=read.all_not_seen, unjudged=read.all_unjudged, open_ids=self._kept.open_ids,
            missed=unnoticed, calls=self._calls() - calls,
        )  # fmt: skip

    @collector_at_rest()
    def _incremental(self, about: Sequence[Record] = ()) -> ScanResult | None:
        """None where the ERP cannot tell changes."""
        began, calls = self._clock(), self._calls()
        bulletin = self._news.ask()
        kept = self._kept
        if bulletin is None or kept is None:
            return None
        refresh = Refresh(kept.world, self._reader, self._changes, kept.judged_at, self._policy.limits)
        refresh.take_over([*bulletin.fresh, *_hints(about, bulletin.asked_at)], kept.touched)
        self._news.told(bulletin)
        self._look_at_ourselves(kept, began)
        verdicts, seen = self._judge(kept, began), kept.world.snapshot
        return ScanResult(
            ScanKind.INCREMENTAL, began, began, len(kept.world.orders.by_id), len(kept.judged.judgements.risks),
            verdicts.orders, verdicts.findings, verdicts.orders_gone, verdicts.resolved,
            not_seen=seen.all_not_seen, unjudged=seen.all_unjudged, open_ids=kept.open_ids, calls=self._calls() - calls,
        )  # fmt: skip

    def _look_at_ourselves(self, kept: _Kept, now: datetime) -> None:
        affairs = self._our_affairs(now)
        if affairs != kept.world.rest("affairs"):
            kept.world.keep("affairs", affairs)
            kept.touched.beyond_orders = True

    def _our_affairs(self, now: datetime) -> Affairs | None:
        before = self._kept.world.rest("affairs") if self._kept else None
        return as_far_as_known(self._affairs(now), before) if self._affairs else None

    def _judge(self, kept: _Kept, now: datetime) -> Verdicts:
        """What is touched; everything when the clock has to move on."""
        if now - kept.judged_at >= self._pace.judge_all_every:
            before = kept.judged.judgements
            kept.world.show(now)
            kept.judged = Judged(kept.world, self._policy)
            verdicts = kept.judged.judgements.beside(before)
        else:
            kept.world.show(kept.judged_at)
            verdicts = kept.judged.judge_again(kept.touched)
        kept.touched = Touched()
        return verdicts

    def _begin_news(self) -> None:
        """What was written so far is about to be read."""
        if bulletin := self._news.ask():
            self._news.told(bulletin)

    def _unnoticed(self, read: Snapshot) -> tuple[str, ...]:
        kept = self._kept
        later = self._news.ask() if kept else None
        return missed(kept.world, kept.full_at, read, later.fresh, self._policy.limits) if kept and later else ()


def _hints(about: Sequence[Record], now: datetime) -> list[Change]:
    """Records to be read again, whatever the ERP says of them."""
    return [Change(Noun(record.model), record.id, now, record.id) for record in about if record.model in set(Noun)]


def _report(kept: _Kept) -> RiskReport:
    snapshot, judgements = kept.world.snapshot, kept.judged.judgements
    return RiskReport(
        as_of=snapshot.now,
        open_orders=len(snapshot.subjects),
        orders=ranked(judgements.risks.values()),
        findings=gravest_first(judgements.everything()),
        not_seen=snapshot.all_not_seen,
    )
