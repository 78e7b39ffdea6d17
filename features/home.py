"""The folder of all local data: database, registry, bundles in use."""

import os
from pathlib import Path


def home() -> Path:
    """Give `BOLANGGU_HOME`, or `.bolanggu` where one stands; an empty variable is as if it were not set."""
    return Path(os.environ.get("BOLANGGU_HOME") or ".bolanggu").expanduser().resolve()
