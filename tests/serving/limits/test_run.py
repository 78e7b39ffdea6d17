import json
import shutil
from datetime import timedelta

import numpy as np
import psycopg
import pytest
from typer.testing import CliRunner

from features.catalogue import CATALOGUE
from features.errors import CallerError
from features.money import USD, Money
from features.snapshot import snapshot
from models.appetite import CalibratedAppetite, keep
from models.bundle import Bundle, BundleError, write_bundle
from models.champion import install
from models.matrix import to_matrix
from models.pd.scorecard import ScorecardPd
from models.policy import policies
from serving.book.load import load_book
from serving.cli import app
from serving.ledger.verify import verify
from serving.limits.ground import read_in_force
from serving.limits.run import set_limits
from serving.settings import settings
from tests.training.books import LAST, two_tempers

NAMES = tuple(feature.name for feature in CATALOGUE)
CARELESS = {f"b{number:03}" for number in range(0, 40, 3)}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return two_tempers(tmp_path_factory.mktemp("book"), buyers=40)


@pytest.fixture(scope="module")
def home(tmp_path_factory, book):
    """A home whose champion knows the careless third by its features."""
    folder = tmp_path_factory.mktemp("home")
    seen = snapshot(book, [LAST])
    careless = np.isin(np.array(seen["buyer_id"].to_pylist()), list(CARELESS)).astype(float)
    model = ScorecardPd().fit(to_matrix(seen, NAMES), careless)
    write_bundle(Bundle(LAST, 90, {}, NAMES, model), folder / "bundle")
    install(folder / "bundle", "1", folder)
    return folder


@pytest.fixture
def connection(database, book):
    with psycopg.connect(database, autocommit=True) as opened:
        load_book(book, opened)
        yield opened


def test_a_run_puts_a_limit_with_reasons_into_force_for_every_buyer(connection, home):
    told = set_limits(connection, home, LAST)
    assert told["limits"] == 40
    limits = connection.execute(
        "SELECT identity_id, status, reasons, run_id, model_version FROM ledger.limits"
    ).fetchall()
    assert len(limits) == 40
    assert all(reasons and run_id == told["run_id"] and model == "1" for _, _, reasons, run_id, model in limits)
    amounts = {buyer: limit.amount for buyer, limit in read_in_force(connection, LAST).limits.items()}
    careful = [amount for buyer, amount in amounts.items() if buyer not in CARELESS]
    assert np.mean([amounts[buyer] for buyer in CARELESS]) < np.mean(careful)
    assert sum(amounts.values()) == told["total_usd_cents"]


def test_a_dry_run_tells_the_same_and_records_nothing(connection, home):
    dry = set_limits(connection, home, LAST, dry_run=True)
    assert connection.execute("SELECT count(*) FROM ledger.limits").fetchone() == (0,)
    wet = set_limits(connection, home, LAST)
    different = {name for name in dry if dry[name] != wet[name]}
    assert different == {"run_id", "dry_run"}


def test_a_run_uses_the_calibrated_appetite_of_its_policy_and_says_so(connection, home, tmp_path):
    calm = tmp_path / "calm"
    shutil.copytree(home, calm)
    version = policies().at(LAST).version
    keep(CalibratedAppetite(version, 0.01, LAST, 4, 40), calm)
    whole, part = (set_limits(connection, folder, LAST, dry_run=True) for folder in (home, calm))
    assert (whole["appetite_scale"], part["appetite_scale"]) == (1.0, 0.01)
    assert part["expected_compensation_usd_cents"] < whole["expected_compensation_usd_cents"]


def test_a_limit_that_a_person_set_stands(connection, home):
    connection.execute(
        "INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, valid_to, recorded_by)"
        " VALUES ('b001', 123400, 'approved', 'underwriter', %s, %s, 'somebody')",
        [LAST - timedelta(days=1), LAST + timedelta(days=30)],
    )
    told = set_limits(connection, home, LAST)
    assert (told["overrides_kept"], told["limits"]) == (1, 39)
    assert read_in_force(connection, LAST).limits["b001"].amount == 123400


def test_no_limits_are_set_as_of_a_day_to_come(connection, home):
    """A year mistyped would have other buyers' records dated ahead, on which order-time features lean."""
    with pytest.raises(CallerError, match=r"is still to come; name \d{4}-"):
        set_limits(connection, home, LAST.replace(year=2099))
    assert connection.execute("SELECT count(*) FROM ledger.limits").fetchone() == (0,)


def test_without_a_champion_nothing_happens(connection, tmp_path):
    with pytest.raises(BundleError, match="run `bolanggu train`"):
        set_limits(connection, tmp_path, LAST)
    assert connection.execute("SELECT count(*) FROM ledger.limits").fetchone() == (0,)


def test_a_run_that_dies_while_recording_leaves_no_limit(connection, home, monkeypatch):
    from serving.limits import record

    real, rows = record._row, []

    def dies(*arguments):
        rows.append(arguments)
        if len(rows) == 20:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(record, "_row", dies)
    with pytest.raises(KeyboardInterrupt):
        set_limits(connection, home, LAST)
    assert connection.execute("SELECT count(*) FROM ledger.limits").fetchone() == (0,)
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
    assert connection.execute(held).fetchone() == (0,)


def test_every_limit_is_made_again_from_its_workings_to_the_same_bytes(connection, home):
    set_limits(connection, home, LAST)
    assert connection.execute("SELECT count(*) FROM ledger.workings").fetchone() == (40,)
    assert [check for check in verify(connection) if check.broken] == []
    connection.execute("ALTER TABLE ledger.workings DISABLE TRIGGER only_added")
    tamper = """
        UPDATE ledger.workings SET workings = regexp_replace(workings, '"{0}":([0-9])', '"{0}":1\\1', 'g')
        WHERE identity_id = 'b001'"""
    connection.execute(tamper.format("need"))
    broken = {check.name: check.broken for check in verify(connection) if check.broken}
    assert broken == {"replayed_limits": 1}
    connection.execute(tamper.format("amount"))
    assert {check.name for check in verify(connection) if check.broken} == {"replayed_limits", "workings"}


@pytest.fixture
def command(connection, database, home, monkeypatch):
    """Run a command of the service on the test's book and champion; give what it printed."""
    monkeypatch.setenv("BOLANGGU_DATABASE_URL", database)
    monkeypatch.setenv("BOLANGGU_HOME", str(home))
    settings.cache_clear()
    day = LAST.isoformat()
    yield lambda *words: CliRunner().invoke(app, [*words, "--as-of", day], catch_exceptions=False).stdout
    settings.cache_clear()


def test_people_read_a_run_in_words_and_programs_in_json(command):
    told = json.loads(command("set-limits", "--dry-run", "--json"))
    written = command("set-limits", "--dry-run")
    assert written.startswith("a dry run: nothing was changed\n40 limits as of ")
    assert f"limits together: {Money(told['total_usd_cents'], USD)}, before USD 0.00" in written
    assert f"changes: new {told['changes']['new']}" in written
    assert told["largest_movers"][0]["buyer_id"] in written
    assert not set("{}'_") & set(written)


def test_people_read_a_review_as_a_sentence(command):
    told = json.loads(command("review-whitelist", "--json"))
    written = command("review-whitelist")
    assert written.startswith(f"{told['exporters']} exporters judged as of {LAST}")
    assert f"{told['not_yet']} not yet" in written
