"""`make evals`: play every case and measure the collected mails; fail when anything fell below the baseline."""

import argparse
import sys

from rich.console import Console
from rich.progress import track

from agent.graphs.model_pace import SPAN
from agent.graphs.model_reach import ModelReach
from agent.prompts import load
from app.settings import WorkerSettings
from app.wiring.model import mail_model_of
from evals.case import load_cases
from evals.mail import measure_mail
from evals.run import play
from evals.scoreboard import BASELINES, REPORTS, below, judge, load_baseline, show, summary, write
from evals.world import worlds


def main() -> int:
    """0: no worse than the baseline; 1: worse."""
    options = _options()
    console = Console()
    well = True
    if options.part in ("all", "mail") and not options.only:
        model = mail_model_of(WorkerSettings.read(demo=True), ModelReach(), asking=SPAN)
        well = measure_mail(console, options.accept, options.faults or "", model)
    if options.part in ("all", "cases"):
        well = _play_cases(console, options) and well
    return 0 if well else 1


def _play_cases(console: Console, options: argparse.Namespace) -> bool:
    cases = [case for case in load_cases() if not options.only or case.id in options.only]
    with worlds() as made:
        planner = made.planner
        results = [judge(*play(case, made)) for case in track(cases, f"Playing {len(cases)} cases", console=console)]
    found = summary(results, planner, load("chat").sha256)
    baseline = None if options.only else load_baseline(planner)
    show(console, results, found, baseline)
    console.print(f"Report: {write(REPORTS, planner, found, results)}")
    if options.accept:
        console.print(f"Baseline: {write(BASELINES, planner, found)}")
        return True
    worse = below(found, baseline) if baseline else []
    for sentence in worse:
        console.print(f"[red]{sentence}[/red]")
    return not worse


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    parser.add_argument("part", nargs="?", choices=("all", "cases", "mail"), default="all", help="what to run; all unless said")
    parser.add_argument("--accept", action="store_true", help="commit this run's scores as the new baseline")
    parser.add_argument("--only", nargs="+", metavar="CASE", help="play these cases only")
    parser.add_argument("--faults", choices=("known", "held_back"), help="list what went wrong in these mails")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
