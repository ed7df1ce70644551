"""Scores of a run, beside the committed baseline."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from evals.case import Case
from evals.evaluators import STATE, WORDS
from evals.observed import Observed

BASELINES = Path(__file__).with_name("baselines")
REPORTS = Path(__file__).with_name("reports")


@dataclass(frozen=True, slots=True)
class Result:
    """One case, judged."""

    id: str
    group: str
    state_faults: tuple[str, ...]
    word_faults: tuple[str, ...]
    answer: str
    seconds: float

    @property
    def passed(self) -> bool:
        return not self.state_faults and not self.word_faults


def judge(case: Case, seen: Observed) -> Result:
    return Result(
        case.id,
        case.group,
        tuple(fault for evaluator in STATE for fault in evaluator(case, seen)),
        tuple(fault for evaluator in WORDS for fault in evaluator(case, seen)),
        seen.answer,
        seen.seconds,
    )


def summary(results: Sequence[Result], planner: str, prompt_sha256: str) -> dict[str, Any]:
    """What is compared and committed: shares from 0 to 1, and which cases pass."""
    return {
        "planner": planner,
        "prompt_sha256": prompt_sha256,
        "cases": len(results),
        "end_state": _share([not r.state_faults for r in results]),
        "passed": _share([r.passed for r in results]),
        "passing": sorted(r.id for r in results if r.passed),
    }


def _share(flags: Sequence[bool]) -> float:
    return round(sum(flags) / len(flags), 3) if flags else 0.0


def below(found: dict[str, Any], baseline: dict[str, Any]) -> list[str]:
    """What got worse than the baseline, in sentences; a case that passed must still pass."""
    lost = sorted(set(baseline["passing"]) - set(found["passing"]))
    worse = [f"{case} passed before and fails now" for case in lost]
    return worse + [
        f"{measure} fell from {baseline[measure]} to {found[measure]}"
        for measure in ("end_state", "passed")
        if found[measure] < baseline[measure]
    ]


def load_baseline(planner: str) -> dict[str, Any] | None:
    file = BASELINES / f"{planner}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def write(folder: Path, name: str, found: dict[str, Any], results: Sequence[Result] = ()) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.json"
    body = found | ({"results": [asdict(r) for r in results]} if results else {})
    file.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return file


def show(console: Console, results: Sequence[Result], found: dict[str, Any], baseline: dict[str, Any] | None) -> None:
    table = Table("group", "cases", "end state", "all", "slowest", title=f"Evals with {found['planner']}")
    for group in sorted({r.group for r in results}):
        own = [r for r in results if r.group == group]
        table.add_row(
            group,
            str(len(own)),
            f"{_share([not r.state_faults for r in own]):.0%}",
            f"{_share([r.passed for r in own]):.0%}",
            f"{max(r.seconds for r in own):.2f} s",
        )
    console.print(table)
    for result in results:
        for fault in (*result.state_faults, *result.word_faults):
            console.print(f"[red]{result.id}[/red]: {fault}", highlight=False)
    console.print(f"end state {found['end_state']:.1%}, all {found['passed']:.1%}, baseline {_words(baseline)}")


def _words(baseline: dict[str, Any] | None) -> str:
    return f"{baseline['end_state']:.1%} and {baseline['passed']:.1%}" if baseline else "not committed yet"
