"""The boosted trees fitted on several workers through LightGBM's own interface to Dask; all else is as on one machine.

Each worker holds a part of the rows and proposes its own bins, so that the trees are close to those of one machine and
not the same. Between workers LightGBM knows the basic monotone constraints only; they hold as strictly.
"""

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING

import lightgbm
import numpy as np
from numpy.typing import NDArray

from features.errors import ConfigError, UnavailableError
from models.pd.base import Matrix, Vector
from models.pd.boosted import BoostedPd

if TYPE_CHECKING:
    from dask.array import Array
    from distributed import Client

_LOCAL = "local:"
_TIMEOUT_S = 10
_OUT, _ERROR = 1, 2


class DistributedPd(BoostedPd):
    """`BoostedPd` with trees grown by the workers of the cluster that is open; its bundle is like any other."""

    def boost(self, X: Matrix, y: Vector) -> lightgbm.Booster:  # noqa: N803 - scikit-learn's contract
        """Fit the trees alone, not calibrated, a part of the rows on each worker."""
        from distributed import get_client

        client = get_client()
        rows, outcomes = _spread(client, X), _spread(client, y.astype(np.int64))
        options = self.options(X, y) | {"monotone_constraints_method": "basic", "tree_learner": "data"}
        # Each worker takes the threads that it has.
        del options["num_threads"]
        grower = lightgbm.DaskLGBMClassifier(client=client, n_estimators=self.rounds, **options)
        # What it tells of ports is not to stand amid what `--json` prints.
        with redirect_stdout(sys.stderr), warnings.catch_warnings():
            # Said at every fit, though nobody sets it.
            warnings.filterwarnings("ignore", message="Parameter n_jobs will be ignored", category=UserWarning)
            fitted = grower.fit(rows, outcomes)
        return fitted.booster_


def _spread(client: "Client", values: Matrix | NDArray[np.int64]) -> "Array":
    """Lay a part of the rows on each worker: left to itself, the scheduler may give one worker all of them."""
    import dask.array

    workers = sorted(client.scheduler_info(n_workers=-1)["workers"])
    parts = zip(np.array_split(values, len(workers)), workers, strict=True)
    held = [(client.scatter(part, workers=[worker], direct=False), part.shape) for part, worker in parts]
    return dask.array.concatenate(
        [dask.array.from_delayed(future, shape, dtype=values.dtype) for future, shape in held]
    )


@contextmanager
def cluster(where: str | None) -> Iterator[None]:
    """Open a cluster for the fits within, and close it after them; without one, open nothing.

    Args:
        where: `local:2` for so many processes here, or a scheduler's address such as `tcp://host:8786`.

    Raises:
        ConfigError: no number of processes, or the `dask` extra is not installed.
        UnavailableError: no scheduler answers there.
    """
    if where is None:
        yield
        return
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise ConfigError("dask", where, "is not installed", "install bolanggu[dask]") from error
    if not where.startswith(_LOCAL):
        try:
            client = Client(where, timeout=_TIMEOUT_S)
        except (OSError, ValueError) as error:
            cause = f"does not answer ({error})"
            raise UnavailableError("dask scheduler", where, cause, "name a running one, or local:2") from error
        with client:
            yield
        return
    with _told_as_errors():
        local = LocalCluster(_processes(where), threads_per_worker=1, dashboard_address=None, host="127.0.0.1")
    with local, Client(local):
        yield


@contextmanager
def _told_as_errors() -> Iterator[None]:
    """Give the processes started within our standard error for their output: they tell of ports in C, past Python."""
    sys.stdout.flush()
    kept = os.dup(_OUT)
    try:
        os.dup2(_ERROR, _OUT)
        yield
    finally:
        os.dup2(kept, _OUT)
        os.close(kept)


def _processes(where: str) -> int:
    count = where.removeprefix(_LOCAL)
    if not count.isdigit() or not 0 < int(count) <= 4 * (os.cpu_count() or 1):
        raise ConfigError("dask", where, "names no number of processes", "write local:2 or a scheduler's address")
    return int(count)
