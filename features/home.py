"""The folder of all local data: database, registry, bundles in use."""

import os
from pathlib import Path


def home() -> Path:
    """Give `BOLANGGU_HOME`, or `.bolanggu` where one stands."""
    return Path(os.environ.get("BOLANGGU_HOME", ".bolanggu")).expanduser().resolve()
