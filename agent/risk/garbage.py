"""Python's cycle collector, out of the way while many long-lived records are built."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No cycle collection meanwhile; reference counting goes on.

    A scan builds hundreds of thousands of records without a cycle, and walking them again and again costs more than half of
    its time. In several threads the first one that ends wakes the collector; it never stays off.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
