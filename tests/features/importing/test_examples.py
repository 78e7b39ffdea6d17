"""The example mappings on the real files, where those are at hand."""

from pathlib import Path

import duckdb
import pytest

import features.importing
from features.importing.run import import_files
from tests.features.importing.trying import Imported

DATA = Path(__file__).parents[4] / "shared" / "data"
MAPPINGS = Path(features.importing.__file__).parent / "mappings"


def take(tmp_path: Path, mapping: str, *names: str) -> Imported:
    files = [DATA / name for name in names]
    if not all(file.is_file() for file in files):
        pytest.skip(f"{' and '.join(names)} not at hand in ../shared/data")
    return Imported(import_files(MAPPINGS / mapping, files, tmp_path / "book"), tmp_path / "book")


def counts(found: Imported, table: str) -> tuple[int, int, int, int]:
    told = found.summary.tables[table]
    return told.read, told.accepted, told.duplicates, told.rejected


def test_erp_receivables(tmp_path):
    found = take(tmp_path, "erp.yaml", "erp_invoices_closed.csv", "erp_invoices_open.csv")
    assert counts(found, "orders") == (12637 + 2672, 12353 + 2672, 284, 0)
    assert counts(found, "payments") == (12637, 12353, 284, 0)
    assert counts(found, "buyers") == (2672, 788, 1884, 0)
    total = (
        "SELECT sum(CAST(total_open_amount AS DECIMAL(18, 2))) * 100 "
        f"FROM (SELECT DISTINCT * FROM read_csv('{DATA}/erp_invoices_closed.csv', all_varchar = true))"
    )
    assert sum(row["amount_minor"] for row in found.rows("payments")) == duckdb.execute(total).fetchall()[0][0]
    spellings = {row["name"] for row in found.rows("buyers") if row["buyer_id"] == "200706844"}
    assert len(spellings) == 11
    # One customer across both files, padded in one of them.
    buyers = {row["buyer_id"] for row in found.rows("orders")}
    assert not any(buyer.startswith("0") for buyer in buyers)
    assert all(row["ordered_on"] <= row["due_on"] for row in found.rows("orders"))


def test_the_closed_file_alone(tmp_path):
    found = take(tmp_path, "erp.yaml", "erp_invoices_closed.csv")
    assert counts(found, "orders") == (12637, 12353, 284, 0)
    assert set(found.summary.tables) == {"orders", "payments"}


def test_ibm_receivables(tmp_path):
    found = take(tmp_path, "ibm_accounts_receivable.yaml", "ibm_accounts_receivable.csv")
    assert counts(found, "orders") == counts(found, "payments") == (2466, 2466, 0, 0)
    assert {row["country"] for row in found.rows("buyers")} == {"QM", "QN", "QO", "QP", "QQ"}
    assert len(found.rows("buyers")) == 100
    first = next(row for row in found.rows("orders") if row["order_id"] == "280670965")
    assert (first["ordered_on"].isoformat(), first["amount_minor"]) == ("2012-01-03", 5039)


def test_oecd_country_risk(tmp_path):
    found = take(tmp_path, "oecd_country_risk.yaml", "oecd_country_risk_history.csv")
    assert counts(found, "country_risk") == (637, 637, 0, 0)
    aruba = [
        (row["effective_from"].year, row["risk_class"]) for row in found.rows("country_risk") if row["country"] == "AW"
    ]
    assert aruba[:3] == [(1999, None), (2000, 4), (2007, None)]
    assert sum(row["risk_class"] is None for row in found.rows("country_risk")) == 97
