"""Databases of tests: copies of others on the one server, dropped when done with."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import psycopg


class Copy(NamedTuple):
    """A database: its name, from which it may be copied in turn, and its URL."""

    name: str
    url: str


def named(url: str, database: str) -> str:
    """Give the URL of another database of the same server."""
    return url.replace("/postgres?", f"/{database}?", 1)


@contextmanager
def copied(postgres: str, source: str) -> Iterator[Copy]:
    """Copy a database of the server by its name, and drop the copy after the block."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
        try:
            yield Copy(name, named(postgres, name))
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
