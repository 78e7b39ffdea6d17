import pytest

from models.policy import policies
from serving.access.principal import Principal
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
    assert [each.ceiling_cents for each in book.by_country if each.key == "DE"] == [POLICY.ceilings.of_class(None)]
    assert book.expected_shortfall_cents >= book.value_at_risk_cents > 0
    assert book.largest[0].exposure_cents == 100_000


def test_an_empty_book_is_a_book(database):
    book = on_pool(database, lambda pool: read_book(pool, LI))
    assert (book.total.buyers, book.value_at_risk_cents, book.by_country) == (0, 0, [])


def test_the_platform_does_not_read_the_book(database):
    with pytest.raises(ForbiddenError):
        on_pool(database, lambda pool: read_book(pool, Principal("p", "platform")))
