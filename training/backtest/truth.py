"""The true PDs of a simulated market, for judging only."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from training.backtest.quarters import Quarter

_FILE = "truth.parquet"
# A buyer without an order in sight has no PD of its own; it is as good as unknown.
_UNKNOWN = 0.02


def true_pds(book: Path, quarters: Sequence[Quarter]) -> list[NDArray[np.float64]] | None:
    """Look up the true PD of every row of each quarter's snapshot, given that the buyer orders.

    Returns:
        One array a quarter, or None where the book has no truth or none of these days.
    """
    file = book / _FILE
    if not file.is_file():
        return None
    truth = pq.read_table(file, columns=["buyer_id", "as_of", "pd", "p_order"])
    found = []
    for quarter in quarters:
        that_day = truth.filter(pc.equal(truth["as_of"], quarter.as_of))
        if that_day.num_rows == 0:
            return None
        pd, p_order = that_day["pd"].to_numpy(), that_day["p_order"].to_numpy()
        given = np.divide(pd, p_order, out=np.full_like(pd, _UNKNOWN), where=p_order > 0)
        by_buyer = dict(zip(that_day["buyer_id"].to_pylist(), np.clip(given, 0, 1).tolist(), strict=True))
        found.append(np.array([by_buyer.get(buyer, _UNKNOWN) for buyer in quarter.seen["buyer_id"].to_pylist()]))
    return found
