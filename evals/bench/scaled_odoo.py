"""A real Odoo of its own, filled by dev/odoo-scale."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from evals.bench.figures import NotRun

DEV = Path(__file__).resolve().parents[2] / "dev"
DATABASE = "expediter_bench"
#: Where changes are made; what other benchmarks read stays as it was filled.
SMALL = "expediter_bench_small"
SMALL_ORDERS = 3_000
#: The generator writes all records this minute, which no company does: a scan asks for what was written in the last ten minutes.
_SETTLED = ";\n".join(
    f"UPDATE {table} SET write_date = write_date - interval '1 day'"
    for table in (
        "sale_order", "sale_order_line", "stock_move", "stock_picking", "stock_quant", "purchase_order", "purchase_order_line",
        "account_move", "product_template", "product_product", "res_partner",
    )
)  # fmt: skip
FILLED = "SELECT count(*) FROM sale_order WHERE name ~ '^SC[0-9]{7}$'"


@dataclass(frozen=True, slots=True)
class ScaledOdoo:
    url: str
    database: str
    login: str
    password: str = field(repr=False)
    writer_login: str = ""
    writer_password: str = field(repr=False, default="")

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or "127.0.0.1"

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 80


@contextmanager
def scaled_odoo(orders: int, database: str = DATABASE, anew: bool = False) -> Iterator[ScaledOdoo]:
    """With exactly that many generated orders; stopped again afterwards when it did not run before. Raises NotRun.

    `anew`: filled again even so, for whoever counts what was left behind in it.
    """
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise NotRun("dev/odoo-up needs root on Debian or Ubuntu.")
    ran = any(instance["running"] for instance in json.loads(run("odoo-up", "status", "--db", database))["instances"])
    started = start(database)
    if anew or int(sql(FILLED, database)) != orders:
        started = json.loads(run("odoo-up", "reset", "--db", database))
        run("odoo-scale", str(orders), "--db", database)
        sql(_SETTLED, database)
    reader, writer = started["accounts"]["reader"], started["accounts"]["writer"]
    try:
        yield ScaledOdoo(started["url"], started["db"], reader["login"], reader["password"], writer["login"], writer["password"])
    finally:
        if not ran:
            stop(database)


def start(database: str) -> Any:
    """What dev/odoo-up says of it: url, db, accounts."""
    return json.loads(run("odoo-up", "start", "--db", database))


def stop(database: str) -> None:
    run("odoo-up", "stop", "--db", database)


def sql(statements: str, database: str = DATABASE) -> str:
    """Run on the database of `scaled_odoo`; what it prints, unaligned and without headings."""
    return run("odoo-up", "psql", "--db", database, "--", "-Atqc", statements)


def run(program: str, *arguments: str) -> str:
    done = subprocess.run([sys.executable, str(DEV / program), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotRun(f"dev/{program} {arguments[0]} failed: {(done.stderr.strip() or 'no reason given').splitlines()[-1]}")
    return done.stdout
