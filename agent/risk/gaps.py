"""What could not be looked at, while everything else is told."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from agent.errors import ErpIncomplete, ErpRefused

Row = TypeVar("Row")


class Gaps:
    """Collects a sentence for each reading that the ERP refuses, and goes on without it."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def read(self, ask: Callable[[], Sequence[Row]], without: str) -> Sequence[Row]:
        """What `ask` returns, or nothing where the login may not see it or the module is missing; `without` says what that means.

        Raises ErpUnavailable: an ERP that is away is no gap.
        """
        try:
            return ask()
        except (ErpRefused, ErpIncomplete) as unseen:
            self.sentences.append(f"{without} {unseen}")
            return ()
