from datetime import UTC, date, datetime, timedelta

import pytest

from serving.desk.asks import Override, Restore, Suspend
from serving.desk.authority import Needed
from serving.errors import ForbiddenError, OtherBodyError, RefusedError
from tests.serving.desk.desks import LI, PLATFORM, WANG, ZHAO
from tests.serving.ledger.asking import ask, order
from tests.serving.ledger.test_checks import set_limit

SUSPEND = Suspend(event_id="s1", reason="rumours at the fair")
RESTORE = Restore(event_id="x1", reason="rumours were false")


def in_force(sql, identity="b1"):
    rows = sql(
        "SELECT amount_cents, status, source FROM ledger.limit_in_force(%s, current_date, clock_timestamp())", identity
    )
    return rows[0] if rows else None


def test_within_the_machines_authority_one_person_decides(desk, sql):
    made = desk.override(LI, 2_000_000)
    assert (made.status, [v.verdict for v in made.verdicts]) == ("approved", ["own_authority"])
    assert in_force(sql) == (2_000_000, "approved", "underwriter")


@pytest.mark.parametrize("amount", [2_000_100, 8_000_000, 15_000_000])
def test_beyond_it_an_override_waits_and_changes_nothing(desk, sql, amount):
    assert desk.override(LI, amount).status == "waiting"
    assert in_force(sql) is None


def test_lowering_a_limit_waits_for_nobody(desk, sql):
    set_limit(sql, amount=10_000_000)
    assert desk.override(LI, 9_000_000).status == "approved"
    assert in_force(sql) == (9_000_000, "reduced", "underwriter")


def test_lowering_a_limit_beyond_its_end_is_no_mere_lowering(desk, sql):
    sql(
        "INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, valid_to, recorded_by)"
        " VALUES ('b1', 10000000, 'approved', 'model', '2025-01-01', current_date + 5, 't')"
    )
    assert desk.override(LI, 9_000_000).status == "waiting"


def test_an_override_of_nothing_cancels(desk, sql):
    set_limit(sql, amount=10_000_000)
    desk.override(LI, 0)
    assert in_force(sql) == (0, "cancelled", "underwriter")


def test_the_cap_holds_for_everybody(desk):
    with pytest.raises(RefusedError, match=r"USD 150,000\.01: passes the per-buyer cap"):
        desk.override(ZHAO, 15_000_001)


@pytest.mark.parametrize("days", [0, 366])
def test_an_override_ends_within_a_year(desk, days):
    day = datetime.now(UTC).date() + timedelta(days=days)
    with pytest.raises(RefusedError, match="is not within a year"):
        desk.override(LI, 100, valid_to=day.isoformat())


def test_the_same_again_changes_nothing_and_another_under_the_same_key_is_refused(desk, sql):
    first = desk.override(LI, 2_000_000)
    assert desk.override(LI, 2_000_000) == first
    with pytest.raises(OtherBodyError):
        desk.override(LI, 1_000_000)
    assert sql("SELECT count(*) FROM ledger.limits")[0][0] == 1
    # Another's key of the same name is another key.
    assert desk.override(WANG, 1_000_000).proposal_id != first.proposal_id


def test_cover_is_suspended_at_once_and_restored_as_far_as_authority_goes(desk, sql, database):
    set_limit(sql, amount=2_000_000)
    assert desk.propose(LI, SUSPEND).status == "approved"
    (stopped,) = ask(database, [order()])
    assert (stopped.decision, stopped.reasons) == ("declined", ["stop_cover"])
    with pytest.raises(RefusedError, match="stopped already"):
        desk.propose(LI, SUSPEND.model_copy(update={"event_id": "s2"}))
    assert desk.propose(LI, RESTORE).status == "approved"
    assert in_force(sql) == (2_000_000, "approved", "model")
    with pytest.raises(RefusedError, match="nothing in force"):
        desk.propose(LI, RESTORE.model_copy(update={"event_id": "x2"}))


def stop(sql):
    sql("INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, recorded_by)"
        " VALUES ('b1', 0, 'suspended', 'event', current_date, 'notice')")  # fmt: skip


def test_what_a_notice_has_stopped_takes_two_however_small(desk, sql):
    set_limit(sql, amount=100_000)
    stop(sql)
    small, back = desk.override(LI, 50_000), desk.propose(LI, RESTORE)
    assert (small.status, back.status, back.needed) == ("waiting", "waiting", Needed(2, "underwriter"))
    assert in_force(sql)[1] == "suspended"
    assert desk.say(WANG, back, "approved").status == "approved"
    assert in_force(sql) == (100_000, "approved", "model")


def test_who_cancels_over_a_stop_does_not_lift_it_alone(desk, sql):
    set_limit(sql, amount=1_500_000)
    stop(sql)
    assert desk.override(LI, 0, "e1").status == "approved"
    assert in_force(sql) == (0, "cancelled", "underwriter")
    small, back = desk.override(LI, 100, "e2"), desk.propose(LI, RESTORE)
    assert (small.status, small.needed) == ("waiting", Needed(2, "underwriter"))
    assert (back.status, back.needed) == ("waiting", Needed(2, "underwriter"))
    assert in_force(sql) == (0, "cancelled", "underwriter")
    assert desk.say(WANG, small, "approved").status == "approved"
    assert in_force(sql) == (100, "approved", "underwriter")
    # Two have lifted it, so what follows is an underwriter's alone as ever.
    assert desk.override(LI, 2_000_000, "e3").status == "approved"


@pytest.mark.parametrize("ask", [SUSPEND, None])
def test_who_suspends_or_has_it_cancelled_by_request_does_not_lift_a_stop_alone(desk, sql, ask):
    set_limit(sql, amount=1_500_000)
    stop(sql)
    desk.request(LI, None, "r1", "cancel")
    if ask:
        assert desk.propose(LI, ask).status == "approved"
    assert desk.request(LI, 100, "r2", "new").status == "waiting"
    assert desk.propose(LI, RESTORE).status == "waiting"


def test_a_key_is_no_second_person_for_what_lifts_a_stop(desk, sql):
    stop(sql)
    cancelled = desk.request(PLATFORM, None, "r1", "cancel")
    assert desk.say(LI, cancelled, "approved").status == "approved"
    assert desk.say(LI, desk.request(PLATFORM, 100, "r2", "new"), "approved").status == "waiting"


def test_a_stop_is_not_lifted_alone_because_the_machine_says_nothing_today(desk, sql):
    set_limit(sql, amount=0, status="refused")
    stop(sql)
    assert desk.propose(LI, RESTORE).status == "waiting"
    assert in_force(sql)[1] == "suspended"


def test_restoring_a_large_limit_takes_a_second_person(desk, sql):
    set_limit(sql, amount=9_000_000)
    desk.propose(LI, SUSPEND)
    waiting = desk.propose(LI, RESTORE)
    assert (waiting.status, waiting.needed.level) == ("waiting", "senior")
    assert in_force(sql)[1] == "suspended"
    assert desk.say(ZHAO, waiting, "approved").status == "approved"
    assert in_force(sql) == (9_000_000, "approved", "model")


def test_the_machine_approves_a_request_for_what_is_in_force(desk, sql):
    set_limit(sql, amount=5_000_000)
    granted = desk.request(PLATFORM, 5_000_000)
    assert (granted.status, granted.verdicts[0].decided_by) == ("approved", "machine")
    assert desk.request(PLATFORM, 5_000_001, "r2").status == "waiting"
    assert in_force(sql) == (5_000_000, "approved", "model")


def test_the_platform_overrides_nothing(desk, sql):
    with pytest.raises(ForbiddenError):
        desk.override(PLATFORM, 100)
    assert sql("SELECT count(*) FROM desk.proposals")[0][0] == 0


def test_an_override_ends_by_itself(desk, sql):
    set_limit(sql, amount=100)
    desk.override(LI, 2_000_000)
    later = "SELECT amount_cents FROM ledger.limit_in_force('b1', current_date + 31, clock_timestamp())"
    assert sql(later) == [(100,)]


def test_every_word_is_audited_with_before_and_after(desk, sql):
    set_limit(sql, amount=3_000_000)
    desk.override(LI, 2_000_000)
    (row,) = sql("SELECT who, role, action, subject, subject_id, before, after, reason FROM access.audit")
    assert row[:5] == ("li", "underwriter", "override_limit", "buyer", "b1")
    assert (row[5]["limit"]["amount_cents"], row[6]["amount_cents"], row[7]) == (3_000_000, 2_000_000, "contracts seen")


def test_reasons_reach_whoever_asks_for_the_limit(desk, sql):
    desk.override(LI, 2_000_000)
    assert sql("SELECT reasons FROM ledger.limits")[0][0] == [
        {"code": "set_by_person", "facts": {"by": "li", "reason": "contracts seen"}}
    ]


def test_an_override_names_a_day_and_an_amount():
    with pytest.raises(ValueError, match="valid_to"):
        Override.model_validate({"event_id": "e", "reason": "because", "amount_minor": 1})


def test_a_limit_of_the_model_that_has_ended_is_not_followed_by_an_older_one(desk, sql):
    set_limit(sql, amount=9_000_000, at=datetime(2025, 6, 1, tzinfo=UTC))
    set_limit(sql, amount=1_000_000, valid_to=date(2025, 6, 30), at=datetime(2025, 6, 2, tzinfo=UTC))
    waiting = desk.override(LI, 6_000_000)
    assert waiting.before["machine"] is None
    assert waiting.before["limit"]["status"] == "expired"
