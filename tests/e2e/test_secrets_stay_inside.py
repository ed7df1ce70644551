"""Nothing secret in what the processes print, answer, log or store: each runs at DEBUG, works, and meets each of its failures."""

import secrets
import signal
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import httpx
import psycopg
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from agent.domain.decisions import Role
from agent.guardrails.seal import new_keys
from app.settings.overview import PROCESSES
from app.wiring.running import free_port
from integrations.database.embedded import EmbeddedServer, lease
from integrations.database.migrate import migrate
from tests.e2e.running_demo import EXPEDITER, clean_environment, expediter, state_folder
from tests.fixtures.catalogue import sizes
from tests.fixtures.ledger import granted
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.scripted_model import serving

PATIENCE_S = 60
#: Every logger as talkative as it can be, whatever the program says: libraries log requests, headers and arguments at DEBUG.
TALKATIVE = """
import logging
logging.root.setLevel(logging.DEBUG)
configured = logging.basicConfig
logging.basicConfig = lambda **options: configured(**{**options, "level": logging.DEBUG})
logging.Logger.setLevel = lambda self, level: None
"""
SECRETS = {name for process in PROCESSES.values() for name in process.secrets()}


@dataclass
class House:
    """One company's processes, and all they ever said."""

    database: TestDatabase
    state: Path
    environment: dict[str, str]
    secrets: dict[str, str]
    said: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, **other: str) -> None:
        ran = expediter(self.state, *arguments, **{**self.environment, **other})
        self.said[" ".join([*arguments, *other])] = ran.out + ran.err

    @contextmanager
    def started(self, process: str) -> Iterator[None]:
        """From when it says that it is ready to its end."""
        running = subprocess.Popen(
            [*EXPEDITER, process],
            env=clean_environment(self.state, **self.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert running.stdout is not None
        lines = list(iter_until(running.stdout, "is ready"))
        rest = threading.Thread(target=lambda: lines.extend(running.stdout or ()))
        rest.start()
        try:
            yield
        finally:
            running.send_signal(signal.SIGTERM)
            rest.join()
            running.wait(PATIENCE_S)
            running.stdout.close()
            self.said[process] = "".join(lines)


def iter_until(lines: Iterable[str], wanted: str) -> Iterator[str]:
    for line in lines:
        yield line
        if wanted in line:
            return
    raise AssertionError("it ended before it was ready")


@contextmanager
def refusing_model() -> Iterator[str]:
    """An endpoint that says no, and repeats the key it was shown, as some do."""
    app = FastAPI()

    @app.post("/v1/chat/completions")
    def refuse(request: Request) -> JSONResponse:
        return JSONResponse({"error": {"message": f"Incorrect key: {request.headers['authorization']}"}}, status_code=401)

    with serving(app) as url:
        yield f"{url}/v1"


def secret_settings(server: EmbeddedServer) -> tuple[dict[str, str], dict[str, str]]:
    """Environment with every secret set, and each secret as it must not be seen."""
    environment, values = dict[str, str](), dict[str, str]()
    for name in SECRETS:
        if name.endswith("_database_url"):
            role = name.removesuffix("_database_url")
            environment[f"EXPEDITER_{name.upper()}"] = url = server.url(role)  # type: ignore[arg-type]  # one of them
            values[name] = url.partition("@")[0].rpartition(":")[2]
        else:
            values[name] = new_keys().private if name == "audit_signing_key" else f"leak-{secrets.token_hex(12)}"
            environment[f"EXPEDITER_{name.upper()}"] = values[name]
    return environment, values


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with ExitStack() as stack:
        folder = stack.enter_context(state_folder())
        server = stack.enter_context(lease(folder, durable=False))
        migrate(server.url("admin"), server.role_passwords)
        talkative = folder.parent / "talkative"
        talkative.mkdir()
        (talkative / "sitecustomize.py").write_text(TALKATIVE)
        environment, values = secret_settings(server)
        environment |= {
            "PYTHONPATH": str(talkative),
            "EXPEDITER_MODEL": "some-model", "EXPEDITER_MODEL_BASE_URL": stack.enter_context(refusing_model()),
            "EXPEDITER_ODOO_URL": "http://127.0.0.1:1", "EXPEDITER_ODOO_DATABASE": "live",
            "EXPEDITER_ODOO_READER_LOGIN": "reader", "EXPEDITER_ODOO_WRITER_LOGIN": "writer",
            "EXPEDITER_SLACK_TEAM": "T0123ABCD", "EXPEDITER_SLACK_API_URL": "http://127.0.0.1:1",
            "EXPEDITER_PORT": str(free_port("127.0.0.1", 0)),
        }  # fmt: skip
        database = TestDatabase(server, "expediter")
        stack.callback(database.close)
        yield House(database, folder, environment, values)


def test_each_process_works_and_fails_without_telling_a_secret(house: House) -> None:
    database = house.database
    token = database.token(database.person("maria", Role.OPS_AGENT, Role.ADMIN))
    house.secrets["a token that is valid"] = token
    granted(database)
    url = f"http://127.0.0.1:{house.environment['EXPEDITER_PORT']}"
    with (
        house.started("serve"),
        house.started("worker"),
        house.started("executor"),
        httpx.Client(base_url=url, timeout=PATIENCE_S) as client,
    ):
        for shown in (token, house.secrets["token"]):
            answers = [
                client.get(path, headers={"Authorization": f"Bearer {shown}"}) for path in ("/v1/me", "/v1/audit", "/nowhere")
            ]
            house.said[f"answers to {shown[:4]}"] = "".join(answer.text + str(answer.headers) for answer in answers)
        asked = client.post("/v1/chat", json={"text": "what is late?"}, headers={"Authorization": f"Bearer {token}"})
        streamed = client.get(f"/v1/chat/{asked.json()['inbound_id']}", headers={"Authorization": f"Bearer {token}"})
        assert "event: failed" in streamed.text or "event: final" in streamed.text
        house.said["the answer"] = asked.text + streamed.text
        database.one("admin", "ALTER TABLE decision RENAME TO gone")
        house.said["a fault"] = client.get("/v1/proposals", headers={"Authorization": f"Bearer {token}"}).text
        database.one("admin", "ALTER TABLE gone RENAME TO decision")
        house.run("doctor", EXPEDITER_SERVER_URL=url, EXPEDITER_TOKEN=token)
        house.run("proposals", "list", EXPEDITER_SERVER_URL=url)
        house.run("approve", "P1", EXPEDITER_SERVER_URL=url)
        house.run("chat", "what is late?", EXPEDITER_SERVER_URL=url)
    assert "DEBUG" in house.said["worker"] + house.said["executor"] + house.said["serve"]
    assert_nothing_leaked(house)


@pytest.mark.parametrize("process", ["serve", "worker", "executor", "admin"])
@pytest.mark.parametrize("wrong", ["password", "host", "address"])
def test_a_database_that_does_not_let_in_is_told_without_its_password(house: House, process: str, wrong: str) -> None:
    variable = f"EXPEDITER_{process.upper()}_DATABASE_URL"
    right, secret = house.environment[variable], f"leak-{secrets.token_hex(12)}"
    house.secrets[f"{process} {wrong}"] = secret
    url = {
        "password": right.replace(house.secrets[f"{process}_database_url"], secret),
        "host": f"postgresql://expediter_{process}:{secret}@127.0.0.1:1/expediter",
        "address": f"postgresql://expediter_{process}:{secret}@[/expediter?host={quote('/nowhere', safe='')}",
    }[wrong]
    house.run(*({"admin": ("db", "migrate")}.get(process, (process,))), **{variable: url})
    assert_nothing_leaked(house)


@pytest.mark.parametrize("process", PROCESSES)
def test_a_setting_that_cannot_be_used_is_not_repeated(house: House, process: str) -> None:
    bad = {name: f"leak-{secrets.token_hex(12)}\n{name}" for name in PROCESSES[process].secrets()}
    house.secrets |= {f"bad {name} of {process}": value for name, value in bad.items()}
    command = {"admin": ("person", "list"), "cli": ("approve", "P1")}.get(process, (process,))
    malformed = {f"EXPEDITER_{name.upper()}": value for name, value in bad.items()}
    house.run(*command, **malformed, EXPEDITER_ODOO_URL="not an address")
    assert_nothing_leaked(house)


def test_no_row_of_any_table_holds_a_secret(house: House) -> None:
    found: dict[str, list[str]] = {}
    with psycopg.connect(house.database.url("admin")) as owner:
        for table in sizes(house.database):
            for (row,) in owner.execute(f"SELECT to_jsonb(t)::text FROM {table} t".encode()):
                for name in leaked(house.secrets, row):
                    found.setdefault(table, []).append(name)
    assert found == {}


def leaked(values: Mapping[str, str], text: str) -> list[str]:
    return [name for name, value in values.items() if value in text or value.split("\n")[0] in text]


def assert_nothing_leaked(house: House) -> None:
    assert {said: names for said, text in house.said.items() if (names := leaked(house.secrets, text))} == {}
