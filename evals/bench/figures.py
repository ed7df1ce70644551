"""One measured number, and how numbers are shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


class NotRun(Exception):
    """A benchmark cannot run on this machine; the message says why."""


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: float
    unit: str
    compared_with: str
    """What the number means beside something else: `bare reads: 3.91 s`."""
    bar: str = ""
    """What it has to be: `at most 1.5`; empty for a number that is only shown."""
    met: bool = True


def show(figures: Sequence[Figure], console: Console) -> None:
    table = Table(title="Benchmarks")
    for heading in ("what", "value", "beside", "bar", ""):
        table.add_column(heading, justify="right" if heading == "value" else "left")
    for figure in figures:
        verdict = "" if not figure.bar else "[green]met" if figure.met else "[red]MISSED"
        table.add_row(figure.name, f"{figure.value:,.3g} {figure.unit}", figure.compared_with, figure.bar, verdict)
    console.print(table)
