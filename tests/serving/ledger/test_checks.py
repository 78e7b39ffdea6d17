import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from features.errors import CallerError
from features.rates import usd_rate
from models.policy import policies
from models.reasons import texts
from serving.database.pool import Connection, open_pool, run
from serving.ledger.checks import check_orders
from tests.serving.ledger.asking import SETTINGS, ask, order

AT = datetime(2025, 6, 2, 9, tzinfo=UTC)
POLICY = policies().at(AT.date())


def set_limit(sql, identity="b1", amount=1_000_000, status="approved", valid_from="2025-01-01", valid_to=None, at=None):
    sql(
        "INSERT INTO ledger.limits"
        " (identity_id, amount_cents, status, source, valid_from, valid_to, grade, recorded_by, recorded_at)"
        " VALUES (%s, %s, %s, 'model', %s, %s, 'C', 'test', %s)",
        identity, amount, status, valid_from, valid_to, at or AT - timedelta(days=1),
    )  # fmt: skip


def paid(sql, cents=10**9, identity="b1"):
    sql(
        "INSERT INTO ledger.buyer_exposures (identity_id, largest_paid_cents) VALUES (%s, %s)"
        " ON CONFLICT (identity_id) DO UPDATE SET largest_paid_cents = excluded.largest_paid_cents",
        identity, cents,
    )  # fmt: skip


def test_unknown_buyer_gets_the_discretionary_limit(database):
    first, second = ask(database, [order("o1", amount_minor=300_000), order("o2", amount_minor=300_000)], AT)
    assert (first.decision, first.reasons, first.covered_minor) == ("covered", ["unknown_buyer"], 300_000)
    assert (second.decision, second.reasons, second.available_minor) == ("declined", ["limit_full"], 200_000)
    assert first.rate_bp == POLICY.compensation_rate.standard
    assert first.expires_at == AT + timedelta(days=POLICY.reservation_days)


def test_the_whole_limit_fits_to_the_cent_and_no_more(database, sql):
    set_limit(sql, amount=1_000_000)
    decisions = ask(database, [order("o1", amount_minor=1_000_000), order("o2", amount_minor=1)], AT)
    assert [each.decision for each in decisions] == ["covered", "declined"]
    assert sql("SELECT exposure_cents FROM ledger.buyer_exposures WHERE identity_id = 'b1'") == [(1_000_000,)]


def test_what_is_left_is_offered_where_a_part_is_accepted(database, sql):
    set_limit(sql, amount=150_000)
    first, second = ask(database, [order("o1"), order("o2", accept_partial=True)], AT)
    assert first.decision == "covered"
    assert (second.decision, second.covered_minor, second.available_minor) == ("partly_covered", 50_000, 50_000)
    assert second.reasons == ["limit_full", "partly_fits", "within_limit"]


@pytest.mark.parametrize("currency", ["EUR", "JPY", "CNY", "GBP"])
def test_other_currencies_meet_in_dollars_at_the_rate_of_the_day(database, sql, currency):
    set_limit(sql, amount=1_000_000)
    paid(sql)
    whole, rest = ask(
        database,
        [order("o1", currency=currency), order("o2", currency=currency, amount_minor=10**8, accept_partial=True)],
        AT,
    )
    rate = usd_rate(currency, AT.date())
    stored = sql("SELECT covered_cents, usd_rate, usd_rate_on FROM ledger.decisions WHERE order_id = 'o1'")
    exact = Decimal(100_000) * rate.usd_cents_per_minor
    assert stored == [(int(exact.quantize(Decimal(1), "ROUND_HALF_UP")), rate.usd_cents_per_minor, rate.day)]
    (taken,) = sql("SELECT sum(covered_cents) FROM ledger.decisions")
    assert 1_000_000 - rate.usd_cents_per_minor - 1 < taken[0] <= 1_000_000
    assert (whole.decision, rest.decision) == ("covered", "partly_covered")


def test_a_currency_without_a_rate_is_the_callers_mistake(database):
    with pytest.raises(CallerError, match=r"VND.*reference rate"):
        ask(database, [order(currency="VND")], AT)


def test_the_same_order_again_is_answered_as_at_first(database, sql):
    (first,) = ask(database, [order("o1")], AT)
    (again,) = ask(database, [order("o1")], AT + timedelta(days=3))
    assert again == first
    (other,) = ask(database, [order("o1", amount_minor=99)], AT)
    assert not other.same_body
    assert sql("SELECT count(*), sum(exposure_cents) FROM ledger.entries") == [(1, 100_000)]


def test_an_order_twice_in_one_batch_is_one_order(database, sql):
    first, again, other = ask(database, [order("o1"), order("o1"), order("o1", terms_days=30)], AT)
    assert (first.cover_id, again.cover_id) == (1, 1)
    assert (first.same_body, again.same_body, other.same_body) == (True, True, False)
    assert sql("SELECT count(*) FROM ledger.decisions") == [(1,)]


@pytest.mark.parametrize(
    ("status", "decision", "reason"),
    [
        ("suspended", "declined", "stop_cover"),
        ("refused", "declined", "limit_refused"),
        ("cancelled", "declined", "limit_cancelled"),
        ("investigating", "referred", "limit_under_review"),
    ],
)
def test_a_limit_that_is_not_in_use_covers_nothing(database, sql, status, decision, reason):
    set_limit(sql, status=status)
    (given,) = ask(database, [order()], AT)
    assert (given.decision, given.reasons, given.available_minor, given.cover_id) == (decision, [reason], 0, None)


def test_a_limit_that_has_ended_does_not_fall_back_to_the_discretionary_one(database, sql):
    set_limit(sql, valid_to=AT.date())
    (given,) = ask(database, [order()], AT)
    assert (given.decision, given.reasons) == ("declined", ["limit_expired"])
    assert given.explained("underwriter")[0].text("en", "underwriter") == f"The limit ended on {AT.date()}"


def test_a_limit_recorded_later_does_not_count_yet(database, sql):
    set_limit(sql, amount=1_000_000, at=AT + timedelta(seconds=1))
    (given,) = ask(database, [order(amount_minor=600_000)], AT)
    assert (given.decision, given.reasons) == ("declined", ["limit_full"])


def test_a_whitelisted_exporter_is_compensated_at_the_higher_rate_while_it_is_one(database, sql):
    sql(
        "INSERT INTO ledger.standings (exporter_id, standing, valid_from, valid_to, reason, recorded_by, recorded_at)"
        " VALUES ('e1', 'whitelisted', '2025-01-01', '2025-07-01', 'r', 't', '2025-01-01')"
    )
    (during,) = ask(database, [order("o1")], AT)
    (after,) = ask(database, [order("o2")], datetime(2025, 7, 1, tzinfo=UTC))
    assert (during.rate_bp, after.rate_bp) == (8000, 4500)


def test_many_new_exporters_within_days_are_referred(database, sql):
    set_limit(sql)
    threshold = POLICY.referral.new_exporters
    orders = [order(f"o{n}", exporter_id=f"e{n}", amount_minor=100) for n in range(threshold + 1)]
    words = [each.decision for each in ask(database, orders, AT)]
    assert words == ["covered"] * (threshold - 1) + ["referred"] * 2
    later = AT + timedelta(days=POLICY.referral.window_days)
    (calm,) = ask(database, [order("later", exporter_id="another", amount_minor=100)], later)
    assert calm.decision == "covered"


def test_one_new_exporter_with_many_orders_is_one(database, sql):
    set_limit(sql)
    orders = [order(f"o{n}", amount_minor=100) for n in range(3 * POLICY.referral.new_exporters)]
    assert {each.decision for each in ask(database, orders, AT)} == {"covered"}


@pytest.mark.parametrize(("currency", "amount"), [("CNY", 3), ("IDR", 60)])
@pytest.mark.parametrize("accept_partial", [False, True])
def test_an_order_of_less_than_half_a_cent_is_declined_where_nothing_is_left(
    database, sql, currency, amount, accept_partial
):
    set_limit(sql, amount=0, status="reduced")
    (given,) = ask(database, [order(currency=currency, amount_minor=amount, accept_partial=accept_partial)], AT)
    assert (given.amount_cents, given.decision, given.reasons) == (0, "declined", ["limit_full"])
    assert (given.cover_id, given.available_minor) == (None, 0)
    for language in ("en", "zh"):
        assert [each.text(language, "exporter") for each in given.explained("exporter")] != [""]


def test_an_order_of_less_than_half_a_cent_is_covered_and_has_nothing_outstanding(database, sql):
    set_limit(sql, amount=100)
    small, rest, over = ask(
        database,
        [order("o1", currency="CNY", amount_minor=3), order("o2", amount_minor=100),
         order("o3", currency="CNY", amount_minor=3)],
        AT,
    )  # fmt: skip
    assert [each.decision for each in (small, rest, over)] == ["covered", "covered", "declined"]
    assert (small.covered_minor, small.amount_cents) == (3, 0)
    assert sql("SELECT cover_id FROM ledger.open_covers") == [(rest.cover_id,)]


def test_the_smallest_order_asks_other_slices_where_its_own_has_nothing_left(database, sql):
    ask(database, [order("o1")], AT)
    sql("UPDATE ledger.shared_exposures SET granted_cents = used_cents")
    (given,) = ask(database, [order("o2", currency="CNY", amount_minor=3)], AT)
    assert given.decision == "covered"


def test_a_jump_counts_from_the_largest_order_paid(database, sql):
    set_limit(sql, amount=15_000_000)
    paid(sql, cents=500_000)
    bound = 500_000 * POLICY.referral.jump_over_paid
    jump, good = ask(database, [order("o1", amount_minor=bound + 1), order("o2", amount_minor=bound)], AT)
    assert (good.decision, jump.decision, jump.reasons) == ("covered", "referred", ["jump_against_paid"])


def test_a_jump_within_the_limit_is_referred_and_reserves_nothing(database, sql):
    set_limit(sql, amount=15_000_000)
    (jump,) = ask(database, [order(amount_minor=POLICY.referral.jump_floor + 1)], AT)
    assert (jump.decision, jump.reasons, jump.cover_id) == ("referred", ["jump_against_paid"], None)
    assert sql("SELECT coalesce(sum(exposure_cents), 0) FROM ledger.buyer_exposures") == [(0,)]


def test_terms_beyond_the_longest_are_declined(database, sql):
    (given,) = ask(database, [order(terms_days=POLICY.longest_terms_days + 1)], AT)
    assert (given.decision, given.reasons) == ("declined", ["terms_too_long"])


def test_every_reason_can_be_written_in_both_languages(database, sql):
    set_limit(sql, amount=10_000, status="approved")
    orders = [
        order("o1", accept_partial=True),
        order("o2", terms_days=3000),
        order("o3", buyer_id="new", amount_minor=5),
    ]
    for given in ask(database, orders, AT):
        for audience in ("underwriter", "exporter"):
            for reason in given.explained(audience):
                for language in ("zh", "en"):
                    assert "{" not in reason.text(language, audience)


def test_every_reason_that_an_order_check_gives_has_its_facts(database, sql):
    (source,) = sql("SELECT prosrc FROM pg_proc WHERE proname = 'decide'")
    given = {code for code in texts() if f"'{code}'" in source[0]}
    assert len(given) >= 14
    (decision,) = ask(database, [order()], AT)
    for code in given:
        for audience in ("underwriter", "exporter"):
            for reason in decision._replace(reasons=[code]).explained(audience):
                assert "{" not in reason.text("zh", audience) + reason.text("en", audience)


def test_a_plan_made_on_a_new_ledger_goes_on_looking_up_by_key(database, sql):
    sql("VACUUM (ANALYZE) ledger.decisions")
    one_connection = SETTINGS.model_copy(update={"pool_size": 1})

    async def rows_read(connection: Connection) -> int:
        await connection.execute("SELECT pg_stat_force_next_flush()")
        read = "SELECT sum(idx_tup_read)::bigint FROM pg_stat_user_indexes WHERE relname = 'decisions'"
        row = await (await connection.execute(read)).fetchone()
        return int(row[0]) if row else 0

    async def go() -> int:
        async with open_pool(database, one_connection) as pool:
            await check_orders(pool, [order("first")], "test", AT)
            await check_orders(pool, [order(f"more{number}") for number in range(500)], "test", AT)
            before = await run(pool, rows_read)
            for number in range(10):
                await check_orders(pool, [order(f"then{number}")], "test", AT)
            return await run(pool, rows_read) - before

    assert asyncio.run(go()) <= 10 * 3
