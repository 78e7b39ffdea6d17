"""What the workers of one server share: a folder that `serve` makes and names to them in their environment."""

import os
from pathlib import Path

# The name that the Prometheus client reads too.
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def shared_folder() -> Path | None:
    """Give the folder; None where one process is the whole server."""
    named = os.environ.get(FOLDER_VARIABLE)
    return None if named is None else Path(named)
