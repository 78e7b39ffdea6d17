"""Lists of covers read little more than they give, wherever in the ledger what they give lies."""

import pytest

from serving.database.queries import query
from tests.serving.ledger.asking import ask, order
from tests.serving.ledger.test_checks import AT

COVERS, PAGE = 3_000, 20
# Covers of the past, laid as order checks and events leave them: of a hundred exporters, only the first fifty open.
PAST = f"""
    WITH given AS (
        INSERT INTO ledger.decisions
        SELECT 'past-' || n, 'x' || n %% 100, 'b' || n %% 700, 1000, 'USD', 60, false, 'covered', n, 1000, 1000, 4500,
            at + interval '30 days', '{{within_limit}}', at, 1000, 1000, 1, at::date, '2024-current', 'b' || n %% 700,
            'DE', NULL, 100000, 'approved', NULL, NULL, 1000000, 100000, 1000000, 1000000, 1000000, 0, 1000, 'test'
        FROM generate_series(1, {COVERS}) n, LATERAL (SELECT timestamptz '2025-01-01' + n * interval '1 minute' AS at) t
        RETURNING cover_id, identity_id, decided_at
    ), opened AS (
        INSERT INTO ledger.open_covers SELECT cover_id FROM given
    )
    INSERT INTO ledger.entries (cover_id, seq, event, identity_id, exposure_cents, year_cents, happened_on, recorded_by,
                                recorded_at)
    SELECT cover_id, 1, 'reserve', identity_id, 1000, 1000, decided_at::date, 'test', decided_at FROM given"""
ENDED = """
    INSERT INTO ledger.entries (cover_id, seq, event, event_id, identity_id, exposure_cents, year_cents, happened_on,
                                recorded_by, recorded_at)
    SELECT cover_id, 2, 'release', 'r', identity_id, -1000, -1000, happened_on, 'test', recorded_at
    FROM ledger.entries WHERE cover_id > 50"""


@pytest.fixture
def past(sql):
    sql(PAST)
    sql(ENDED)
    sql("ANALYZE ledger.decisions")
    sql("ANALYZE ledger.open_covers")
    sql("ANALYZE ledger.entries")


def rows_read(plan):
    """How many rows the plan's scans looked at, those that they left out among them."""
    own = (
        0 if plan.get("Plans") else plan["Actual Loops"] * (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0))
    )
    return own + sum(rows_read(each) for each in plan.get("Plans", []))


def listed(sql, **filters):
    everything = {"buyer_id": None, "exporter_id": None, "is_open": False, "before": None, "known_at": "infinity"}
    wanted = everything | {"most": PAGE} | filters
    statement = query("list_covers")
    for name, value in wanted.items():
        literal = "NULL" if value is None else f"'{value}'" if isinstance(value, str) else str(value)
        statement = statement.replace(f"%({name})s", literal)
    (((told,),),) = (sql(f"EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, FORMAT JSON) {statement}"),)
    return [row[0] for row in sql(statement)], rows_read(told[0]["Plan"])


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, range(COVERS, COVERS - PAGE, -1)),
        ({"is_open": True}, range(50, 50 - PAGE, -1)),
        ({"is_open": True, "before": 11}, range(10, 0, -1)),
        ({"exporter_id": "x7"}, range(COVERS - 93, COVERS - 93 - 100 * PAGE, -100)),
        ({"exporter_id": "x7", "is_open": True}, [7]),
        ({"exporter_id": "x77", "is_open": True}, []),
        ({"buyer_id": "b7"}, [2807, 2107, 1407, 707, 7]),
    ],
)
def test_a_list_reads_little_more_than_it_gives(sql, past, filters, found):
    covers, read = listed(sql, **filters)
    assert covers == list(found)
    assert read <= 10 * PAGE


def test_a_cover_is_open_until_the_entry_that_ends_it(database, sql):
    (given,) = ask(database, [order("o1", amount_minor=1_000)], AT)
    assert sql("SELECT cover_id FROM ledger.open_covers") == [(given.cover_id,)]
    entry = (
        "INSERT INTO ledger.entries (cover_id, seq, event, event_id, identity_id, exposure_cents, year_cents,"
        " happened_on, recorded_by, recorded_at) VALUES (%s, %s, 'settle', %s, 'b1', %s, 0, '2025-06-03', 't', now())"
    )
    sql(entry, given.cover_id, 2, "a part", -400)
    assert sql("SELECT cover_id FROM ledger.open_covers") == [(given.cover_id,)]
    sql(entry, given.cover_id, 3, "the rest", -600)
    assert sql("SELECT cover_id FROM ledger.open_covers") == []
