"""The collected mails (`mails/LANGUAGE/CLASS.yaml`): what people wrote and what is right about it. A third is held back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from agent.domain.mail import MailClass
from agent.triage.language import SPOKEN

#: The file of the mails that want to deceive; what each is about stands with it.
HOSTILE = "hostile"


@dataclass(frozen=True, slots=True)
class CollectedMail:
    """One mail of the collection with everything that stands beside it."""

    name: str
    """`LANGUAGE/FILE/ID`."""
    language: str
    mail_class: MailClass
    hostile: bool
    held_back: bool
    """Only measured with: nothing may learn from it, and nobody may adapt a rule to it."""
    content: Mapping[str, Any]


def known_mails() -> tuple[CollectedMail, ...]:
    """What may be learned from: neither held back nor hostile."""
    return tuple(mail for mail in collected_mails() if not mail.held_back and not mail.hostile)


@cache
def collected_mails() -> tuple[CollectedMail, ...]:
    """All of them, in the order of their names' folders and files."""
    return tuple(mail for language in SPOKEN for file in (*MailClass, HOSTILE) for mail in _read(language, file))


def _read(language: str, file: str) -> Iterator[CollectedMail]:
    text = files(__package__).joinpath("mails", language, f"{file}.yaml").read_text(encoding="utf-8")
    for content in yaml.safe_load_all(text):
        yield CollectedMail(
            name=f"{language}/{file}/{content['id']}",
            language=language,
            mail_class=MailClass(content["class"] if file == HOSTILE else file),
            hostile=file == HOSTILE,
            held_back=content.get("held_back", False),
            content=content,
        )
