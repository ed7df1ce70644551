"""Our projection beside Odoo's own forecast, on all open moves of a real Odoo with 20,000 orders."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from agent.guardrails.policy import load_policy
from agent.risk.garbage import collector_at_rest
from agent.risk.projection import project
from agent.risk.snapshot import Snapshot
from agent.risk.terms import Terms, terms_of
from evals.bench.figures import Figure
from evals.bench.risk import ORDERS
from evals.bench.scaled_odoo import scaled_odoo
from evals.forecast import Comparison, compare, everything, odoo_forecast
from integrations.odoo.connection import OdooConnection
from integrations.odoo.login import Account
from integrations.odoo.reader import OdooReader

LEAST = 0.99


def run() -> list[Figure]:
    """Raises NotRun where no Odoo can be started."""
    with scaled_odoo(ORDERS) as odoo:
        connection = OdooConnection(odoo.url, odoo.database, Account(odoo.login, odoo.password), timeout_s=300)
        snapshot = everything(OdooReader(connection), datetime.now(UTC))
        started = time.perf_counter()
        forecast = odoo_forecast(connection, snapshot)
        asked = time.perf_counter() - started
    terms = terms_of(load_policy(), snapshot)
    comparison = compare(snapshot, terms, forecast)
    return [*_agreement(comparison), *_reasons(comparison), *_speed(snapshot, terms, asked)]


def _agreement(comparison: Comparison) -> Iterator[Figure]:
    beside = f"{comparison.moves:,} open moves, {comparison.explained:,} of them explained by named traps"
    share, cured = comparison.agreement * 100, 100 * (1 - comparison.differing_when_cured / comparison.moves)
    yield Figure("agreement with Odoo's forecast outside the traps", share, "%", beside, "at least 99", share >= 100 * LEAST)
    yield Figure("… with every trap cured", cured, "%", "all open moves", "at least 99", cured >= 100 * LEAST)


def _reasons(comparison: Comparison) -> Iterator[Figure]:
    for reason, moves in comparison.by_reason().most_common():
        yield Figure(f"… differs: {reason}", moves, "moves", f"{moves / comparison.moves:.1%} of all")


def _speed(snapshot: Snapshot, terms: Terms, asked: float) -> Iterator[Figure]:
    with collector_at_rest():
        started = time.perf_counter()
        project(snapshot, terms)
        ours = time.perf_counter() - started
    yield Figure("projection of all order lines", ours, "s", f"Odoo's forecast fields of the same moves: {asked:.1f} s")
