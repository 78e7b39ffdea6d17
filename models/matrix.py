"""From a snapshot's table to the matrix that models take."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


def to_matrix(table: pa.Table, features: Sequence[str]) -> NDArray[np.float64]:
    """Take the named columns as floats (n, k), in that order; empty becomes NaN."""
    columns = [pc.fill_null(table[name].cast(pa.float64()), np.nan).to_numpy() for name in features]
    return np.column_stack(columns) if columns else np.empty((table.num_rows, 0))
