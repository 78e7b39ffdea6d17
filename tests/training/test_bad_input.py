"""What cannot be learned from ends in one line that names it, soon, and leaves no version behind."""

import os
import shutil
import subprocess
import sys
import time
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.book.folder import write_table
from features.book.tables import ORDERS
from features.errors import BookError, DataError
from tests.training.books import LAST, order, payment, write_book
from tests.training.learned import QUICK
from training.train import train


def paying(defaulting):
    """Monthly orders of forty buyers over two years that all pay on the due day, or none ever does."""
    orders, payments = [], []
    for number in range(40 * 25):
        day = date(2023, 1, 1) + timedelta(days=30 * (number // 40))
        orders.append(order(f"o{number}", f"b{number % 40}", day))
        if not defaulting and day + timedelta(days=30) <= LAST:
            payments.append(payment(f"p{number}", f"o{number}", day + timedelta(days=30)))
    return orders, payments


@pytest.mark.parametrize(("defaulting", "what"), [(False, "0 defaulting buyers"), (True, "0 rows without default")])
def test_one_class_only(tmp_path, defaulting, what):
    with pytest.raises(DataError, match=f"hold {what} among"):
        train(write_book(tmp_path, *paying(defaulting)), LAST, QUICK)


@pytest.mark.parametrize(
    ("day", "cause"),
    [
        (date(2031, 1, 1), r"training day 2031-01-01: is \d+ days after the book's last record"),
        (date(2020, 1, 1), r"training day 2020-01-01: comes before every order"),
        (date(2023, 1, 20), r"mature snapshot days none: span too little"),
    ],
)
def test_a_day_out_of_reach_is_told_soon(tempers, day, cause):
    began = time.process_time()
    with pytest.raises(DataError, match=cause):
        train(tempers, day, QUICK)
    assert time.process_time() - began < 5


def test_a_book_without_what_is_required_is_named(tempers, tmp_path):
    shutil.copytree(tempers, tmp_path / "book")
    (tmp_path / "book" / "orders.parquet").unlink()
    with pytest.raises(BookError, match=r"has no table orders"):
        train(tmp_path / "book", LAST, QUICK)
    orders = pq.read_table(tempers / "orders.parquet")
    pq.write_table(orders.drop_columns(["due_on"]), tmp_path / "book" / "orders.parquet")
    with pytest.raises(BookError, match=r"has no column due_on"):
        train(tmp_path / "book", LAST, QUICK)


def test_an_optional_column_may_be_all_empty(tempers, tmp_path):
    shutil.copytree(tempers, tmp_path / "book")
    orders = pq.read_table(tempers / "orders.parquet")
    at = orders.schema.get_field_index("category")
    empty = orders.set_column(at, "category", pa.nulls(len(orders), pa.string()))
    write_table(tmp_path / "book", ORDERS, empty)
    assert train(tmp_path / "book", LAST, QUICK).contest.chosen


@pytest.mark.parametrize(
    ("arguments", "uri", "code", "line"),
    [
        (["--as-of", "2020-01-01"], "", 2, "bolanggu: training day 2020-01-01: comes before every order"),
        (["--as-of", "2024-12-31"], "http://127.0.0.1:1", 1, "bolanggu: registry http://127.0.0.1:1: does not answer"),
    ],
)
def test_the_command_line_says_it_in_one_line(tempers, tmp_path, arguments, uri, code, line):
    environment = os.environ | {"BOLANGGU_HOME": str(tmp_path), "MLFLOW_TRACKING_URI": uri}
    command = [sys.executable, "-m", "bolanggu", "train", "--book", str(tempers), *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=120)
    assert ran.returncode == code
    (told,) = ran.stderr.splitlines()
    assert told.startswith(line)
    assert ran.stdout == ""
    assert not (tmp_path / "mlflow-artifacts").exists()
