"""How the decision desk has codes looked at, without knowing the library that does."""

from dataclasses import dataclass
from typing import NoReturn, Protocol

from psycopg import Connection
from psycopg.rows import DictRow

from agent.errors import SecondFactorMissing

WRONG_CODE = "That is not the code your authenticator shows now, or it was used before; wait for the next one and try again."


@dataclass(frozen=True, slots=True)
class Checked:
    """A code that was looked at."""

    use_id: int | None
    """The row that says so; None: it is wrong, which was noted and has to be committed."""


class CodeCheck(Protocol):
    def look(self, connection: Connection[DictRow], person_id: int, code: str) -> Checked:
        """In the caller's transaction. Raises SecondFactorMissing and SecondFactorLocked; a wrong code is an answer."""


def no_codes() -> NoReturn:
    """For a desk that was given nothing to look at codes with."""
    raise SecondFactorMissing("This takes a code from an authenticator, and none is looked at here.")
