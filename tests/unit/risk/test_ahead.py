"""Readings that go on beside each other."""

from collections.abc import Callable
from concurrent.futures import CancelledError
from queue import SimpleQueue
from threading import Barrier, Event

import pytest

from agent.errors import ErpUnavailable
from agent.risk.ahead import AT_ONCE, reading_ahead

PATIENCE_S = 10.0


def _fails() -> int:
    raise ErpUnavailable("Odoo does not answer.")


def test_as_many_readings_go_on_at_once_as_are_allowed_and_bring_what_each_was_asked_for() -> None:
    together = Barrier(AT_ONCE)

    def reading(value: int) -> Callable[[], int]:
        def asked() -> int:
            together.wait(PATIENCE_S)
            return value

        return asked

    with reading_ahead() as ahead:
        found = [ahead.read(reading(value)) for value in range(2 * AT_ONCE)]
        assert [each() for each in found] == list(range(2 * AT_ONCE))


def test_no_more_readings_go_on_than_are_allowed() -> None:
    going, free = [Event() for _ in range(AT_ONCE)], Event()
    late = Event()

    def held(begun: Event) -> None:
        begun.set()
        assert free.wait(PATIENCE_S)

    with reading_ahead() as ahead:
        held_ones = [ahead.read(lambda begun=begun: held(begun)) for begun in going]  # type: ignore[misc]
        last = ahead.read(late.set)
        assert all(begun.wait(PATIENCE_S) for begun in going)
        assert not late.is_set()
        free.set()
        for each in (*held_ones, last):
            each()
    assert late.is_set()


def test_a_reading_that_fails_raises_where_its_answer_is_needed_and_the_others_are_told() -> None:
    with reading_ahead() as ahead:
        broken, whole = ahead.read(_fails), ahead.read(lambda: 7)
        assert whole() == 7
        with pytest.raises(ErpUnavailable, match="does not answer"):
            broken()


def test_what_was_not_begun_when_everything_is_over_is_never_read_and_the_end_waits_for_nothing() -> None:
    begun, free, forbidden = SimpleQueue[None](), Event(), Event()

    def held() -> None:
        begun.put(None)
        assert free.wait(PATIENCE_S)

    with reading_ahead() as ahead:
        held_ones = [ahead.read(held) for _ in range(AT_ONCE)]
        late = ahead.read(forbidden.set)
        for _ in held_ones:
            begun.get(timeout=PATIENCE_S)
    assert not free.is_set()
    with pytest.raises(CancelledError):
        late()
    free.set()
    for each in held_ones:
        each()
    assert not forbidden.is_set()
