"""How often each key may ask: a bucket of requests that fills at a steady rate and holds one second's worth.

A server's workers share the buckets, so that a key's rate is the same however many there are. A bucket is one number:
the instant until which its requests are spoken for, by the machine's monotonic clock, which all processes read alike.
With several workers it lies in a file that each has mapped, and is moved under the file's lock: two system calls, no
round trip. The kernel drops the lock of a process that dies, and no worker's end leaves a bucket closed.

Invariant: within any t seconds all workers together let in at most (1 + t) times a key's rate (but one request at
least). For each request let in moves the number on by 1 / rate, and none is let in that would move it more than a
second past the clock.

Reference: the generic cell rate algorithm, ITU-T I.371.
"""

import fcntl
import hashlib
import mmap
import os
import struct
import time
from collections.abc import Callable
from pathlib import Path

_NUMBER = struct.Struct("q")
_SECOND = 10**9


class Rates:
    """The buckets of all principals."""

    def __init__(
        self, per_s: float, folder: Path | None = None, clock_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        """Let each principal ask `per_s` times a second (0: without bound), counted with all who share the folder."""
        self._step_ns = round(_SECOND / per_s) if per_s else 0
        self._folder = folder
        self._clock_ns = clock_ns
        self._buckets: dict[str, _Bucket] = {}

    def wait_s(self, name: str) -> float:
        """Take one request from a bucket; give how long to wait where it is empty, else 0."""
        if self._step_ns == 0:
            return 0.0
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = _Bucket(None if self._folder is None else self._folder / _file_name(name))
        return bucket.take(self._step_ns, self._clock_ns) / _SECOND


class _Bucket:
    """One number, of this process alone or, in a file, of several; it is kept as long as the process lives."""

    def __init__(self, path: Path | None) -> None:
        self._file: int | None = None
        self._number: bytearray | mmap.mmap = bytearray(_NUMBER.size)  # 0: full
        if path is not None:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.ftruncate(self._file, _NUMBER.size)
            self._number = mmap.mmap(self._file, _NUMBER.size)

    def take(self, step_ns: int, clock_ns: Callable[[], int]) -> int:
        """Take one request; give how long to wait (nanoseconds) where there is none."""
        if self._file is None:
            return self._move(step_ns, clock_ns())
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            return self._move(step_ns, clock_ns())
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _move(self, step_ns: int, now_ns: int) -> int:
        (spoken_for,) = _NUMBER.unpack(self._number)
        after: int = max(spoken_for, now_ns) + step_ns
        too_far_ns = after - now_ns - max(_SECOND, step_ns)
        if too_far_ns > 0:
            return too_far_ns
        _NUMBER.pack_into(self._number, 0, after)
        return 0


def _file_name(name: str) -> str:
    return f"rate-{hashlib.sha256(name.encode()).hexdigest()}"
