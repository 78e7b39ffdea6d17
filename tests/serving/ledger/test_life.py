"""The whole life of covers against a model that keeps nothing but numbers in memory."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from features.errors import CallerError
from serving.database.pool import open_pool
from serving.ledger.checks import check_orders
from serving.ledger.cover import programme_share_minor
from serving.ledger.covers import expire_reservations, read_cover, record
from serving.ledger.events import Claim, ClaimDecision, Event, Overdue, Recovery, Release, Settle, Ship
from serving.ledger.verify import verify
from tests.serving.ledger.asking import SETTINGS, order

START = datetime(2025, 6, 2, 9, tzinfo=UTC)
DAY = START.date()
DOCUMENTS = {"has_orders": True, "has_customs": True, "has_communications": False}
RATE = 4_500  # basis points, of exporters who are not whitelisted
LIMIT = 500_000  # the discretionary limit of the policy then


@dataclass
class Simple:
    """One cover of USD 1 for 1 cent: what was asked, shipped, paid; written without looking at the real one."""

    amount: int
    covered: int
    buyer: str
    ordered_on: date
    terms: int
    open: bool = True
    shipped_on: date | None = None
    shipped: int = 0
    paid: int = 0
    claim: str | None = None
    loss: int = 0
    closed: bool = False
    is_accepted: bool = False
    compensated: int = 0
    recovered: int = 0

    @property
    def exposure(self) -> int:
        if self.closed:
            return 0
        ceiling = self.amount if self.open else self.shipped
        return min(self.covered, ceiling - self.paid)


class Life(RuleBasedStateMachine):
    url: str
    clock = START  # goes on from life to life: what is swept is swept for all

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.opened = open_pool(self.url, SETTINGS)
        self.pool = self.loop.run_until_complete(self.opened.__aenter__())
        self.connection = psycopg.connect(self.url, autocommit=True)
        self.base = len(self.connection.execute("SELECT FROM ledger.decisions").fetchall())
        self.covers: dict[int, Simple] = {}
        self.stopped: set[str] = set()
        self.count = 0
        self.told: list[tuple[int, Event]] = []

    @property
    def now(self) -> datetime:
        return type(self).clock

    @property
    def today(self) -> date:
        return self.now.date()

    def teardown(self) -> None:
        self.time_runs_out()
        with self.connection:
            assert [check for check in verify(self.connection) if check.broken] == []
        self.loop.run_until_complete(self.opened.__aexit__(None, None, None))
        self.loop.close()

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}-{self.base}-{self.count}-{id(self)}"

    def buyer(self, letter: str) -> str:
        return f"{letter}-{self.base}-{id(self)}"

    def happens(self, cover_id: int, event: Event, fits: bool) -> None:
        type(self).clock += timedelta(milliseconds=1)  # versions in the book differ in when they were recorded
        try:
            self.loop.run_until_complete(record(self.pool, cover_id, event, "test", self.now))
        except CallerError:
            assert not fits, event
        else:
            assert fits, event
            self.told.append((cover_id, event))

    def any_cover(self, data: st.DataObject) -> tuple[int, Simple]:
        return data.draw(st.sampled_from(sorted(self.covers.items(), key=lambda item: item[0])))

    @rule(
        letter=st.sampled_from("ab"),
        amount=st.integers(1, 400_000),
        terms=st.sampled_from([0, 60]),
        partial=st.booleans(),
    )
    def check(self, letter: str, amount: int, terms: int, partial: bool) -> None:
        buyer = self.buyer(letter)
        asked = order(self.name("o"), buyer_id=buyer, amount_minor=amount, terms_days=terms, accept_partial=partial)
        (given,) = self.loop.run_until_complete(check_orders(self.pool, [asked], "test", self.now))
        room = LIMIT - sum(each.exposure for each in self.covers.values() if each.buyer == buyer)
        expected = 0 if buyer in self.stopped else amount if amount <= room else room if partial else 0
        assert given.covered_minor == expected
        if given.cover_id is not None:
            self.covers[given.cover_id] = Simple(amount, expected, buyer, self.today, terms)

    @precondition(lambda self: self.covers)
    @rule(data=st.data(), share=st.integers(1, 150), final=st.booleans())
    def ship(self, data: st.DataObject, share: int, final: bool) -> None:
        cover_id, cover = self.any_cover(data)
        part = max(cover.amount * share // 100, 1)
        fits = cover.open and cover.shipped + part <= cover.amount
        event = Ship(event_id=self.name("s"), amount_minor=part, shipped_on=self.today, final=final)
        self.happens(cover_id, event, fits)
        if fits:
            cover.shipped += part
            cover.shipped_on = cover.shipped_on or self.today
            cover.open = not final and cover.shipped < cover.amount

    @precondition(lambda self: self.covers)
    @rule(data=st.data(), share=st.integers(1, 150), days_ago=st.integers(0, 45))
    def settle(self, data: st.DataObject, share: int, days_ago: int) -> None:
        """A payment, told at once or late, and so perhaps after what happened later."""
        cover_id, cover = self.any_cover(data)
        part = max((cover.shipped - cover.paid) * share // 100, 1)
        paid_on = self.today - timedelta(days=days_ago)
        fits = not cover.is_accepted and cover.paid + part <= cover.shipped and paid_on >= cover.ordered_on
        self.happens(cover_id, Settle(event_id=self.name("p"), amount_minor=part, paid_on=paid_on), fits)
        if fits:
            cover.paid += part

    @precondition(lambda self: self.covers)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        cover_id, cover = self.any_cover(data)
        self.happens(cover_id, Release(event_id=self.name("r")), cover.open)
        cover.open = False

    @precondition(lambda self: self.covers)
    @rule(data=st.data(), ahead=st.sampled_from([0, 1, 2, 61]))
    def overdue(self, data: st.DataObject, ahead: int) -> None:
        """A notice of today or of a day ahead; that of tomorrow is told, since that day has begun somewhere."""
        cover_id, cover = self.any_cover(data)
        owes = not cover.closed and cover.shipped > cover.paid
        late = self.today + timedelta(days=ahead)
        fits = owes and ahead <= 1 and (late - (cover.shipped_on or late)).days > cover.terms
        self.happens(cover_id, Overdue(event_id=self.name("n"), amount_minor=1, reported_on=late), fits)
        if fits:
            self.stopped.add(cover.buyer)

    @precondition(lambda self: self.covers)
    @rule(data=st.data(), share=st.integers(1, 150))
    def claim(self, data: st.DataObject, share: int) -> None:
        cover_id, cover = self.any_cover(data)
        loss = max((cover.shipped - cover.paid) * share // 100, 1)
        fits = not cover.closed and cover.claim is None and loss <= cover.shipped - cover.paid
        event = Claim(event_id=self.name("c"), filed_on=self.today, loss_minor=loss, **DOCUMENTS)
        self.happens(cover_id, event, fits)
        if fits:
            cover.claim, cover.loss, cover.open = event.event_id, loss, False
            self.stopped.add(cover.buyer)

    @precondition(lambda self: self.covers)
    @rule(data=st.data(), outcome=st.sampled_from(["accepted", "rejected", "withdrawn"]))
    def decide(self, data: st.DataObject, outcome: str) -> None:
        cover_id, cover = self.any_cover(data)
        fits = cover.claim is not None and not cover.closed
        event = ClaimDecision.model_validate({"event_id": self.name("d"), "outcome": outcome, "decided_on": self.today})
        self.happens(cover_id, event, fits)
        if fits and outcome == "withdrawn":
            cover.claim = None
        elif fits:
            cover.is_accepted = outcome == "accepted"
            cover.loss = min(cover.loss, cover.shipped - cover.paid) if cover.is_accepted else 0
            cover.compensated = (min(cover.loss, cover.exposure) * RATE + 5_000) // 10_000
            cover.closed = True

    @precondition(lambda self: self.covers)
    @rule(data=st.data(), share=st.integers(1, 150))
    def recover(self, data: st.DataObject, share: int) -> None:
        cover_id, cover = self.any_cover(data)
        part = max(cover.loss * share // 100, 1)
        fits = cover.is_accepted and cover.recovered + part <= cover.loss
        self.happens(cover_id, Recovery(event_id=self.name("v"), amount_minor=part, received_on=self.today), fits)
        if fits:
            cover.recovered += part

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def what_was_told_before_changes_nothing(self, data: st.DataObject) -> None:
        """Any event again, whatever came after it."""
        self.loop.run_until_complete(record(self.pool, *data.draw(st.sampled_from(self.told)), "test", self.now))

    @precondition(lambda self: self.covers)
    @rule()
    def time_runs_out(self) -> None:
        """Reservations end, and what comes next comes later."""
        type(self).clock = end = self.now + timedelta(days=34)
        expired = self.loop.run_until_complete(expire_reservations(self.pool, end, end))
        assert expired == sum(cover.open for cover in self.covers.values())
        for cover in self.covers.values():
            cover.open = False

    @precondition(lambda self: self.covers)
    @rule(data=st.data())
    def money_is_shared_as_the_loss_was(self, data: st.DataObject) -> None:
        """Of all that can be recovered the programme gets what it paid, of any part its share, to half a cent."""
        cover_id, cover = self.any_cover(data)
        real = self.loop.run_until_complete(read_cover(self.pool, cover_id))
        assert (real.compensated_minor, real.recovered_minor) == (cover.compensated, cover.recovered)
        share = programme_share_minor(real)
        assert abs(share * cover.loss - cover.recovered * cover.compensated) * 2 <= cover.loss
        assert share <= cover.compensated
        assert cover.recovered < cover.loss or share == cover.compensated

    @invariant()
    def exposures_are_what_the_simple_model_says(self) -> None:
        for letter in "ab":
            buyer = self.buyer(letter)
            found = self.connection.execute(
                "SELECT exposure_cents FROM ledger.buyer_exposures WHERE identity_id = %s", [buyer]
            ).fetchone()
            expected = sum(cover.exposure for cover in self.covers.values() if cover.buyer == buyer)
            assert (found[0] if found else 0) == expected
            assert expected <= LIMIT


@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_any_life_of_covers_keeps_the_ledger_whole(database):
    machine = type("OnThisDatabase", (Life,), {"url": database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],  # the clock goes on from life to life, so a failure cannot be shrunk
        ),
    )


def test_an_event_under_the_same_key_with_another_content_is_refused(database):
    async def go() -> None:
        async with open_pool(database, SETTINGS) as pool:
            (given,) = await check_orders(pool, [order()], "test", START)
            assert given.cover_id is not None
            event = Ship(event_id="s", amount_minor=100, shipped_on=DAY, final=False)
            await record(pool, given.cover_id, event, "test", START)
            with pytest.raises(CallerError, match="another content"):
                await record(pool, given.cover_id, event.model_copy(update={"amount_minor": 1}), "test", START)
            (second,) = await check_orders(pool, [order("o2")], "test", START)
            assert second.cover_id is not None
            await record(pool, second.cover_id, event.model_copy(update={"amount_minor": 100_000}), "test", START)
            paid = Settle(event_id="p", amount_minor=50, paid_on=DAY)
            await record(pool, given.cover_id, paid, "test", START)
            with pytest.raises(CallerError, match=r"in the book already|another order"):
                await record(pool, second.cover_id, paid, "test", START)

    asyncio.run(go())


def test_the_book_learns_what_the_service_saw(database, sql):
    async def go() -> None:
        async with open_pool(database, SETTINGS) as pool:
            (given,) = await check_orders(pool, [order(currency="EUR")], "test", START)
            assert given.cover_id is not None
            assert sql("SELECT count(*) FROM book.orders") == [(0,)]  # a reservation is no credit yet
            for event in (
                Ship(event_id="s", amount_minor=90_000, shipped_on=date(2025, 6, 10)),
                Settle(event_id="p", amount_minor=10_000, paid_on=date(2025, 7, 1)),
                Overdue(event_id="n", amount_minor=80_000, reported_on=date(2025, 9, 1)),
                Claim(event_id="c", filed_on=date(2025, 10, 1), loss_minor=80_000, **DOCUMENTS),
                ClaimDecision(event_id="d", outcome="accepted", decided_on=date(2025, 11, 1)),
                Recovery(event_id="v", amount_minor=20_001, received_on=date(2025, 12, 1)),
            ):  # fmt: skip
                assert event.day is not None
                at = datetime.combine(event.day, START.timetz())
                cover = await record(pool, given.cover_id, event, "test", at)
            assert (cover.state, cover.compensated_minor, cover.exposure_minor) == ("compensated", 36_000, 0)

    asyncio.run(go())
    assert sql("SELECT order_id, ordered_on, shipped_on, due_on, amount_minor, currency FROM book.orders") == [
        ("o1", DAY, date(2025, 6, 10), date(2025, 8, 9), 90_000, "EUR")
    ]
    assert sql("SELECT payment_id, order_id, amount_minor FROM book.payments") == [("p", "o1", 10_000)]
    assert sql("SELECT order_id, amount_minor FROM book.overdue_notices") == [("o1", 80_000)]
    claims = sql("SELECT outcome, compensated_minor, recovered_minor FROM book.claims ORDER BY 3 NULLS FIRST")
    assert claims == [
        (None, None, None),
        ("accepted", 36_000, 0),
        ("accepted", 36_000, 20_001),
    ]
    assert sql("SELECT status, source FROM ledger.limits") == [("suspended", "event")]
