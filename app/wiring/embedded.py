"""The embedded server of a company, and where each role finds its database."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from pydantic import SecretStr

from agent.errors import DatabaseUnavailable
from app.wiring.company import Company
from integrations.database.embedded import EmbeddedServer, Role, lease


@contextmanager
def embedded(company: Company) -> Iterator[EmbeddedServer]:
    """Use the company's own server; it is set up when it is not there yet."""
    with lease(company.folder) as server:
        yield server


def database_url(given: SecretStr | None, company: Company, role: Role, stack: ExitStack) -> str:
    """The role's database: the one the settings name, or the embedded one, held until the stack ends.

    Raises DatabaseUnavailable when no embedded server was set up yet.
    """
    if given is not None:
        return given.get_secret_value()
    if not company.has_database:
        what = "expediter demo" if company.demo else "expediter up"
        raise DatabaseUnavailable(
            f"There is no database yet: `{what}` sets one up here, or set EXPEDITER_{role.upper()}_DATABASE_URL to your own."
        )
    return stack.enter_context(embedded(company)).url(role)
