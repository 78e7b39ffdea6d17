"""From a snapshot's table to the matrix that models take."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def to_matrix(table: pa.Table, features: Sequence[str]) -> NDArray[np.float64]:
    """Take the named columns as floats (n, k), in that order; empty becomes NaN."""
    matrix = np.empty((table.num_rows, len(features)))
    for place, name in enumerate(features):
        matrix[:, place] = table[name].to_numpy()
    return matrix
