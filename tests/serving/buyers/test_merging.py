import asyncio
import random
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from serving.access.principal import Principal
from serving.book.load import load_book
from serving.book.peers import buyer_features, extend_rates, refresh_peers
from serving.buyers.merging import merge, split
from serving.database.pool import open_pool
from serving.database.queries import query
from serving.desk.asks import Restore
from serving.errors import ForbiddenError, RefusedError
from serving.ledger.checks import check_orders
from serving.ledger.covers import record
from serving.ledger.events import Overdue, Settle, Ship
from serving.ledger.limits import limit_in_force
from serving.ledger.lookup import list_covers
from serving.ledger.verify import verify
from tests.serving.api.conftest import anybody, bearer, client, keys
from tests.serving.desk.desks import LI, WANG, Desk
from tests.serving.ledger.asking import SETTINGS, ask, order
from tests.serving.ledger.test_checks import AT, paid, set_limit

__all__ = ["anybody", "bearer", "client", "keys"]  # fixtures of the API's tests

BUYER_MEMBERS = query("buyer_members").replace("%(buyer_id)s", "%s").replace("%(end)s", "%s")
SENIOR = Principal("anna", "senior")
UNDERWRITER = Principal("ben", "underwriter")


def do(url, *steps):
    """Take steps in turn, each a function of the pool."""

    async def go():
        async with open_pool(url, SETTINGS) as pool:
            return [await step(pool) for step in steps]

    return asyncio.run(go())


def broken(url):
    with psycopg.connect(url, autocommit=True) as connection:
        return [check for check in verify(connection) if check.broken]


def exposures(sql):
    return dict(sql("SELECT identity_id, exposure_cents FROM ledger.buyer_exposures WHERE exposure_cents <> 0"))


def same(buyer="b1", into="b2", who=UNDERWRITER):
    return lambda pool: merge(pool, who, buyer, into, "one firm, two spellings")


def different(buyer="b1", who=SENIOR):
    return lambda pool: split(pool, who, buyer, "two firms after all")


def test_merged_buyers_share_one_limit_and_one_exposure(database, sql):
    set_limit(sql, "b2", 500_000)
    ask(database, [order("o1", amount_minor=200_000), order("o2", buyer_id="b2", amount_minor=250_000)], AT)
    (united,) = do(database, same())
    assert (united.identity_id, united.members) == ("b2", ["b1", "b2"])
    assert exposures(sql) == {"b2": 450_000}
    last, over = ask(database, [order("o3", amount_minor=50_000), order("o4", buyer_id="b2", amount_minor=1)])
    assert (last.decision, over.decision, over.reasons) == ("covered", "declined", ["limit_full"])
    assert broken(database) == []


def test_a_split_gives_each_its_own_back(database, sql):
    ask(database, [order("o1", amount_minor=200_000), order("o2", buyer_id="b2", exporter_id="e2")], AT)
    before = (exposures(sql), sorted(sql("SELECT * FROM ledger.relations")))
    _, alone = do(database, same(), different())
    assert (alone.identity_id, alone.members) == ("b1", ["b1"])
    assert (exposures(sql), sorted(sql("SELECT * FROM ledger.relations"))) == before
    assert broken(database) == []


def test_merging_again_changes_nothing_and_chains_end_in_one(database, sql):
    do(database, same("b1", "b2"), same("b1", "b2"), same("b2", "b3"))
    assert sql("SELECT buyer_id, from_identity, to_identity FROM ledger.merges ORDER BY merge_id") == [
        ("b1", "b1", "b2"), ("b1", "b2", "b3"), ("b2", "b2", "b3"),
    ]  # fmt: skip
    assert sorted(sql("SELECT buyer_id, identity_id FROM ledger.directory")) == [
        ("b1", "b3"), ("b2", "b3"), ("b3", "b3"),
    ]  # fmt: skip
    assert broken(database) == []


def test_who_may_and_what_cannot_be(database, sql):
    for step in (same(who=Principal("p", "platform")), different(who=UNDERWRITER)):
        with pytest.raises(ForbiddenError):
            do(database, step)
    with pytest.raises(RefusedError, match="merged into no other"):
        do(database, different("b1"))
    with pytest.raises(RefusedError, match="split those off"):
        do(database, same(), different("b2"))
    assert sql("SELECT who, action, subject_id, reason FROM access.audit") == [
        ("ben", "merge_buyers", "b1", "one firm, two spellings")
    ]


def test_a_cover_goes_on_living_after_its_buyer_was_merged(database, sql):
    (given,) = ask(database, [order(amount_minor=200_000)], AT)
    cover = given.cover_id
    assert cover is not None
    day = AT.date() + timedelta(days=1)
    do(
        database,
        lambda pool: record(pool, cover, Ship(event_id="s", amount_minor=200_000, shipped_on=day), "t", AT),
        same(),
        lambda pool: record(pool, cover, Settle(event_id="p", amount_minor=150_000, paid_on=day), "t", AT),
        different(),
        lambda pool: record(pool, cover, Settle(event_id="q", amount_minor=20_000, paid_on=day), "t", AT),
    )
    assert exposures(sql) == {"b1": 30_000}
    assert broken(database) == []


def test_a_stop_goes_along_and_both_are_weighed_again(database, sql):
    (given,) = ask(database, [order(amount_minor=200_000)], AT)
    cover = given.cover_id
    assert cover is not None
    shipped = Ship(event_id="s", amount_minor=200_000, shipped_on=AT.date())
    late = Overdue(event_id="n", amount_minor=1, reported_on=date(2025, 9, 1))
    do(
        database,
        lambda pool: record(pool, cover, shipped, "t", AT),
        lambda pool: record(pool, cover, late, "t", datetime(2025, 9, 1, tzinfo=UTC)),
        same(),
    )
    (refused,) = ask(database, [order("o2", buyer_id="b2")])
    assert (refused.decision, refused.reasons) == ("declined", ["stop_cover"])
    causes = sql("SELECT cause, buyer_id FROM ledger.rescores ORDER BY rescore_id")
    assert causes == [("overdue", "b1"), ("merge_buyers", "b2"), ("merge_buyers", "b1")]


def lay(sql, *words, buyer="b1"):
    """What events and persons set, in turn: status, source, amount, end; by whom where it is not a person."""
    for status, source, amount, until, *by in words:
        sql(
            "INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, valid_to, recorded_by)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            buyer, amount, status, source, YESTERDAY, until, *(by or ["ben"]),
        )  # fmt: skip


YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)
SOON, LATER = YESTERDAY + timedelta(days=10), YESTERDAY + timedelta(days=20)
STOP, HAND_STOP = ("suspended", "event", 0, None), ("suspended", "underwriter", 0, None)
CANCELLED, GIVEN = ("cancelled", "underwriter", 0, None), ("approved", "underwriter", 50_000, SOON)
RESTORED, LIFTED = ("restored", "underwriter", 0, None), ("restored", "event", 0, None)
STOPS = "SELECT source FROM ledger.limits WHERE identity_id = 'b2' AND status = 'suspended' ORDER BY limit_id"


@pytest.mark.parametrize(
    ("words", "carried"),
    [
        ([STOP, CANCELLED], ["event"]),
        ([STOP, GIVEN], ["event"]),
        ([STOP, GIVEN, ("cancelled", "underwriter", 0, LATER)], ["event"]),
        ([STOP, HAND_STOP], ["event", "underwriter"]),
        ([HAND_STOP, STOP], ["underwriter", "event"]),
        ([HAND_STOP, GIVEN], ["underwriter"]),
        ([HAND_STOP, HAND_STOP], ["underwriter"]),
        ([("suspended", "underwriter", 0, SOON), ("approved", "underwriter", 50_000, LATER)], []),
        ([STOP, RESTORED], []),
        ([STOP, LIFTED, CANCELLED], []),
        ([GIVEN, STOP, (*GIVEN, "rescoring")], []),
        ([CANCELLED], []),
    ],
)
def test_a_stop_that_holds_or_would_come_back_goes_along(database, sql, words, carried):
    set_limit(sql, "b2", 9_000_000)
    lay(sql, *words)
    do(database, same())
    assert sql(STOPS) == [(source,) for source in carried]
    (given,) = ask(database, [order(buyer_id="b2")])
    assert given.reasons == (["stop_cover"] if carried else ["within_limit"])


def test_a_stop_is_carried_to_whom_a_person_stopped_or_cancelled(database, sql):
    lay(sql, STOP)
    lay(sql, HAND_STOP, buyer="b2")
    do(database, same())
    assert sql(STOPS) == [("underwriter",), ("event",)]


def test_a_lift_that_was_undone_leaves_a_stop_to_go_along(database, sql):
    lay(sql, STOP)
    desk = Desk(database, SOON.isoformat())
    desk.override(LI, 0, "e1")
    restored = desk.propose(LI, Restore(event_id="e2", reason="paid, they say"))
    desk.say(WANG, desk.say(WANG, restored, "approved"), "undone")
    do(database, same())
    assert sql(STOPS) == [("event",)]


def test_what_was_outstanding_is_known_as_of_then(database, sql):
    ask(database, [order(amount_minor=200_000)], AT)
    do(database, same())
    ((before, now),) = do(database, lambda pool: _outstanding(pool))
    assert (before, now) == (0, 200_000)


def test_what_is_told_of_the_past_stays_still_while_buyers_are_merged_and_split(database, sql, client, bearer):
    set_limit(sql, "b1", 300_000)
    set_limit(sql, "b2", 9_000_000)
    ask(database, [order(amount_minor=250_000), order("o2", buyer_id="b2", amount_minor=70_000)])
    instants = []

    def told(instant):
        known, read = {"known_at": instant.isoformat()}, {"headers": bearer["auditor"]}
        answers = []
        for buyer in ("b1", "b2"):
            limit = client.get(f"/v1/buyers/{buyer}/limit", params=known).json()
            history = client.get(f"/v1/buyers/{buyer}/limit/history", params=known, **read).json()["items"]
            (lives,) = do(database, lambda pool, buyer=buyer: list_covers(pool, instant, buyer_id=buyer))
            amounts = [limit[name] for name in ("amount_minor", "exposure_minor", "headroom_minor")]
            answers.append((limit["identity_id"], *amounts, [each["amount_minor"] for each in history],
                            sorted(each.cover.order_id for each in lives)))  # fmt: skip
        return answers

    def as_of_now():
        instants.append(datetime.now(UTC))
        return told(instants[-1])

    apart = as_of_now()
    assert apart == [
        ("b1", 300_000, 250_000, 50_000, [300_000], ["o1"]),
        ("b2", 9_000_000, 70_000, 8_930_000, [9_000_000], ["o2"]),
    ]
    do(database, same())
    united = as_of_now()
    assert united == [("b2", 9_000_000, 320_000, 8_680_000, [9_000_000], ["o1", "o2"])] * 2
    ask(database, [order("o3", amount_minor=1_000)])
    more = as_of_now()
    assert [each[2] for each in more] == [321_000, 321_000]
    do(database, different())
    parted = as_of_now()
    assert [each[:3] for each in parted] == [("b1", 300_000, 251_000), ("b2", 9_000_000, 70_000)]
    do(database, same("b2", "b1"), same("b1", "b3"))
    assert [told(instant) for instant in instants] == [apart, united, more, parted]
    assert broken(database) == []


def test_a_buyers_page_of_a_past_day_shows_whom_it_was_taken_to_be_then(database, sql):
    def members(day):
        end = datetime(2025, 6, day, tzinfo=UTC)
        return [row[0] for row in sql(BUYER_MEMBERS, "b1", end)]

    sql(
        "INSERT INTO ledger.merges (buyer_id, from_identity, to_identity, reason, recorded_by, recorded_at) VALUES"
        " ('b1', 'b1', 'b2', 'r', 't', '2025-06-03'), ('b0', 'b0', 'b2', 'r', 't', '2025-06-05'),"
        " ('b1', 'b2', 'b1', 'r', 't', '2025-06-07')"
    )
    assert [members(day) for day in (3, 4, 6, 8)] == [["b1"], ["b1", "b2"], ["b0", "b1", "b2"], ["b1"]]


async def _outstanding(pool):
    known = [await limit_in_force(pool, "b2", AT.date(), at) for at in (AT, AT.replace(year=2099))]
    return [each.exposure_cents for each in known]


def test_no_ceiling_is_passed_and_nothing_lost_while_buyers_are_merged_and_split(database, sql):
    """Orders on both buyers from many tasks, while they become one and two again."""
    limit = 400_000
    for buyer in ("b1", "b2"):
        set_limit(sql, buyer, limit)
        paid(sql, identity=buyer)
    dice = random.Random(7)

    async def go():
        async with open_pool(database, SETTINGS) as pool:

            async def orders(worker: int) -> None:
                for n in range(12):
                    some = [
                        order(f"o{worker}-{n}-{m}", buyer_id=dice.choice(["b1", "b2"]), amount_minor=3_000)
                        for m in range(5)
                    ]
                    given = await check_orders(pool, some, "test")
                    for each in given[:2]:
                        if each.cover_id is not None:
                            today = datetime.now(UTC).date()
                            shipped = Ship(event_id=f"s{each.cover_id}", amount_minor=3_000, shipped_on=today)
                            await record(pool, each.cover_id, shipped, "test")

            async def people() -> None:
                for _ in range(6):
                    await merge(pool, SENIOR, "b1", "b2", "the same")
                    await split(pool, SENIOR, "b1", "not the same")
                await merge(pool, SENIOR, "b1", "b2", "the same")

            async with asyncio.TaskGroup() as group:
                for worker in range(6):
                    group.create_task(orders(worker))
                group.create_task(people())

    asyncio.run(go())
    assert sql("SELECT count(*) FROM ledger.decisions") == [(360,)]
    assert set(exposures(sql)) == {"b2"}
    ((over,),) = sql("SELECT count(*) FROM ledger.decisions WHERE covered_cents > greatest(buyer_room_cents, 0)")
    assert over == 0
    assert broken(database) == []


def test_features_of_a_merged_buyer_are_those_of_the_united_book(database, tmp_path):
    from features.snapshot import snapshot
    from serving.book.identities import unite
    from tests.training.books import LAST, two_tempers

    book = two_tempers(tmp_path / "book", buyers=9)
    with psycopg.connect(database, autocommit=True) as connection:
        load_book(book, connection)
        unite(book, {"b001": "b002"})
        refresh_peers(connection, book, LAST)
        extend_rates(connection, LAST)
        found = buyer_features(connection, "b002", LAST, ["b001", "b002"])
    (united,) = [row for row in snapshot(book, [LAST]).to_pylist() if row["buyer_id"] == "b002"]
    assert found == pytest.approx(united)
    assert "b001" not in snapshot(book, [LAST])["buyer_id"].to_pylist()
