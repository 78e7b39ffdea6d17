import asyncio

import pytest

from features.errors import CallerError
from serving.access.principal import Principal
from serving.accounts.accounts import (
    MOST_FAILURES,
    add_account,
    change_account,
    check_password,
    disable_account,
    list_accounts,
    persons_role,
)
from serving.errors import NotFoundError
from tests.serving.accounts.conftest import PASSWORD


async def test_the_right_password_tells_who_it_is(pool, li_na):
    assert await check_password(pool, "li.na", PASSWORD) == Principal("li.na", "underwriter")


@pytest.mark.parametrize(("name", "password"), [("li.na", "wrong horse battery"), ("nobody", PASSWORD)])
async def test_a_wrong_name_or_password_tells_nothing(pool, li_na, name, password):
    assert await check_password(pool, name, password) is None


async def test_an_account_locks_after_too_many_tries_at_once_and_opens_later(pool, li_na, sql):
    tries = [check_password(pool, "li.na", "wrong horse battery") for _ in range(MOST_FAILURES)]
    assert await asyncio.gather(*tries) == [None] * MOST_FAILURES
    assert await check_password(pool, "li.na", PASSWORD) is None
    sql("UPDATE accounts.accounts SET locked_until = now() - interval '1 second'")
    assert await check_password(pool, "li.na", PASSWORD) is not None


async def test_a_right_password_forgets_earlier_tries(pool, li_na):
    for _ in range(3):
        for _ in range(MOST_FAILURES - 1):
            assert await check_password(pool, "li.na", "wrong horse battery") is None
        assert await check_password(pool, "li.na", PASSWORD) is not None


async def test_a_closed_account_is_closed_until_it_is_changed(pool, li_na, connection):
    disable_account(connection, "li.na")
    assert await check_password(pool, "li.na", PASSWORD) is None
    assert [each.state for each in list_accounts(connection)] == ["closed"]
    change_account(connection, "li.na", role="senior")
    assert await check_password(pool, "li.na", PASSWORD) == Principal("li.na", "senior")


async def test_passwords_are_kept_as_argon2_only(li_na, sql):
    ((kept,),) = sql("SELECT password_hash FROM accounts.accounts")
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


def test_what_cannot_be_is_refused(connection, li_na):
    with pytest.raises(CallerError, match=r"account li.na: is there already"):
        add_account(connection, "li.na", "senior", PASSWORD)
    with pytest.raises(CallerError, match=r"password: has 5 characters"):
        add_account(connection, "wang", "senior", "short")
    with pytest.raises(NotFoundError, match="account wang"):
        disable_account(connection, "wang")
    with pytest.raises(CallerError, match="role platform"):
        persons_role("platform")
