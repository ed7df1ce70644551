"""The network between us and Odoo on a bad day."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import Request, urlopen

SLOW_S = (0.5, 3.0)
LATE_S = (5.0, 15.0)
"""How long a request wanders about after its sender was cut off; less than a write is given to arrive."""


class Fault(StrEnum):
    NONE = "fine"
    NEVER_ARRIVED = "cut off before it arrived"
    ANSWER_LOST = "arrived, and its answer was lost"
    ARRIVED_LATE = "cut off, and arrived later all the same"
    SLOW = "answered late"
    BAD_GATEWAY = "arrived, and a gateway answered 502"


SHARES = {
    Fault.NEVER_ARRIVED: 0.02,
    Fault.ANSWER_LOST: 0.03,
    Fault.ARRIVED_LATE: 0.01,
    Fault.SLOW: 0.03,
    Fault.BAD_GATEWAY: 0.01,
}


@dataclass
class Weather:
    """Chooses what happens to each request; `met` counts it."""

    random: random.Random
    met: Counter[Fault] = field(default_factory=Counter)
    calm: threading.Event = field(default_factory=threading.Event)
    """Once set, nothing happens any more."""

    def next(self) -> Fault:
        chosen = Fault.NONE
        if not self.calm.is_set():
            shares = (1 - sum(SHARES.values()), *SHARES.values())
            chosen = self.random.choices((Fault.NONE, *SHARES), shares)[0]
        self.met[chosen] += 1
        return chosen


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    weather: Weather
    upstream: str


class _Exchange(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._exchange(Request(self.server.upstream + self.path, body, dict(self.headers)))

    def do_GET(self) -> None:
        self._exchange(Request(self.server.upstream + self.path, headers=dict(self.headers)))

    def _exchange(self, request: Request) -> None:
        fault = self.server.weather.next()
        if fault is Fault.NEVER_ARRIVED:
            return
        if fault is Fault.ARRIVED_LATE:
            threading.Thread(target=self._arrive_late, args=[request], daemon=True).start()
            return
        answer = _forwarded(request)
        if fault is Fault.SLOW:
            time.sleep(self.server.weather.random.uniform(*SLOW_S))
        if fault is not Fault.ANSWER_LOST and answer is not None:
            with suppress(OSError):  # whoever asked was killed
                self._answer(502 if fault is Fault.BAD_GATEWAY else 200, answer)

    def _arrive_late(self, request: Request) -> None:
        time.sleep(self.server.weather.random.uniform(*LATE_S))
        _forwarded(request)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: thousands of lines would."""


def _forwarded(request: Request) -> bytes | None:
    """None when Odoo is away at the moment: its sender is then cut off."""
    try:
        with urlopen(request, timeout=120) as answer:
            body: bytes = answer.read()
            return body
    except OSError:
        return None


@contextmanager
def through(weather: Weather, upstream: str) -> Iterator[str]:
    """The address under which `upstream` is reached in this weather."""
    server = _Server(("127.0.0.1", 0), _Exchange)
    server.weather, server.upstream = weather, upstream
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
