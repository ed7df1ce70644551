"""People who ask for changes and approve them, whatever happens meanwhile."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
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


def wishes(promised: Mapping[str, date], how_many: int, dice: random.Random) -> list[Wish]:
    """For half of them one later promise an order, so that the last date is known; then notes, several for one order.

    `promised`: order → the day it is promised for now.
    """
    moves = [
        Wish("move_promise_date", {"order": order, "promise_date": (day + timedelta(days=dice.randint(1, 3))).isoformat()})
        for order, day in list(promised.items())[: how_many // 2]
    ]
    notes = [
        Wish("post_note", {"order": dice.choice(list(promised)), "text": f"Seen by the night shift, entry {number}."})
        for number in range(how_many - len(moves))
    ]
    mixed = moves + notes
    dice.shuffle(mixed)
    return mixed


@dataclass
class Office:
    """Everybody who asks and clicks. Who gets no answer tries again, as people do."""

    company: CompanyAtWork
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
