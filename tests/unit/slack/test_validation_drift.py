"""Our numbers beside those of somebody else."""

import pytest
from slackblocks import _limits, _surfaces

from tests.fixtures.slack.validation import shapes
from tests.fixtures.slack.validation.limits import MOST, NAMED_OTHERWISE
from tests.fixtures.slack.validation.surfaces import ALLOWED, DISPUTED


def theirs(name: str) -> int | None:
    ends = (NAMED_OTHERWISE.get(name), f"{name}.max_length", f"{name}.max_items", f"{name}.max")
    names = [end.upper().replace(".", "_") for end in ends if end]
    return next((getattr(_limits, one) for one in names if hasattr(_limits, one)), None)


@pytest.mark.parametrize("name", MOST)
def test_a_limit_is_what_others_know_it_to_be(name):
    assert theirs(name) == MOST[name]


@pytest.mark.parametrize("surface", ALLOWED)
def test_a_surface_takes_what_others_say_it_takes(surface):
    said = _surfaces._BLOCK_TYPES_BY_SURFACE[surface]
    assert ALLOWED[surface] == said - DISPUTED.get(surface, frozenset())


def test_every_block_that_may_be_sent_has_a_shape():
    sent = frozenset().union(*ALLOWED.values()) - shapes.UNTYPED
    assert sent <= shapes._block_names().keys()
