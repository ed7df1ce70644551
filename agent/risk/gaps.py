"""What could not be looked at, while everything else is told."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from agent.domain.findings import FindingKind
from agent.errors import ErpIncomplete, ErpRefused

Row = TypeVar("Row")


class Gaps:
    """Collects a sentence for each reading that the ERP refuses, and goes on without it."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.unjudged: set[FindingKind] = set()

    def read(self, ask: Callable[[], Sequence[Row]], without: str, kinds: Iterable[FindingKind] = ()) -> Sequence[Row]:
        """What `ask` returns, or nothing where the login may not see it or the module is missing; `without` says what that means.

        Findings of these `kinds` rest on it: that none is found then does not say that none is there.

        Raises ErpUnavailable: an ERP that is away is no gap.
        """
        try:
            return ask()
        except (ErpRefused, ErpIncomplete) as unseen:
            self.unjudged |= set(kinds)
            self.sentences.append(f"{without} {unseen}")
            return ()
