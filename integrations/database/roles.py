"""The database roles, one a process, each able to do only its own part."""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql

from agent.errors import DatabaseUnavailable

ROLES = ("expediter_serve", "expediter_worker", "expediter_executor")


def ensure_roles(connection: psycopg.Connection[Any], passwords: Mapping[str, str] | None) -> None:
    """Create the roles that are missing and set the passwords that are given.

    A role created without a password cannot log in until it gets one; an existing role without a given password stays as it is.

    Raises DatabaseUnavailable when a role could ignore its limits (superuser, bypassing row security, making roles).
    """
    for role in ROLES:
        password = (passwords or {}).get(role)
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
        if password:
            statement = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}")
            connection.execute(statement.format(sql.Identifier(role), sql.Literal(_verifier(connection, role, password))))
    _refuse_powerful(connection)


def roles_without_login(admin_url: str) -> list[str]:
    """Those that cannot log in before the owner gives them a password."""
    with psycopg.connect(admin_url) as connection:
        found = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND NOT rolcanlogin ORDER BY rolname", (list(ROLES),)
        )
        return [str(row[0]) for row in found]


def _verifier(connection: psycopg.Connection[Any], role: str, password: str) -> str:
    # Hashed on this side, so that the password itself cannot end up in the server's log.
    return connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()


def _refuse_powerful(connection: psycopg.Connection[Any]) -> None:
    row = connection.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication)",
        (list(ROLES),),
    ).fetchone()
    if row:
        raise DatabaseUnavailable(
            f"Role {row[0]} is allowed more than its process may do; run `ALTER ROLE {row[0]} NOSUPERUSER NOBYPASSRLS"
            " NOCREATEROLE NOREPLICATION` and migrate again."
        )
