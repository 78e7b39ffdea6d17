"""Which limit is in force on a day: who spoke last has spoken, also when that has ended."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.serving.ledger.asking import ask, order

JANUARY, APRIL, JUNE = (datetime(2026, month, 5, tzinfo=UTC) for month in (1, 4, 6))
YEAR, QUARTER = timedelta(days=365), timedelta(days=90)
FOREVER = None


@pytest.fixture
def say(sql):
    """Enter a version of b1's limit; `lasts` from its first day on, which is that of its recording by default."""

    def enter(amount, at, lasts, status="approved", source="model", begins=None):
        first = begins or at.date()
        sql(
            "INSERT INTO ledger.limits"
            " (identity_id, amount_cents, status, source, valid_from, valid_to, recorded_by, recorded_at)"
            " VALUES ('b1', %s, %s, %s, %s, %s, 'test', %s)",
            amount, status, source, first, None if lasts is None else first + lasts, at,
        )  # fmt: skip

    return enter


@pytest.fixture
def in_force(sql):
    """Tell what is in force on a day as known then: source and amount, None for no limit."""

    def tell(day):
        known = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        one = sql("SELECT source, amount_cents FROM ledger.limit_in_force('b1', %s, %s)", day, known)
        of_all = sql("SELECT source, amount_cents FROM ledger.limits_in_force(%s, %s)", day, known)
        assert one == of_all
        return one[0] if one else None

    return tell


def test_a_refusal_that_ends_does_not_give_the_limit_before_it_back(database, say):
    say(10_000_000, JANUARY, YEAR)
    say(0, APRIL, QUARTER, "refused")
    end = APRIL + QUARTER
    while_it_holds, after = (
        ask(database, [order(f"o{at:%m%d}", amount_minor=1_900_000)], at)[0] for at in (end - timedelta(days=1), end)
    )
    assert (while_it_holds.decision, while_it_holds.reasons) == ("declined", ["limit_refused"])
    assert (after.decision, after.reasons, after.limit_cents) == ("declined", ["limit_expired"], 0)
    assert after.limit_until == end.date()


def test_a_lower_limit_holds_from_its_first_day_to_its_end_and_is_not_followed(say, in_force):
    say(900, JANUARY, YEAR)
    begins = date(2026, 5, 5)
    say(100, APRIL, QUARTER, "reduced", begins=begins)
    assert in_force(begins - timedelta(days=1)) == ("model", 900)
    assert in_force(begins) == ("model", 100)
    assert in_force(begins + QUARTER) is None


def test_a_reduction_by_an_event_ends_in_nothing_until_the_model_speaks_again(say, in_force):
    say(900, JANUARY, YEAR)
    say(700, APRIL, YEAR, "reduced", source="event")
    say(100, APRIL + timedelta(days=1), QUARTER, "reduced", source="event")
    assert in_force(APRIL.date() + QUARTER) == ("event", 100)
    assert in_force(date(2026, 8, 1)) is None
    say(500, datetime(2026, 8, 2, tzinfo=UTC), YEAR)
    assert in_force(date(2026, 8, 2)) == ("model", 500)


def test_a_reduction_that_is_marked_as_restored_no_longer_counts_also_after_its_end(say, in_force):
    say(900, JANUARY, YEAR)
    say(100, APRIL, QUARTER, "reduced", source="event")
    say(0, JUNE, FOREVER, "restored", source="event")
    assert in_force(JUNE.date()) == in_force(date(2026, 8, 1)) == ("model", 900)


def test_a_persons_word_that_ends_gives_way_to_what_it_stood_upon(say, in_force):
    say(900, JANUARY, YEAR)
    say(600, APRIL, QUARTER, source="underwriter")
    say(300, APRIL + timedelta(days=1), timedelta(days=30), source="underwriter")
    assert in_force(date(2026, 4, 20)) == ("underwriter", 300)
    assert in_force(date(2026, 5, 20)) == ("underwriter", 600)
    assert in_force(date(2026, 7, 20)) == ("model", 900)


def test_a_persons_word_that_ends_lets_no_ended_reduction_give_way(say, in_force):
    say(900, JANUARY, YEAR)
    say(100, APRIL, QUARTER, "reduced", source="event")
    say(300, JUNE, QUARTER, source="underwriter")
    assert in_force(date(2026, 8, 1)) == ("underwriter", 300)
    assert in_force(date(2026, 10, 1)) is None


def test_a_stop_holds_whatever_the_model_says_later(say, in_force):
    say(0, APRIL, FOREVER, "suspended", source="event")
    say(900, JUNE, YEAR)
    assert in_force(JUNE.date()) == ("event", 0)


def test_what_is_recorded_later_was_not_known_then(say, in_force):
    say(900, JANUARY, YEAR)
    say(100, JUNE, QUARTER, begins=APRIL.date())
    assert in_force(date(2026, 5, 1)) == ("model", 900)


def test_a_limit_is_looked_up_by_its_identity(sql, say):
    """The rule is written for all identities; for one of them no other's versions are read."""
    say(900, JANUARY, YEAR)
    sql(
        "INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, recorded_by, recorded_at)"
        " SELECT 'other' || n, 1, 'approved', 'model', '2026-01-01', 't', '2026-01-01' FROM generate_series(1, 2000) n"
    )
    sql("ANALYZE ledger.limits")
    plan = "\n".join(
        row
        for (row,) in sql(
            "EXPLAIN (ANALYZE) SELECT l.* FROM (VALUES ('b1'), ('other7')) asked (id)"
            " LEFT JOIN LATERAL ledger.limit_in_force(asked.id, '2026-06-01', '2026-06-01') l ON true"
        )
    )
    assert "Index Cond: ((identity_id = " in plan
    assert "Seq Scan" not in plan
