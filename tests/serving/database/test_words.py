"""What persons and events said of limits: what was taken back counts no more, and all of it is looked up by key."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from serving.database.queries import query
from tests.databases import copied

TODAY = datetime.now(UTC).date()
# Of each buyer a model's limit, an event's stop and what a person set, of each third undone.
MANY = """
    INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, valid_to, recorded_by)
    SELECT 'b' || n, 100, CASE source WHEN 'event' THEN 'suspended' ELSE 'approved' END, source, current_date,
        CASE source WHEN 'event' THEN NULL ELSE current_date + 30 END, 'test'
    FROM generate_series(1, 3000) n, unnest(ARRAY['model', 'event', 'underwriter']) source;
    INSERT INTO desk.proposals (event_id, kind, buyer_id, identity_id, amount_cents, reason, before, policy_version,
        proposed_by, proposed_role)
    SELECT limit_id, 'override', identity_id, identity_id, 100, 'r', '{}', 'v', 'li', 'underwriter'
    FROM ledger.limits WHERE source = 'underwriter' ORDER BY limit_id;
    INSERT INTO desk.verdicts (proposal_id, place, verdict, status, reason, limit_id, decided_by, decided_role)
    SELECT proposal_id, 1, 'own_authority', 'approved', 'r', event_id::bigint, 'li', 'underwriter' FROM desk.proposals;
    INSERT INTO desk.verdicts (proposal_id, place, verdict, status, reason, decided_by, decided_role)
    SELECT proposal_id, 2, 'undone', 'undone', 'r', 'li', 'underwriter' FROM desk.proposals WHERE proposal_id % 3 = 0;
    INSERT INTO ledger.taken_back (limit_id, since, proposal_id)
    SELECT event_id::bigint, current_date, proposal_id FROM desk.proposals WHERE proposal_id % 3 = 0;
    ANALYZE ledger.limits, ledger.taken_back, desk.proposals, desk.verdicts;"""
ASKED = {
    "holding": {"buyer_id": "b7", "day": TODAY},
    "carry_stop": {"from": "b7", "to": "b8", "by": "test"},
    "take_back_stops": {"identity_id": "b7", "day": TODAY, "run_id": "rescore 1"},
    "outranked_limit": {"identity_id": "b7", "day": TODAY, "limit_id": 9_000},
    "acts_on_limit": ["b7"],
}


@pytest.fixture(scope="module")
def many(postgres, template):
    with copied(postgres, template) as filled, psycopg.connect(filled.url, autocommit=True) as connection:
        connection.execute(MANY)
        yield connection


@pytest.mark.parametrize("statement", ASKED)
def test_what_was_said_of_one_buyer_is_looked_up_by_key(many, statement):
    plan = "\n".join(row for (row,) in many.execute(f"EXPLAIN {query(statement)}", ASKED[statement]).fetchall())
    assert "taken_back" in plan
    assert "Seq Scan" not in plan, plan


IN_FORCE = "SELECT source FROM ledger.limit_in_force('b1', %s, %s)"


def test_what_was_taken_back_counts_no_more_from_its_day_on_as_known_since(sql):
    day, known = datetime(2026, 6, 5, tzinfo=UTC).date(), datetime(2026, 6, 5, 12, tzinfo=UTC)
    sql(
        "INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, recorded_by, recorded_at)"
        " VALUES ('b1', 9, 'approved', 'model', '2026-01-01', 't', '2026-01-01'),"
        " ('b1', 0, 'suspended', 'event', '2026-05-01', 't', '2026-05-01')"
    )
    sql(
        "INSERT INTO ledger.taken_back (limit_id, since, run_id, recorded_at)"
        " SELECT limit_id, %s, 'rescore 1', %s FROM ledger.limits WHERE source = 'event'",
        day, known,
    )  # fmt: skip
    a_day, a_second = timedelta(days=1), timedelta(seconds=1)
    assert sql(IN_FORCE, day, known) == [("model",)]
    assert sql(IN_FORCE, day, known - a_second) == sql(IN_FORCE, day - a_day, known) == [("event",)]
    assert sql("SELECT source FROM ledger.limits_in_force(%s, %s)", day, known) == [("model",)]
