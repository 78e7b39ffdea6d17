from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from fastapi.testclient import TestClient

from serving.api.app import create_app
from serving.database.queries import query
from serving.ledger.events import ClaimDecision
from serving.limits import rescoring
from serving.limits.champion import ChampionInUse
from serving.limits.rescoring import rescore_waiting
from serving.limits.run import set_limits
from serving.settings import Settings
from tests.serving.limits.living_book import (
    DONE,
    IN_FORCE,
    LONG_AGO,
    TODAY,
    broken,
    claim,
    happen,
    in_force,
    overdue,
    override,
    paid,
    shipped_cover,
)
from tests.waiting import wait_until


@pytest.fixture
def database(new_database, with_limits):
    return new_database(with_limits)


def test_a_notice_stops_cover_and_payment_in_full_restores_the_models_limit(database, sql, rescore):
    before = in_force(sql, "b001")
    assert before[1] == "model"
    cover = shipped_cover(database, "b001")
    happen(database, cover, overdue())
    assert in_force(sql, "b001") == ("suspended", "event", 0)
    assert rescore() == 1
    assert in_force(sql, "b001") == ("suspended", "event", 0)
    happen(database, cover, paid(100_000, "part"))
    rescore()
    assert in_force(sql, "b001") == ("suspended", "event", 0)
    happen(database, cover, paid(300_000, "rest"))
    rescore()
    assert in_force(sql, "b001") == before
    assert sql(DONE) == [("overdue", "stopped"), ("settle", "stopped"), ("settle", "restored")]
    assert rescore() == 0
    assert broken(database) == []


@pytest.mark.parametrize(("outcome", "status"), [("rejected", "model"), ("withdrawn", "model"), ("accepted", "event")])
def test_an_accepted_claim_keeps_cover_stopped(database, sql, rescore, outcome, status):
    cover = shipped_cover(database, "b001")
    decided = ClaimDecision.model_validate({"event_id": "d", "outcome": outcome, "decided_on": TODAY})
    happen(database, cover, claim())
    rescore()
    assert in_force(sql, "b001")[:2] == ("suspended", "event")
    happen(database, cover, decided)
    rescore()
    assert in_force(sql, "b001")[1] == status


def model_limit(sql, amount, since=TODAY):
    """As if the last run had given far more than the buyer's figures bear now."""
    sql(
        "INSERT INTO ledger.limits"
        " (identity_id, amount_cents, status, source, valid_from, valid_to, recorded_by, recorded_at)"
        " VALUES ('b001', %s, 'approved', 'model', %s, %s, 'a run', %s)",
        amount, since, TODAY.replace(year=TODAY.year + 1),
        datetime.now(UTC) if since == TODAY else datetime(since.year, since.month, since.day, tzinfo=UTC),
    )  # fmt: skip


def test_a_limit_too_high_for_what_is_known_now_is_reduced_with_notice(database, sql, rescore, home):
    model_limit(sql, 15_000_000)
    happen(database, shipped_cover(database, "b001"), paid())
    rescore()
    ((status, amount, valid_from, run_id),) = sql(
        "SELECT status, amount_cents, valid_from, run_id FROM ledger.limits WHERE source = 'event'"
    )
    assert (status, sql(DONE)) == ("reduced", [("settle", "reduced")])
    assert 0 < amount < 15_000_000
    assert valid_from > TODAY
    assert in_force(sql, "b001") == ("approved", "model", 15_000_000)
    assert sql(IN_FORCE, "b001", valid_from) == [("reduced", "event", amount)]
    assert sql("SELECT count(*) FROM ledger.workings WHERE run_id = %s", run_id) == [(1,)]
    assert broken(database) == []
    with psycopg.connect(database, autocommit=True) as connection:
        set_limits(connection, home, TODAY)
    assert sql(IN_FORCE, "b001", valid_from)[0][1] == "model"


def test_only_payments_that_are_large_late_or_after_a_notice_are_weighed(database, sql):
    model_limit(sql, 15_000_000, since=date(2020, 1, 1))
    sql("UPDATE ledger.buyer_exposures SET largest_paid_cents = 10^9 WHERE identity_id = 'b001'")
    cover = shipped_cover(database, "b001", amount=3_000_000)
    soon = paid(1_000_000, "soon").model_copy(update={"paid_on": LONG_AGO.date() + timedelta(days=20)})
    large = soon.model_copy(update={"event_id": "large", "amount_minor": 2_000_000})
    happen(database, cover, soon)
    assert sql("SELECT count(*) FROM ledger.rescores") == [(0,)]
    happen(database, cover, large)
    assert sql("SELECT cause FROM ledger.rescores") == [("settle",)]


def test_without_a_champion_payment_still_restores(database, sql, rescore, tmp_path):
    cover = shipped_cover(database, "b001")
    happen(database, cover, overdue(), paid())
    rescore(tmp_path)
    assert sql(DONE) == [("overdue", "restored"), ("settle", "unscored")]
    assert in_force(sql, "b001")[1] == "model"


def test_a_fact_whose_weighing_fails_waits_and_is_weighed_later(database, sql, rescore, monkeypatch):
    cover = shipped_cover(database, "b001")
    happen(database, cover, paid())
    real = rescoring._decided
    monkeypatch.setattr(rescoring, "_decided", lambda *arguments: 1 / 0)
    rescore()
    assert sql("SELECT attempts, done_at FROM ledger.rescores") == [(1, None)]
    monkeypatch.setattr(rescoring, "_decided", real)
    assert rescore() == 0
    sql("UPDATE ledger.rescores SET not_before = '-infinity'")
    assert rescore() == 1
    assert sql(DONE) == [("settle", "unchanged")]


def test_a_fact_is_queued_with_its_event_or_not_at_all(database, sql, monkeypatch):
    from serving.ledger import covers

    cover = shipped_cover(database, "b001")

    async def dies(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(covers, "_have_weighed", dies)
    with pytest.raises(KeyboardInterrupt):
        happen(database, cover, overdue())
    assert sql("SELECT count(*) FROM ledger.rescores") == [(0,)]
    assert sql("SELECT count(*) FROM ledger.entries WHERE event = 'overdue'") == [(0,)]


def test_a_running_service_weighs_what_waited_and_what_comes(database, sql, home, capsys):
    cover = shipped_cover(database, "b001")
    happen(database, cover, overdue())
    with TestClient(create_app(database, Settings(home=home))):
        wait_until(lambda: len(sql(DONE)) == 1)
        happen(database, cover, paid())
        wait_until(lambda: len(sql(DONE)) == 2)
    ((took,),) = sql(
        "SELECT extract(epoch FROM done_at - recorded_at)::float FROM ledger.rescores WHERE cause = 'settle'"
    )
    with capsys.disabled():
        print(f"\n  from a payment to the restored limit: {took:.3f} s")
    assert took > 0
    assert in_force(sql, "b001")[1] == "model"


HOLD = "SELECT pg_advisory_lock(hashtextextended('bolanggu limit of ' || %s, 0))"
WAITING = """
    SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted"""


@contextmanager
def coming_while_held(database, sql, cover, event):
    """Hold the limit of b001, as whoever weighs or decides it does, while an event comes, which is recorded after."""
    with psycopg.connect(database, autocommit=True) as holder, ThreadPoolExecutor(1) as platform:
        holder.execute(HOLD, ["b001"])
        coming = platform.submit(happen, database, cover, event)
        try:
            wait_until(lambda: sql(WAITING) == [(1,)])
            yield holder
        finally:
            holder.execute("SELECT pg_advisory_unlock_all()")
        coming.result()


def test_a_claim_that_comes_while_another_fact_is_weighed_stops_cover(database, sql, home, rescore):
    override(sql, 300_000)
    first, second = (shipped_cover(database, "b001", name, 100_000) for name in ("o1", "o2"))
    happen(database, first, overdue())
    rescore()
    happen(database, first, paid(100_000))
    with coming_while_held(database, sql, second, claim(amount=100_000)) as rescorer:
        assert rescore_waiting(rescorer, ChampionInUse(home)) == 1
        assert in_force(sql, "b001") == ("approved", "underwriter", 300_000)
    assert in_force(sql, "b001")[0] == "suspended"
    rescore()
    assert in_force(sql, "b001")[0] == "suspended"
    assert sql(DONE) == [("overdue", "stopped"), ("settle", "restored"), ("claim", "stopped")]
    # The person's limit is entered by hand here, with nobody's word behind it.
    assert [check.name for check in broken(database)] == ["persons_limits"]


def test_a_claim_that_comes_while_a_person_decides_was_not_known_to_them(database, sql, rescore):
    cover = shipped_cover(database, "b001")
    with coming_while_held(database, sql, cover, claim()):
        override(sql, 300_000)
    rescore()
    assert in_force(sql, "b001")[0] == "suspended"
    assert sql(DONE) == [("claim", "stopped")]


def test_whoever_waits_for_a_merge_holds_the_limit_of_whom_the_buyer_is_then_taken_to_be(database, sql):
    def hold():
        with psycopg.connect(database) as weigher:
            weigher.execute(query("hold_buyers_limit"), {"buyer_id": "b001"})
            with psycopg.connect(database, options="-c lock_timeout=50ms") as other:
                for identity in ("b001", "b002"):
                    with pytest.raises(psycopg.errors.LockNotAvailable), other.transaction():
                        other.execute(HOLD, [identity])

    with psycopg.connect(database, autocommit=True) as merging, ThreadPoolExecutor(1) as service:
        merging.execute(HOLD, ["b001"])
        holding = service.submit(hold)
        wait_until(lambda: sql(WAITING) == [(1,)])
        merging.execute(query("enter_identity"), {"buyers": ["b001"], "to": "b002"})
        merging.execute("SELECT pg_advisory_unlock_all()")
        holding.result()
