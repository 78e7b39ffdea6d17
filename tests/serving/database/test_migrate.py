from datetime import UTC, datetime

import psycopg
import pytest
from alembic.script import ScriptDirectory

from features.rates import usd_rate
from models.policy import policies
from serving.database.migrate import FOLDER, newest, upgrade
from serving.errors import RefusedError
from serving.ledger import covers
from serving.ledger.cover import after_recorded, programme_share_minor
from serving.ledger.events import ClaimDecision, Recovery
from serving.ledger.lookup import find_cover
from serving.ledger.policies import record_policies
from serving.ledger.verify import verify
from tests.serving.desk.desks import on_pool
from tests.serving.ledger.asking import ask, order
from tests.serving.ledger.test_checks import AT
from tests.serving.limits.living_book import TODAY, claim, happen, paid, shipped_cover

# What each revision's tables can hold, put in while the database is at that revision.
BOOK = """
    INSERT INTO book.buyers VALUES ('b1', 'Acme', 'DE', NULL, '2025-01-01');
    INSERT INTO book.orders VALUES
        ('past', 'e1', 'b1', '2025-01-02', NULL, '2025-03-01', 1000, 'USD', NULL, NULL, '2025-01-02');"""
LEDGER = """
    INSERT INTO ledger.directory VALUES ('b1', 'b1', 'DE'), ('b9', 'b9', 'ZZ');
    INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, run_id, recorded_by, recorded_at)
    VALUES ('b1', 150000, 'approved', 'model', '2025-01-01', 'an old run', 'test', '2025-01-01'),
        ('b9', 0, 'suspended', 'event', '2025-01-01', NULL, 'test', '2025-01-01');
    INSERT INTO ledger.standings (exporter_id, standing, valid_from, reason, recorded_by, recorded_at)
    VALUES ('e1', 'whitelisted', '2025-01-01', 'r', 't', '2025-01-01');"""
# As any program of those revisions asked it.
CHECKED = """
    SELECT count(*) FROM ledger.check_orders(ARRAY['before', 'none'], ARRAY['e1', 'e1'], ARRAY['b1', 'b9'],
        ARRAY[100000, 100000], ARRAY['USD', 'USD'], ARRAY[60, 60], ARRAY[false, false], ARRAY[1, 1],
        ARRAY[%s, %s]::date[], 'test', %s)"""
REVISIONS = sorted(each.revision for each in ScriptDirectory(str(FOLDER)).walk_revisions())


def fill(url, revision):
    with psycopg.connect(url) as connection:
        connection.execute(BOOK)
        if revision >= "0002":
            record_policies(connection, policies().versions)
            connection.execute(LEDGER)
    if revision >= "0003":
        with psycopg.connect(url) as connection:
            connection.execute(CHECKED, [AT.date(), AT.date(), AT])


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_database_of_any_released_revision_is_brought_up_with_its_data(new_database, revision):
    url = new_database("template1")
    upgrade(url, revision)
    fill(url, revision)
    assert upgrade(url) == newest()
    with psycopg.connect(url, autocommit=True) as connection:
        assert [check for check in verify(connection) if check.broken] == []
        assert connection.execute("SELECT name FROM book.buyers").fetchall() == [("Acme",)]
        record_policies(connection, policies().versions)
    first, stopped, over = ask(
        url, [order("before", amount_minor=100_000), order("none", buyer_id="b9"), order("o2")], AT
    )
    assert first.decision == "covered"
    if revision >= "0002":
        assert (first.rate_bp, stopped.reasons) == (policies().at(AT.date()).rate_bp("whitelisted"), ["stop_cover"])
        assert (over.decision, over.available_minor) == ("declined", 50_000)


def test_covers_of_no_cents_that_were_stuck_are_open_no_more(new_database):
    url = new_database("template1")
    upgrade(url, "0019")
    fill(url, "0019")
    asked = """
        SELECT count(*) FROM ledger.check_orders(ARRAY['fen', 'on nothing'], ARRAY['e1', 'e1'], ARRAY['b2', 'b3'],
            ARRAY[3, 3], ARRAY['CNY', 'CNY'], ARRAY[60, 60], ARRAY[false, false], ARRAY[%s, %s],
            ARRAY[%s, %s]::date[], 'test', %s)"""
    rate = usd_rate("CNY", AT.date()).usd_cents_per_minor
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO ledger.limits"
            " (identity_id, amount_cents, status, source, valid_from, recorded_by, recorded_at)"
            " VALUES ('b3', 0, 'reduced', 'model', '2025-01-01', 'test', '2025-01-01')"
        )
        connection.execute(asked, [rate, rate, AT.date(), AT.date(), AT])
        stuck = connection.execute("SELECT decision FROM ledger.decisions WHERE amount_cents = 0").fetchall()
        assert stuck == [("covered",), ("covered",)]
    upgrade(url)
    with psycopg.connect(url, autocommit=True) as connection:
        assert connection.execute("SELECT order_id FROM ledger.covered_on_nothing").fetchall() == [("on nothing",)]
        assert [check for check in verify(connection) if check.broken] == []


def recover_over_loss(url, cover_id, monkeypatch):
    """Of 400,000 claimed 300,000 are paid, and after the decision 140,001 come in, as was once taken."""
    accepted = ClaimDecision(event_id="d", outcome="accepted", decided_on=TODAY)
    happen(url, cover_id, claim("CL"), paid(300_000), accepted)
    with monkeypatch.context() as before:
        before.setattr(covers, "after", after_recorded)
        happen(url, cover_id, *(recovery(minor) for minor in (80_000, 60_000, 1)))


OVER_LOSS = "SELECT event_id FROM ledger.recovered_over_loss JOIN ledger.entries USING (cover_id, seq) ORDER BY 1"


def recovery(minor):
    return Recovery(event_id=f"m{minor}", amount_minor=minor, received_on=TODAY)


def test_a_cover_on_which_more_came_in_than_was_lost_is_read_again_and_takes_no_more(new_database, monkeypatch):
    url = new_database("template1")
    upgrade(url, "0020")
    fill(url, "0020")
    cover_id = shipped_cover(url, "b001", "o9")
    recover_over_loss(url, cover_id, monkeypatch)
    upgrade(url)
    with psycopg.connect(url, autocommit=True) as connection:
        listed = connection.execute(OVER_LOSS).fetchall()
        assert listed == [("m1",), ("m60000",)]
        assert [check for check in verify(connection) if check.broken] == []
    found = on_pool(url, lambda pool: covers.read_cover(pool, cover_id))
    assert (found.recovered_minor, programme_share_minor(found)) == (140_001, 80_000)
    assert on_pool(url, lambda pool: find_cover(pool, cover_id, datetime.now(UTC))).cover == found
    happen(url, cover_id, recovery(60_000))  # told again, it changes nothing
    with pytest.raises(RefusedError, match="has 0 of its loss left to recover"):
        happen(url, cover_id, recovery(2))


def test_what_comes_in_over_the_loss_today_is_found(database, monkeypatch):
    recover_over_loss(database, shipped_cover(database, "b001"), monkeypatch)
    with psycopg.connect(database, autocommit=True) as connection:
        assert [check.name for check in verify(connection) if check.broken] == ["courses"]


# Over what lasts until a day in May somebody sets what lasts longer, and undoes it: since that day it holds again.
UNDONE = """
    INSERT INTO ledger.limits (
        identity_id, amount_cents, status, source, valid_from, valid_to, recorded_by, recorded_at)
    SELECT buyer, amount, status, 'underwriter', '2025-01-02', until, 'li', '2025-01-02'
    FROM (VALUES ('b1', 50000, 90000, 'approved'), ('b9', 40000, 0, 'suspended')) of (buyer, first, second, said),
        LATERAL (VALUES (first, 'approved', date '2025-05-01'), (second, said, date '2099-01-01'),
            (first, 'approved', date '2025-05-01')) word (amount, status, until);
    INSERT INTO desk.proposals (event_id, kind, buyer_id, identity_id, amount_cents, valid_to, reason, before,
        policy_version, proposed_by, proposed_role)
    SELECT 'e' || identity_id, CASE status WHEN 'suspended' THEN 'suspend' ELSE 'override' END, identity_id,
        identity_id, amount_cents, valid_to, 'r', '{}', 'v', 'li', 'underwriter'
    FROM ledger.limits WHERE valid_to = '2099-01-01';
    INSERT INTO desk.verdicts (proposal_id, place, verdict, status, reason, limit_id, decided_by, decided_role)
    SELECT p.proposal_id, said.place, said.verdict, said.status, 'r', l.limit_id, 'li', 'underwriter'
    FROM desk.proposals p
    CROSS JOIN (VALUES (1, 'own_authority', 'approved'), (2, 'undone', 'undone')) said (place, verdict, status)
    CROSS JOIN LATERAL (
        SELECT max(w.limit_id) + said.place - 1 AS limit_id FROM ledger.limits w
        WHERE w.identity_id = p.identity_id AND w.valid_to = '2099-01-01') l;"""
NOW_IN_FORCE = "SELECT amount_cents, status FROM ledger.limit_in_force(%s, %s, 'infinity')"


def test_what_was_undone_before_gives_no_cover_any_more_and_decisions_made_on_it_stand(new_database):
    url = new_database("template1")
    upgrade(url, "0021")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(BOOK)
        record_policies(connection, policies().versions)
        connection.execute(LEDGER)
        connection.execute(UNDONE)
        connection.execute(CHECKED, [AT.date(), AT.date(), AT])
        found = connection.execute("SELECT limit_cents, limit_status FROM ledger.decisions ORDER BY 1").fetchall()
        assert found == [(0, "suspended"), (90_000, "approved")]
    upgrade(url)
    with psycopg.connect(url, autocommit=True) as connection:
        in_force = [connection.execute(NOW_IN_FORCE, [buyer, TODAY]).fetchall() for buyer in ("b1", "b9")]
        assert in_force == [[(150_000, "approved")], [(0, "suspended")]]
        assert connection.execute("SELECT count(*) FROM ledger.taken_back").fetchall() == [(1,)]
        names = {check.name for check in verify(connection) if check.broken}
        assert names == {"persons_limits"}  # the first word is entered by hand here, with nobody's behind it


def test_upgrade_reaches_the_newest_revision_and_may_be_repeated(new_database, sql, database):
    fresh = new_database("template1")
    assert upgrade(fresh) == newest()
    assert upgrade(fresh) == newest()
    assert sql("SELECT version_num FROM alembic_version") == [(newest(),)]


def test_what_happened_is_only_added_to(sql):
    sql(
        "INSERT INTO ledger.standings (exporter_id, standing, valid_from, reason, recorded_by)"
        " VALUES ('e', 'whitelisted', '2025-01-01', 'r', 't')"
    )
    for statement in (
        "UPDATE ledger.standings SET reason = 'x'",
        "DELETE FROM ledger.decisions",
        "TRUNCATE ledger.entries",
        "UPDATE ledger.limits SET amount_cents = 0",
        "DELETE FROM ledger.policies",
    ):
        with pytest.raises(psycopg.errors.RestrictViolation):
            sql(statement)
