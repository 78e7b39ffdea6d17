from datetime import UTC, datetime, timedelta

import pytest

from serving.buyers.search import Finder
from serving.errors import ForbiddenError
from tests.serving.desk.desks import LI, PLATFORM, on_pool

THEN = datetime(2025, 6, 30, 23, 59, tzinfo=UTC)


@pytest.fixture
def names(sql):
    """A buyer that was renamed, and another that came later under a name like its first."""
    for buyer, name, since in (
        ("b1", "Acme Trading GmbH", THEN - timedelta(days=300)),
        ("b1", "Zenith Imports", THEN + timedelta(days=30)),
        ("b2", "Acme Trading", THEN + timedelta(days=60)),
    ):
        sql("INSERT INTO book.buyers VALUES (%s, %s, 'DE', NULL, %s)", buyer, name, since)


def found(database, text, **more):
    hits = on_pool(database, lambda pool: Finder(pool).search(LI, text, **more))
    return [(each.buyer_id, each.name, each.known_as) for each in hits]


def test_any_name_that_a_buyer_bore_finds_it(database, names):
    assert found(database, "acme tradng") == [
        ("b2", "Acme Trading", None),
        ("b1", "Zenith Imports", "Acme Trading GmbH"),
    ]


def test_on_a_past_day_only_the_names_known_then_count(database, names):
    assert found(database, "acme trading", known_at=THEN) == [("b1", "Acme Trading GmbH", None)]
    assert found(database, "zenith", known_at=THEN) == []
    assert found(database, "zenith") == [("b1", "Zenith Imports", None)]


def test_the_platform_does_not_search(database):
    with pytest.raises(ForbiddenError):
        on_pool(database, lambda pool: Finder(pool).search(PLATFORM, "x"))
