import psycopg
import pytest

from serving.access.keyring import Keyring
from serving.access.keys import add_key, admit_given_key, digest, list_keys, revoke_key
from serving.errors import NotFoundError, RefusedError
from tests.serving.desk.desks import on_pool


@pytest.fixture
def connection(database):
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


def whose(database, *keys, remembered_s=0.0):
    async def work(pool):
        ring = Keyring(pool, remembered_s)
        return [await ring.find(key) for key in keys]

    return on_pool(database, work)


def test_a_key_is_kept_as_a_hash_only(connection, sql):
    key = add_key(connection, "platform", "platform")
    (row,) = sql("SELECT k::text, secret_sha256 FROM access.keys k")
    assert key not in row[0]
    assert row[1] == digest(key)
    assert key.startswith(list_keys(connection)[0].prefix)
    assert len(key) > 50
    assert key not in str(sql("SELECT a::text FROM access.audit a"))


def test_a_key_is_somebodys_until_it_is_revoked(connection, database):
    key = add_key(connection, "li", "underwriter")
    (found, nobody) = whose(database, key, key + "x")
    assert (found.name, found.role, nobody) == ("li", "underwriter", None)
    revoke_key(connection, "li")
    assert whose(database, key) == [None]
    with pytest.raises(NotFoundError):
        revoke_key(connection, "li")
    # The name is free again, and the old key stays dead.
    other = add_key(connection, "li", "senior")
    assert [each and each.role for each in whose(database, key, other)] == [None, "senior"]


def test_two_live_keys_never_share_a_name(connection):
    add_key(connection, "li", "underwriter")
    with pytest.raises(RefusedError, match="key li: is there already"):
        add_key(connection, "li", "senior")


def test_a_scope_outside_the_role_is_refused(connection):
    with pytest.raises(RefusedError, match="override_limit: is no action of the role platform"):
        add_key(connection, "p", "platform", ["override_limit"])


def test_the_given_key_is_admitted_once_and_replaced_by_another(connection, database):
    first, second = "a" * 40, "b" * 40
    for _ in range(2):
        admit_given_key(connection, first)
    assert len(list_keys(connection)) == 1
    admit_given_key(connection, second)
    assert [each and each.role for each in whose(database, first, second)] == [None, "platform"]


def test_every_change_of_keys_is_audited(connection, sql):
    add_key(connection, "li", "underwriter")
    revoke_key(connection, "li")
    assert sql("SELECT action, subject, subject_id FROM access.audit ORDER BY audit_id") == [
        ("add_key", "key", "li"),
        ("revoke_key", "key", "li"),
    ]


def test_a_remembered_key_costs_no_query(connection, database, monkeypatch):
    key = add_key(connection, "li", "underwriter")

    async def work(pool):
        ring = Keyring(pool, 60)
        first = await ring.find(key)
        monkeypatch.setattr(ring, "_ask", None)
        return first, await ring.find(key)

    first, again = on_pool(database, work)
    assert first == again
