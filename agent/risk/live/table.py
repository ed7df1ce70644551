"""Records by id, with indexes that are kept row by row instead of being built anew."""

from bisect import insort
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar


class Identified(Protocol):
    @property
    def id(self) -> int: ...


Row = TypeVar("Row", bound=Identified)
Keys = Callable[[Row], Iterable[Hashable | None]]


@dataclass(frozen=True, slots=True)
class Difference(Generic[Row]):
    """What became of one record: added without `old`, gone without `new`."""

    old: Row | None
    new: Row | None

    @property
    def versions(self) -> tuple[Row, ...]:
        """Before and after, as far as it was and is there."""
        return tuple(row for row in (self.old, self.new) if row is not None)


class Index(Generic[Row]):
    """Rows by a key, those of one key in order of their ids. A row without a key is left out."""

    def __init__(self, keys: Keys[Row]) -> None:
        self.rows: dict[Any, list[Row]] = {}
        self._keys = keys

    def fill(self, rows: Iterable[Row]) -> None:
        """`rows` in order of their ids."""
        self.rows.clear()
        for row in rows:
            for key in self._keys(row):
                if key is not None:
                    self.rows.setdefault(key, []).append(row)

    def drop(self, row: Row) -> None:
        for key in self._keys(row):
            if key is not None:
                rest = [other for other in self.rows[key] if other.id != row.id]
                if rest:
                    self.rows[key] = rest
                else:
                    del self.rows[key]

    def add(self, row: Row) -> None:
        for key in self._keys(row):
            if key is not None:
                insort(self.rows.setdefault(key, []), row, key=_id)


class Table(Generic[Row]):
    """The records of one noun. `by_id` is in order of ids."""

    def __init__(self, **indexes: Keys[Row]) -> None:
        self.by_id: dict[int, Row] = {}
        self.indexes = {name: Index(keys) for name, keys in indexes.items()}

    def fill(self, rows: Iterable[Row]) -> None:
        self.by_id = {row.id: row for row in sorted(rows, key=_id)}
        for index in self.indexes.values():
            index.fill(self.by_id.values())

    def rows(self, index: str, key: Hashable) -> list[Row]:
        """Those of one key; empty when there are none."""
        return self.indexes[index].rows.get(key, [])

    def renew(self, asked: Iterable[int], found: Iterable[Row]) -> list[Difference[Row]]:
        """`found` is all there is of `asked`, and maybe more; only what differs is taken over and returned."""
        new = {row.id: row for row in found}
        differences = [
            Difference(self.by_id.get(key), new.get(key))
            for key in sorted(set(asked) | new.keys())
            if self.by_id.get(key) != new.get(key)
        ]
        last = next(reversed(self.by_id), 0)
        for difference in differences:
            self._take(difference)
        if any(difference.old is None and difference.new and difference.new.id < last for difference in differences):
            self.by_id = dict(sorted(self.by_id.items()))
        return differences

    def _take(self, difference: Difference[Row]) -> None:
        old, new = difference.old, difference.new
        for index in self.indexes.values():
            if old is not None:
                index.drop(old)
            if new is not None:
                index.add(new)
        if new is not None:
            self.by_id[new.id] = new
        elif old is not None:
            del self.by_id[old.id]


def _id(row: Identified) -> int:
    return row.id
