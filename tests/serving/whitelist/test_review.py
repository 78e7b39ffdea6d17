import json
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from features.errors import CallerError
from models.bundle import BundleError
from serving.book.load import load_book
from serving.whitelist.review import review_exporters
from tests.serving.limits.test_run import book, home  # noqa: F401 - fixtures: a book and its champion
from tests.training.books import LAST


@pytest.fixture
def connection(database, book):  # noqa: F811 - the fixture of that name
    with psycopg.connect(database, autocommit=True) as opened:
        load_book(book, opened)
        yield opened


def test_a_review_judges_every_exporter_and_keeps_the_evidence(connection, home, sql):  # noqa: F811
    told = review_exporters(connection, home, LAST)
    exporters = sql("SELECT count(DISTINCT exporter_id) FROM book.orders")[0][0]
    assert told["exporters"] == exporters > 0
    assert told["candidate"] + told["not_yet"] + told["excluded"] == exporters
    rows = sql("SELECT status, criteria, policy_version, model_version FROM whitelist.findings")
    assert len(rows) == exporters
    for status, criteria, policy, model in rows:
        assert {each["name"] for each in criteria} >= {"tenure_days", "trade", "loss_share", "buyer_pd"}
        assert (policy, model) == (told["policy_version"], "1")
        assert status != "candidate" or not any(each["missing"] for each in criteria)
    json.dumps(told)


def test_a_review_knows_nothing_of_later_days(connection, home, sql):  # noqa: F811
    review_exporters(connection, home, LAST)
    before = sql("SELECT exporter_id, status, criteria FROM whitelist.findings ORDER BY exporter_id")
    sql(
        "INSERT INTO book.claims SELECT 'late-' || order_id, order_id, due_on, amount_minor, currency, true, true,"
        " true, NULL, NULL, NULL, NULL, %s::date + interval '1 day' FROM book.orders",
        LAST,
    )
    review_exporters(connection, home, LAST)
    again = sql(
        "SELECT DISTINCT ON (exporter_id) exporter_id, status, criteria FROM whitelist.findings"
        " ORDER BY exporter_id, recorded_at DESC"
    )
    assert again == before


def test_a_day_to_come_is_not_reviewed(connection, home, sql):  # noqa: F811
    with pytest.raises(CallerError, match="is still to come; name"):
        review_exporters(connection, home, datetime.now(UTC).date() + timedelta(days=1))
    assert sql("SELECT count(*) FROM whitelist.findings") == [(0,)]


def test_without_a_model_nothing_is_found(connection, tmp_path, sql):
    with pytest.raises(BundleError):
        review_exporters(connection, tmp_path, LAST)
    assert sql("SELECT count(*) FROM whitelist.findings") == [(0,)]
