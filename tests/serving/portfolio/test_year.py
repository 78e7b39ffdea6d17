from datetime import UTC, datetime, timedelta
from functools import partial

from serving.portfolio import year
from serving.portfolio.year import KeptTrade, programme_year
from tests.serving.desk.desks import LI, on_pool
from tests.serving.ledger.asking import ask, order


def test_a_year_is_told_by_what_was_filed_decided_and_recovered_in_it(database, sql):
    sql("INSERT INTO book.orders VALUES ('o1', 'e1', 'b1', '2024-03-01', '2024-03-02', '2024-05-01', 100000, 'USD',"
        " NULL, NULL, '2024-03-02'), ('o2', 'e1', 'b1', '2024-06-01', NULL, '2024-08-01', 50000, 'USD', NULL, NULL,"
        " '2024-06-01')")  # fmt: skip

    def claim(recorded, decided, outcome, compensated, recovered):
        sql(
            "INSERT INTO book.claims"
            " VALUES ('c1', 'o1', '2024-09-01', 80000, 'USD', true, true, true, %s, %s, %s, %s, %s)",
            decided, outcome, compensated, recovered, recorded,
        )  # fmt: skip

    claim("2024-09-02T00:00Z", None, None, None, None)
    claim("2025-02-01T00:00Z", "2025-01-20", "accepted", 36_000, 10_000)
    claim("2026-02-01T00:00Z", "2025-01-20", "accepted", 36_000, 25_000)
    told = {each: on_pool(database, partial(programme_year, principal=LI, year=each)) for each in (2024, 2025, 2026)}
    assert [(t.claims_filed, t.losses_cents) for t in told.values()] == [(1, 80_000), (0, 0), (0, 0)]
    assert [(t.claims_processed, t.claims_accepted) for t in told.values()] == [(0, 0), (1, 1), (0, 0)]
    assert [t.compensated_cents for t in told.values()] == [0, 36_000, 0]
    assert [t.recovered_cents for t in told.values()] == [0, 10_000, 15_000]
    assert [(t.orders, t.trade_cents) for t in told.values()] == [(2, 150_000), (0, 0), (0, 0)]


def test_what_is_recorded_in_the_next_year_counts_in_the_year_in_which_it_happened(database, sql):
    sql("INSERT INTO book.orders VALUES ('o1', 'e1', 'b1', '2024-12-31', NULL, '2025-01-31', 1000, 'USD', NULL, NULL,"
        " '2025-01-01')")  # fmt: skip
    claim = "INSERT INTO book.claims VALUES ('c1', 'o1', '2024-12-30', 800, 'USD', true, true, true, {}, '2025-01-0{}')"
    sql(claim.format("NULL, NULL, NULL, NULL", 2))
    sql(claim.format("'2024-12-31', 'accepted', 360, 100", 3))
    told = {each: on_pool(database, partial(programme_year, principal=LI, year=each)) for each in (2024, 2025)}
    assert [(t.orders, t.trade_cents) for t in told.values()] == [(1, 1_000), (0, 0)]
    assert [(t.claims_filed, t.losses_cents) for t in told.values()] == [(1, 800), (0, 0)]
    assert [(t.claims_processed, t.compensated_cents) for t in told.values()] == [(1, 360), (0, 0)]
    assert [t.recovered_cents for t in told.values()] == [0, 100]


def test_coverage_is_that_of_the_ledger(database):
    ask(database, [order()])
    told = on_pool(database, lambda pool: programme_year(pool, LI, datetime.now(UTC).year))
    assert told.covered_cents == 100_000
    assert told.ceiling_cents is not None


def test_trade_is_kept_and_read_anew_once_it_is_old(database, sql, monkeypatch):
    def ordered(name):
        sql("INSERT INTO book.orders VALUES (%s, 'e1', 'b1', '2024-03-01', NULL, '2024-05-01', 1000, 'USD', NULL, NULL,"
            " '2024-03-02')", name)  # fmt: skip

    async def reads(pool):
        kept = KeptTrade(pool)
        ordered("o1")
        first = await kept.of(2024)
        ordered("o2")
        still = await kept.of(2024)
        monkeypatch.setattr(year, "_KEPT_FOR", timedelta(0))
        await kept.of(2024)  # old: gives what is kept, and has it read
        for task in list(kept._reading.values()):
            await task
        anew = (await kept.of(2024)).orders
        await kept.aclose()
        return first.orders, still.orders, anew

    assert on_pool(database, reads) == (1, 1, 2)
