from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from serving.access.principal import Principal
from serving.errors import ForbiddenError
from serving.portfolio.signals import read_lateness, read_signals
from tests.serving.desk.desks import LI, on_pool

TODAY = datetime.now(UTC).date()


def signals(database):
    return on_pool(database, lambda pool: read_signals(pool, LI))


def test_where_nothing_is_worth_a_look_nothing_is_told(database):
    found = signals(database)
    assert (found.rushing, found.fading, found.country) == (None, None, None)
    assert (found.candidates, found.claims, found.previews) == (0, 0, 0)


def test_a_buyer_of_old_whom_many_sell_to_for_the_first_time_shows_signs(database, sql):
    def relations(buyer, old, fresh):
        for number in range(old + fresh):
            first = TODAY - timedelta(days=100 if number < old else 3)
            sql("INSERT INTO ledger.relations VALUES (%s, %s, %s)", buyer, f"e{number}", first)

    relations("b-new", 0, 9)
    relations("b-calm", 5, 4)
    assert signals(database).rushing is None
    relations("b-rush", 1, 5)
    assert signals(database).rushing == {"buyer_id": "b-rush", "name": None, "exporters": 5}


def test_a_buyer_fades_whose_limit_runs_lowered_one_after_the_other(database, sql):
    def runs(buyer, *amounts):
        sql("INSERT INTO ledger.buyer_exposures (identity_id, exposure_cents) VALUES (%s, 5)", buyer)
        for place, amount in enumerate(amounts):
            sql(
                "INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, recorded_by)"
                " VALUES (%s, %s, 'approved', 'model', %s, 'run')", buyer, amount, TODAY - timedelta(days=200 - place),
            )  # fmt: skip

    runs("b-once", 900, 100, 100)
    runs("b-back", 900, 500, 800, 100)
    assert signals(database).fading is None
    runs("b-fades", 900, 500, 200)
    assert signals(database).fading == {
        "buyer_id": "b-fades", "name": None, "times": 2, "from_cents": 900, "to_cents": 200,
    }  # fmt: skip


def test_the_country_is_told_where_most_more_is_late_than_before(database, sql):
    for lately in (("DE", 100, 42, 100, 40), ("PK", 100, 35, 100, 10), ("XX", 5, 5, 5, 0)):
        sql("INSERT INTO peers.lateness VALUES (%s, %s, %s, %s, %s)", *lately)
    worst = signals(database).country
    assert worst is not None
    assert (worst.country, worst.share, worst.before) == ("PK", 0.35, 0.10)
    told = on_pool(database, lambda pool: read_lateness(pool, LI))
    assert told["DE"].rise == pytest.approx(0.02)
    assert told["XX"].rise == 0.0


def test_the_platform_reads_no_signals(database):
    for read in (read_signals, read_lateness):
        with pytest.raises(ForbiddenError):
            on_pool(database, partial(read, principal=Principal("p", "platform")))
