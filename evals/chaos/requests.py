"""People who ask for changes and approve them, whatever happens meanwhile."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, ParamSpec, TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from agent.domain.decisions import ProposalState, Verdict
from agent.errors import DecisionRefused, ExpediterError, NotPermitted, ServerUnreachable
from app.client import final_answer
from evals.chaos.company import ASKER, PEOPLE, CompanyAtWork

P = ParamSpec("P")
T = TypeVar("T")
AT_ONCE = 4
MOST_TRIES = 20
PATIENCE_S = 240.0
"""For one question or one click, dead servers included."""
PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Wish:
    action: str
    arguments: dict[str, Any]


def wishes(promised: Mapping[str, date], shelves: Sequence[str], how_many: int, dice: random.Random) -> list[Wish]:
    """A third later promises, one an order, so that the last date is known; and notes, tasks, counts and write-offs.

    `promised`: order → the day it is promised for now. `shelves`: codes of products that lie in one place of warehouse WH;
    several changes of one may meet, and then the later one is refused as stale.
    """
    moves = [
        Wish("move_promise_date", {"order": order, "promise_date": (day + timedelta(days=dice.randint(1, 3))).isoformat()})
        for order, day in list(promised.items())[: how_many // 3]
    ]
    rest = how_many - len(moves)
    makers = [_note, _task, _count, _write_off]
    others = [makers[number % len(makers)](number, list(promised), shelves, dice) for number in range(rest)]
    mixed = moves + others
    dice.shuffle(mixed)
    return mixed


def _note(number: int, orders: Sequence[str], shelves: Sequence[str], dice: random.Random) -> Wish:
    return Wish("post_note", {"order": dice.choice(orders), "text": f"Seen by the night shift, entry {number}."})


def _task(number: int, orders: Sequence[str], shelves: Sequence[str], dice: random.Random) -> Wish:
    due = (datetime.now(UTC).date() + timedelta(days=dice.randint(1, 9))).isoformat()
    told = {"owner": "demo", "due": due, "summary": f"Look after it, entry {number}"}
    return Wish("schedule_activity", {"record": dice.choice(orders), **told})


def _count(number: int, orders: Sequence[str], shelves: Sequence[str], dice: random.Random) -> Wish:
    return Wish("adjust_stock", {"product": dice.choice(shelves), "warehouse": "WH", "by": str(dice.choice((1, 2, -1)))})


def _write_off(number: int, orders: Sequence[str], shelves: Sequence[str], dice: random.Random) -> Wish:
    return Wish("write_off", {"product": dice.choice(shelves), "warehouse": "WH", "quantity": "1"})


@dataclass
class Office:
    """Everybody who asks and clicks. Who gets no answer tries again, as people do."""

    company: CompanyAtWork
    enough: int
    """Approved changes after which everybody goes home."""
    approved: set[int] = field(default_factory=set)
    """Numbers of proposals whose last approval was confirmed to the person who gave it."""
    turned_down: Counter[str] = field(default_factory=Counter)
    """What people were told when a wish became no approved proposal; they then asked anew."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def work_through(self, wanted: Sequence[Wish]) -> None:
        with ThreadPoolExecutor(AT_ONCE) as desks:
            list(desks.map(self._see_through, wanted))

    def _see_through(self, wish: Wish) -> None:
        for _ in range(MOST_TRIES):
            if len(self.approved) >= self.enough:
                return
            try:
                numbers = _patient(self._asked, wish)
                for number in numbers:
                    self._approve(number)
            except ExpediterError as refusal:
                with self._lock:
                    self.turned_down[str(refusal)] += 1
                time.sleep(PAUSE_S)
            else:
                with self._lock:
                    self.approved.update(numbers)
                return

    def _asked(self, wish: Wish) -> tuple[int, ...]:
        api = self.company.api(ASKER)
        answer = final_answer(api.parts(api.propose(wish.action, wish.arguments, "The night is long.")))
        if not answer.proposals:
            raise ExpediterError(answer.answer)
        return answer.proposals

    def _approve(self, number: int) -> None:
        for approver in PEOPLE:
            if approver != ASKER and _patient(self._approved_by, approver, number):
                return
        raise NotPermitted("nobody here may take the last step")

    def _approved_by(self, person: str, number: int) -> bool:
        """Whether the proposal is approved altogether afterwards."""
        api = self.company.api(person)
        shown = api.proposal(number)
        if shown.state is not ProposalState.PENDING:
            return True
        try:
            return api.decide(shown, Verdict.APPROVE, "").granted
        except (NotPermitted, DecisionRefused):
            return False


def _patient(deed: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Again while the server is away. What was lost may have been taken: then the same waits already."""
    again = Retrying(
        retry=retry_if_exception_type(ServerUnreachable),
        stop=stop_after_delay(PATIENCE_S),
        wait=wait_fixed(PAUSE_S),
        reraise=True,
    )
    return again(deed, *arguments, **named)
