import psycopg
import pytest

from serving.book.export import export_book
from serving.book.load import load_book
from serving.ledger.verify import verify
from serving.operate.backup import back_up, restore
from tests.databases import copied
from tests.serving.ledger.asking import ask, order
from tests.serving.ledger.living import live
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


DETAIL = "UPDATE ledger.entries SET details = jsonb_set(details,"
# What is tampered with in a ledger that was lived in, and the check that must name it.
LIVED = {
    # decisions
    "rate": ("decision_ground", "UPDATE ledger.decisions SET rate_bp = 8000 WHERE order_id = 'claimed'", "claimed"),
    "limit": ("decision_ground", "UPDATE ledger.decisions SET limit_cents = 99, limit_id = 4711"
        " WHERE order_id = 'partly'", "partly"),
    "end": ("decision_terms", "UPDATE ledger.decisions SET expires_at = expires_at + interval '1 year'"
        " WHERE order_id = 'euros'", "euros end"),
    "buyer": ("decision_terms", "UPDATE ledger.decisions SET buyer_id = 'zz' WHERE order_id = 'declined'", "declined"),
    "country": ("decision_terms", "UPDATE ledger.decisions SET country = 'FR' WHERE order_id = 'declined'", "declined"),
    "room": ("decision_rooms", "UPDATE ledger.decisions SET exporter_room_cents = 10 ^ 13"
        " WHERE order_id = 'claimed'", "claimed"),
    "currency": ("used_rates", "UPDATE ledger.decisions SET currency = 'EUR' WHERE order_id = 'partly'", "partly"),
    "policy": ("policies", "UPDATE ledger.policies SET standard_bp = 9000 WHERE policy_version = '2024-current'",
        "2024-current standard_bp"),
    "unknown policy": ("decision_policies", "DELETE FROM ledger.policies WHERE policy_version = '2024-current'",
        "claimed"),
    "referral": ("referrals", "DELETE FROM ledger.decisions WHERE order_id = 'referred'", "referred"),
    "clearance": ("referrals", "INSERT INTO ledger.clearances VALUES ('declined', 'x', 't', 'r', now())", "declined"),
    "covered": ("reservations", "DELETE FROM ledger.decisions WHERE order_id = 'expired'", "cover"),
    # entries
    "loss": ("courses", f"{DETAIL} '{{loss_minor}}', '50000') WHERE event_id = 'CL'", "claim"),
    "impossible loss": ("courses", f"{DETAIL} '{{loss_minor}}', '90000') WHERE event_id = 'CL'", "claim"),
    "payment": ("courses", f"{DETAIL} '{{amount_minor}}', '1') WHERE event_id = 'p1'", "settle"),
    "outcome": ("courses", f"{DETAIL} '{{outcome}}', '\"rejected\"') WHERE event = 'claim_decision'",
        "claim_decision"),
    "recovery": ("courses", f"{DETAIL} '{{amount_minor}}', '1') WHERE event = 'recovery'", "recovery"),
    "exposure": ("courses", "UPDATE ledger.entries SET exposure_cents = exposure_cents + 1 WHERE event = 'release'",
        "release"),
    "year": ("courses", "UPDATE ledger.entries SET year_cents = -1 WHERE event_id = 'p1'", "settle"),
    "account": ("courses", "UPDATE ledger.entries SET identity_id = 'b1' WHERE event_id = 'p2'", "settle"),
    "last entry": ("audited_entries", "DELETE FROM ledger.entries WHERE event = 'recovery'", "recovery"),
    "trail": ("audited_entries", "DELETE FROM access.audit WHERE action = 'recovery'", "recovery"),
    # the book
    "compensation": ("courses", "UPDATE book.claims SET compensated_minor = 99999 WHERE compensated_minor > 0",
        "claim_decision"),
    "order": ("courses", "UPDATE book.orders SET amount_minor = 1 WHERE order_id = 'euros'", "ship"),
    "due": ("courses", "UPDATE book.orders SET due_on = due_on + 90 WHERE order_id = 'euros'", "ship"),
    "book payment": ("courses", "DELETE FROM book.payments WHERE payment_id = 'p1'", "settle"),
    "notice": ("courses", "DELETE FROM book.overdue_notices", "overdue"),
    # limits and verdicts
    "person's limit": ("verdicts", "UPDATE ledger.limits SET amount_cents = 15000000 WHERE amount_cents = 8000000",
        "limit"),
    "limit by hand": ("persons_limits", "INSERT INTO ledger.limits (identity_id, amount_cents, status, source,"
        " valid_from, recorded_by) VALUES ('b1', 15000000, 'approved', 'underwriter', current_date, 'nobody')",
        "limit"),
    "verdict": ("verdicts", "UPDATE desk.verdicts SET amount_cents = 1 WHERE limit_id IS NOT NULL", "proposal"),
    "given back": ("undone", "UPDATE ledger.limits SET amount_cents = 7 WHERE limit_id IN"
        " (SELECT limit_id FROM desk.verdicts WHERE verdict = 'undone')", "limit"),
    "taken back": ("taken_back", "INSERT INTO ledger.taken_back (limit_id, since, run_id) SELECT min(limit_id),"
        " current_date, 'rescore 1' FROM ledger.limits WHERE status = 'suspended'", "limit"),
    "undone": ("taken_back", "DELETE FROM ledger.taken_back", "limit"),
    "event's limit": ("made_limits", "UPDATE ledger.limits SET amount_cents = 5 WHERE source = 'event'", "limit"),
    "stop": ("stops", "DELETE FROM ledger.limits WHERE source = 'event'", "cover"),
    "model's limit": ("decision_ground", "UPDATE ledger.limits SET amount_cents = 9000000 WHERE source = 'model'",
        "claimed"),
    "standing": ("decision_ground", "INSERT INTO ledger.standings (exporter_id, standing, valid_from, reason,"
        " recorded_by, recorded_at) VALUES ('e1', 'whitelisted', '2025-01-01', 'r', 'nobody', '2025-01-01')",
        "claimed"),
    "word": ("standings", "INSERT INTO whitelist.verdicts (event_id, exporter_id, verdict, reason, decided_by)"
        " VALUES ('x', 'e1', 'approve', 'r', 'nobody')", "e1"),
    # what is kept of all this
    "largest paid": ("largest_paid", "UPDATE ledger.buyer_exposures SET largest_paid_cents = 10 ^ 9"
        " WHERE identity_id = 'b1'", "b1"),
    "relations": ("relations", "DELETE FROM ledger.relations", "b1 e1"),
    "old friend": ("relations", "UPDATE ledger.relations SET first_on = '2020-01-01' WHERE exporter_id = 'e3'",
        "b3 e3"),
    "home": ("countries", "UPDATE ledger.directory SET country = 'US' WHERE buyer_id = 'b1'", "b1"),
    "unknown home": ("countries", "INSERT INTO ledger.directory VALUES ('b0', 'b0', 'US')", "b0"),
    "merge": ("identities", "DELETE FROM ledger.merges WHERE buyer_id = 'b2'", "b2"),
}  # fmt: skip
GUARDED = """
    SELECT event_object_schema || '.' || event_object_table FROM information_schema.triggers
    WHERE trigger_name = 'only_added' GROUP BY 1"""


@pytest.fixture(scope="module")
def lived_through(postgres, template, tmp_path_factory):
    """A database to copy, in which all that moves money has happened."""
    with copied(postgres, template) as lived:
        with psycopg.connect(lived.url, autocommit=True) as connection:
            live(lived.url, lambda text, *values: _rows(connection, text, values), tmp_path_factory.mktemp("book"))
        yield lived.name


def _rows(connection, text, values=()):
    found = connection.execute(text, values)
    return found.fetchall() if found.description else []


def _found(url):
    with psycopg.connect(url, autocommit=True) as connection:
        return {check.name: check.examples for check in verify(connection) if check.broken}


def test_a_ledger_that_was_lived_in_is_clean_and_stays_so_loaded_and_restored(
    lived_through, new_database, database, tmp_path
):
    url = new_database(lived_through)
    assert _found(url) == {}
    back_up(url, tmp_path / "backup", is_embedded=True)
    restored = new_database("template1")
    restore(restored, tmp_path / "backup", is_embedded=True)
    assert _found(restored) == {}
    with psycopg.connect(url, autocommit=True) as source, psycopg.connect(database, autocommit=True) as fresh:
        export_book(source, tmp_path / "book")
        for connection in (source, fresh):
            load_book(tmp_path / "book", connection)
    assert (_found(url), _found(database)) == ({}, {})


@pytest.mark.parametrize("kind", LIVED)
def test_what_was_tampered_with_is_named(lived_through, new_database, kind):
    url, (check, tampering, named) = new_database(lived_through), LIVED[kind]
    with psycopg.connect(url, autocommit=True) as connection:
        for (table,) in _rows(connection, GUARDED):
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER only_added")
        assert connection.execute(tampering).rowcount
    found = _found(url)
    assert check in found, found
    assert any(named in str(example[0]) for example in found[check]), found[check]
