"""What a judge learns from: the examples, and the collected mails that are not held back."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable

import yaml

from agent.domain.mail import Attachment, MailClass, ParsedMail
from agent.guardrails.untrusted_text import fold
from agent.ports.mail_judge import Telling
from agent.triage.collection import CollectedMail, collected_mails, known_mails
from agent.triage.reading import read
from agent.triage.references import references_in
from agent.triage.telling import telling_of

#: Changed when telling changes, so that nobody keeps a judge that learned something else.
EDITION = 1
#: How often a correction is learned. Measured: with 3 a judge that was corrected once judges the next such mail as it was told.
EMPHASIS = 3
#: Characters; a shorter text is one that anybody may write.
SHORT = 60
_TAG = re.compile(r"<[^>]+>")
Lesson = tuple[MailClass, Telling]


def lessons(corrections: Sequence[tuple[MailClass, ParsedMail]] = ()) -> list[Lesson]:
    """All there is to learn; `corrections` are mails of this company, with the class that a person gave them.

    Of these none that says what a mail says that is held back: somebody sent it here to try triage out. The others count
    `EMPHASIS` times, so that what only this company's mails say outweighs what is said anywhere.
    """
    held_back = _held_back() if corrections else ()
    own = [(kind, mail) for kind, mail in corrections if not _repeats(_words(mail.text), held_back)]
    return [_lesson(kind, mail) for kind, mail in (*_examples(), *_collected(), *own * EMPHASIS)]


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


def _held_back() -> Sequence[str]:
    return [_words(_text(mail)) for mail in collected_mails() if mail.held_back]


def _repeats(words: str, held_back: Sequence[str]) -> bool:
    """Whether it is one of them, or has the whole of one in it."""
    return any(words == one or (len(one) > SHORT and one in words) for one in held_back)


def _words(text: str) -> str:
    """What a mail says, however it is spelled and broken into lines; quoted lines left out."""
    new = "\n".join(line for line in text.splitlines() if not line.startswith(">"))
    return " ".join(re.findall(r"\w+", fold(new)))


def _text(mail: CollectedMail) -> str:
    body: str = mail.content.get("body") or _TAG.sub(" ", mail.content.get("html", ""))
    return "\n".join(line for line in body.splitlines() if not line.startswith(">"))


def _mail(subject: str, text: str, attached: Sequence[str]) -> ParsedMail:
    attachments = tuple(Attachment(name, "application/octet-stream", 0) for name in attached)
    return ParsedMail(None, "", "", (), subject, None, None, text, (), "", (), attachments)
