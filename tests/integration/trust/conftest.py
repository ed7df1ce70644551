"""The API and its people, as tests/integration/app has them, and a real server that answers over HTTP."""

from collections.abc import Iterator

import pytest

from tests.fixtures.postgres import TestDatabase
from tests.fixtures.serving import serving_api
from tests.integration.app.conftest import api, signed_in

__all__ = ["api", "signed_in"]


@pytest.fixture
def address(database: TestDatabase) -> Iterator[str]:
    """Where a real server of this test answers."""
    with serving_api(database) as where:
        yield where
