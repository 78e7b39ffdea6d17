import numpy as np
import pyarrow as pa

from models.matrix import to_matrix


def test_columns_come_as_floats_in_the_order_asked_for_and_empty_as_nan():
    table = pa.table(
        {
            "whole": pa.array([1, None, 3], pa.int64()),
            "real": pa.array([0.5, None, 2.5], pa.float64()),
            "never": pa.nulls(3, pa.float64()),
        }
    )
    found = to_matrix(table, ["real", "whole", "never"])
    expected = [[0.5, 1.0, np.nan], [np.nan, np.nan, np.nan], [2.5, 3.0, np.nan]]
    assert np.array_equal(found, np.array(expected), equal_nan=True)
    pieces = pa.concat_tables([table.slice(0, 1), table.slice(1)])
    assert np.array_equal(to_matrix(pieces, ["real", "whole", "never"]), found, equal_nan=True)


def test_no_rows_or_no_columns_give_an_empty_matrix():
    table = pa.table({"real": pa.array([], pa.float64())})
    assert to_matrix(table, ["real"]).shape == (0, 1)
    assert to_matrix(table, []).shape == (0, 0)
