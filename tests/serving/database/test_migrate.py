from serving.database.migrate import newest, upgrade


def test_upgrade_reaches_the_newest_revision_and_may_be_repeated(new_database, sql, database):
    fresh = new_database("template1")
    assert upgrade(fresh) == newest()
    assert upgrade(fresh) == newest()
    assert sql("SELECT version_num FROM alembic_version") == [(newest(),)]


def test_what_happened_is_only_added_to(sql):
    import psycopg
    import pytest

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
