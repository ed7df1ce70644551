"""What serve and the executor cost: time from start to ready, resident memory, and whether a model library got in."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

from app.settings import ExecutorSettings, ProcessSettings, ServeSettings
from app.wiring.running import free_port
from evals.bench.figures import Figure
from evals.bench.own_server import own_server
from evals.bench.service import environment_of, started
from integrations.database.embedded import EmbeddedServer, Role

ROUNDS = 5
MOST_SECONDS = 1.5
MOST_MEGABYTES = 120
MODEL_LIBRARIES = ("langchain", "langchain_core", "langchain_openai", "langgraph", "langsmith", "openai", "chromadb")
IMPORTS = f"""
import sys, json
import app.cli.program, app.wiring.{{name}}
print(json.dumps([library for library in {MODEL_LIBRARIES!r} if library in sys.modules]))
"""
PROCESSES: dict[Role, type[ProcessSettings]] = {"serve": ServeSettings, "executor": ExecutorSettings}


def run() -> list[Figure]:
    with own_server() as server:
        return [figure for name in PROCESSES for figure in _measured(name, server)]


def _measured(name: Role, server: EmbeddedServer) -> Iterator[Figure]:
    environment = _environment(name, server)
    rounds = [_started(name, environment) for _ in range(ROUNDS)]
    seconds, megabytes = median(first for first, _ in rounds), max(second for _, second in rounds)
    bare = _bare_python(environment)
    loaded = json.loads(
        subprocess.run(
            [sys.executable, "-c", IMPORTS.format(name=name)], env=environment, check=True, capture_output=True, text=True
        ).stdout
    )
    met = seconds <= MOST_SECONDS
    yield Figure(f"{name}: start to ready", seconds, "s", f"python -c pass: {bare:.2f} s", f"at most {MOST_SECONDS}", met)
    yield Figure(
        f"{name}: resident memory", megabytes, "MB", "once ready", f"at most {MOST_MEGABYTES}", megabytes <= MOST_MEGABYTES
    )
    yield Figure(f"{name}: model libraries loaded", len(loaded), "", ", ".join(loaded) or "none", "none", not loaded)


def _started(name: str, environment: dict[str, str]) -> tuple[float, float]:
    """Seconds until it says that it is ready, and its megabytes then."""
    began = time.perf_counter()
    process = started(name, environment)
    seconds = time.perf_counter() - began
    try:
        return seconds, _megabytes(process.pid)
    finally:
        process.terminate()
        process.communicate()


def _megabytes(pid: int) -> float:
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], check=True, capture_output=True, text=True).stdout
    return int(told) / 1024


def _bare_python(environment: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], env=environment, check=True)
    return time.perf_counter() - began


def _environment(name: Role, server: EmbeddedServer) -> dict[str, str]:
    port = {"port": str(free_port("127.0.0.1", 0))} if name == "serve" else {}
    return environment_of(PROCESSES[name], {f"{name}_database_url": server.url(name), **port})
