"""Scans of a real Odoo with 10,000, 20,000 and 50,000 orders, beside bare reads, beside each other, and of what changed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from evals.bench.figures import Figure, NotRun
from evals.bench.scaled_odoo import ScaledOdoo, scaled_odoo
from integrations.odoo.pages import PAGE

SIZES = (10_000, 20_000, 50_000)
MOST_BESIDE_BARE = 1.4
MOST_DETECTING = 10
MOST_MEGABYTES = 600
MOST_OF_A_FULL_SCAN = 5
MOST_CALLS = 12
MOST_MILLISECONDS = 50
MOST_GROWTH = 1.5
"""Between the cheapest and the dearest size, per thousand records."""


def run() -> list[Figure]:
    """Raises NotRun where no Odoo can be started."""
    found = {}
    for size in SIZES:
        with scaled_odoo(size) as odoo:
            found[size] = _measured(odoo, compare=size == SIZES[-1])
    whole = found[SIZES[-1]]
    return [*_full(whole), *_incremental(whole), *_why(whole), *_growth(found)]


def _measured(odoo: ScaledOdoo, compare: bool) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "evals.bench.one_scan",
        odoo.url,
        odoo.database,
        odoo.login,
        *(["compare"] if compare else []),
    ]
    done = subprocess.run(command, input=odoo.password, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotRun(f"a scan failed: {(done.stderr.strip() or 'no reason given').splitlines()[-1]}")
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def _full(whole: dict[str, Any]) -> Iterator[Figure]:
    ratio = whole["full"] / whole["bare"]
    beside = f"{whole['full']:.1f} s / {whole['bare']:.1f} s, the same calls one after the other"
    yield _at_most("full scan beside its bare reads", ratio, "×", beside, MOST_BESIDE_BARE)
    share = 100 * whole["detectors"] / whole["wall"]
    yield _at_most(
        "detectors' part of a full scan", share, "%", f"{whole['detectors']:.1f} s of {whole['wall']:.1f} s", MOST_DETECTING
    )
    beside = f"a process that scans {whole['open_orders']:,} open orders, {whole['records']:,} records"
    yield _at_most("full scan: peak memory", whole["megabytes"], "MB", beside, MOST_MEGABYTES)
    beside = "the periodic one, beside the world that is known"
    yield _at_most("second full scan: peak memory", whole["megabytes_again"], "MB", beside, MOST_MEGABYTES)


def _incremental(whole: dict[str, Any]) -> Iterator[Figure]:
    share = 100 * whole["incremental"] / whole["full"]
    beside = f"{whole['incremental']:.2f} s, {whole['incremental_calls']} calls, {whole['changed']:,.0f} records changed"
    yield _at_most("scan of 1 % changed beside a full scan", share, "%", beside, MOST_OF_A_FULL_SCAN)
    missed = len(whole["missed"])
    yield Figure("missed by it, found by a full scan", missed, "", "; ".join(whole["missed"][:1]), "none", not missed)


def _why(whole: dict[str, Any]) -> Iterator[Figure]:
    beside = f"{whole['why_calls_cold']} by a process that has just begun, {whole['why_calls_again']} when asked again"
    yield _at_most("why is this order at risk, fresh", whole["why_calls"], "calls", beside, MOST_CALLS)
    yield _at_most("why is this order at risk, last scan", whole["why_ms"], "ms", "median, from the board", MOST_MILLISECONDS)


def _growth(found: dict[int, dict[str, Any]]) -> Iterator[Figure]:
    each = {size: 1000 * measured["wall"] / measured["records"] for size, measured in found.items()}
    for size, measured in found.items():
        pages = measured["calls"] / (measured["records"] / PAGE)
        beside = (
            f"{measured['wall']:.1f} s for {measured['open_orders']:,} open orders, {measured['records']:,} records, "
            f"{measured['calls']} calls ({pages:.2f} a page of {PAGE:,}), {measured['megabytes']:.0f} MB"
        )
        yield Figure(f"full scan of {size:,} orders, 1,000 records", each[size], "s", beside)
    growth = each[SIZES[-1]] / each[SIZES[0]]
    yield _at_most("cost of a record, 50,000 beside 10,000", growth, "×", "linear is 1", MOST_GROWTH)
    small, large = found[SIZES[0]], found[SIZES[-1]]
    more = (large["calls"] - small["calls"]) / ((large["records"] - small["records"]) / PAGE)
    yield _at_most("calls for one more page", more, "calls", "constant, however many orders there are", 1.5)


def _at_most(name: str, value: float, unit: str, beside: str, bar: float) -> Figure:
    return Figure(name, value, unit, beside, f"at most {bar:g}", value <= bar)
