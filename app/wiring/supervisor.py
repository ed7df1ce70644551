"""Running the processes as children, each with an environment of its own."""

import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty, Queue

from agent.errors import ExpediterError
from app.wiring.supervised import READY

START_S = 60.0
STOP_S = 10.0
RESTARTS, WITHIN_S = 5, 60.0

Say = Callable[[str, str], None]
#: Process name and one line of its log.


class ChildFailed(ExpediterError):
    """A process did not start, or keeps dying."""


@dataclass(frozen=True, slots=True)
class ChildPlan:
    name: str
    """The command: serve, worker or executor."""
    environment: Mapping[str, str]
    """All of it; nothing is inherited."""


@dataclass(slots=True)
class Child:
    plan: ChildPlan
    process: subprocess.Popen[str]
    ready: bool = False
    last_line: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A line of a child's output; None when its output ended because it died."""

    child: Child
    line: str | None


@dataclass(slots=True)
class Supervisor:
    """Starts the children, restarts the ones that die, and leaves none behind. Use as a context manager."""

    plans: Sequence[ChildPlan]
    say: Say
    mend: Callable[[], None] = lambda: None
    """Called before a dead child is started again, to put right what it may have died of."""
    children: dict[str, Child] = field(default_factory=dict)
    _events: "Queue[Event]" = field(default_factory=Queue)
    _deaths: deque[float] = field(default_factory=lambda: deque(maxlen=RESTARTS))

    def __enter__(self) -> "Supervisor":
        try:
            self._start_all()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def run(self) -> None:
        """Pass on the children's logs and restart the dead, until interrupted.

        Raises ChildFailed when one keeps dying, and what `mend` raises.
        """
        while True:
            self._handle(self._events.get())

    def pids(self) -> dict[str, int]:
        return {name: child.process.pid for name, child in self.children.items()}

    def stop(self) -> None:
        """Ask all to end, wait, and insist."""
        for child in self.children.values():
            child.process.terminate()
        give_up = time.monotonic() + STOP_S
        for child in self.children.values():
            try:
                child.process.wait(max(0.0, give_up - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            self._let_go(child)
        self.children.clear()

    def _start_all(self) -> None:
        for plan in self.plans:
            self._start(plan)
        give_up = time.monotonic() + START_S
        while not all(child.ready for child in self.children.values()):
            try:
                event = self._events.get(timeout=max(0.0, give_up - time.monotonic()))
            except Empty:
                waiting = ", ".join(name for name, child in self.children.items() if not child.ready)
                raise ChildFailed(f"{waiting} did not become ready within {START_S:.0f} seconds.") from None
            if event.line is None:
                raise ChildFailed(f"{event.child.plan.name} did not start. {event.child.last_line}".strip())
            self._hear(event.child, event.line)

    def _start(self, plan: ChildPlan) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", plan.name, "--supervised"],
            env=dict(plan.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C reaches only us; we end them in order.
        )
        child = self.children[plan.name] = Child(plan, process)
        threading.Thread(target=self._read, args=(child,), name=f"log-of-{plan.name}", daemon=True).start()

    def _read(self, child: Child) -> None:
        assert child.process.stdout is not None
        with child.process.stdout as output:
            for line in output:
                self._events.put(Event(child, line.rstrip()))
        child.process.wait()
        self._events.put(Event(child, None))

    def _let_go(self, child: Child) -> None:
        assert child.process.stdin is not None
        child.process.stdin.close()

    def _handle(self, event: Event) -> None:
        if event.line is not None:
            self._hear(event.child, event.line)
        elif self.children.get(event.child.plan.name) is event.child:
            self._restart(event.child)

    def _hear(self, child: Child, line: str) -> None:
        if line == READY:
            child.ready = True
            return
        child.last_line = line
        self.say(child.plan.name, line)

    def _restart(self, child: Child) -> None:
        now = time.monotonic()
        if len(self._deaths) == RESTARTS and now - self._deaths[0] < WITHIN_S:
            raise ChildFailed(f"{child.plan.name} keeps dying, so everything is stopped. {child.last_line}".strip())
        self._deaths.append(now)
        self._let_go(child)
        self.say(child.plan.name, f"ended with status {child.process.returncode} and is started again")
        self.mend()
        self._start(child.plan)
