"""A thousand approved changes of a real Odoo while processes are killed, servers restart and answers are lost."""

import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from evals.bench import scaled_odoo
from evals.bench.figures import Figure
from evals.bench.scaled_odoo import SMALL, SMALL_ORDERS
from evals.chaos.company import CompanyAtWork, at_work
from evals.chaos.mishaps import Mishaps
from evals.chaos.requests import Office, wishes
from evals.chaos.truth import Found, found, open_ones
from evals.chaos.weather import Fault, Weather, through
from integrations.odoo.connection import OdooConnection
from integrations.odoo.login import Account
from integrations.odoo.reader import OdooReader

ACTIONS = 1_000
SPARE = 100
"""Wishes beyond: one whose goods others changed meanwhile is given up after a while."""
SEED = 20261127
TO_END_S = 1_800.0
"""For what is still open after the last approval."""
PROMISED = """
    SELECT name || '=' || commitment_date::date FROM sale_order WHERE state = 'sale' AND delivery_status IS DISTINCT FROM 'full'
        AND commitment_date > now() ORDER BY id
"""
#: Codes of products all of whose stock lies in the warehouse's own place, with some of it free.
SHELVED = """
    SELECT product.default_code FROM stock_quant AS quant
    JOIN stock_warehouse AS house ON house.lot_stock_id = quant.location_id AND house.code = 'WH'
    JOIN product_product AS product ON product.id = quant.product_id
    JOIN product_template AS template ON template.id = product.product_tmpl_id
    WHERE template.tracking = 'none' AND product.default_code ~ '^[^ ]+$' AND quant.package_id IS NULL AND quant.owner_id IS NULL
        AND quant.quantity - quant.reserved_quantity >= 20 AND NOT EXISTS (
            SELECT FROM stock_quant AS other JOIN stock_location AS place ON place.id = other.location_id
            WHERE other.product_id = quant.product_id AND other.id <> quant.id AND place.usage = 'internal')
    ORDER BY product.id
"""


@dataclass(frozen=True, slots=True)
class Night:
    """What happened, and what was left."""

    approved: int
    seconds: float
    mishaps: Counter[str]
    faults: Counter[Fault]
    turned_down: Counter[str]
    left: Found


def run() -> list[Figure]:
    """Raises NotRun where no Odoo can be started."""
    night = _night()
    return list(_figures(night))


def _night() -> Night:
    dice, weather = random.Random(SEED), Weather(random.Random(SEED))
    began = time.perf_counter()
    with (
        scaled_odoo.scaled_odoo(SMALL_ORDERS, SMALL, anew=True) as odoo,
        through(weather, odoo.url) as url,
        at_work(odoo, url) as company,
    ):
        office, mishaps = Office(company, ACTIONS), Mishaps(company, SMALL, dice)
        with mishaps.befalling():
            office.work_through(wishes(_promised(), scaled_odoo.sql(SHELVED, SMALL).split(), ACTIONS + SPARE, dice))
        weather.calm.set()
        _let_end(company, office.approved)
        account = Account(odoo.writer_login, odoo.writer_password)  # as the executor: a reader may not see everybody's tasks
        reader = OdooReader(OdooConnection(odoo.url, odoo.database, account, timeout_s=120))
        left = found(company.server, office.approved, reader, SMALL)
    return Night(len(office.approved), time.perf_counter() - began, mishaps.met, weather.met, office.turned_down, left)


def _promised() -> dict[str, date]:
    lines = scaled_odoo.sql(PROMISED, SMALL).split()
    return {name: date.fromisoformat(day) for name, _, day in (line.partition("=") for line in lines)}


def _let_end(company: CompanyAtWork, approved: set[int]) -> None:
    give_up = time.monotonic() + TO_END_S
    while time.monotonic() < give_up and open_ones(company.server, approved):
        time.sleep(1)


def _figures(night: Night) -> Iterator[Figure]:
    left = night.left
    faults = {fault.value: number for fault, number in night.faults.items() if fault is not Fault.NONE}
    beside = f"{night.seconds:.0f} s; {_told(night.mishaps)}; {_told(faults)}"
    yield Figure("chaos: approved changes", night.approved, "", beside, f"{ACTIONS}", night.approved >= ACTIONS)
    outcomes = _told({state.value: number for state, number in left.ended.items()})
    yield Figure("chaos: lost", len(left.lost), "", outcomes + _first(left.lost), "0", not left.lost)
    yield Figure(
        "chaos: doubled", left.doubled, "", "notes, tasks, scraps and counts with one marker in Odoo twice", "0", not left.doubled
    )
    yield Figure(
        "chaos: untrue outcomes", len(left.untrue), "", "the ledger beside Odoo" + _first(left.untrue), "0", not left.untrue
    )
    turned = _told(dict(night.turned_down.most_common(3)))
    yield Figure("chaos: asked anew", night.turned_down.total(), "", turned or "nobody had to")


def _told(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {what}" for what, number in counted.items())


def _first(complaints: Sequence[str]) -> str:
    return f"; {complaints[0]}" if complaints else ""
