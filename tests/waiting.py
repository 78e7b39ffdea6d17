"""Waiting for what happens beside a test: until it has, and no longer than a minute."""

import time
from collections.abc import Callable


def wait_until(done: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
