"""The service run as an operator would, in a process of its own, for benchmarks that ask it over HTTP."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

_PATIENCE_S = 180.0


@contextmanager
def served(home: Path, url: str | None = None, key: str | None = None) -> Iterator[int]:
    """Serve a database, else the one under the home, for as long as the block runs; give the port.

    Args:
        home: folder of the service's data.
        url: the database.
        key: admits the platform, where programs ask.
    """
    port = _free_port()
    command = [sys.executable, "-m", "bolanggu", "serve", "--port", str(port)]
    # No bound on the rate: what is measured is the service, not its patience.
    environment = os.environ | {"BOLANGGU_HOME": str(home), "BOLANGGU_RATE_PER_S": "0"}
    if url is not None:
        environment["BOLANGGU_DATABASE_URL"] = url
    if key is not None:
        environment["BOLANGGU_PLATFORM_KEY"] = key
    process = subprocess.Popen(command, env=environment)  # noqa: S603 - our own program
    try:
        _wait_ready(port)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_ready(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise TimeoutError("the service did not get ready")
