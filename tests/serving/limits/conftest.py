"""A living book with limits of today, and the weighing of what waits on a copy of it."""

import psycopg
import pytest

from serving.book.load import load_book
from serving.limits.champion import ChampionInUse
from serving.limits.rescoring import rescore_waiting
from serving.limits.run import set_limits
from tests.databases import copied
from tests.serving.limits.living_book import TODAY, install_champion, write_living_book


@pytest.fixture(scope="session")
def book(tmp_path_factory):
    return write_living_book(tmp_path_factory.mktemp("book"))


@pytest.fixture(scope="session")
def home(tmp_path_factory, book):
    return install_champion(book, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def with_limits(postgres, template, book, home):
    """A database to copy: the book, and limits of today."""
    with copied(postgres, template) as filled:
        with psycopg.connect(filled.url, autocommit=True) as connection:
            load_book(book, connection)
            set_limits(connection, home, TODAY)
        yield filled.name


@pytest.fixture
def rescore(database, home):
    def run(where=home):
        with psycopg.connect(database, autocommit=True) as connection:
            return rescore_waiting(connection, ChampionInUse(where))

    return run
