"""Connections, and what becomes of their errors."""

import select
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

from agent.errors import (
    DatabaseUnavailable,
    DecisionRefused,
    ExecutionHeld,
    ExpediterError,
    NotPermitted,
    OwnProposal,
    PreconditionFailed,
    SecondFactorLocked,
    SecondFactorNeeded,
    StaleShown,
)

Pool = ConnectionPool[Connection[DictRow]]

_CONNECT_SECONDS = 5
# A process that keeps a lock for ever must not make the others wait as long.
_LOCK_SECONDS = 10
_REFUSALS: dict[str, type[ExpediterError]] = {
    "EX1": PreconditionFailed,
    "EX2": DecisionRefused,
    "EX3": NotPermitted,
    "EX4": ExecutionHeld,
    "EX202": StaleShown,
    "EX206": OwnProposal,
    "EX230": SecondFactorLocked,
    "EX234": SecondFactorNeeded,
}
_CONSTRAINTS: dict[str, ExpediterError] = {
    "inbound_in_own_conversation": NotPermitted("This conversation belongs to someone else; start one of your own."),
    "decision_for_what_was_shown": StaleShown("The proposal is not what was shown to you; look at it again."),
    "decision_rejection_says_why": DecisionRefused("Say why it is rejected; whoever asked learns from the reason."),
    "absence_cancel_says_why": PreconditionFailed("Say why the absence is cancelled, in at most 2,000 characters."),
    "withdrawal_pkey": DecisionRefused("It was withdrawn already."),
    "withdrawal_says_why": PreconditionFailed("Say why it is withdrawn, in at most 2,000 characters."),
    "proposal_supersedes_key": DecisionRefused("Somebody else edited it at the same moment; look at it again."),
    "proposal_comment_says_something": PreconditionFailed("A comment says something, in at most 2,000 characters."),
    "proposal_comment_proposal_id_fkey": PreconditionFailed("There is no such proposal."),
    "decision_one_step_a_person": DecisionRefused("You have already decided on this proposal; nobody decides twice."),
    "grant_one_a_proposal": DecisionRefused("The proposal was already approved."),
    "grant_for_what_was_shown": DecisionRefused("The proposal is not what was approved; look at it again."),
    "execution_one_a_grant": NotPermitted("This grant was already used; it leads to one execution only."),
    "execution_of_what_was_granted": NotPermitted("There is no grant for exactly this proposal."),
    "execution_outcome_pkey": NotPermitted("This execution has already ended."),
    "person_handle_key": PreconditionFailed("There is already a person with this handle; choose another one."),
    "person_handle_check": PreconditionFailed("A handle has small letters, digits, dots, dashes and underscores only."),
    "person_name_check": PreconditionFailed("A person needs a name."),
    "inbound_text_check": PreconditionFailed("The message is too long; at most 20,000 characters are taken."),
    "execution_limit_reason_check": PreconditionFailed("Say why, in at most 2,000 characters."),
    "execution_limit_per_hour_check": PreconditionFailed("A limit is a number from 0, which stops, to 100,000 an hour."),
    "execution_resolution_reason_check": PreconditionFailed("Say what you saw, in at most 2,000 characters."),
    "finding_event_says_enough": PreconditionFailed("A comment or a verdict on a finding needs a reason in words."),
    "finding_event_reason_check": PreconditionFailed("The reason is too long; at most 2,000 characters are taken."),
    "mail_event_reason_check": PreconditionFailed("The reason is too long; at most 2,000 characters are taken."),
    "absence_ends_later": PreconditionFailed("An absence ends after it begins, and at most 366 days later."),
    "absence_by_another": PreconditionFailed("Nobody stands in for themselves; name somebody else as deputy."),
    "slack_rating_reason_check": PreconditionFailed("The reason is too long; at most 2,000 characters are taken."),
    "job_replay_pkey": DecisionRefused("Somebody else had it run again at the same moment."),
    "conversation_id_check": PreconditionFailed("A conversation's id has 1 to 200 characters."),
}


def conninfo(url: str, schema: str = "expediter") -> str:
    """The URL with what every connection of ours needs: UTC, our schema first, and an end to waiting for a server or a lock.

    Raises DatabaseUnavailable when it is no PostgreSQL URL.
    """
    try:
        options = str(conninfo_to_dict(url).get("options") or "")
        return make_conninfo(
            url,
            connect_timeout=_CONNECT_SECONDS,
            options=f"{options} -c timezone=UTC -c lock_timeout={_LOCK_SECONDS}s -c search_path={schema}".strip(),
        )
    except psycopg.ProgrammingError as error:
        raise DatabaseUnavailable(
            "The database URL cannot be read; it looks like postgresql://role:password@host:5432/expediter."
        ) from error


def open_pool(url: str, *, size: int = 8) -> Pool:
    """A pool of connections, opened as needed. Raises DatabaseUnavailable at once when the first one fails."""
    target = conninfo(url)
    with translated():
        psycopg.connect(target).close()
    return ConnectionPool(
        target,
        connection_class=Connection[DictRow],
        kwargs={"row_factory": dict_row, "autocommit": True},
        min_size=1,
        max_size=size,
        timeout=10,
        open=True,
        check=_still_stands,
    )


def _still_stands(connection: Connection[DictRow]) -> None:
    """An idle connection has nothing to say; one that does was most likely ended by the server, and only then it is asked.

    It spares a message before every use. Raises what the pool takes as a reason to open another one.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        ConnectionPool.check_connection(connection)


@contextmanager
def statements(pool: Pool) -> Iterator[Connection[DictRow]]:
    """Statements that stand alone, each committed by itself: it spares the server two messages a block.

    One that calls set_config('synchronous_commit', 'off', true) does not wait for the disk: the next commit that waits takes it
    along. Only for what such a later commit stands on: lost together, everything is as before, and is done again.

    Errors are raised as by `transaction`.
    """
    with translated(), pool.connection() as connection:
        yield connection


@contextmanager
def transaction(pool: Pool) -> Iterator[Connection[DictRow]]:
    """One transaction, committed at the end; what the database refuses is raised as the error class it stands for."""
    with translated(), pool.connection() as connection, connection.transaction():
        yield connection


@contextmanager
def translated() -> Iterator[None]:
    """Turn PostgreSQL's errors into ours. A mistake in our own SQL stays what it is."""
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseUnavailable(f"PostgreSQL refuses this process's role: {error.diag.message_primary}.") from error
    except (PoolTimeout, PoolClosed, TooManyRequests) as error:
        raise DatabaseUnavailable("PostgreSQL does not answer; check that it runs and try again.") from error
    except psycopg.errors.LockNotAvailable as error:
        raise DatabaseUnavailable(f"Another process held PostgreSQL up for {_LOCK_SECONDS} seconds; try again.") from error
    except UnicodeEncodeError as error:
        raise PreconditionFailed("This cannot be stored: the text contains half of a character.") from error
    except psycopg.Error as error:
        refusal = _refusal(error)
        if refusal is None:
            raise
        raise refusal from error


def _refusal(error: psycopg.Error) -> ExpediterError | None:
    state = error.sqlstate or ""
    refused_as = _REFUSALS.get(state) or _REFUSALS.get(state[:3])
    if refused_as is not None:
        return refused_as(error.diag.message_primary or str(error))
    if error.diag.constraint_name in _CONSTRAINTS:
        known = _CONSTRAINTS[error.diag.constraint_name]
        return type(known)(str(known))
    if isinstance(error, psycopg.errors.DataError):
        return PreconditionFailed(f"This cannot be stored: {_reason(error)}.")
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return DatabaseUnavailable(why_unreachable(error))
    return None


def why_unreachable(error: psycopg.Error) -> str:
    """A sentence without the hints that libpq adds in further lines."""
    lines = [
        line.strip().removeprefix("connection failed: ").removeprefix("connection is bad: ") for line in str(error).splitlines()
    ]
    said = next((line for line in lines if "failed:" in line), _reason(error))
    if "FATAL:" in said:
        return f"PostgreSQL refuses the connection: {said.partition('FATAL:')[2].strip()}; check the address and its login."
    return f"PostgreSQL cannot be reached: {said.rstrip('.')}; check the address and that it runs."


def _reason(error: psycopg.Error) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
