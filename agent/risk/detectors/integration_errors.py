"""Jobs of one kind that are given up again and again: a connection is broken, and what comes over it is missing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from zlib import crc32

from agent.domain.findings import Evidence, Finding, FindingKind, Severity
from agent.domain.given_up import GivenUpJob
from agent.domain.records import Record
from agent.risk.operations import Operations
from agent.risk.snapshot import grouped

#: Failures shown as evidence: the latest ones.
SHOWN = 5
LONGEST_REASON = 160


def integration_errors(operations: Operations) -> Iterator[Finding]:
    """One finding for each kind of job that failed as often as the policy says within its window."""
    affairs, limits = operations.snapshot.affairs, operations.thresholds()
    start = operations.now - timedelta(hours=limits.failure_window_hours)
    recent = [failure for failure in (affairs.failures if affairs else ()) if failure.at >= start]
    for task, failures in grouped(recent, lambda failure: failure.task).items():
        if len(failures) >= limits.failure_count:
            yield _finding(task, sorted(failures, key=lambda failure: (failure.at, failure.id)), limits.failure_window_hours)


def _finding(task: str, failures: Sequence[GivenUpJob], hours: int) -> Finding:
    reason, often = Counter(failure.reason for failure in failures).most_common(1)[0]
    told = f"{reason[:LONGEST_REASON]}…" if len(reason) > LONGEST_REASON else reason.rstrip(".")
    extent = "each time" if often == len(failures) else f"{often} times"
    return Finding(
        kind=FindingKind.INTEGRATION_ERRORS,
        severity=Severity.MEDIUM,
        # the same number for the same kind of job, whichever of its failures are still in the window
        subject=Record("job kind", crc32(task.encode()), task),
        since=failures[0].at,
        summary=f"{task} was given up {len(failures)} times in {hours} hours; {extent}: {told}.",
        evidence=tuple(
            Evidence(Record("job", failure.id, task), "reason", f"{failure.at.isoformat()}: {failure.reason}")
            for failure in failures[-SHOWN:]
        ),
    )
