"""`python -m evals.bench.one_scan URL DATABASE LOGIN [compare]`: scans of one Odoo in a process whose peak of memory is theirs.

The password comes on standard input, the measurements leave as JSON on standard output.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median
from typing import Any

from agent.guardrails.policy import load_policy
from agent.risk.history import HistoryOfTheDay
from agent.risk.live import ScanEngine, judgements
from agent.risk.taking import take_snapshot
from evals.bench.changed_odoo import change_a_hundredth
from evals.bench.risk import Recording, bare_reads, client_of
from evals.bench.scaled_odoo import ScaledOdoo
from evals.bench.scan_board import board_answers
from integrations.odoo.reader import OdooReader

ROUNDS = 3
DETECTING = ("findings_of", "findings_beyond_orders")


class Scanner:
    """An engine on a connection of its own, with the calls that it sends."""

    def __init__(self, odoo: ScaledOdoo) -> None:
        self.recording = Recording(odoo)
        assert self.recording.user_id, "the login belongs to no measurement"
        reader = OdooReader(self.recording)
        policy = load_policy()
        history = HistoryOfTheDay(reader, policy.limits)
        self.engine = ScanEngine(reader, reader, policy, lambda: datetime.now(UTC), history=history)

    def scan(self) -> float:
        """Seconds of the next scan that is due."""
        self.recording.sent.clear()
        self.recording.records.clear()
        return seconds(self.engine.scan)


def measure(odoo: ScaledOdoo, compare: bool) -> dict[str, Any]:
    """Of the first full scan; with `compare` also beside bare reads and after changes."""
    scanner = Scanner(odoo)
    with timed_detectors() as spent:
        wall = scanner.scan()
    report, recording = scanner.engine.report(), scanner.recording
    assert report is not None
    found: dict[str, Any] = {
        "open_orders": report.open_orders,
        "records": sum(recording.records),
        "calls": len(recording.sent),
        "kinds": len({(model, method, str(arguments.get("fields"))) for model, method, arguments in recording.sent}),
        "wall": wall,
        "detectors": sum(spent),
        "megabytes": megabytes(),
    }
    return found | (_compared(odoo, scanner) if compare else {})


def _compared(odoo: ScaledOdoo, scanner: Scanner) -> dict[str, Any]:
    client, sent = client_of(odoo), [*scanner.recording.sent]
    scanner.engine.full()
    peak = megabytes()
    bare, full, incremental, changed = [], [], [], []
    for _ in range(ROUNDS):
        bare.append(seconds(lambda: bare_reads(client, sent)))
        full.append(Scanner(odoo).scan())
    for turn in range(ROUNDS):
        scanner.scan()  # the clock moves on, and nothing is left of the round before
        changed.append(change_a_hundredth((turn + int(time.time())) % 100))
        incremental.append(scanner.scan())
    report, calls = scanner.engine.report(), len(scanner.recording.sent)
    assert report is not None
    order = report.orders[len(report.orders) // 2].order.name
    return {
        "megabytes_again": peak,
        "bare": median(bare),
        "full": median(full),
        "changed": median(changed),
        "incremental": median(incremental),
        "incremental_calls": calls,
        "missed": scanner.engine.full().missed,
        **_calls_of_one_order(odoo, order),
        "why_ms": board_answers(scanner.engine, order),
    }


def _calls_of_one_order(odoo: ScaledOdoo, order: str) -> dict[str, int]:
    """Sent by a process that has just begun; by one that has looked at other orders, so that it knows units, places, operation
    types and which fields there are, and nothing of this order, its customer and its goods; and by one that looks a second time.
    """
    recording = Recording(odoo)
    reader = OdooReader(recording)

    def calls() -> int:
        recording.sent.clear()
        take_snapshot(reader, datetime.now(UTC), [order])
        return len(recording.sent)

    cold = calls()
    reader.lookups.products.forget()
    reader.lookups.forget_partners()
    return {"why_calls_cold": cold, "why_calls": calls(), "why_calls_again": calls()}


@contextmanager
def timed_detectors() -> Iterator[list[float]]:
    """Seconds of each call of the detectors meanwhile."""
    spent: list[float] = []
    plain = {name: getattr(judgements, name) for name in DETECTING}
    for name, function in plain.items():
        setattr(judgements, name, _timed(function, spent))
    try:
        yield spent
    finally:
        for name, function in plain.items():
            setattr(judgements, name, function)


def _timed(function: Callable[[Any], Any], spent: list[float]) -> Callable[[Any], Any]:
    def timed(argument: Any) -> Any:
        started = time.perf_counter()
        try:
            return function(argument)
        finally:
            spent.append(time.perf_counter() - started)

    return timed


def megabytes() -> float:
    """The most that this process held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


if __name__ == "__main__":
    url, database, login, *options = sys.argv[1:]
    odoo = ScaledOdoo(url, database, login, sys.stdin.readline().strip())
    print(json.dumps(measure(odoo, "compare" in options)))
