import psycopg
import pytest

from serving.accounts.accounts import add_account
from serving.database.pool import open_pool
from serving.settings import Settings

PASSWORD = "correct horse battery"  # noqa: S105 - of accounts that tests make


@pytest.fixture
async def pool(database):
    async with open_pool(database, Settings()) as opened:
        yield opened


@pytest.fixture
def connection(database):
    with psycopg.connect(database, autocommit=True) as opened:
        yield opened


@pytest.fixture
def li_na(connection):
    add_account(connection, "li.na", "underwriter", PASSWORD)
    return "li.na"
