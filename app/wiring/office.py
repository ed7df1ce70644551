"""The owner's office: persons, tokens, what is forgotten, and the schema."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from agent.guardrails.policy import load_policy
from agent.guardrails.policy_in_force import PolicyInForce
from app.settings import AdminSettings, CompanySettings
from app.wiring.company import company_of
from app.wiring.embedded import database_url
from app.wiring.store import open_store

if TYPE_CHECKING:
    from integrations.database.people import PersonAdmin
    from integrations.database.pool import Pool
    from integrations.database.retention import Retention


@contextmanager
def administering() -> Iterator["PersonAdmin"]:
    """The owner's office: persons and tokens."""
    from integrations.database.people import PersonAdmin
    from integrations.database.policies import PostgresPolicyShelf

    with _owning() as pool:
        policy = PolicyInForce(PostgresPolicyShelf(pool), load_policy(AdminSettings.read().policy))()
        yield PersonAdmin(pool, policy.never_together)


@contextmanager
def retaining() -> Iterator["Retention"]:
    """The owner's shredder: what is forgotten after its time, and whom."""
    from integrations.database.retention import Retention

    with _owning() as pool:
        yield Retention(pool)


@contextmanager
def _owning() -> Iterator["Pool"]:
    with ExitStack() as stack:
        url = database_url(AdminSettings.read().admin_database_url, company_of(CompanySettings.read()), "admin", stack)
        yield open_store(url, "admin", stack, 1)


def migrate_database() -> tuple[list[str], list[str]]:
    """Bring the owner's database to this program's schema, setting the embedded one up where needed.

    Returns the steps that were applied, and the roles that cannot log in yet because nobody gave them a password.
    """
    from app.wiring.embedded import embedded
    from app.wiring.prepare import put_first_in_force
    from integrations.database.migrate import migrate
    from integrations.database.roles import roles_without_login

    settings = AdminSettings.read()
    first, given = load_policy(settings.policy), settings.admin_database_url
    if given is not None:
        applied = migrate(given.get_secret_value())
        put_first_in_force(given.get_secret_value(), first)
        return applied, roles_without_login(given.get_secret_value())
    with embedded(company_of(CompanySettings.read())) as server:
        applied = migrate(server.url("admin"), server.role_passwords)
        put_first_in_force(server.url("admin"), first)
        return applied, []
