"""Words said at the same instant, from many hands, come to what they would one after another."""

import asyncio

from serving.access.principal import Principal
from serving.desk.asks import Override, Ruling
from serving.desk.decide import decide
from serving.desk.proposals import Proposal
from serving.desk.propose import propose
from serving.errors import OtherBodyError, RefusedError
from tests.serving.desk.desks import LI, on_pool


def at_once(database, *works):
    async def go(pool):
        return await asyncio.gather(*(work(pool) for work in works), return_exceptions=True)

    return on_pool(database, go)


def test_many_approvers_at_once_make_one_limit(desk, database, sql):
    waiting = desk.override(LI, 8_000_000)
    approved = Ruling(verdict="approved", reason="looked at")
    people = [Principal(f"u{number}", "underwriter") for number in range(6)]
    told = at_once(
        database, *(lambda pool, who=who: decide(pool, who, waiting.proposal_id, approved) for who in people)
    )
    assert sum(isinstance(each, Proposal) for each in told) == 1
    assert all(isinstance(each, Proposal | RefusedError) for each in told), told
    assert sql("SELECT count(*) FROM ledger.limits") == [(1,)]


def test_one_key_used_at_once_for_many_buyers_is_one_proposal(desk, database, sql):
    ask = Override.model_validate(
        {"event_id": "e", "reason": "same key", "amount_minor": 100_000, "valid_to": desk.until}
    )
    told = at_once(database, *(lambda pool, n=n: propose(pool, LI, f"b{n}", ask) for n in range(6)))
    assert sum(isinstance(each, Proposal) for each in told) == 1
    assert all(isinstance(each, Proposal | OtherBodyError) for each in told), told
    assert sql("SELECT count(*) FROM ledger.limits") == [(1,)]


def test_the_same_ask_at_once_is_one_limit(desk, database, sql):
    ask = Override.model_validate({"event_id": "e", "reason": "twice", "amount_minor": 100_000, "valid_to": desk.until})
    told = at_once(database, *(lambda pool: propose(pool, LI, "b1", ask) for _ in range(6)))
    assert len({each.proposal_id for each in told}) == 1
    assert sql("SELECT count(*) FROM ledger.limits") == [(1,)]
