"""What Python's collector of memory looks at while letters are sent."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (20_000, 20, 50)  # A window of letters makes more objects than Python's 700 at once.


@contextmanager
def settled() -> Iterator[None]:
    """What has been built by now stays: looking through it again and again costs each letter."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
