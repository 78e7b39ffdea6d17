"""The process that works trials out, so that neither their time nor their memory is the service's.

The service starts it as `python -m serving.limits.trials` with `BOLANGGU_DATABASE_URL` and `BOLANGGU_HOME` set.
"""

import os
from pathlib import Path

import psycopg

from serving.limits.trials.work import work_waiting
from serving.logs import configure_logging

# Order checks come first: where the machine is busy, a trial takes longer.
_NICENESS = 10


def main() -> None:
    """Work out what waits, then end."""
    configure_logging()
    os.nice(_NICENESS)
    with psycopg.connect(os.environ["BOLANGGU_DATABASE_URL"], autocommit=True) as connection:
        while work_waiting(connection, Path(os.environ["BOLANGGU_HOME"])):
            continue  # what was asked for meanwhile


if __name__ == "__main__":
    main()
