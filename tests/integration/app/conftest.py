"""The API on a real database, asked by real tokens."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from fastapi.testclient import TestClient

from agent.domain.decisions import Person
from app.settings import ServeSettings
from app.web import create_app
from app.wiring.serve import serve_context
from tests.fixtures.demo import DemoDatabase
from tests.fixtures.postgres import TestDatabase

As = Callable[[Person], dict[str, str]]


@pytest.fixture
def api(database: TestDatabase) -> Iterator[TestClient]:
    with ExitStack() as stack:
        yield _served(database.url("serve"), stack)


@pytest.fixture
def demo_api(demo_database: DemoDatabase) -> Iterator[TestClient]:
    """The API of the demo company."""
    with ExitStack() as stack:
        yield _served(demo_database.url("serve"), stack)


def _served(url: str, stack: ExitStack) -> TestClient:
    context = serve_context(ServeSettings.read(), url, stack)
    return stack.enter_context(TestClient(create_app(context), raise_server_exceptions=False))


@pytest.fixture
def signed_in(database: TestDatabase) -> As:
    """The headers that prove who a person is."""
    return lambda person: {"Authorization": f"Bearer {database.token(person)}"}


@pytest.fixture
def demo_signed_in(demo_database: DemoDatabase) -> As:
    """The same at the demo company."""
    return lambda person: {"Authorization": f"Bearer {demo_database.token(person)}"}
