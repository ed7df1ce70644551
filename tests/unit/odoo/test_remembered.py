"""What several threads remember together: read once, whoever asks, and never changed under somebody who looks through it."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from agent.errors import ErpRefused
from integrations.odoo.remembered import Remembered, Table


class Shelf:
    """Says the name of every id below a hundred, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[frozenset[int]] = []
        self.again = Event()

    def load(self, ids: Iterable[int]) -> dict[int, str]:
        wanted = frozenset(ids)
        self.asked.append(wanted)
        if len(self.asked) > 1:
            self.again.set()
        else:
            self.again.wait(0.2)  # the first answer is late: whoever did not wait for it has asked as well by then
        return {each: f"name {each}" for each in wanted if each < 100}


def test_of_two_threads_that_want_the_same_one_asks_and_both_get_it() -> None:
    shelf, at_once = Shelf(), Barrier(2)
    names = Remembered("name", shelf.load)

    def ask() -> dict[int, str]:
        at_once.wait()
        return names.by_id([1, 2])

    with ThreadPoolExecutor(2) as threads:
        found = [future.result() for future in [threads.submit(ask), threads.submit(ask)]]
    assert shelf.asked == [frozenset({1, 2})]
    assert found == [{1: "name 1", 2: "name 2"}] * 2


def test_of_many_threads_that_want_some_of_the_same_each_thing_is_read_once() -> None:
    shelf, at_once = Shelf(), Barrier(8)
    names = Remembered("name", shelf.load)

    def ask(first: int) -> dict[int, str]:
        at_once.wait()
        return {each: names.by_id(range(first, first + 10))[each] for each in range(first, first + 10)}

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask, range(1, 9)))
    assert sorted(each for asked in shelf.asked for each in asked) == list(range(1, 18))
    assert all(answer == {each: f"name {each}" for each in answer} and len(answer) == 10 for answer in found)


def test_what_one_thread_looks_through_is_not_changed_by_what_another_adds() -> None:
    names = Remembered("name", Shelf().load)
    held = names.by_id([1])
    names.by_id([2])
    names.learn({3: "learned"})
    names.forget()
    assert held == {1: "name 1"}


def test_a_thread_whose_reading_fails_leaves_the_others_free_to_ask() -> None:
    answers = iter([ErpRefused("not now"), {1: "name 1"}])

    def load(_: Iterable[int]) -> dict[int, str]:
        answer = next(answers)
        if isinstance(answer, ErpRefused):
            raise answer
        return answer

    names = Remembered("name", load)
    with pytest.raises(ErpRefused, match="not now"):
        names.by_id([1])
    assert names.by_id([1]) == {1: "name 1"}


def test_what_is_not_visible_is_said_and_asked_for_again() -> None:
    shelf = Shelf()
    names = Remembered("unit", shelf.load)
    for _ in range(2):
        with pytest.raises(ErpRefused, match="may not see unit 100"):
            names.by_id([100])
    assert shelf.asked == [frozenset({100})] * 2


def test_a_whole_table_is_read_once_by_two_threads() -> None:
    calls, at_once, again = list[int](), Barrier(2), Event()

    def load() -> list[str]:
        calls.append(1)
        again.set() if len(calls) > 1 else again.wait(0.2)
        return ["a", "b"]

    table = Table(load)

    def ask() -> object:
        at_once.wait()
        return table.rows()

    with ThreadPoolExecutor(2) as threads:
        found = [future.result() for future in [threads.submit(ask), threads.submit(ask)]]
    assert (calls, found) == ([1], [["a", "b"], ["a", "b"]])
