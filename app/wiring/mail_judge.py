"""The judge of mails of one company: taken from its state folder, or learned once and kept there."""

import logging
from collections.abc import Sequence
from pathlib import Path

from agent.domain.mail import MailClass, ParsedMail
from agent.ports.mail_judge import MailJudge
from integrations.learning import keep, kept

log = logging.getLogger(__name__)
FOLDER = "learned"


def mail_judge(state: Path, corrections: Sequence[tuple[MailClass, ParsedMail]] = ()) -> MailJudge:
    """Learning takes some seconds and scikit-learn; it happens when examples or corrections have changed, else never."""
    from agent.triage.schooling import lessons, lessons_sha256

    name, folder = lessons_sha256(corrections), state / FOLDER
    found = kept(folder, name)
    if found is not None:
        return found
    from integrations.learning.learn import learn

    learned = learn(lessons(corrections))
    try:
        keep(learned, folder, name)
    except OSError as full:
        log.warning("What was learned from mails cannot be kept (%s) and will be learned again.", full.strerror)
    return learned
