"""The policy that decides now. Another one comes into force while processes run, and the next question is judged by it."""

from agent.guardrails.policy import Policy, read_policy
from agent.ports.policies import PolicyShelf


class PolicyInForce:
    """Called, it gives the policy in force; what is known already is not read again.

    `first` decides as long as none was ever put in force. Raises DatabaseUnavailable, and PolicyInvalid when this program cannot
    read the stored text: then nothing is decided.
    """

    def __init__(self, shelf: PolicyShelf, first: Policy) -> None:
        self._shelf = shelf
        self._known = first

    def __call__(self) -> Policy:
        version = self._shelf.version_in_force()
        if version is None or version == self._known.version:
            return self._known
        stored = self._shelf.in_force()
        if stored is not None:
            # Its examples held when it was handed in; a later program may judge one otherwise, which must not stop all decisions.
            self._known = read_policy(stored.text, stored.version, checked=False)
        return self._known
