"""Processes that are killed and servers that restart, at random moments."""

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from evals.bench import scaled_odoo
from evals.chaos.company import CompanyAtWork

BETWEEN_S = (18.0, 28.0)
"""Five deaths within a minute make the supervisor give up, and a restarted database may end two processes at once."""
LIKELIHOODS: Mapping[str, int] = {"executor killed": 10, "worker killed": 6, "PostgreSQL restarted": 1, "Odoo restarted": 2}


class Mishaps:
    """Befall a company until `over`; `met` counts them."""

    def __init__(self, company: CompanyAtWork, database: str, dice: random.Random) -> None:
        self.met: Counter[str] = Counter()
        self._over = threading.Event()
        self._company, self._database, self._dice = company, database, dice
        self._ways: Mapping[str, Callable[[], None]] = {
            "executor killed": lambda: self._kill("executor"),
            "worker killed": lambda: self._kill("worker"),
            "PostgreSQL restarted": self._restart_postgresql,
            "Odoo restarted": self._restart_odoo,
        }

    @contextmanager
    def befalling(self) -> Iterator[None]:
        """Raises what kept a mishap from befalling: a night without them would prove nothing."""
        with ThreadPoolExecutor(1) as fate:
            going_on = fate.submit(self._go_on)
            try:
                yield
            finally:
                self._over.set()
            going_on.result()

    def _go_on(self) -> None:
        while not self._over.wait(self._dice.uniform(*BETWEEN_S)):
            (what,) = self._dice.choices(list(LIKELIHOODS), list(LIKELIHOODS.values()))
            self._ways[what]()
            self.met[what] += 1

    def _kill(self, process: str) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._company.running.supervisor.pids()[process], signal.SIGKILL)

    def _restart_postgresql(self) -> None:
        """As after a crash: no connection is ended properly. Whatever died of it has the server started again."""
        pid_file = Path(self._company.server.state_folder) / "postgres" / "postmaster.pid"
        os.kill(int(pid_file.read_text().split("\n", 1)[0]), signal.SIGQUIT)
        self._company.revive()

    def _restart_odoo(self) -> None:
        scaled_odoo.stop(self._database)
        scaled_odoo.start(self._database)
