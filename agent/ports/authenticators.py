"""Serve's part of the second factor: people enrol their authenticator and take it away again."""

from typing import Protocol

from agent.domain.decisions import Person
from agent.domain.second_factor import AuthenticatorState, Enrolment


class Authenticators(Protocol):
    def state(self, person_id: int) -> AuthenticatorState: ...

    def enrol(self, person: Person, enrolment_code: str) -> Enrolment:
        """A new secret, told only now; it counts once `confirm` saw a code of it. One that was never confirmed is replaced.

        Raises DecisionRefused when an admin gave the person no such code or it is spent or late, and when the person has a
        confirmed authenticator: that has to be removed first, with a code it shows.
        """

    def confirm(self, person_id: int, code: str) -> None:
        """Raises SecondFactorMissing (not enrolled), SecondFactorWrong and SecondFactorLocked."""

    def remove(self, person_id: int, code: str) -> None:
        """Raises as `confirm` does. Who lost theirs asks an admin (`expediter person authenticator reset`)."""
