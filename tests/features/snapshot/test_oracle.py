"""The SQL and a second, independent implementation in pandas come to the same values."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.pandas_features import snapshot as pandas_snapshot
from features.rates import usd_rates
from features.snapshot import snapshot
from tests.features.snapshot.books import FIRST, random_book, write_book

DAYS = [date(2023, 2, 1), date(2023, 12, 31), date(2024, 3, 31), date(2026, 1, 1)]


@pytest.mark.parametrize("seed", range(4))
def test_pandas_and_sql_agree(tmp_path: Path, seed: int) -> None:
    book = write_book(tmp_path / "book", random_book(seed, buyers=15, orders=250))
    theirs = pandas_snapshot(book, DAYS, usd_rates(["USD", "EUR", "JPY"], FIRST, date(2026, 1, 1)))
    ours = snapshot(book, DAYS).to_pandas()
    assert len(ours) > 30
    ours["as_of"] = pd.to_datetime(ours["as_of"]).astype(theirs["as_of"].dtype)
    for name in ours.columns[2:]:
        pd.testing.assert_series_equal(
            ours[name].astype(float), theirs[name].astype(float), rtol=1e-9, atol=1e-11, check_names=False, obj=name
        )
    assert ours[["buyer_id", "as_of"]].equals(
        theirs[["buyer_id", "as_of"]].astype({"buyer_id": ours["buyer_id"].dtype})
    )
