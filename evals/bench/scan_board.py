"""How fast the board answers why an order is at risk."""

import shutil
import tempfile
import time
from pathlib import Path
from statistics import median

from agent.domain.scans import ScanKind, ScanResult
from agent.risk.live import ScanEngine
from integrations.database.embedded import lease
from integrations.database.migrate import migrate
from integrations.database.pool import open_pool
from integrations.database.risk_board import PostgresRiskBoard

ASKED = 50


def board_answers(engine: ScanEngine, order: str) -> float:
    """Median milliseconds of asking for one order, on a database of its own that holds all the engine knows."""
    folder = Path(tempfile.mkdtemp(prefix="expediter-bench-"))
    folder.chmod(0o755)
    try:
        with lease(folder / "state", durable=False) as server:
            migrate(server.url("admin"), server.role_passwords)
            with open_pool(server.url("worker")) as pool:
                board = PostgresRiskBoard(pool)
                board.publish(_everything(engine), lambda record: None, engine.warehouses)
                return median(_asked(board, order) for _ in range(ASKED))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _everything(engine: ScanEngine) -> ScanResult:
    report = engine.report()
    assert report is not None
    return ScanResult(
        ScanKind.FULL, report.as_of, report.as_of, report.open_orders, len(report.orders), report.orders, report.findings
    )


def _asked(board: PostgresRiskBoard, order: str) -> float:
    started = time.perf_counter()
    assert board.order(order), "the board does not know the order that it is asked for"
    return (time.perf_counter() - started) * 1000
