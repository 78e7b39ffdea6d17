import psycopg
import pytest
from alembic.script import ScriptDirectory

from features.rates import usd_rate
from models.policy import policies
from serving.database.migrate import FOLDER, newest, upgrade
from serving.ledger.policies import record_policies
from serving.ledger.verify import verify
from tests.serving.ledger.asking import ask, order
from tests.serving.ledger.test_checks import AT

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
