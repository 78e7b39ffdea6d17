import pytest

from serving.access.principal import Principal
from serving.accounts.accounts import change_account, disable_account
from serving.accounts.sessions import IDLE_S, LONGEST_S, end_session, principal_of, start_session
from tests.serving.accounts.conftest import PASSWORD

LI_NA = Principal("li.na", "underwriter")


async def test_a_session_is_its_readers_until_it_ends(pool, li_na):
    token = await start_session(pool, LI_NA, is_local=True)
    assert await principal_of(pool, token) == LI_NA
    await end_session(pool, token)
    assert await principal_of(pool, token) is None


@pytest.mark.parametrize(("column", "seconds"), [("seen_at", IDLE_S), ("started_at", LONGEST_S)])
async def test_an_idle_or_long_session_is_over_and_forgotten(pool, li_na, sql, column, seconds):
    token = await start_session(pool, LI_NA, is_local=True)
    sql(f"UPDATE accounts.sessions SET {column} = {column} - make_interval(secs => %s)", seconds)
    assert await principal_of(pool, token) is None
    await start_session(pool, LI_NA, is_local=True)
    assert sql("SELECT count(*) FROM accounts.sessions") == [(1,)]


async def test_a_session_ends_with_its_account_or_its_role(pool, li_na, connection, sql):
    for change in (
        lambda: disable_account(connection, "li.na"),
        lambda: change_account(connection, "li.na", password=PASSWORD),
        lambda: sql("UPDATE accounts.accounts SET role = 'senior'"),
    ):
        sql("UPDATE accounts.accounts SET disabled_at = NULL")
        token = await start_session(pool, LI_NA, is_local=True)
        assert await principal_of(pool, token) == LI_NA
        change()
        assert await principal_of(pool, token) is None


async def test_the_token_itself_is_not_kept(pool, li_na, sql):
    token = await start_session(pool, LI_NA, is_local=True)
    ((kept,),) = sql("SELECT token_sha256 FROM accounts.sessions")
    assert token.encode() not in bytes(kept)


async def test_people_of_a_provider_need_no_account(pool):
    guest = Principal("zhou (8812)", "senior")
    assert await principal_of(pool, await start_session(pool, guest, is_local=False)) == guest
