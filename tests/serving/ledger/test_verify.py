import psycopg
import pytest

from serving.ledger.verify import verify
from tests.serving.ledger.asking import ask, order
from tests.serving.ledger.test_checks import AT

TAMPERING = {
    "buyer_exposures": "UPDATE ledger.buyer_exposures SET exposure_cents = exposure_cents + 1",
    "exporter_exposures": "UPDATE ledger.exporter_exposures SET exposure_cents = 0",
    "shared_exposures": """
        UPDATE ledger.shared_exposures SET used_cents = used_cents - 1 WHERE kind = 'year' AND slice = 1""",
    "slices": """
        UPDATE ledger.shared_exposures SET granted_cents = ceiling_cents + 1 WHERE kind = 'country' AND slice = 1""",
    "reservations": "DELETE FROM ledger.entries WHERE cover_id = 1",
    "covers": """
        INSERT INTO ledger.entries
        SELECT cover_id, 2, 'settle', 'x', identity_id, -exposure_cents - 1, 0, happened_on, NULL, 't', recorded_at
        FROM ledger.entries WHERE cover_id = 1""",
    "decisions": "UPDATE ledger.decisions SET reasons = '{limit_full}' WHERE order_id = 'o1'",
    "open_covers": "DELETE FROM ledger.open_covers WHERE cover_id = 1",
    "columns": "ALTER TABLE book.orders ADD COLUMN extra text",
}


def _broken(url):
    with psycopg.connect(url, autocommit=True) as connection:
        return {check.name for check in verify(connection) if check.broken}


def test_a_sound_ledger_holds(database):
    ask(database, [order("o1"), order("o2", buyer_id="b2"), order("o3", amount_minor=10**9)], AT)
    assert _broken(database) == set()


def test_a_ledger_with_covers_of_no_cents_holds(database):
    small, _ = ask(database, [order("o1", currency="CNY", amount_minor=3), order("o2", buyer_id="b2")], AT)
    assert small.cover_id is not None
    assert _broken(database) == set()


@pytest.mark.parametrize("check", TAMPERING)
def test_each_check_finds_what_was_tampered_with(database, sql, check):
    ask(database, [order("o1"), order("o2", exporter_id="e2")], AT)
    sql("ALTER TABLE ledger.entries DISABLE TRIGGER only_added")
    sql("ALTER TABLE ledger.decisions DISABLE TRIGGER only_added")
    sql(TAMPERING[check])
    assert check in _broken(database)
