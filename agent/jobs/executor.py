"""The executor's jobs. A job is a hint; the open grants are the truth."""

import logging

from agent.domain.decisions import Grant, Outcome
from agent.errors import ExpediterError
from agent.execution import ExecutionContext, execute

logger = logging.getLogger(__name__)


def sweep(context: ExecutionContext) -> list[tuple[Grant, Outcome | None]]:
    """Work on every open grant, oldest first; None beside one that stays open. Safe to repeat and to run in several processes."""
    return [(grant, _attempt(grant, context)) for grant in context.desk.open_grants()]


def execute_granted(grant_id: int, context: ExecutionContext) -> Outcome | None:
    """Work on one grant at once. None when it stays open, or is not open: done already, lapsed, or never issued."""
    grant = next((candidate for candidate in context.desk.open_grants() if candidate.id == grant_id), None)
    return execute(grant, context) if grant else None


def _attempt(grant: Grant, context: ExecutionContext) -> Outcome | None:
    """The edge of the process: one grant's trouble must not hold up the others."""
    try:
        return execute(grant, context)
    except ExpediterError as trouble:
        logger.error("grant %s could not be worked on and stays open: %s", grant.id, trouble)
    except Exception:
        logger.exception("grant %s could not be worked on and stays open", grant.id)
    return None
