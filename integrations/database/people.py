"""Who may ask and decide, and the owner's way to say so."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import LiteralString

from agent.domain.decisions import Person, Role
from agent.errors import PreconditionFailed, RecordMissing
from integrations.database import rows
from integrations.database.enrolment_codes import LASTS, digest_of, new_code
from integrations.database.pool import Pool, statements, transaction

_ADDRESS = re.compile(r"[!-?A-~]+@[!-?A-~]+")
_HOLDER = """
    SELECT person.* FROM person JOIN person_token ON person_token.person_id = person.id
    WHERE active AND token_sha256 = %s AND revoked_at IS NULL AND expires_at > clock_timestamp()
"""
_MEMBERS = """
    SELECT *, (SELECT count(*) FROM person_token
               WHERE person_id = person.id AND revoked_at IS NULL AND expires_at > clock_timestamp()) AS tokens,
        (SELECT name || ' (' || login || ')' FROM erp_user WHERE person_id = person.id AND said = 'confirmed') AS erp_user
    FROM person ORDER BY handle
"""


class PostgresPeople:
    """People on a pool of any role; `by_token` works for serve's alone. Only active people are found."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def by_token(self, token: str) -> Person | None:
        found = self._find(_HOLDER, _digest(token))
        return found[0] if found else None

    def by_handle(self, handle: str) -> Person:
        return _only(self._find("SELECT * FROM person WHERE active AND handle = %s", handle), f"`{handle}`")

    def by_id(self, person_id: int) -> Person:
        return _only(self._find("SELECT * FROM person WHERE active AND id = %s", person_id), f"number {person_id}")

    def all(self) -> list[Person]:
        return self._find("SELECT * FROM person WHERE active ORDER BY handle")

    def _find(self, query: LiteralString, *arguments: str | int) -> list[Person]:
        with statements(self._pool) as connection:
            return [rows.person(row) for row in connection.execute(query, arguments).fetchall()]


@dataclass(frozen=True, slots=True)
class Membership:
    """A person as the owner sees them."""

    person: Person
    active: bool
    tokens: int
    """Tokens that still open the door."""
    erp_user: str | None = None
    """Who they are in the ERP by their own word: name and login."""


class PersonAdmin:
    """On a pool of the owner's role."""

    def __init__(self, pool: Pool, never_together: Iterable[frozenset[Role]] = ()) -> None:
        """`never_together`: roles that the policy allows nobody to have at once."""
        self._pool = pool
        self._never_together = tuple(never_together)

    def add(self, handle: str, name: str, email: str, roles: Iterable[Role], *, demo: bool = False) -> Person:
        """Raises PreconditionFailed when the handle is taken, something is malformed, or the policy forbids such a person."""
        roles = frozenset(roles)
        if forbidden := next((pair for pair in self._never_together if pair <= roles), None):
            raise PreconditionFailed(f"The policy allows nobody to be {' and '.join(sorted(forbidden))} at once.")
        if not name.isprintable():
            raise PreconditionFailed("A name has no line breaks or control characters.")
        if email and not _ADDRESS.fullmatch(email):
            raise PreconditionFailed(f"{email!r} is no mail address; it looks like maria@example.com.")
        with statements(self._pool) as connection:
            row = connection.execute(
                "INSERT INTO person (handle, name, email, roles, demo) VALUES (%s, %s, %s, %s, %s) RETURNING *",
                (handle, name, email, sorted({role.value for role in roles}), demo),
            ).fetchone()
        assert row is not None
        return rows.person(row)

    def issue_token(self, handle: str, valid_for: timedelta = timedelta(days=90)) -> str:
        """A new secret for this person, told only now: its sha256 is all that is stored. Raises RecordMissing."""
        token = f"exp_{secrets.token_urlsafe(32)}"
        with statements(self._pool) as connection:
            stored = connection.execute(
                "INSERT INTO person_token (token_sha256, person_id, expires_at)"
                " SELECT %s, id, clock_timestamp() + %s FROM person WHERE handle = %s AND active",
                (_digest(token), valid_for, handle),
            )
            if not stored.rowcount:
                raise _missing(f"`{handle}`")
        return token

    def revoke_tokens(self, handle: str, *, older: bool = False) -> int:
        """Close every token of this person, or all but the newest; returns how many were open. Raises RecordMissing."""
        with transaction(self._pool) as connection:
            if connection.execute("SELECT FROM person WHERE handle = %s", (handle,)).fetchone() is None:
                raise _missing(f"`{handle}`")
            return connection.execute(
                "UPDATE person_token SET revoked_at = clock_timestamp() FROM person"
                " WHERE person.id = person_id AND handle = %s AND revoked_at IS NULL AND NOT (%s AND created_at ="
                " (SELECT max(created_at) FROM person_token AS newest WHERE newest.person_id = person.id))",
                (handle, older),
            ).rowcount

    def issue_enrolment_code(self, handle: str, valid_for: timedelta = LASTS) -> str:
        """With which this person sets up an authenticator, told only now; one that was issued before no longer counts.

        `valid_for` is a day at most. Raises RecordMissing.
        """
        code = new_code()
        with statements(self._pool) as connection:
            stored = connection.execute(
                "INSERT INTO enrolment_code (person_id, code_sha256, expires_at)"
                " SELECT id, %s, clock_timestamp() + %s FROM person WHERE handle = %s AND active",
                (digest_of(code), valid_for, handle),
            )
            if not stored.rowcount:
                raise _missing(f"`{handle}`")
        return code

    def reset_authenticator(self, handle: str) -> bool:
        """Take this person's authenticator away; False when there is none. Raises RecordMissing."""
        with transaction(self._pool) as connection:
            if connection.execute("SELECT FROM person WHERE handle = %s", (handle,)).fetchone() is None:
                raise _missing(f"`{handle}`")
            gone = connection.execute(
                "UPDATE authenticator SET removed_at = clock_timestamp() FROM person"
                " WHERE person.id = person_id AND handle = %s AND removed_at IS NULL",
                (handle,),
            )
        return bool(gone.rowcount)

    def set_active(self, handle: str, active: bool) -> None:
        """Who is not active can neither ask nor decide. Raises RecordMissing."""
        with statements(self._pool) as connection:
            if not connection.execute("UPDATE person SET active = %s WHERE handle = %s", (active, handle)).rowcount:
                raise _missing(f"`{handle}`")

    def list(self) -> list[Membership]:
        with statements(self._pool) as connection:
            found = connection.execute(_MEMBERS).fetchall()
        return [Membership(rows.person(row), row["active"], row["tokens"], row["erp_user"]) for row in found]


def _only(found: list[Person], who: str) -> Person:
    if not found:
        raise _missing(who)
    return found[0]


def _missing(who: str) -> RecordMissing:
    return RecordMissing(f"There is no active person {who}; `expediter person list` shows who there is.")


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
