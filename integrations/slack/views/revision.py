"""What a card showed, in a few characters: a click on an older one is told so instead of deciding on what was not seen."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agent.domain.decisions import Proposal, ProposalGroup
from agent.errors import StaleShown
from integrations.slack.views.blocks import value

LONGEST = 60
LONGEST_LABEL = 10
UNKNOWN = "This button is of no card that is known here; look at the card again."


@dataclass(frozen=True, slots=True)
class Shown:
    """What a button says it belongs to. It proves nothing."""

    label: str
    """`P12`, `G3`, `F7`."""
    rev: str

    @property
    def number(self) -> int:
        return int(self.label[1:])


def rev_of(proposal: Proposal) -> str:
    """Changes with the content and with every decision."""
    return f"{proposal.sha256[:16]}.{len(proposal.decisions)}"


def rev_of_lines(lines: Iterable[Proposal]) -> str:
    told = [f"{line.id}:{line.state}:{rev_of(line)}" for line in lines]
    return hashlib.sha256("|".join(told).encode()).hexdigest()[:16]


def carried(proposal: Proposal) -> str:
    return value(proposal.label, rev_of(proposal))


def carried_group(group: ProposalGroup) -> str:
    return value(group.label, rev_of_lines(group.lines))


def carried_option(order: str, index: int, option: Mapping[str, Any]) -> str:
    return value(order[:120], f"{index}.{_digest(option)}")


def option_in(text: str) -> tuple[str, str]:
    """The order and what was shown of its option. Raises StaleShown."""
    label, rev = _pair(text)
    return label[:120], rev


def option_shown(options: Sequence[Mapping[str, Any]], rev: str) -> Mapping[str, Any]:
    """The option that a button was for. Raises StaleShown when it is another by now, or there is none."""
    found = next((one for index, one in enumerate(options) if f"{index}.{_digest(one)}" == rev), None)
    if found is None:
        raise StaleShown("What can be done about this order has changed since; ask again why it is late.")
    return found


def _digest(option: Mapping[str, Any]) -> str:
    """What would be done and what comes of it; money and sentences look otherwise to whoever may not see prices."""
    ready = option["ready_date"]
    told = {
        "kind": str(option["kind"]),
        "action": option["action"],
        "arguments": option["arguments"],
        "ready": None if ready is None else datetime.fromisoformat(str(ready)).timestamp(),
        "harms": [(one["order"], one["days"]) for one in option["harms"]],
        "whole": option["whole"],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:16]


def shown_in(text: str, letters: str) -> Shown:
    """What a button's value or a modal's metadata names, its label beginning with one of `letters`.

    Raises StaleShown for anything else: a forged value is no better than an old one.
    """
    label, rev = _pair(text)
    if label[:1] not in tuple(letters) or not label[1:].isascii() or not label[1:].isdecimal() or len(label) > LONGEST_LABEL:
        raise StaleShown(UNKNOWN)
    return Shown(label, rev)


def _pair(text: str) -> tuple[str, str]:
    try:
        given = json.loads(text)
        label, rev = given["id"], given["rev"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise StaleShown(UNKNOWN) from None
    if not (isinstance(label, str) and isinstance(rev, str) and len(rev) <= LONGEST):
        raise StaleShown(UNKNOWN)
    return label, rev
