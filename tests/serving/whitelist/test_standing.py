from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from serving.database.queries import query
from serving.errors import ForbiddenError, NotFoundError, OtherBodyError, RefusedError
from serving.whitelist.standing import StandingWord, decide_standing, list_candidates
from tests.serving.desk.desks import LI, PLATFORM, WANG, ZHAO, on_pool
from tests.serving.ledger.asking import ask, order


def today():
    """Asked for by each test: a run of all tests may last beyond midnight."""
    return datetime.now(UTC).date()


@pytest.fixture
def found(sql):
    """Enter a finding as a review would."""

    def enter(exporter_id="e1", status="candidate", missing=0, day=None):
        sql(
            "INSERT INTO whitelist.findings VALUES (%s, %s, %s, %s::jsonb, %s, 120000, '2024-current', '1')",
            exporter_id, day or today(), status,
            f'[{{"name": "trade", "value": 1, "needed": 1, "at_least": true, "missing": {missing}}}]',
            ["loss_share"] if status == "excluded" else [],
        )  # fmt: skip

    return enter


@pytest.fixture
def say(database):
    def speak(who, verdict, event_id="w1", exporter_id="e1", **more):
        word = StandingWord.model_validate({"event_id": event_id, "verdict": verdict, "reason": "seen"} | more)
        return on_pool(database, lambda pool: decide_standing(pool, who, exporter_id, word))

    return speak


def rate(database, order_id):
    return ask(database, [order(order_id)])[0].rate_bp


def test_an_approved_exporter_gets_the_higher_rate_from_then_on(found, say, database, sql):
    found()
    assert rate(database, "before") == 4500
    approved = say(LI, "approve")
    assert (approved.standing, approved.standing_until) == ("whitelisted", today() + timedelta(days=365))
    assert rate(database, "after") == 8000
    assert rate(database, "before") == 4500
    assert say(WANG, "end", "w2").standing == "standard"
    assert rate(database, "later") == 4500
    acts = sql("SELECT who, action, before ->> 'standing', after ->> 'standing' FROM access.audit ORDER BY audit_id")
    assert acts == [
        ("li", "decide_standing", "standard", "whitelisted"),
        ("wang", "decide_standing", "whitelisted", "standard"),
    ]


def test_a_later_review_of_an_earlier_day_is_not_what_it_shows_now(found, say, database):
    found(status="excluded")
    found(status="candidate", day=today() - timedelta(days=365))
    (shown,) = on_pool(database, lambda pool: list_candidates(pool, LI))
    assert (shown.as_of, shown.status) == (today(), "excluded")
    with psycopg.connect(database) as connection:
        assert connection.execute(query("waiting_counts"), {"day": today()}).fetchall()[0][0] == 0
    with pytest.raises(RefusedError, match="is excluded for its loss_share"):
        say(ZHAO, "approve")


def test_a_decline_is_remembered_and_changes_no_standing(found, say):
    found()
    declined = say(LI, "decline")
    assert (declined.standing, declined.last_verdict, declined.last_decided_by) == ("standard", "decline", "li")


def test_whom_the_rules_exclude_nobody_approves(found, say, sql):
    found(status="excluded")
    with pytest.raises(RefusedError, match="excluded for its loss_share"):
        say(ZHAO, "approve")
    assert sql("SELECT count(*) FROM ledger.standings") == [(0,)]


def test_who_is_not_fit_yet_takes_a_senior(found, say):
    found(status="not_yet", missing=5)
    with pytest.raises(ForbiddenError, match="does not meet trade yet"):
        say(LI, "approve")
    assert say(ZHAO, "approve").standing == "whitelisted"


def test_only_the_whitelisted_are_ended_and_only_the_reviewed_are_decided(found, say):
    found()
    with pytest.raises(RefusedError, match="is not whitelisted"):
        say(LI, "end")
    with pytest.raises(NotFoundError, match="no review"):
        say(LI, "approve", exporter_id="nobody")
    with pytest.raises(ForbiddenError):
        say(PLATFORM, "approve")
    with pytest.raises(RefusedError, match="is not within a year"):
        say(LI, "approve", valid_to=(today() + timedelta(days=366)).isoformat())


def test_the_same_word_again_changes_nothing(found, say, sql):
    found()
    assert say(LI, "approve") == say(LI, "approve")
    assert sql("SELECT count(*) FROM ledger.standings") == [(1,)]
    with pytest.raises(OtherBodyError):
        say(LI, "end")


def test_the_newest_finding_counts_and_lists_are_filtered(found, database):
    found("e1", "not_yet", 3)
    found("e1", "candidate")
    found("e2", "excluded")
    listed = on_pool(database, lambda pool: list_candidates(pool, LI))
    assert [(each.exporter_id, each.status) for each in listed] == [("e1", "candidate"), ("e2", "excluded")]
    assert [e.exporter_id for e in on_pool(database, lambda p: list_candidates(p, LI, status="excluded"))] == ["e2"]
    assert [e.exporter_id for e in on_pool(database, lambda p: list_candidates(p, LI, after="e1"))] == ["e2"]


def test_an_approval_that_ends_sooner_ends_the_one_before_it_too(found, say, database, sql):
    found()
    say(LI, "approve", "w1")
    sooner = today() + timedelta(days=10)
    assert say(LI, "approve", "w2", valid_to=sooner.isoformat()).standing_until == sooner
    on_its_last_day, after = (
        ask(database, [order(f"o{day}")], datetime.combine(day, datetime.min.time(), UTC))[0].rate_bp
        for day in (sooner - timedelta(days=1), sooner)
    )
    assert (on_its_last_day, after) == (8000, 4500)
    with psycopg.connect(database) as connection:
        assert connection.execute(query("whitelisted_on"), {"day": today()}).fetchall() == [("e1",)]
        assert connection.execute(query("whitelisted_on"), {"day": sooner}).fetchall() == []
