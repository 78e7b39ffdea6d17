from datetime import UTC, datetime, timedelta

import pytest

from tests.serving.desk.desks import Desk


@pytest.fixture
def desk(database: str) -> Desk:
    """The desk of the test's database; overrides last a month unless a test says otherwise."""
    return Desk(database, (datetime.now(UTC).date() + timedelta(days=30)).isoformat())
