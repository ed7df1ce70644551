"""What a judge learns from: the examples, and the collected mails that are not held back."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable

import yaml

from agent.domain.mail import Attachment, MailClass, ParsedMail
from agent.ports.mail_judge import Telling
from agent.triage.collection import CollectedMail, known_mails
from agent.triage.reading import read
from agent.triage.references import references_in
from agent.triage.telling import telling_of

#: Changed when telling changes, so that nobody keeps a judge that learned something else.
EDITION = 1
_TAG = re.compile(r"<[^>]+>")
Lesson = tuple[MailClass, Telling]


def lessons(corrections: Sequence[tuple[MailClass, ParsedMail]] = ()) -> list[Lesson]:
    """All there is to learn; `corrections` are mails of this company, with the class that a person gave them."""
    return [_lesson(kind, mail) for kind, mail in (*_examples(), *_collected(), *corrections)]


def lessons_sha256(corrections: Sequence[tuple[MailClass, ParsedMail]] = ()) -> str:
    """What these lessons are told by, read without parsing them."""
    told = hashlib.sha256(str(EDITION).encode())
    for file in _files(files(__package__)):
        told.update(file.read_bytes())
    for kind, mail in corrections:
        told.update(f"{kind}\0{mail.subject}\0{mail.text}\0".encode())
    return told.hexdigest()


def _files(folder: Traversable) -> Iterator[Traversable]:
    yield folder.joinpath("ideas.yaml")
    for name in ("examples", "mails"):
        yield from _below(folder.joinpath(name))


def _below(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            yield from _below(entry)
        elif entry.name.endswith(".yaml"):
            yield entry


def _lesson(kind: MailClass, mail: ParsedMail) -> Lesson:
    return kind, telling_of(mail, read(mail), references_in(mail))


def _examples() -> Iterator[tuple[MailClass, ParsedMail]]:
    for kind in MailClass:
        for text in examples_of(kind):
            yield kind, _mail("", text, ())


def _collected() -> Iterator[tuple[MailClass, ParsedMail]]:
    for mail in known_mails():
        yield mail.mail_class, _mail(mail.content["subject"], _text(mail), mail.content.get("attach", ()))


def examples_of(kind: MailClass) -> list[str]:
    """Subject and body of mails of the class, in one line each."""
    text = files(__package__).joinpath("examples", f"{kind}.yaml").read_text(encoding="utf-8")
    examples: list[str] = yaml.safe_load(text)
    return examples


def _text(mail: CollectedMail) -> str:
    body: str = mail.content.get("body") or _TAG.sub(" ", mail.content.get("html", ""))
    return "\n".join(line for line in body.splitlines() if not line.startswith(">"))


def _mail(subject: str, text: str, attached: Sequence[str]) -> ParsedMail:
    attachments = tuple(Attachment(name, "application/octet-stream", 0) for name in attached)
    return ParsedMail(None, "", "", (), subject, None, None, text, (), "", (), attachments)
