"""Where the policy's versions are kept. One Protocol for each process, as each role can do only its own part."""

from typing import Protocol

from agent.domain.policies import StoredPolicy


class PolicyShelf(Protocol):
    """Reading, for every process."""

    def in_force(self) -> StoredPolicy | None:
        """None before the first one was put in force."""

    def version_in_force(self) -> str | None:
        """The same, for as little as it can cost."""

    def stored(self, version: str) -> StoredPolicy:
        """Raises RecordMissing."""

    def all(self) -> list[StoredPolicy]:
        """Newest first."""


class PolicyDesk(PolicyShelf, Protocol):
    """Serve's part: it takes in what people wrote."""

    def store(self, version: str, text: str, *, person_id: int, reason: str) -> StoredPolicy:
        """A new version, or the one that has this text already. Raises PreconditionFailed without a reason."""


class PolicySwitch(PolicyShelf, Protocol):
    """The executor's part."""

    def activate(self, version: str, sha256: str) -> None:
        """Put it in force, as the running execution of the proposal with this hash; the database refuses anything else.

        Raises NotPermitted, and DatabaseUnavailable when it is not known whether it took effect.
        """
