"""Who else says what a mail is, beside the rules: something that learned from mails whose class people gave."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from agent.domain.mail import MailClass


@dataclass(frozen=True, slots=True)
class Telling:
    """What of a mail may tell its class: tokens of three kinds, each as often as it stands there."""

    words: tuple[str, ...]
    pieces: tuple[str, ...]
    """Short runs of letters, so that endings and typing errors matter less."""
    ideas: tuple[str, ...]
    """What words of five languages say alike, alone and in pairs."""


class MailJudge(Protocol):
    def shares(self, telling: Telling) -> Mapping[MailClass, float]:
        """How likely each class is; they add up to 1. The same mail always gets the same."""
