"""How many answers may be followed at once: each holds a thread, and decisions must always find one."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Annotated

from fastapi import Depends, Request

from agent.errors import ExpediterError
from app.web.security import SignedIn

SEATS = 20
SEATS_A_PERSON = 4


class NoSeat(ExpediterError):
    """Too many answers are followed already."""


class Seats:
    def __init__(self) -> None:
        self._taken: Counter[int] = Counter()
        self._lock = Lock()

    @contextmanager
    def taken_by(self, person_id: int) -> Iterator[None]:
        """Raises NoSeat."""
        with self._lock:
            if self._taken[person_id] >= SEATS_A_PERSON or self._taken.total() >= SEATS:
                raise NoSeat("Too many answers are being followed at once; close some, or try again in a few seconds.")
            self._taken[person_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken[person_id] -= 1


def _seated(request: Request, person: SignedIn) -> Iterator[None]:
    seats: Seats = request.app.state.seats
    with seats.taken_by(person.id):
        yield


Seated = Annotated[None, Depends(_seated)]
