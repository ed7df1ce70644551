"""Jobs that were given up: what each was for, whether there is need to run it again, and what became of that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: Nothing is proposed for an older question: the database refuses it.
FRESH = timedelta(minutes=15)
PERIODIC = "periodic:"
#: By task, with what it is about and whose wish it was.
PURPOSES: Mapping[str, str] = {
    "answer_chat": "answer a question of {by}",
    "propose_change": "propose a change that {by} asked for",
    "propose_edit": "propose {about} as {by} edited it",
    "propose_inverse": "propose to undo {about}, as {by} asked",
    "propose_policy": "propose a policy that {by} handed in",
    "propose_reply": "propose an answer to {about}, as {by} asked",
    "try_out": "tell {by} what would be done for {about}",
    "link_mail": "link {about} as {by} said",
    "follow_mail": "tell {by} what follows from {about}",
    "rescan": "look at {about} again",
    "execute_granted": "carry {about} out",
}
#: These only bring forward what comes round anyway.
BY_ITSELF: Mapping[str, str] = {
    "rescan": "The next scan looks at it anyway.",
    "execute_granted": "The executor looks for what is granted every ten seconds anyway.",
}


class Became(StrEnum):
    """Of a job that somebody had run again."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    GIVEN_UP_AGAIN = "given_up_again"


BECAME: Mapping[Became, str] = {
    Became.WAITING: "waits for its turn",
    Became.RUNNING: "runs now",
    Became.DONE: "done",
    Became.GIVEN_UP_AGAIN: "given up again",
}


@dataclass(frozen=True, slots=True)
class GivenUpJob:
    id: int
    task: str
    reason: str
    at: datetime
    asked_by: str | None = None
    """Handle; None where it was no person's wish."""
    asked_at: datetime | None = None
    about: str | None = None
    """A proposal, mail or record, by its label or name."""
    answered: bool = False
    """Whoever asked has an answer since."""
    replayed_at: datetime | None = None
    replayed_by: str | None = None
    """Handle."""
    became: Became | None = None
    next_id: int | None = None
    """As which it was given up again."""

    @property
    def label(self) -> str:
        return f"J{self.id}"

    @property
    def purpose(self) -> str:
        """In words, as in `it was to …`."""
        if self.task.startswith(PERIODIC):
            return f"{self.task.removeprefix(PERIODIC).replace('_', ' ')}, as the clock says"
        known = PURPOSES.get(self.task, self.task.replace("_", " "))
        return known.format(by=self.asked_by or "somebody", about=self.about or "what is not known any more")

    def no_need(self, now: datetime) -> str | None:
        """Why there is nothing to run again, in a sentence; None where it can be."""
        if self.task.startswith(PERIODIC):
            return "It comes round by itself."
        if self.task in BY_ITSELF:
            return BY_ITSELF[self.task]
        if self.answered:
            return "It was answered since."
        if self.task.startswith("propose_") and self.asked_at is not None and now - self.asked_at > FRESH:
            return f"Nothing is proposed for a question older than 15 minutes; {self.asked_by or 'whoever asked'} asks again."
        return None
