"""What must hold in every book that the simulator writes."""

from difflib import SequenceMatcher

import duckdb
import pyarrow.parquet as pq
import pytest

from features.book.folder import check_values
from features.book.tables import TABLES


def _nothing(book: duckdb.DuckDBPyConnection, query: str) -> None:
    assert book.execute(query).fetchall() == []


def test_every_value_keeps_to_the_canonical_tables(book):
    check_values(book)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_rows_and_exactly_the_canonical_columns(book, small, name):
    assert pq.read_schema(small / f"{name}.parquet").equals(TABLES[name].arrow)
    assert book.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] > 0


@pytest.mark.parametrize("name", TABLES)
def test_no_version_is_recorded_twice_at_one_moment(book, name):
    key = ", ".join((*TABLES[name].key, "recorded_at"))
    _nothing(book, f"SELECT {key} FROM {name} GROUP BY ALL HAVING count(*) > 1")


@pytest.mark.parametrize("name", TABLES)
def test_nothing_is_recorded_after_the_end(book, name):
    _nothing(
        book, f"SELECT * EXCLUDE (recorded_at) FROM {name} WHERE recorded_at >= TIMESTAMPTZ '2026-01-01 00:00:00+00'"
    )


@pytest.mark.parametrize(
    ("table", "fact"),
    [
        ("exporters", "registered_on"),
        ("orders", "ordered_on"),
        ("orders", "shipped_on"),
        ("payments", "paid_on"),
        ("overdue_notices", "reported_on"),
        ("claims", "filed_on"),
        ("claims", "decided_on"),
        ("country_risk", "effective_from"),
    ],
)
def test_nothing_is_recorded_before_it_happened(book, table, fact):
    _nothing(book, f"SELECT {fact} FROM {table} WHERE recorded_at < {fact}")


@pytest.mark.parametrize("table", ["payments", "overdue_notices", "claims"])
def test_whatever_is_recorded_of_an_order_is_recorded_after_the_order(book, table):
    _nothing(
        book,
        f"""SELECT t.order_id FROM {table} t LEFT JOIN
            (SELECT order_id, min(recorded_at) AS entered FROM orders GROUP BY ALL) o USING (order_id)
            WHERE o.entered IS NULL OR t.recorded_at < o.entered""",
    )


def test_orders_have_their_buyer_and_exporter_on_record_before(book):
    for party in ("buyer", "exporter"):
        _nothing(
            book,
            f"""SELECT o.order_id FROM orders o LEFT JOIN
                (SELECT {party}_id, min(recorded_at) AS entered FROM {party}s GROUP BY ALL) p USING ({party}_id)
                WHERE p.entered IS NULL OR o.recorded_at < p.entered""",
        )


def test_days_follow_one_another(book):
    _nothing(book, "SELECT * FROM orders WHERE shipped_on < ordered_on OR due_on < ordered_on")
    _nothing(book, "SELECT * FROM payments JOIN final_orders USING (order_id) WHERE paid_on < ordered_on")
    _nothing(book, "SELECT * FROM overdue_notices JOIN final_orders USING (order_id) WHERE reported_on <= due_on")
    _nothing(book, "SELECT * FROM claims JOIN final_orders USING (order_id) WHERE filed_on <= due_on + 60")
    _nothing(book, "SELECT * FROM claims WHERE decided_on < filed_on")


def test_parts_are_of_the_orders_currency_and_never_pass_its_amount(book):
    for table in ("payments", "overdue_notices", "claims"):
        _nothing(book, f"SELECT * FROM {table} t JOIN final_orders o USING (order_id) WHERE t.currency <> o.currency")
    _nothing(
        book,
        """SELECT order_id FROM fates LEFT JOIN
           (SELECT order_id, max(recovered_minor) AS recovered_minor FROM claims GROUP BY ALL) USING (order_id)
           WHERE unpaid_minor - coalesce(recovered_minor, 0) < 0""",
    )


def test_a_notice_and_a_claim_tell_what_was_owed_on_their_day(book):
    for table, day, amount in (
        ("overdue_notices", "reported_on", "amount_minor"),
        ("claims", "filed_on", "loss_minor"),
    ):
        _nothing(
            book,
            f"""SELECT t.order_id FROM {table} t JOIN final_orders o USING (order_id)
                LEFT JOIN payments p ON p.order_id = t.order_id AND p.paid_on <= t.{day}
                WHERE t.recorded_at < TIMESTAMPTZ '2025-06-01 00:00:00+00'
                GROUP BY t.order_id, t.{day}, t.{amount}, t.recorded_at, o.amount_minor
                HAVING o.amount_minor - coalesce(sum(p.amount_minor), 0) <> t.{amount}""",
        )


def test_versions_of_a_claim_only_add_to_it(book):
    _nothing(
        book,
        """SELECT claim_id FROM (SELECT *, lag(recovered_minor) OVER w AS earlier, lag(outcome) OVER w AS said
           FROM claims WINDOW w AS (PARTITION BY claim_id ORDER BY recorded_at))
           WHERE recovered_minor < earlier OR (said IS NOT NULL AND outcome IS DISTINCT FROM said)""",
    )
    _nothing(book, "SELECT * FROM claims WHERE recovered_minor > loss_minor OR compensated_minor > loss_minor")
    _nothing(book, "SELECT * FROM claims WHERE (outcome IS NULL) <> (decided_on IS NULL)")


def test_orders_are_completed_when_shipped(book):
    versions = book.execute(
        "SELECT n, count(*), bool_and(last IS NOT NULL) FROM (SELECT count(*) AS n, max(shipped_on) AS last FROM orders"
        " WHERE ordered_on < DATE '2025-12-01' GROUP BY order_id) GROUP BY n ORDER BY n"
    ).fetchall()
    assert [row[0] for row in versions] == [1, 2]
    assert all(complete for _, _, complete in versions)


def test_amounts_are_small_and_heavy_tailed(book):
    (median, high) = book.execute(
        "SELECT median(amount_minor), quantile_cont(amount_minor, 0.99) FROM final_orders WHERE currency = 'USD'"
    ).fetchall()[0]
    assert 100_000 < median < 600_000
    assert high > 15 * median


def test_the_dollar_leads_and_the_yuan_and_the_euro_are_used(book):
    shares = dict(
        book.execute("SELECT currency, count(*) / sum(count(*)) OVER () FROM final_orders GROUP BY 1").fetchall()
    )
    assert shares["USD"] > 0.6
    assert shares["CNY"] > 0.02
    assert shares["EUR"] > 0.005
    assert len(shares) > 6


def test_orders_thin_out_before_spring_festival(large_book):
    def a_day(first: str, last: str) -> float:
        query = f"SELECT count(*) / (DATE '{last}' - DATE '{first}') FROM final_orders WHERE ordered_on >= '{first}'"
        return float(large_book.execute(f"{query} AND ordered_on < '{last}'").fetchall()[0][0])

    assert a_day("2025-01-01", "2025-01-29") < 0.85 * a_day("2025-03-01", "2025-04-01")


def test_recent_spellings_look_like_the_first(book):
    names = book.execute(
        "SELECT buyer_id, list(name ORDER BY recorded_at) FROM buyers GROUP BY ALL HAVING count(*) > 1"
    ).fetchall()
    assert len(names) > 50
    alike = [
        SequenceMatcher(None, spelt[0].lower(), other.lower()).ratio() > 0.6
        for _, spelt in names
        for other in spelt[1:]
    ]
    assert sum(alike) / len(alike) > 0.9
    assert all(other != spelt[0] for _, spelt in names for other in spelt[1:])
