"""Which mails may be put on a record, and whether one hangs there as it was approved."""

from collections.abc import Sequence
from hashlib import sha256

from agent.actions.answerable import SECURITY
from agent.domain.decisions import ProposalContent
from agent.domain.letters import Letter
from agent.domain.mail import MailClass, Trust
from agent.domain.mail_files import NoteFile
from agent.errors import PreconditionFailed, SendingNotAllowed


def fileable(letter: Letter) -> None:
    """Raises PreconditionFailed for a mail that colleagues should not meet on a record: a trick, a forgery, noise."""
    dangers = " and ".join(sorted(flag.replace("_", " ") for flag in letter.flags & SECURITY))
    refusals = {
        f"{letter.label} was not read yet; try again in a minute.": letter.mail_class is None,
        f"{letter.label} carries {dangers}; it is not put on any record.": bool(dangers),
        f"Our mail server says that the sender of {letter.label} is forged; it is not put on any record.": (
            letter.trust is Trust.FAIL
        ),
        f"{letter.label} is noise; say first what it really is.": letter.mail_class is MailClass.AUTOMATED_NOISE,
    }
    for sentence, applies in refusals.items():
        if applies:
            raise PreconditionFailed(sentence)


def check_filed(content: ProposalContent, raw: bytes) -> None:
    """Raises SendingNotAllowed unless these are the bytes that were approved."""
    if sha256(raw).hexdigest() != content.before["sha256"]:
        raise SendingNotAllowed(f"{content.before['label']} is not the mail that was approved.")


def hangs_there(content: ProposalContent, files: Sequence[NoteFile]) -> bool:
    """By what the ERP counted itself."""
    return any((file.size, file.sha1) == (content.before["bytes"], content.before["sha1"]) for file in files)
