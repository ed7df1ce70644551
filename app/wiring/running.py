"""What `up` and `demo` do before the processes run: one at a time for a company, a database that is ready, children that are."""

import fcntl
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from agent.errors import ExpediterError, SettingMissing
from app.settings import ExecutorSettings, ProcessSettings, ServeSettings, UpSettings, WorkerSettings, environment_for
from app.settings.processes import DEFAULT_PORT
from app.wiring.company import Company
from app.wiring.embedded import embedded
from app.wiring.supervisor import ChildPlan, Say, Supervisor
from integrations.database.embedded import EmbeddedServer
from integrations.database.state_folder import refuse_foreign

Prepare = Callable[[Company, EmbeddedServer], None]


class AlreadyRunning(ExpediterError):
    """Another `up` or `demo` serves this company."""


@dataclass(frozen=True, slots=True)
class Running:
    url: str
    supervisor: Supervisor


@contextmanager
def running(settings: UpSettings, company: Company, prepare: Prepare, say: Say, port: int | None = None) -> Iterator[Running]:
    """The three processes, ready, until the block ends; then nothing is left behind.

    `prepare` gets the embedded server before anything starts; it is not called when the settings name a database of their own.
    Raises AlreadyRunning, SettingMissing, DatabaseUnavailable, ChildFailed.
    """
    serve = ServeSettings.read()
    url = f"http://{_reachable(serve.host)}:{port or serve.port}"
    with (
        _alone(company),
        _databases(settings, company, prepare) as addresses,
        Supervisor(_plans(company, addresses, port), say, partial(_revive, settings, company)) as supervisor,
    ):
        company.note_server(url)
        try:
            yield Running(url, supervisor)
        finally:
            company.forget_server()


def free_port(host: str, wanted: int = DEFAULT_PORT) -> int:
    """The wanted port, or one that is free when it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise SettingMissing(f"No port can be opened on {host}; set EXPEDITER_HOST to an address of this machine.")


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104 - compared, not bound


@contextmanager
def _alone(company: Company) -> Iterator[None]:
    try:
        company.folder.mkdir(parents=True, exist_ok=True)
    except OSError as refused:
        raise SettingMissing(
            f"The state folder {company.folder} cannot be made ({refused.strerror}); set EXPEDITER_STATE to another one."
        ) from None
    refuse_foreign(company.folder)
    with (company.folder / "up.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            where = company.server_url()
            raise AlreadyRunning(f"Expediter is running already{f' at {where}' if where else ''}; end that one first.") from None
        yield


@contextmanager
def _databases(settings: UpSettings, company: Company, prepare: Prepare) -> Iterator[Mapping[str, str | None]]:
    if settings.has_databases:
        yield {}
        return
    with embedded(company) as server:
        prepare(company, server)
        yield {f"{role}_database_url": server.url(role) for role in ("serve", "worker", "executor")}


def _revive(settings: UpSettings, company: Company) -> None:
    """An embedded server that was killed is started again; we hold its lease, so it outlives this one."""
    if not settings.has_databases:
        with embedded(company):
            pass


def _plans(company: Company, addresses: Mapping[str, str | None], port: int | None) -> list[ChildPlan]:
    kinds: dict[str, type[ProcessSettings]] = {"serve": ServeSettings, "worker": WorkerSettings, "executor": ExecutorSettings}
    without_odoo = {
        name: None for kind in kinds.values() for name in kind.model_fields if company.demo and name.startswith("odoo_")
    }
    plans = []
    for name, kind in kinds.items():
        own = {field: value for field, value in addresses.items() if field in kind.model_fields}
        own |= {"port": str(port)} if port and name == "serve" else {}
        plans.append(ChildPlan(name, environment_for(kind, {**without_odoo, **own, "state": str(company.folder.parent)})))
    return plans
