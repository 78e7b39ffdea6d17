import numpy as np
import pyarrow as pa
import pytest

from benchmarks import learning
from training.dataset import Dataset


def rows(buyers, days):
    none = np.zeros(len(buyers), dtype=np.int64)
    as_of = np.array(days, dtype="datetime64[D]")
    return Dataset(
        np.array(buyers, dtype=object), as_of, np.zeros((len(buyers), 1)), np.zeros(len(buyers)), none, none, none
    )


def test_the_truth_is_that_of_the_buyer_and_day_given_that_it_orders():
    truth = pa.table(
        {
            "buyer_id": ["a", "a", "b"],
            "as_of": pa.array(np.array(["2024-01-31", "2024-02-29", "2024-01-31"], dtype="datetime64[D]")),
            "pd": [0.01, 0.02, 0.0],
            "p_order": [0.5, 0.5, 0.0],
        }
    )
    found = learning.true_pds(rows(["b", "a", "a"], ["2024-01-31", "2024-02-29", "2024-01-31"]), truth)
    assert found.tolist() == [0.0, 0.04, 0.02]
    with pytest.raises(AssertionError, match="every snapshot day"):
        learning.true_pds(rows(["b"], ["2024-02-29"]), truth)


def test_a_small_market_is_judged_against_its_truth(monkeypatch):
    monkeypatch.setattr(learning, "BUYERS", 600)
    monkeypatch.setattr(learning, "SEEDS", (4,))
    told = learning.run()
    figures, seed = told["figures"], told["conditions"]["by_seed"][0]
    assert 0 < figures["gini_share_of_truth"] < 1
    assert seed["auc"]["truth"] == max(seed["auc"].values())
    assert seed["new_rows"] < seed["rows"]
    low, high = told["conditions"]["intervals"]["brier_gain_vs_constant"][1:]
    assert figures["brier_gain_vs_constant"] == low < high
