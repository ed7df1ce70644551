"""Making a company's embedded database ready: the schema, and for the demo company everything that makes it one."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from agent.guardrails.policy import Policy, load_policy
from app.settings import AdminSettings
from app.wiring.company import Company
from integrations.database.embedded import DATABASE, EmbeddedServer
from integrations.database.migrate import migrate
from integrations.database.people import PersonAdmin
from integrations.database.policies import seed_policy
from integrations.database.pool import open_pool
from integrations.demo.mailbox import write_mails
from integrations.demo.people import PEOPLE
from integrations.demo.seed import seed, seeded_at


def prepare(company: Company, server: EmbeddedServer) -> None:
    """Bring the schema up to date; a demo company that is not there yet is founded."""
    migrate(server.url("admin"), server.role_passwords)
    if company.demo:
        _found(company, server, datetime.now(UTC))
    put_first_in_force(server.url("admin"), load_policy(AdminSettings.read().policy))


def found_demo(now: datetime) -> Callable[[Company, EmbeddedServer], None]:
    """As `prepare`, on an empty database: a new demo company, with nothing left of the last one."""

    def anew(company: Company, server: EmbeddedServer) -> None:
        _empty(server)
        migrate(server.url("admin"), server.role_passwords)
        _found(company, server, now)
        put_first_in_force(server.url("admin"), load_policy(AdminSettings.read().policy))

    return anew


def put_first_in_force(admin_url: str, policy: Policy) -> None:
    """Where none is in force. Afterwards a file changes nothing any more: another policy takes an approved proposal."""
    with closing(open_pool(admin_url, size=1)) as pool:
        seed_policy(pool, policy)


def index_documents(company: Company, folder: Path | None = None) -> int:
    """Rebuild the index of the company's procedures; returns the number of sections."""
    from knowledge import DOCUMENTS, KnowledgeIndex

    with closing(KnowledgeIndex(company.knowledge_folder)) as index:
        return index.index(folder or DOCUMENTS)


def _empty(server: EmbeddedServer) -> None:
    with psycopg.connect(server.url("admin", "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _found(company: Company, server: EmbeddedServer, now: datetime) -> None:
    with psycopg.connect(server.url("admin")) as connection:
        if seeded_at(connection) is not None:
            return
        write_mails(company.mailbox_folder, now)
        index_documents(company)
        company.keep_tokens(_people(server))
        seed(connection, now)  # last: what was cut off is begun again


def _people(server: EmbeddedServer) -> dict[str, str]:
    with ExitStack() as stack:
        office = PersonAdmin(stack.enter_context(open_pool(server.url("admin"), size=1)))
        known = {member.person.handle for member in office.list()}
        for one in PEOPLE:
            if one.handle not in known:
                office.add(one.handle, one.name, one.email, one.roles, demo=True)
        return {one.handle: office.issue_token(one.handle) for one in PEOPLE}
