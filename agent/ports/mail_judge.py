"""Who else says what a mail is, beside the rules: what learned from mails whose class people gave, and a language model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from agent.domain.mail import MailClass, Opinion


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


@dataclass(frozen=True, slots=True)
class ShownMail:
    """What a language model is shown of a mail: none of its addresses, and of its files the names alone. Bounded in length."""

    subject: str
    text: str
    """What is new in it."""
    quoted: str
    """What it quotes of earlier mails."""
    files: tuple[str, ...]

    def whole(self) -> str:
        return "\n".join((self.subject, self.text, self.quoted, *self.files))


class ModelJudge(Protocol):
    """A language model without tools."""

    @property
    def name(self) -> str: ...

    def opinion(self, shown: ShownMail) -> Opinion:
        """What it says the mail is; `discounted` where what it said cannot be used. The same mail is asked about once.

        Raises ModelUnavailable, after a bounded time.
        """
