"""Expediter as `up` runs it, on a real Odoo behind bad weather, with people who have tokens."""

import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.domain.decisions import Role
from agent.guardrails.policy import PACKAGED
from app.client import Api
from app.settings import UpSettings
from app.wiring.company import Company, company_of
from app.wiring.embedded import embedded
from app.wiring.prepare import prepare
from app.wiring.running import Running, free_port, running
from evals.bench.scaled_odoo import ScaledOdoo
from integrations.database.embedded import EmbeddedServer
from integrations.database.people import PersonAdmin
from integrations.database.pool import open_pool

PEOPLE: Mapping[str, Role] = {
    "olga": Role.OPS_AGENT,
    "sven": Role.SALES_MANAGER,
    "mara": Role.OPS_MANAGER,
    "wim": Role.WAREHOUSE_LEAD,
    "petra": Role.PURCHASING_MANAGER,
    "fred": Role.FINANCE,
}
ASKER = "olga"
MAY_ARRIVE_FOR_MINUTES = 1


@dataclass(frozen=True, slots=True)
class CompanyAtWork:
    company: Company
    server: EmbeddedServer
    running: Running
    tokens: Mapping[str, str]

    def revive(self) -> None:
        """Start the embedded server when it is down."""
        with embedded(self.company):
            pass

    def api(self, person: str) -> Api:
        return Api(self.running.url, self.tokens[person])


@contextmanager
def at_work(odoo: ScaledOdoo, odoo_url: str) -> Iterator[CompanyAtWork]:
    """All three processes, restarted when they die, until the block ends. Odoo is reached at `odoo_url`."""
    with tempfile.TemporaryDirectory(prefix="expediter-chaos-") as folder, _environment(odoo, odoo_url, Path(folder)):
        Path(folder).chmod(0o755)  # the database's own user has to reach its files
        settings = UpSettings.read()
        company = company_of(settings)
        with (
            running(settings, company, prepare, lambda _process, _line: None, free_port("127.0.0.1")) as now,
            embedded(company) as server,
        ):
            threading.Thread(target=now.supervisor.run, daemon=True).start()
            yield CompanyAtWork(company, server, now, _people(server))


def _people(server: EmbeddedServer) -> dict[str, str]:
    with closing(open_pool(server.url("admin"))) as pool:
        people = PersonAdmin(pool)
        for handle, role in PEOPLE.items():
            people.add(handle, handle.title(), f"{handle}@chaos.example", [role])
        return {handle: people.issue_token(handle) for handle in PEOPLE}


def _without_codes(folder: Path) -> Path:
    """The packaged policy, asking for no codes: an authenticator gives one a half minute, and these people click all night."""
    text = PACKAGED.read_text(encoding="utf-8")
    file = folder / "policy.yaml"
    file.write_text("\n".join(line for line in text.splitlines() if line.strip() != "second_factor: true"), encoding="utf-8")
    return file


@contextmanager
def _environment(odoo: ScaledOdoo, odoo_url: str, folder: Path) -> Iterator[None]:
    """The children get theirs from ours."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("EXPEDITER_")]:
        del os.environ[name]
    os.environ.update(
        EXPEDITER_STATE=str(folder / "state"),
        EXPEDITER_POLICY=str(_without_codes(folder)),
        EXPEDITER_ODOO_URL=odoo_url,
        EXPEDITER_ODOO_DATABASE=odoo.database,
        EXPEDITER_ODOO_READER_LOGIN=odoo.login,
        EXPEDITER_ODOO_READER_PASSWORD=odoo.password,
        EXPEDITER_ODOO_WRITER_LOGIN=odoo.writer_login,
        EXPEDITER_ODOO_WRITER_PASSWORD=odoo.writer_password,
        EXPEDITER_WRITE_MAY_ARRIVE_FOR=str(MAY_ARRIVE_FOR_MINUTES),
    )
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
