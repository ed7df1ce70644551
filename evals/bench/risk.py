"""The risk list of a real Odoo with 20,000 orders, beside the bare reads it needs and beside reading record by record."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any

import odoorpc

from agent.domain.findings import RiskReport
from agent.guardrails.policy import Policy, load_policy
from agent.risk.assess import assess
from agent.risk.rows import order_row
from agent.risk.taking import take_snapshot
from evals.bench.figures import Figure
from evals.bench.scaled_odoo import ScaledOdoo, scaled_odoo
from integrations.odoo.connection import OdooConnection
from integrations.odoo.json_rpc import positioned
from integrations.odoo.login import Account
from integrations.odoo.pages import PAGE
from integrations.odoo.reader import OdooReader

ORDERS = 20_000
ROUNDS = 5
SAMPLE = 40
"""Orders read record by record; the rest is extrapolated."""
SHOWN = 20
"""Rows of the list that are written as JSON, as `risk list --limit 20` does."""


class Recording(OdooConnection):
    """Keeps the calls it sends, and how many records each brought."""

    def __init__(self, odoo: ScaledOdoo) -> None:
        super().__init__(odoo.url, odoo.database, Account(odoo.login, odoo.password), timeout_s=120)
        self.sent: list[tuple[str, str, dict[str, Any]]] = []
        self.records: list[int] = []

    def ask(self, model: str, method: str, /, **arguments: Any) -> Any:
        answer = super().ask(model, method, **arguments)
        self.sent.append((model, method, arguments))
        self.records.append(len(answer["records"] if method == "web_search_read" else answer))
        return answer


def run() -> list[Figure]:
    """Raises NotRun where no Odoo can be started."""
    with scaled_odoo(ORDERS) as odoo:
        policy = load_policy()
        recording = Recording(odoo)
        report = _risk_list(OdooReader(recording), policy)
        client, connection = client_of(odoo), _logged_in(odoo)
        bare, ours = _alternating(lambda: bare_reads(client, recording.sent), lambda: _risk_list(OdooReader(connection), policy))
        each = _record_by_record(client, report)
    return [*_beside_bare(bare, ours), _calls(recording, report), *_beside_records(each, ours, report.open_orders)]


def _risk_list(reader: OdooReader, policy: Policy) -> RiskReport:
    report = assess(take_snapshot(reader, datetime.now(UTC)), policy)
    for risk in report.orders[:SHOWN]:
        order_row(risk, report.as_of, reader.url)
    return report


def bare_reads(client: odoorpc.ODOO, sent: Sequence[tuple[str, str, dict[str, Any]]]) -> list[Any]:
    """The same calls, one after the other, their answers kept as they come."""
    return [client.execute_kw(model, method, *positioned(arguments)) for model, method, arguments in sent]


def _alternating(one: Callable[[], Any], other: Callable[[], Any]) -> tuple[float, float]:
    """Median seconds of both, run in turns so that a busy moment of the machine meets both; the first turn warms up."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS + 1):
        for action, found in zip((one, other), times, strict=True):
            started = time.perf_counter()
            action()
            found.append(time.perf_counter() - started)
    return median(times[0][1:]), median(times[1][1:])


def _record_by_record(client: odoorpc.ODOO, report: RiskReport) -> float:
    """Seconds for one order, the way odoorpc's documentation reads: browse, and follow the attributes."""
    step = max(1, len(report.orders) // SAMPLE)
    ids = [risk.order.id for risk in report.orders[::step]][:SAMPLE]
    orders = client.env["sale.order"]
    started = time.perf_counter()
    for order_id in ids:
        _follow(orders.browse(order_id))
    return (time.perf_counter() - started) / len(ids)


def _follow(order: Any) -> list[Any]:
    """What the rules need of one order: its customer, lines, products, moves and transfers."""
    facts = [order.name, order.state, order.commitment_date, order.partner_id.name, order.partner_id.credit_limit]
    for line in order.order_line:
        facts += [line.product_id.display_name, line.product_uom_qty, line.qty_delivered, line.price_subtotal]
        for move in line.move_ids:
            facts += [move.state, move.date, move.product_uom_qty, move.quantity]
    for picking in order.picking_ids:
        facts += [picking.name, picking.state, picking.scheduled_date]
    return facts


def client_of(odoo: ScaledOdoo) -> odoorpc.ODOO:
    client = odoorpc.ODOO(odoo.host, port=odoo.port, timeout=120)
    client.login(odoo.database, odoo.login, odoo.password)
    return client


def _logged_in(odoo: ScaledOdoo) -> OdooConnection:
    connection = OdooConnection(odoo.url, odoo.database, Account(odoo.login, odoo.password), timeout_s=120)
    assert connection.user_id, "the login belongs to neither side of the comparison"
    return connection


def _beside_bare(bare: float, ours: float) -> list[Figure]:
    ratio = ours / bare
    return [
        Figure("bare reads of the snapshot", bare, "s", f"the same calls, raw answers, median of {ROUNDS}"),
        Figure("snapshot and risk list", ours, "s", f"reads, rules, {SHOWN} rows, median of {ROUNDS}"),
        Figure("risk list beside its bare reads", ratio, "×", f"{ours:.2f} s / {bare:.2f} s", "at most 1.5", ratio <= 1.5),
    ]


def _calls(recording: Recording, report: RiskReport) -> Figure:
    """Every kind of read may end with a page that is not full; beyond that only records count."""
    calls, records = len(recording.sent), sum(recording.records)
    kinds = len({(model, method, str(arguments.get("fields"))) for model, method, arguments in recording.sent})
    most = 2 * kinds + 2 * records // PAGE
    beside = f"{report.open_orders:,} open orders, {records:,} records of {kinds} kinds in pages of {PAGE:,}"
    return Figure("calls to Odoo", calls, "calls", beside, f"at most {most}: 2 a kind and 2 a page", calls <= most)


def _beside_records(each: float, ours: float, orders: int) -> list[Figure]:
    faster = each * orders / ours
    sampled = f"{SAMPLE} orders sampled, browse and attributes"
    return [
        Figure("record by record, one order", each * 1000, "ms", sampled),
        Figure("record by record, all orders", each * orders, "s", f"extrapolated to {orders:,} open orders"),
        Figure("risk list beside record by record", faster, "×", "times faster", "at least 50", faster >= 50),
    ]
