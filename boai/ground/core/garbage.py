"""When the interpreter looks for garbage in circles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collected_later() -> Iterator[None]:
    """No looking for circles of garbage meanwhile; everything else is freed at once as ever.

    For a bounded part of a set: it makes tens of thousands of small things and no circles, and
    looking through them again and again took a seventh of the time. Parts that overlap in two
    threads end with the collector on.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
