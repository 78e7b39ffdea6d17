from datetime import timedelta

import psycopg
import pytest

from serving.buyers.merging import merge
from serving.desk.asks import Override, Suspend
from serving.errors import RefusedError
from serving.limits.holding import read_holding
from tests.serving.desk.desks import LI, WANG, Desk, on_pool
from tests.serving.limits.living_book import (
    DONE,
    IN_FORCE,
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


@pytest.fixture
def database(new_database, with_limits):
    return new_database(with_limits)


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


@pytest.fixture
def when_it_ends(sql, desk):
    """What will be in force on b001 on the day on which what persons set on the desk ends."""
    return lambda: sql(IN_FORCE, "b001", desk.until)[0]


def set_by_one(desk, amount, **more):
    said = {"reason": "contracts seen", "amount_minor": amount, "valid_to": desk.until} | more
    return desk.propose(LI, Override.model_validate({"event_id": f"e{amount}"} | said), "b001")


def suspended_by_one(desk):
    return desk.propose(LI, Suspend(event_id="s", reason="rumours"), "b001")


def test_a_stop_that_was_paid_does_not_come_back_when_what_a_person_set_ends(
    database, sql, rescore, desk, when_it_ends
):
    before = in_force(sql, "b001")
    set_by_one(desk, 50_000)
    cover = shipped_cover(database, "b001")
    happen(database, cover, overdue())
    rescore()
    assert when_it_ends() == ("suspended", "event", 0)
    happen(database, cover, paid())
    rescore()
    assert in_force(sql, "b001")[1:] == ("underwriter", 50_000)
    assert when_it_ends() == before
    assert broken(database) == []


def test_a_stop_that_was_paid_beneath_a_cancellation_does_not_come_back(
    database, sql, rescore, stopped, desk, when_it_ends
):
    set_by_one(desk, 0)
    assert when_it_ends() == ("suspended", "event", 0)
    happen(database, stopped, paid())
    rescore()
    assert in_force(sql, "b001")[0] == "cancelled"
    assert when_it_ends()[:2] == ("approved", "model")
    assert sql(DONE)[-1] == ("settle", "left_to_person")
    # The machine lifted it, and nothing that one person sets now gives cover over a stop.
    assert set_by_one(desk, 50_000).status == "approved"
    assert broken(database) == []


def test_a_stop_that_was_taken_back_though_not_all_was_paid_is_found(database, sql, rescore, stopped, desk):
    set_by_one(desk, 0)
    happen(database, stopped, paid())
    rescore()
    sql("ALTER TABLE ledger.entries DISABLE TRIGGER only_added")
    sql("UPDATE ledger.entries SET recorded_at = clock_timestamp() WHERE event = 'settle'")
    assert "paid_stops" in [check.name for check in broken(database)]


def test_a_stop_whose_notice_persons_settled_comes_back_when_their_word_ends(
    database, sql, rescore, stopped, desk, when_it_ends
):
    set_by_two(desk, 50_000)
    another = shipped_cover(database, "b001", "o2", 50_000)
    happen(database, another, overdue("n2"))
    rescore()
    happen(database, another, paid(50_000, "pay2"))
    rescore()
    assert in_force(sql, "b001")[1:] == ("underwriter", 50_000)
    assert when_it_ends() == ("suspended", "event", 0)


def test_what_was_undone_does_not_come_back_when_what_it_lay_upon_ends(database, sql, desk, when_it_ends):
    before = in_force(sql, "b001")
    set_by_one(desk, 50_000)
    desk.say(LI, suspended_by_one(desk), "undone")
    assert in_force(sql, "b001")[1:] == ("underwriter", 50_000)
    assert when_it_ends() == before
    later = (TODAY + timedelta(days=60)).isoformat()
    desk.say(LI, set_by_one(desk, 70_000, valid_to=later), "undone")
    assert when_it_ends() == before
    assert broken(database) == []


def test_a_reduction_beneath_a_stop_that_was_paid_holds_when_what_a_person_set_ends(
    database, sql, rescore, desk, when_it_ends
):
    days_of_reduction(sql, (70, -5, 300))
    set_by_one(desk, 50)
    cover = shipped_cover(database, "b001")
    happen(database, cover, overdue(), paid())
    rescore()
    assert in_force(sql, "b001")[1:] == ("underwriter", 50)
    assert when_it_ends() == ("reduced", "event", 70)


def test_a_stop_beneath_what_was_undone_holds_when_that_which_lay_upon_it_ends(
    database, sql, stopped, desk, when_it_ends
):
    set_by_two(desk, 50_000)
    desk.say(LI, suspended_by_one(desk), "undone")
    assert when_it_ends() == ("suspended", "event", 0)


def test_a_claim_under_a_persons_suspension_leaves_no_moment_open_when_that_is_undone(database, sql, rescore, desk):
    by_person = suspended_by_one(desk)
    cover = shipped_cover(database, "b001")
    happen(database, cover, claim())
    assert in_force(sql, "b001") == ("suspended", "event", 0)
    with pytest.raises(RefusedError, match="followed by another change"):
        desk.say(LI, by_person, "undone")
    rescore()
    assert in_force(sql, "b001") == ("suspended", "event", 0)
    assert sql("SELECT count(*) FROM ledger.limits WHERE source = 'event'") == [(1,)]
    assert broken(database) == []
