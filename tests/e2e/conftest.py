"""Companies for commands that are given what they cannot use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.running_demo import expediter, state_folder


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """A demo company at rest: nothing runs."""
    with state_folder() as folder:
        assert expediter(folder, "demo", "--once").code == 0
        yield folder


@pytest.fixture
def empty() -> Iterator[Path]:
    with state_folder() as folder:
        yield folder
