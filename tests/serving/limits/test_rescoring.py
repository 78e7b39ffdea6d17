from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from fastapi.testclient import TestClient

from serving.api.app import create_app
from serving.book.load import load_book
from serving.buyers.merging import merge
from serving.database.queries import query
from serving.desk.asks import Override
from serving.ledger.events import ClaimDecision
from serving.ledger.verify import verify
from serving.limits import rescoring
from serving.limits.champion import ChampionInUse
from serving.limits.holding import read_holding
from serving.limits.rescoring import rescore_waiting
from serving.limits.run import set_limits
from serving.settings import Settings
from tests.databases import copied
from tests.serving.desk.desks import LI, WANG, Desk, on_pool
from tests.serving.limits.living_book import (
    LONG_AGO,
    TODAY,
    claim,
    happen,
    install_champion,
    overdue,
    paid,
    shipped_cover,
    write_living_book,
)
from tests.waiting import wait_until

DONE = "SELECT cause, outcome FROM ledger.rescores WHERE done_at IS NOT NULL ORDER BY rescore_id"
IN_FORCE = "SELECT status, source, amount_cents FROM ledger.limit_in_force(%s, %s, clock_timestamp())"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return write_living_book(tmp_path_factory.mktemp("book"))


@pytest.fixture(scope="module")
def home(tmp_path_factory, book):
    return install_champion(book, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def with_limits(postgres, template, book, home):
    """A database to copy: the book, and limits of today."""
    with copied(postgres, template) as filled:
        with psycopg.connect(filled.url, autocommit=True) as connection:
            load_book(book, connection)
            set_limits(connection, home, TODAY)
        yield filled.name


@pytest.fixture
def database(new_database, with_limits):
    return new_database(with_limits)


@pytest.fixture
def rescore(database, home):
    def run(where=home):
        with psycopg.connect(database, autocommit=True) as connection:
            return rescore_waiting(connection, ChampionInUse(where))

    return run


def in_force(sql, buyer):
    return sql(IN_FORCE, buyer, TODAY)[0]


def broken(database):
    with psycopg.connect(database, autocommit=True) as connection:
        return [check for check in verify(connection) if check.broken]


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


def override(sql, amount, status="approved"):
    sql(
        "INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, valid_to, recorded_by)"
        " VALUES ('b001', %s, %s, 'underwriter', %s, %s, 'somebody')",
        amount, status, TODAY, TODAY.replace(year=TODAY.year + 1),
    )  # fmt: skip


def test_what_a_person_set_comes_back_after_a_stop(database, sql, rescore):
    override(sql, 123_400)
    cover = shipped_cover(database, "b001")
    happen(database, cover, overdue())
    rescore()
    assert in_force(sql, "b001")[0] == "suspended"
    happen(database, cover, paid())
    rescore()
    assert in_force(sql, "b001") == ("approved", "underwriter", 123_400)


def test_a_person_outranks_what_was_known_when_deciding(database, sql, rescore):
    cover = shipped_cover(database, "b001")
    happen(database, cover, overdue())
    rescore()
    override(sql, 50_000)
    happen(database, cover, paid(100, "part"))
    rescore()
    assert in_force(sql, "b001") == ("approved", "underwriter", 50_000)
    assert sql(DONE)[-1] == ("settle", "left_to_person")


def end_override(sql):
    """As if the days of what persons set had passed."""
    sql("ALTER TABLE ledger.limits DISABLE TRIGGER only_added")
    sql("UPDATE ledger.limits SET valid_from = valid_from - 1, valid_to = %s WHERE source = 'underwriter'", TODAY)


@pytest.fixture
def stopped(database, sql, rescore):
    """A cover of b001 that was reported overdue."""
    cover = shipped_cover(database, "b001")
    happen(database, cover, overdue())
    rescore()
    return cover


@pytest.mark.parametrize("has_ended", [False, True])
@pytest.mark.parametrize("status", ["cancelled", "suspended"])
def test_who_only_takes_cover_away_settles_no_notice(database, sql, rescore, stopped, status, has_ended):
    override(sql, 0, status)
    if has_ended:
        end_override(sql)
    happen(database, stopped, paid(100, "part"))
    rescore()
    assert in_force(sql, "b001") == ("suspended", "event", 0)
    happen(database, stopped, paid(399_900, "rest"))
    rescore()
    assert in_force(sql, "b001")[:2] == (("approved", "model") if has_ended else (status, "underwriter"))


def test_what_gave_cover_again_settles_a_notice_only_while_it_holds(database, sql, rescore, stopped):
    override(sql, 50_000)
    end_override(sql)
    happen(database, stopped, paid(100, "part"))
    rescore()
    assert in_force(sql, "b001") == ("suspended", "event", 0)


def test_persons_who_restore_the_machines_limit_settle_what_they_knew(database, sql, rescore, stopped):
    override(sql, 0, "restored")
    happen(database, stopped, paid(100, "part"))
    rescore()
    assert in_force(sql, "b001")[:2] == ("approved", "model")


@pytest.fixture
def desk(database):
    return Desk(database, (TODAY + timedelta(days=30)).isoformat())


def set_by_two(desk, amount):
    ask = Override(event_id="e", reason="contracts seen", amount_minor=amount, valid_to=desk.until)
    return desk.say(WANG, desk.propose(LI, ask, "b001"), "approved")


def test_what_was_undone_settles_no_notice_and_does_not_come_back(database, sql, rescore, stopped, desk):
    desk.say(WANG, set_by_two(desk, 50_000), "undone")
    happen(database, stopped, paid(100, "part"))
    rescore()
    assert in_force(sql, "b001") == ("suspended", "event", 0)
    happen(database, stopped, paid(399_900, "rest"))
    rescore()
    assert in_force(sql, "b001")[:2] == ("approved", "model")
    assert broken(database) == []


def test_what_stood_before_an_undone_word_settles_what_was_known_to_whom_set_it(database, sql, rescore, stopped, desk):
    set_by_two(desk, 50_000)
    cancelled = Override(event_id="e2", reason="a quarrel", amount_minor=0, valid_to=desk.until)
    desk.say(LI, desk.propose(LI, cancelled, "b001"), "undone")
    happen(database, stopped, paid(100, "part"))
    rescore()
    assert in_force(sql, "b001") == ("approved", "underwriter", 50_000)


def test_what_a_person_set_settles_no_notice_of_a_buyer_merged_later(database, sql, rescore, stopped, desk):
    ask = Override(event_id="e", reason="contracts seen", amount_minor=50_000, valid_to=desk.until)
    assert desk.propose(LI, ask, "b002").status == "approved"
    on_pool(database, lambda pool: merge(pool, LI, "b001", "b002", "one firm"))
    rescore()
    assert in_force(sql, "b002") == ("suspended", "event", 0)
    happen(database, stopped, paid())
    rescore()
    assert in_force(sql, "b002")[1:] == ("underwriter", 50_000)
    assert broken(database) == []


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


def days_of_reduction(sql, *spans):
    """Event reductions of b001, newest last, from and to days counted from today; each is recorded on its first day."""
    for amount, begins, ends in spans:
        first = TODAY + timedelta(days=begins)
        sql(
            "INSERT INTO ledger.limits"
            " (identity_id, amount_cents, status, source, valid_from, valid_to, recorded_by, recorded_at)"
            " VALUES ('b001', %s, 'reduced', 'event', %s, %s, 'rescoring', %s)",
            amount, first, TODAY + timedelta(days=ends), first,
        )  # fmt: skip


def test_a_reduction_that_has_ended_lets_no_older_limit_hold_until_the_buyer_is_weighed_anew(database, sql, rescore):
    sql("ALTER TABLE ledger.limits DISABLE TRIGGER only_added")
    long_ago = TODAY - timedelta(days=100)
    sql("UPDATE ledger.limits SET recorded_at = %s, valid_from = %s WHERE identity_id = 'b001'", long_ago, long_ago)
    before = in_force(sql, "b001")
    cover = shipped_cover(database, "b001")
    days_of_reduction(sql, (70, -59, 300), (50, -50, -10))
    with psycopg.connect(database) as connection:
        held = read_holding(connection, "b001", TODAY)
    assert (held.status, held.reduced_cents, held.model_cents, held.is_reduced) == (None, None, before[2], True)
    happen(database, cover, paid())
    rescore()
    assert sql(DONE) == [("settle", "restored")]
    assert in_force(sql, "b001") == before


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


def test_what_rescoring_gives_back_settles_no_fact(database, sql, rescore):
    override(sql, 300_000)
    cover = shipped_cover(database, "b001")
    happen(database, cover, overdue())
    rescore()
    decided = "SELECT max(recorded_at) FROM ledger.limits WHERE source = 'underwriter'"
    by_person = sql(decided)
    happen(database, cover, paid())
    rescore()
    assert sql(decided) > by_person
    with psycopg.connect(database) as connection:
        assert read_holding(connection, "b001", TODAY).settled_until == by_person[0][0]


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
