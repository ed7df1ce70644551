"""The logins that send mail, checked in a process of its own: no other than the executor ever holds them."""

from agent.errors import ExpediterError
from app.contract.doctor import CheckRow, Verdict
from app.settings import ExecutorSettings
from app.wiring.outgoing import senders
from app.wiring.writer_check import check_in_child

SUBJECT = "outgoing mail"
NONE = CheckRow(
    subject=SUBJECT,
    verdict=Verdict.NOTE,
    words="no mailbox is sent from (EXPEDITER_OUTGOING_MAIL); answers to mails cannot be sent.",
)


def sending_check() -> CheckRow:
    """In the child: does each server answer, and take the login? Nothing is sent."""
    try:
        found = senders(ExecutorSettings.read())
    except ExpediterError as refusal:
        return CheckRow(subject=SUBJECT, verdict=Verdict.FAILED, words=str(refusal))
    if not found:
        return NONE
    wrong = []
    for mailbox, sender in found.items():
        try:
            sender.ready()
        except ExpediterError as refusal:
            wrong.append(f"{mailbox}: {refusal}")
    if wrong:
        return CheckRow(subject=SUBJECT, verdict=Verdict.FAILED, words=" ".join(wrong))
    words = f"{' and '.join(found)} can be sent from, and Sent can be looked into; only the executor is given the login."
    return CheckRow(subject=SUBJECT, verdict=Verdict.OK, words=words)


def sending_check_in_child() -> CheckRow:
    """The child is spared where there is nothing to look at."""
    return check_in_child(SUBJECT, "--sending-alone") if ExecutorSettings.read().outgoing_mail else NONE
