from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from psycopg.rows import dict_row

from models.bundle import Bundle
from models.champion import Champion
from models.pd.constant import ConstantPd
from models.policy import policies
from models.severity import Severity, Shares
from serving.access.principal import Principal
from serving.database.queries import query
from serving.errors import ForbiddenError
from serving.portfolio.book import Line, read_book, slice_of
from tests.serving.desk.desks import LI, on_pool
from tests.serving.ledger.asking import ask, order

POLICY = policies().version("2024-current")


def line(identity="b1", pd=0.1, limit=1_000, exposure=400, status="approved", **more):
    return Line(identity, more.get("country", "DE"), more.get("grade", "B"), pd, status, "model", limit, exposure)


def test_expected_loss_is_exposure_times_pd_times_what_stays_lost():
    told = slice_of("all", [line(exposure=100_000), line("b2", pd=None, exposure=50_000)], POLICY)
    assert told.expected_loss_cents == 5_900
    assert told.expected_compensation_cents == 2_655
    assert (told.exposure_cents, told.unrated_cents) == (150_000, 50_000)


@pytest.mark.parametrize(
    ("status", "headroom"), [("approved", 600), ("suspended", 0), ("cancelled", 0), ("refused", 0)]
)
def test_headroom_is_what_may_still_be_covered(status, headroom):
    assert line(status=status).headroom_cents == headroom
    assert line(limit=100, status=status).headroom_cents == 0


def test_the_book_adds_up_by_country_grade_and_exporter(database, sql):
    sql("INSERT INTO ledger.directory VALUES ('b1', 'b1', 'DE'), ('b2', 'b2', 'US')")
    for buyer, grade, pd in (("b1", "B", 0.01), ("b2", "E", 0.1)):
        sql(
            "INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, grade, pd, recorded_by)"
            " VALUES (%s, 1000000, 'approved', 'model', '2025-01-01', %s, %s, 't')",
            buyer, grade, pd,
        )  # fmt: skip
    ask(database, [order("o1"), order("o2", buyer_id="b2", exporter_id="e2"), order("o3", buyer_id="b3")])
    book = on_pool(database, lambda pool: read_book(pool, LI))
    assert {each.key: each.exposure_cents for each in book.by_country} == {"DE": 100_000, "US": 100_000, "ZZ": 100_000}
    assert {each.key: each.buyers for each in book.by_grade} == {"B": 1, "E": 1, "none": 1}
    assert book.total.exposure_cents == 300_000
    assert book.total.expected_loss_cents == sum(each.expected_loss_cents for each in book.by_grade) == 6_490
    assert book.total.unrated_cents == 100_000
    assert {each.exporter_id: each.exposure_cents for each in book.exporters} == {"e1": 200_000, "e2": 100_000}
    first, second = book.exporters
    assert (first.buyers, first.top_buyer_share) == (2, 0.5)
    assert (first.expected_loss_cents, second.expected_loss_cents) == (590, 5_900)  # of b3 nothing is known
    assert first.expected_loss_cents + second.expected_loss_cents == book.total.expected_loss_cents
    assert second.expected_compensation_cents == 2_655
    assert [each.ceiling_cents for each in book.by_country if each.key == "DE"] == [POLICY.ceilings.of_class(None)]
    assert book.expected_shortfall_cents >= book.value_at_risk_cents > 0
    assert book.largest[0].exposure_cents == 100_000


def test_the_severity_of_the_model_that_decided_a_limit_counts_for_it(database, sql, tmp_path):
    def decided(buyer, country, version):
        sql("INSERT INTO ledger.directory VALUES (%s, %s, %s)", buyer, buyer, country)
        sql(
            "INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, pd, model_version,"
            " recorded_by) VALUES (%s, 1000000, 'approved', 'model', '2025-01-01', 0.1, %s, 't')", buyer, version,
        )  # fmt: skip

    decided("b1", "DE", "3")
    decided("b2", "PK", "3")
    decided("b3", "DE", "2")
    sql("INSERT INTO book.country_risk VALUES ('PK', '2020-01-01', 7, '2020-01-01')")
    ask(database, [order(f"o{number}", buyer_id=f"b{number}") for number in (1, 2, 3)])
    lgd = Shares(portfolio=0.5, by_class={"7": 0.9, "-1": 0.2}, buyers=9, raw=0.5, prior=0.5)
    severity = Severity(lgd=lgd, ead=lgd)
    champion = Champion("3", Bundle(date(2025, 1, 1), 90, {}, (), ConstantPd(), severity))
    book = on_pool(database, lambda pool: read_book(pool, LI, champion=champion))
    assert {each.key: each.expected_loss_cents for each in book.by_country} == {"DE": 2_000 + 5_900, "PK": 9_000}


def test_an_empty_book_is_a_book(database):
    book = on_pool(database, lambda pool: read_book(pool, LI))
    assert (book.total.buyers, book.value_at_risk_cents, book.by_country) == (0, 0, [])


def test_the_platform_does_not_read_the_book(database):
    with pytest.raises(ForbiddenError):
        on_pool(database, lambda pool: read_book(pool, Principal("p", "platform")))


def test_a_limit_that_has_ended_is_in_the_book_no_more_whatever_held_before_it(database, sql):
    today = datetime.now(UTC).date()
    for amount, days_ago, lasts in ((1_000_000, 100, 365), (400_000, 95, 90)):
        first = today - timedelta(days=days_ago)
        sql(
            "INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, valid_to, recorded_by,"
            " recorded_at) VALUES ('b1', %s, 'approved', 'model', %s, %s, 't', %s)",
            amount, first, first + timedelta(days=lasts), first,
        )  # fmt: skip
    assert on_pool(database, lambda pool: read_book(pool, LI)).total.buyers == 0
    days = {"since": today - timedelta(days=7), "today": today}
    with psycopg.connect(database, row_factory=dict_row) as connection:
        (moved,) = connection.execute(query("limits_moved"), days).fetchall()
    assert (moved["before_cents"], moved["after_cents"]) == (400_000, None)
