"""Days that people ask about: one that makes no sense is refused with what would, for its answer would sound like a fact."""

from datetime import datetime, timedelta

from agent.errors import PreconditionFailed

#: Nothing that is bought or moved is announced for later.
FARTHEST = timedelta(days=730)


def arrival(moment: datetime, now: datetime) -> datetime:
    """When something might come: today or later, and within two years. Both aware. Raises PreconditionFailed."""
    if moment.date() < now.date():
        raise PreconditionFailed(f"{moment:%Y-%m-%d} is past, so nothing can come then any more; ask about today or a later day.")
    if moment > now + FARTHEST:
        raise PreconditionFailed(f"{moment:%Y-%m-%d} is too far away; ask about a day up to {now + FARTHEST:%Y-%m-%d}.")
    return moment


def since_when(moment: datetime, now: datetime) -> datetime:
    """From when on something happened. Both aware. Raises PreconditionFailed."""
    if moment > now:
        raise PreconditionFailed(
            f"{moment:%Y-%m-%d %H:%M} is still to come; ask since a time that is past, like {now - timedelta(days=1):%Y-%m-%d}."
        )
    return moment
