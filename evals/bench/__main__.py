"""`python -m evals.bench [NAME…]`: run benchmarks, print and store what they measured; exit 1 when a bar is missed."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from evals.bench import approvals, approvers, audit, chaos, chat, forecast, inbox, processes, risk, scans, slack_burst
from evals.bench.figures import Figure, NotRun, show

BENCHMARKS: Mapping[str, Callable[[], list[Figure]]] = {
    "risk": risk.run,
    "scans": scans.run,
    "forecast": forecast.run,
    "chat": chat.run,
    "processes": processes.run,
    "audit": audit.run,
    "approvers": approvers.run,
    "approvals": approvals.run,
    "slack": slack_burst.run,
    "inbox": inbox.run,
    "chaos": chaos.run,
}
REPORTS = Path(__file__).resolve().parents[1] / "reports"


def main(names: list[str]) -> int:
    console = Console()
    if unknown := [name for name in names if name not in BENCHMARKS]:
        console.print(f"There is no benchmark {unknown[0]}; these exist: {', '.join(BENCHMARKS)}.")
        return 2
    figures: list[Figure] = []
    not_run: dict[str, str] = {}
    for name in names or BENCHMARKS:
        console.print(f"Running {name} …")
        try:
            figures += BENCHMARKS[name]()
        except NotRun as reason:
            not_run[name] = str(reason)
    show(figures, console)
    for name, why in not_run.items():
        console.print(f"[red]{name} did not run:[/red] {why}")
    console.print(f"Written to {_store(figures, not_run)}")
    return 1 if not_run or not all(figure.met for figure in figures) else 0


def _store(figures: list[Figure], not_run: dict[str, str]) -> Path:
    REPORTS.mkdir(exist_ok=True)
    path = REPORTS / "bench.json"
    report = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "figures": [asdict(figure) for figure in figures],
        "not_run": not_run,
    }
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
