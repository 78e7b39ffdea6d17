from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from serving.errors import ForbiddenError, RefusedError
from serving.ledger.verify import verify
from tests.serving.desk.desks import LI, PLATFORM, WANG, ZHAO, on_pool
from tests.serving.desk.test_propose import RESTORE, in_force, stop
from tests.serving.ledger.asking import ask, order
from tests.serving.ledger.test_checks import set_limit


def test_a_second_underwriter_approves_within_their_authority(desk, sql):
    waiting = desk.override(LI, 8_000_000)
    assert desk.say(WANG, waiting, "approved").status == "approved"
    assert in_force(sql) == (8_000_000, "approved", "underwriter")


def test_who_proposes_may_not_approve(desk, sql):
    waiting = desk.override(LI, 8_000_000)
    with pytest.raises(ForbiddenError, match="needs other eyes than those of li"):
        desk.say(LI, waiting, "approved")
    assert in_force(sql) is None


def test_the_database_holds_four_eyes_too(desk, sql):
    waiting = desk.override(LI, 8_000_000)
    with pytest.raises(psycopg.errors.CheckViolation, match="li may not approve"):
        sql(
            "INSERT INTO desk.verdicts (proposal_id, place, verdict, status, reason, decided_by, decided_role)"
            " VALUES (%s, 1, 'approved', 'approved', 'r', 'li', 'underwriter')",
            waiting.proposal_id,
        )


def test_beyond_an_underwriters_authority_a_senior_approves(desk, sql):
    waiting = desk.override(LI, 8_000_100)
    assert desk.say(WANG, waiting, "approved").status == "waiting"
    assert in_force(sql) is None
    assert desk.say(ZHAO, waiting, "approved").status == "approved"


def test_a_seniors_own_proposal_takes_another_senior(desk):
    waiting = desk.override(ZHAO, 15_000_000)
    assert desk.say(LI, waiting, "approved").status == "waiting"


def test_a_request_is_approved_in_part_and_its_terms_are_those_of_the_first(desk, sql):
    waiting = desk.request(PLATFORM, 6_000_000)
    assert desk.say(LI, waiting, "approved", amount_minor=5_000_000).status == "waiting"
    with pytest.raises(RefusedError, match="as it stands, or not at all"):
        desk.say(WANG, waiting, "approved", amount_minor=6_000_000)
    assert desk.say(WANG, waiting, "approved").status == "partly_approved"
    assert in_force(sql) == (5_000_000, "partly_approved", "underwriter")


def test_who_asked_for_less_has_not_agreed_to_more(desk, sql):
    asked = desk.request(LI, 2_100_000)
    assert desk.say(ZHAO, asked, "approved", amount_minor=15_000_000).status == "waiting"
    assert in_force(sql) is None
    assert desk.say(WANG, asked, "approved").status == "approved"
    assert in_force(sql) == (15_000_000, "approved", "underwriter")


@pytest.mark.parametrize(("days", "status"), [(180, "approved"), (181, "waiting")])
def test_who_named_no_end_has_agreed_to_the_usual_one_only(desk, days, status):
    until = (datetime.now(UTC).date() + timedelta(days=days)).isoformat()
    asked = desk.request(LI, 2_100_000)
    assert desk.say(WANG, asked, "approved", valid_to=until).status == status


def test_who_asked_for_more_agrees_to_less(desk):
    asked = desk.request(LI, 6_000_000)
    assert desk.say(WANG, asked, "approved", amount_minor=5_000_000).status == "partly_approved"


def test_who_asks_for_the_machines_limit_back_agrees_to_what_it_was_then(desk, sql):
    set_limit(sql, amount=5_000_000)
    desk.override(LI, 0)
    asked = desk.propose(LI, RESTORE)
    set_limit(sql, amount=8_000_000, at=datetime.now(UTC))
    assert desk.say(WANG, asked, "approved").status == "waiting"
    assert desk.say(ZHAO, asked, "approved").status == "approved"


def test_what_was_decided_is_decided(desk):
    waiting = desk.override(LI, 8_000_000)
    assert desk.say(WANG, waiting, "refused").status == "refused"
    with pytest.raises(RefusedError, match="is refused already"):
        desk.say(ZHAO, waiting, "approved")


def test_only_the_proposer_withdraws(desk):
    waiting = desk.request(PLATFORM, 6_000_000)
    with pytest.raises(ForbiddenError, match="somebody else's"):
        desk.say(LI, waiting, "withdrawn")
    with pytest.raises(ForbiddenError, match="decides nothing"):
        desk.say(PLATFORM, waiting, "refused")
    assert desk.say(PLATFORM, waiting, "withdrawn").status == "withdrawn"


def test_the_same_word_again_changes_nothing(desk, sql):
    waiting = desk.override(LI, 8_000_000)
    first = desk.say(WANG, waiting, "approved")
    assert desk.say(WANG, waiting, "approved") == first
    assert sql("SELECT count(*) FROM ledger.limits")[0][0] == 1


def test_who_decided_undoes_it_and_what_stood_before_holds_again(desk, sql):
    set_limit(sql, amount=1_000_000)
    first = desk.override(LI, 500_000, "e1")
    second = desk.override(LI, 400_000, "e2")
    with pytest.raises(RefusedError, match="followed by another change"):
        desk.say(LI, first, "undone")
    with pytest.raises(ForbiddenError, match="was decided by li"):
        desk.say(WANG, second, "undone")
    assert desk.say(LI, second, "undone").status == "undone"
    assert in_force(sql) == (500_000, "reduced", "underwriter")
    third = desk.override(LI, 300_000, "e3")
    sql("INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, recorded_by)"
        " VALUES ('b1', 0, 'suspended', 'event', current_date, 't')")  # fmt: skip
    with pytest.raises(RefusedError, match="followed by another change"):
        desk.say(LI, third, "undone")


def test_undoing_the_only_override_gives_the_machine_its_limit_back(desk, sql):
    set_limit(sql, amount=1_000_000)
    desk.say(LI, desk.override(LI, 500_000), "undone")
    assert in_force(sql) == (1_000_000, "approved", "model")


def test_an_undone_override_gives_an_event_its_stop_back(desk, sql):
    set_limit(sql, amount=1_000_000)
    stop(sql)
    assert desk.say(LI, desk.override(LI, 0), "undone").status == "undone"
    assert in_force(sql) == (0, "suspended", "event")
    assert desk.propose(LI, RESTORE).status == "waiting"
    assert desk.override(LI, 100, "e2").status == "waiting"


def test_who_undoes_what_two_had_lifted_takes_the_lift_back(desk, sql):
    stop(sql)
    desk.override(LI, 0, "e1")
    lifted = desk.say(WANG, desk.override(LI, 100, "e2"), "approved")
    undone = desk.say(WANG, lifted, "undone")
    assert in_force(sql) == (0, "cancelled", "underwriter")
    assert undone.verdicts[-1].limit_id is not None
    assert desk.override(LI, 100, "e3").status == "waiting"


def referred(database, sql, amount=2_100_000):
    set_limit(sql, amount=9_000_000)
    (decision,) = ask(database, [order(amount_minor=amount)])
    assert (decision.decision, decision.cover_id) == ("referred", None)
    ((proposal_id,),) = sql("SELECT proposal_id FROM desk.proposals WHERE kind = 'referral' AND order_id = 'o1'")
    return proposal_id


def proposal_of(database, proposal_id):
    from serving.database.pool import run
    from serving.desk.proposals import one_proposal

    return on_pool(database, lambda pool: run(pool, lambda connection: one_proposal(connection, proposal_id)))


def test_a_referred_order_waits_and_is_covered_when_two_have_looked(desk, sql, database):
    waiting = proposal_of(database, referred(database, sql))
    assert (waiting.status, waiting.reason, waiting.needed.persons) == ("waiting", "jump_against_paid", 2)
    assert desk.say(LI, waiting, "approved").status == "waiting"
    done = desk.say(WANG, waiting, "approved")
    assert (done.status, done.verdicts[-1].cover_id is not None) == ("approved", True)
    assert sql("SELECT exposure_cents FROM ledger.buyer_exposures WHERE identity_id = 'b1'") == [(2_100_000,)]
    # The order keeps its first answer; its clearance stands beside it, and all of it replays.
    (again,) = ask(database, [order(amount_minor=2_100_000)])
    assert again.decision == "referred"
    with psycopg.connect(database, autocommit=True) as connection:
        assert [check for check in verify(connection) if check.broken] == []
    # Other orders are referred as before: the signs were cleared for this one only.
    (next_one,) = ask(database, [order("o2", amount_minor=2_100_000)])
    assert next_one.decision == "referred"


def test_a_cleared_order_passes_no_ceiling(desk, sql, database):
    waiting = proposal_of(database, referred(database, sql, 8_900_000))
    ask(database, [order("o2", amount_minor=200_000)])
    desk.say(LI, waiting, "approved")
    with pytest.raises(RefusedError, match="limit is full"):
        desk.say(ZHAO, waiting, "approved")
    assert sql("SELECT exposure_cents FROM ledger.buyer_exposures WHERE identity_id = 'b1'") == [(200_000,)]
    assert sql("SELECT count(*) FROM ledger.clearances") == [(0,)]


def test_undoing_a_clearance_releases_its_cover(desk, sql, database):
    waiting = proposal_of(database, referred(database, sql))
    desk.say(LI, waiting, "approved")
    done = desk.say(WANG, waiting, "approved")
    assert desk.say(WANG, done, "undone").status == "undone"
    assert sql("SELECT exposure_cents FROM ledger.buyer_exposures WHERE identity_id = 'b1'") == [(0,)]


def test_undoing_a_word_over_an_ended_reduction_gives_no_older_limit_back(desk, sql):
    set_limit(sql, amount=9_000_000)
    sql(
        "INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, valid_to, recorded_by,"
        " recorded_at) SELECT 'b1', 100, 'reduced', 'event', d, current_date, 't', d"
        " FROM (SELECT current_date - 30) x (d)"
    )
    assert in_force(sql) is None
    desk.say(LI, desk.override(LI, 0), "undone")
    assert in_force(sql) is None
    set_limit(sql, amount=8_000_000, at=datetime.now(UTC))
    assert in_force(sql)[0] == 8_000_000
    desk.say(LI, desk.override(LI, 0, "e2"), "undone")
    assert in_force(sql)[0] == 8_000_000
