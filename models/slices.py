"""Work on many rows slice by slice, on all processors, each of which fills and empties a small matrix at a time."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

_ROWS = 16384


def in_slices(rows: int, work: Callable[[int, int], NDArray[np.float64]]) -> NDArray[np.float64]:
    """Compute a figure for each row (n,).

    Args:
        rows: how many.
        work: computes the figures of so many rows from a first one on; NumPy and LightGBM let others run beside them.
    """
    firsts = range(0, rows, _ROWS)
    if not firsts:
        return np.empty(0)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return np.concatenate(list(threads.map(lambda first: work(first, min(_ROWS, rows - first)), firsts)))
