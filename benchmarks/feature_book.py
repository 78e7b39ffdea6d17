"""A book of any size for the benchmark of the features, drawn by DuckDB from hashes: the same seed, the same rows."""

from pathlib import Path

from features.book.folder import connect
from features.book.tables import TABLES
from features.files import replace_folder

ORDERS_A_BUYER = 50
ORDERS_AN_EXPORTER = 500
FIRST_DAY, DAYS = "2021-01-01", 1825

# Every figure of order i comes from `u(i, k)`, evenly spread in [0, 1); buyers' sizes are heavy-tailed, four of five
# orders go to a buyer's six usual exporters, one of ten is paid in two parts, one of twenty never, and one of fifty is
# entered a second time with another amount.
_ORDERS = """
CREATE TEMP TABLE drawn AS
SELECT
    i,
    b,
    CASE WHEN u(i, 2) < 0.8 THEN floor(u(b * 6 + floor(u(i, 3) * 6), 20) * $exporters)
        ELSE floor(u(i, 4) * $exporters) END AS e,
    DATE '{first}' + CAST(floor(u(i, 5) * {days}) AS INT) AS ordered_on,
    30 * (1 + CAST(floor(u(i, 6) * 4) AS INT)) AS terms,
    CAST(exp(u(i, 7) * 6) * 20000 AS BIGINT) AS amount_minor,
    CASE WHEN u(i, 8) < 0.7 THEN 'USD' WHEN u(i, 8) < 0.85 THEN 'EUR' ELSE 'GBP' END AS currency,
    -- One buyer of five pays late, each order on its own.
    CAST(floor(CASE WHEN u(b, 21) < 0.2 THEN 60 * u(i, 9) - 5 ELSE 16 * u(i, 9) - 12 END) AS INT) AS delay,
    u(i, 10) < 0.95 AS is_paid,
    u(i, 11) < 0.1 AS in_parts,
    CAST(floor(u(i, 12) * 172800) AS INT) AS lag_s,
    u(i, 13) < 0.02 AS is_corrected
FROM (SELECT i, floor($buyers * pow(u(i, 1), 2)) AS b FROM range($orders) AS r(i))
"""

_TABLES = {
    "orders": """
        SELECT
            'O' || lpad(CAST(i AS VARCHAR), 10, '0') AS order_id,
            'E' || lpad(CAST(CAST(e AS BIGINT) AS VARCHAR), 7, '0') AS exporter_id,
            'B' || lpad(CAST(CAST(b AS BIGINT) AS VARCHAR), 8, '0') AS buyer_id,
            ordered_on, ordered_on + 7 AS shipped_on, ordered_on + terms AS due_on,
            amount_minor + 1000 * version AS amount_minor, currency, 'toys' AS category, NULL AS customs_no,
            CAST(ordered_on AS TIMESTAMPTZ) + to_seconds(lag_s + version * 864000) AS recorded_at
        FROM drawn, (VALUES (0), (1)) AS v(version) WHERE version = 0 OR is_corrected
    """,
    "payments": """
        SELECT
            'P' || lpad(CAST(i AS VARCHAR), 10, '0') || part AS payment_id,
            'O' || lpad(CAST(i AS VARCHAR), 10, '0') AS order_id,
            ordered_on + terms + delay + 20 * part AS paid_on,
            CASE WHEN in_parts THEN amount_minor // 2 + part * (amount_minor % 2) ELSE amount_minor END AS amount_minor,
            currency,
            CAST(ordered_on + terms + delay + 20 * part AS TIMESTAMPTZ) + to_seconds(lag_s) AS recorded_at
        FROM drawn, (VALUES (0), (1)) AS p(part) WHERE is_paid AND (part = 0 OR in_parts)
    """,
    "overdue_notices": """
        SELECT
            'O' || lpad(CAST(i AS VARCHAR), 10, '0') AS order_id, ordered_on + terms + 30 AS reported_on,
            amount_minor, currency, CAST(ordered_on + terms + 31 AS TIMESTAMPTZ) AS recorded_at
        FROM drawn WHERE NOT is_paid OR delay > 40
    """,
    "claims": """
        SELECT
            'C' || lpad(CAST(i AS VARCHAR), 10, '0') AS claim_id,
            'O' || lpad(CAST(i AS VARCHAR), 10, '0') AS order_id,
            ordered_on + terms + 60 AS filed_on, amount_minor AS loss_minor, currency,
            TRUE AS has_orders, lag_s % 3 > 0 AS has_customs, lag_s % 5 > 0 AS has_communications,
            CASE version WHEN 1 THEN ordered_on + terms + 100 END AS decided_on,
            CASE WHEN version = 0 THEN NULL WHEN lag_s % 4 = 0 THEN 'rejected' ELSE 'accepted' END AS outcome,
            CASE version WHEN 1 THEN amount_minor * 45 // 100 END AS compensated_minor,
            CASE version WHEN 1 THEN amount_minor // 10 END AS recovered_minor,
            CAST(ordered_on + terms + 61 + 40 * version AS TIMESTAMPTZ) AS recorded_at
        FROM drawn, (VALUES (0), (1)) AS v(version) WHERE NOT is_paid AND lag_s % 2 = 0
    """,
    "buyers": """
        SELECT
            'B' || lpad(CAST(CAST(b AS BIGINT) AS VARCHAR), 8, '0') AS buyer_id, 'Buyer ' || CAST(b AS BIGINT) AS name,
            ['US', 'DE', 'NG', 'BR', 'IN'][1 + CAST(floor(u(b, 22) * 5) AS INT)] AS country,
            CASE WHEN u(b, 23) < 0.5 THEN 'R' || b END AS registration_no,
            TIMESTAMPTZ '{first} 00:00:00+00' AS recorded_at
        FROM (SELECT DISTINCT b FROM drawn)
    """,
    "country_risk": """
        SELECT
            country, DATE '{first}' + 400 * version AS effective_from, (length(country) + version) % 8 AS risk_class,
            CAST(DATE '{first}' + 400 * version AS TIMESTAMPTZ) AS recorded_at
        FROM (VALUES ('US'), ('DE'), ('NG'), ('BR'), ('IN')) AS c(country), (VALUES (0), (1)) AS v(version)
    """,
}


def make_book(folder: Path, orders: int, seed: int = 0) -> Path:
    """Write a book of so many orders over five years; a buyer has 50 of them in the mean, an exporter 500."""
    sizes = {"orders": orders, "buyers": orders / ORDERS_A_BUYER, "exporters": orders / ORDERS_AN_EXPORTER}
    with connect() as connection, replace_folder(folder) as fresh:
        connection.execute(f"CREATE MACRO u(i, k) AS hash(CAST(i AS BIGINT), k, {seed}) / 18446744073709551616.0")
        connection.execute(_ORDERS.format(first=FIRST_DAY, days=DAYS), sizes)
        for name, select in _TABLES.items():
            columns = ", ".join(f"CAST({f.name} AS {f.kind.duckdb}) AS {f.name}" for f in TABLES[name].fields)
            connection.execute(
                f"COPY (SELECT {columns} FROM ({select.format(first=FIRST_DAY)})) "
                f"TO '{fresh / name}.parquet' (FORMAT parquet, COMPRESSION zstd)"
            )
    return folder
