"""What the tests of the desk share: persons, and their words said in a fresh database."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from serving.access.principal import Principal
from serving.database.pool import Pool, open_pool
from serving.desk.asks import Ask, LimitRequest, Override, Ruling
from serving.desk.decide import decide
from serving.desk.proposals import Proposal
from serving.desk.propose import propose
from serving.settings import Settings

PLATFORM = Principal("platform", "platform")
LI, WANG = Principal("li", "underwriter"), Principal("wang", "underwriter")
ZHAO = Principal("zhao", "senior")
T = TypeVar("T")


def on_pool(url: str, work: Callable[[Pool], Awaitable[T]]) -> T:
    async def go() -> T:
        async with open_pool(url, Settings()) as pool:
            return await work(pool)

    return asyncio.run(go())


class Desk:
    """The desk of one database."""

    def __init__(self, url: str, until: str) -> None:
        self.url, self.until = url, until

    def propose(self, who: Principal, ask: Ask, buyer_id: str = "b1") -> Proposal:
        return on_pool(self.url, lambda pool: propose(pool, who, buyer_id, ask))

    def override(self, who: Principal, amount: int, event_id: str = "e1", **more: Any) -> Proposal:
        ask = {"event_id": event_id, "reason": "contracts seen", "amount_minor": amount, "valid_to": self.until} | more
        return self.propose(who, Override.model_validate(ask))

    def request(self, who: Principal, amount: int | None, event_id: str = "r1", request: str = "increase") -> Proposal:
        ask = {"event_id": event_id, "reason": "autumn fair", "amount_minor": amount, "request": request}
        return self.propose(who, LimitRequest.model_validate(ask))

    def say(self, who: Principal, proposal: Proposal, verdict: str, reason: str = "looked at", **more: Any) -> Proposal:
        ruling = Ruling.model_validate({"verdict": verdict, "reason": reason} | more)
        return on_pool(self.url, lambda pool: decide(pool, who, proposal.proposal_id, ruling))
