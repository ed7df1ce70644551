"""Clicks that were refused are written down: who tries what they may not is worth knowing."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from agent.domain.decisions import Person
from agent.errors import DatabaseUnavailable, DecisionRefused, ExpediterError, NotPermitted, PolicyRejected, SecondFactorNeeded
from app.web.context import WebContext

logger = logging.getLogger(__name__)
NOTED = (DecisionRefused, NotPermitted, PolicyRejected)


@contextmanager
def noted_refusals(context: WebContext, person: Person, proposal_id: int) -> Iterator[None]:
    """Notes what is refused inside, and passes it on."""
    try:
        yield
    except NOTED as refusal:
        note(context, person, proposal_id, refusal)
        raise


def note(context: WebContext, person: Person, proposal_id: int, refusal: ExpediterError) -> None:
    """Asking for the code is no refusal: the same click comes again with it."""
    if isinstance(refusal, SecondFactorNeeded):
        return
    try:
        if not context.desk.note_refusal(proposal_id, person.id, refusal.kind, str(refusal)):
            logger.warning("%s had a click refused; so many were noted in the last minutes that this one is not", person.handle)
    except DatabaseUnavailable as away:
        logger.warning("a refused click of %s on P%s could not be noted: %s", person.handle, proposal_id, away)
