"""The worker's care of drafts: those that were prepared lie in the mailbox's Drafts folder, once each, for a person to send."""

import logging
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256

from agent.actions.answerable import MOST_A_DAY, check_answerable, recipient_of
from agent.domain.letters import Letter, Outgoing, answer_subject, answered_id, references_to
from agent.errors import DatabaseUnavailable, ExpediterError, MailNotSafe, PreconditionFailed
from agent.ports.mail_drafts import DraftClaim, DraftFolder, DraftShelf

logger = logging.getLogger(__name__)


def save_drafts(folders: Iterable[DraftFolder], shelf: DraftShelf) -> int:
    """Put every draft that is not there yet into its mailbox; how many were looked at. Raises DatabaseUnavailable.

    A mailbox that is away keeps none of the others waiting; its drafts are saved at a later look.
    """
    return of_each(folders, lambda folder: save_all(folder, shelf), "no draft saved in")


def of_each(folders: Iterable[DraftFolder], done: Callable[[DraftFolder], Iterator[object]], if_not: str) -> int:
    """How many things were done in all. `if_not` begins what the log says of a mailbox that is away.

    Raises DatabaseUnavailable.
    """
    number = 0
    for folder in folders:
        try:
            for _ in done(folder):
                number += 1
        except DatabaseUnavailable:
            raise
        except ExpediterError as away:
            logger.warning("%s %s: %s", if_not, folder.mailbox, away)
    return number


def save_all(folder: DraftFolder, shelf: DraftShelf) -> Iterator[None]:
    """Once for each that was looked at."""
    while save_next(folder, shelf):
        yield


def save_next(folder: DraftFolder, shelf: DraftShelf) -> bool:
    """Look at one; whether there was one. Whoever died while saving is found out by looking into the folder first."""
    with shelf.claimed(folder.mailbox) as claim:
        if claim is None:
            return False
        if why := _kept_back(claim):
            claim.passed_over(why)
            return True
        mail = draft_of(claim.letter)
        try:
            if not folder.holds(mail):
                folder.save(mail)
        except MailNotSafe as refused:
            claim.passed_over(str(refused))
        else:
            claim.saved()
        return True


def draft_of(letter: Letter) -> Outgoing:
    """The draft as a mail that only lacks somebody to send it. To the sender alone where answers are wanted elsewhere: nobody
    has looked yet."""
    return Outgoing(
        marker=f"expediter-m{letter.id}-{sha256((letter.message_id or letter.subject).encode()).hexdigest()[:12]}",
        to=letter.sender,
        subject=answer_subject(letter.subject),
        text=letter.draft or "",
        in_reply_to=answered_id(letter),
        references=references_to(letter),
    )


def _kept_back(claim: DraftClaim) -> str | None:
    if claim.letter.draft is None:
        return "It was prepared for another class than people say the mail has."
    if claim.settled:
        return "It was answered or finished by then."
    if claim.lately >= MOST_A_DAY:
        return f"{claim.lately} drafts for this sender in 24 hours, and {MOST_A_DAY} are the most."
    try:
        check_answerable(claim.letter)
        recipient_of(claim.letter, claim.letter.sender)
    except PreconditionFailed as refused:
        return str(refused)
    return None
