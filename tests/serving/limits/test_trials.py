"""A preview is worked out, looked at and released; whatever changed meanwhile in a way that matters refuses it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import psycopg
import pytest

from features.errors import ConfigError
from models.appetite import CalibratedAppetite, keep
from models.champion import read_champion
from models.policy import FOLDER, policies
from serving.access.principal import Principal
from serving.book.load import load_book
from serving.errors import ForbiddenError, NotFoundError, OtherBodyError, RefusedError
from serving.ledger.verify import verify
from serving.limits.run import set_limits
from serving.limits.trials import work
from serving.limits.trials.asks import ComparisonAsk, PreviewAsk, ReleaseAsk
from serving.limits.trials.release import release, why_stale
from serving.limits.trials.request import ask_for
from serving.limits.trials.trial import find_trial, list_moves
from serving.limits.trials.work import work_waiting
from tests.databases import copied
from tests.serving.desk.desks import LI, WANG, ZHAO, on_pool
from tests.serving.limits.living_book import (
    TODAY,
    claim,
    happen,
    overdue,
    paid,
    shipped_cover,
)

MODELLER = Principal("mo", "modeller")
WHY = ReleaseAsk(reason="largest movers looked at")


@pytest.fixture(scope="module")
def previewed(postgres, template, book, home):
    """A database to copy: the book, limits of last month, and a preview that Li asked for."""
    with copied(postgres, template) as filled:
        with psycopg.connect(filled.url, autocommit=True) as connection:
            load_book(book, connection)
            set_limits(connection, home, TODAY - timedelta(days=31))
            shipped_cover(filled.url, "b001")
            trial = on_pool(filled.url, lambda pool: ask_for(pool, LI, PreviewAsk(event_id="run"), TODAY))
            assert trial.status == "waiting"
            assert work_waiting(connection, home) == 1
        yield filled.name, trial.trial_id


@pytest.fixture
def database(new_database, previewed):
    return new_database(previewed[0])


@pytest.fixture
def trial_id(previewed):
    return previewed[1]


@pytest.fixture
def let_go(database, home, trial_id):
    def go(who=ZHAO, ask=WHY, today=TODAY, where=home, champion="in use", trial=trial_id):
        model = read_champion(home) if champion == "in use" else champion
        return on_pool(database, lambda pool: release(pool, who, trial, ask, where, model, today))

    return go


@pytest.fixture
def stale(database, home, trial_id):
    def why(today=TODAY, where=home, model=None):
        found = model or read_champion(home)
        return on_pool(database, lambda pool: why_stale(pool, LI, trial_id, where, found, today))

    return why


@pytest.fixture
def found(database, trial_id):
    return on_pool(database, lambda pool: find_trial(pool, LI, "preview", trial_id))


def work_out(database, home):
    with psycopg.connect(database, autocommit=True) as connection:
        return work_waiting(connection, home)


def test_a_preview_decides_as_a_dry_run_does_and_changes_nothing(database, home, found, sql):
    before = sql("SELECT count(*) FROM ledger.limits")
    with psycopg.connect(database, autocommit=True) as connection:
        dry = set_limits(connection, home, TODAY, dry_run=True)
    (side,) = found.sides
    assert (found.status, [each.step for each in found.steps]) == (
        "ready",
        ["started", "exported", "scored", "decided"],
    )
    assert side.total.after_cents == dry["total_usd_cents"]
    assert side.total.before_cents == dry["total_before_usd_cents"]
    assert side.total.covered_cents == dry["expected_covered_usd_cents"]
    assert side.total.compensation_cents == dry["expected_compensation_usd_cents"]
    assert {each.key: each.buyers for each in side.by_grade} == dry["grades"]
    for parts in (side.by_grade, side.by_country):
        assert sum(each.after_cents for each in parts) == side.total.after_cents
    counted = {"increase": side.total.increased, "reduce": side.total.reduced, "new": side.total.new,
               "cancel": side.total.ended}  # fmt: skip
    assert {word: number for word, number in counted.items() if number} == {
        word: number for word, number in dry["changes"].items() if word != "prolong"
    }
    assert sql("SELECT count(*) FROM ledger.limits") == before


def test_a_release_puts_exactly_what_was_shown_into_force_with_its_workings(database, let_go, found, sql):
    shown = sql(
        "SELECT identity_id, amount_cents, status, valid_from, valid_to, grade, pd, reasons FROM trials.decisions"
        " ORDER BY identity_id"
    )
    done = let_go()
    assert (done.status, done.released_by, done.limits) == ("released", "zhao", len(shown))
    put = sql(
        "SELECT identity_id, amount_cents, status, valid_from, valid_to, grade, pd, reasons FROM ledger.limits"
        " WHERE run_id = %s AND source = 'model' AND model_version = '7' ORDER BY identity_id",
        done.run_id,
    )
    assert put == shown
    workings = (
        "SELECT count(*) FROM ledger.workings w JOIN trials.decisions d USING (identity_id, workings) WHERE run_id = %s"
    )
    assert sql(workings, done.run_id) == [(len(shown),)]
    ((who, reason, after),) = sql("SELECT who, reason, after FROM access.audit WHERE action = 'release_limits'")
    assert (who, reason, after["limits_cents"]) == ("zhao", WHY.reason, found.sides[0].total.after_cents)
    with psycopg.connect(database, autocommit=True) as connection:
        assert [check for check in verify(connection) if check.broken] == []


def test_a_release_is_said_once_and_said_again_changes_nothing(let_go, sql):
    first = let_go()
    assert let_go() == first
    with pytest.raises(RefusedError, match="was released by zhao"):
        let_go(ask=ReleaseAsk(reason="once more"))
    assert sql("SELECT count(*) FROM ledger.limits WHERE run_id = %s", first.run_id) == [(first.limits,)]


def test_a_release_takes_other_eyes_than_the_askers_and_authority_for_its_largest_rise(let_go, sql):
    with pytest.raises(ForbiddenError, match="needs other eyes than those of li"):
        let_go(LI)
    with pytest.raises(ForbiddenError, match="may not release limits"):
        let_go(MODELLER)
    sql("ALTER TABLE trials.decisions DISABLE TRIGGER only_added")
    sql("UPDATE trials.decisions SET change = 'increase', amount_cents = 9000000 WHERE identity_id = 'b001'")
    with pytest.raises(ForbiddenError, match="beyond an underwriter's authority; ask a senior"):
        let_go(WANG)
    sql("UPDATE trials.decisions SET change = 'increase', amount_cents = 7000000 WHERE identity_id = 'b001'")
    assert let_go(WANG).released_by == "wang"


def test_a_fresh_preview_is_not_stale_and_payments_do_not_make_it_so(database, sql, stale, let_go):
    happen(database, cover(sql), paid(1))
    assert stale() == []
    assert let_go().status == "released"


def cover(sql):
    ((found,),) = sql("SELECT cover_id FROM ledger.decisions WHERE cover_id IS NOT NULL")
    return found


def override(sql):
    sql(
        "INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, recorded_by)"
        " VALUES ('b001', 123400, 'approved', 'underwriter', %s, 'somebody')", TODAY,
    )  # fmt: skip


def late_payment(sql):
    sql(
        "INSERT INTO book.payments SELECT 'late', order_id, %s, 1, currency, %s FROM book.orders LIMIT 1",
        TODAY - timedelta(days=2), datetime.now(UTC) - timedelta(days=2),
    )  # fmt: skip


def unweighed_notice(sql):
    """A notice that came with a file, so that no event had it weighed."""
    sql("ALTER TABLE trials.decisions DISABLE TRIGGER only_added")
    sql("UPDATE trials.decisions SET change = 'increase', amount_cents = greatest(amount_cents, 1)")
    sql(
        "INSERT INTO book.overdue_notices SELECT order_id, %s, 1, currency, clock_timestamp()"
        " FROM book.orders LIMIT 1", TODAY,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("happens", "word"),
    [
        (override, "persons_since"),
        (late_payment, "facts_late"),
        (unweighed_notice, "facts_unweighed"),
        (
            lambda sql: sql(
                "INSERT INTO ledger.standings (exporter_id, standing, valid_from, reason, recorded_by)"
                " VALUES ('e1', 'whitelisted', %s, 'r', 't')", TODAY,
            ),
            "standings_since",
        ),
        (
            lambda sql: sql(
                "INSERT INTO ledger.limits (identity_id, amount_cents, status, source, valid_from, recorded_by)"
                " VALUES ('b001', 5, 'approved', 'model', %s, 'another run')", TODAY,
            ),
            "run_since",
        ),
    ],
)  # fmt: skip
def test_what_matters_makes_a_preview_stale_and_nothing_is_put_into_force(sql, stale, let_go, happens, word):
    happens(sql)
    assert stale() == [word]
    before = sql("SELECT count(*) FROM ledger.limits")
    with pytest.raises(RefusedError, match=r"is stale: .*; ask for a new preview"):
        let_go()
    assert sql("SELECT count(*) FROM ledger.limits") == before


def test_another_day_model_or_appetite_makes_a_preview_stale(stale, home, tmp_path):
    assert stale(today=TODAY + timedelta(days=1)) == ["day_over"]
    assert stale(model=replace(read_champion(home), version="8")) == ["model_changed"]
    keep(CalibratedAppetite(policies().at(TODAY).version, 0.5, TODAY, 4, 40), tmp_path)
    assert stale(where=tmp_path) == ["appetite_changed"]


def test_a_notice_that_stopped_cover_does_not_hold_the_rest_up_and_outranks_it(database, sql, stale, let_go):
    happen(database, cover(sql), overdue(), claim())
    sql("UPDATE ledger.rescores SET done_at = clock_timestamp(), outcome = 'stopped'")
    assert stale() == []
    let_go()
    in_force = "SELECT status, source FROM ledger.limit_in_force('b001', %s, clock_timestamp())"
    assert sql(in_force, TODAY) == [("suspended", "event")]


def test_after_a_release_what_features_rest_on_is_brought_up_once(database, home, let_go, sql):
    let_go()
    sql("DELETE FROM peers.usual")
    assert work_out(database, home) == 1
    assert sql("SELECT count(*) > 0 FROM peers.usual") == [(True,)]
    assert work_out(database, home) == 0


def test_what_a_person_set_stands_through_a_release(database, home, sql, let_go):
    override(sql)
    ask = PreviewAsk(event_id="second")
    trial = on_pool(database, lambda pool: ask_for(pool, LI, ask, TODAY))
    work_out(database, home)
    assert sql("SELECT stands FROM trials.decisions WHERE trial_id = %s AND identity_id = 'b001'", trial.trial_id) == [
        ("override",)
    ]
    done = let_go(trial=trial.trial_id)
    assert sql("SELECT count(*) FROM ledger.limits WHERE run_id = %s AND identity_id = 'b001'", done.run_id) == [(0,)]


def test_the_same_ask_is_one_trial_and_another_under_its_key_is_refused(database, trial_id):
    again = on_pool(database, lambda pool: ask_for(pool, LI, PreviewAsk(event_id="run"), TODAY))
    assert again.trial_id == trial_id
    other = PreviewAsk(event_id="run", as_of=TODAY - timedelta(days=3))
    with pytest.raises(OtherBodyError, match="was used before with another content"):
        on_pool(database, lambda pool: ask_for(pool, LI, other, TODAY))
    with pytest.raises(RefusedError, match="is to come"):
        on_pool(database, lambda pool: ask_for(pool, LI, PreviewAsk(event_id="x", as_of="2099-01-01"), TODAY))


def test_a_person_may_not_fill_the_machine_with_trials(database):
    for number in range(3):
        ask = PreviewAsk(event_id=f"n{number}")
        on_pool(database, partial(ask_for, principal=LI, ask=ask, today=TODAY))
    with pytest.raises(RefusedError, match="trials 3: are under way already"):
        on_pool(database, lambda pool: ask_for(pool, LI, PreviewAsk(event_id="n4"), TODAY))


def test_work_that_dies_begins_anew_and_ends_after_three_times(database, home, monkeypatch):
    trial = on_pool(database, lambda pool: ask_for(pool, LI, PreviewAsk(event_id="dies"), TODAY))

    def dies(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(work, "_decide_and_keep", dies)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            work_out(database, home)
    monkeypatch.undo()
    work_out(database, home)
    found = on_pool(database, lambda pool: find_trial(pool, LI, "preview", trial.trial_id))
    assert (found.status, found.failure) == ("failed", "the work was interrupted 3 times; ask for it anew")


def test_without_a_champion_a_trial_fails_in_words(database, tmp_path):
    trial = on_pool(database, lambda pool: ask_for(pool, LI, PreviewAsk(event_id="none"), TODAY))
    work_out(database, tmp_path)
    found = on_pool(database, lambda pool: find_trial(pool, LI, "preview", trial.trial_id))
    assert found.status == "failed"
    assert "run `bolanggu train`" in (found.failure or "")
    with pytest.raises(NotFoundError, match="comparison"):
        on_pool(database, lambda pool: find_trial(pool, LI, "comparison", trial.trial_id))


def compared(database, home, policy, against):
    ask = ComparisonAsk.model_validate({"event_id": "two", "policy": policy, "against": against})
    trial = on_pool(database, lambda pool: ask_for(pool, MODELLER, ask, TODAY))
    work_out(database, home)
    return on_pool(database, lambda pool: find_trial(pool, MODELLER, "comparison", trial.trial_id))


def test_two_policies_are_decided_on_one_scoring(database, home, sql):
    found = compared(database, home, {"version": "2020-launch"}, {"version": "2024-current"})
    ours, theirs = found.sides
    assert [each.step for each in found.steps].count("scored") == 1
    assert (ours.policy_version, theirs.policy_version) == ("2020-launch", "2024-current")
    assert ours.total.buyers == theirs.total.buyers
    assert ours.total.compensation_cents < theirs.total.compensation_cents  # 30 % against 45 %
    pds = "SELECT count(*) FROM trials.decisions a JOIN trials.decisions b USING (trial_id, identity_id)" \
          " WHERE trial_id = %s AND a.side = 0 AND b.side = 1 AND a.pd IS DISTINCT FROM b.pd"  # fmt: skip
    assert sql(pds, found.trial_id) == [(0,)]
    ((told,),) = sql("SELECT after FROM access.audit WHERE action = 'compare_policies'")
    assert told["policies"] == ["2020-launch", "2024-current"]


def test_the_same_policy_twice_differs_in_nothing_and_a_lower_cap_takes_away(database, home):
    text = (FOLDER / "2024-current.yaml").read_text(encoding="utf-8")
    lower = text.replace("{level: machine, up_to: 20000}", "{level: machine, up_to: 10000}")
    found = compared(database, home, {"text": lower}, {"version": "2024-current"})
    assert found.sides[0].is_on_trial
    assert found.sides[0].total == found.sides[1].total
    assert on_pool(database, lambda pool: list_moves(pool, MODELLER, found)) == []


def test_a_policy_on_trial_is_refused_with_line_key_and_value(database, home):
    text = (FOLDER / "2024-current.yaml").read_text(encoding="utf-8").replace("buyer_cap: 150000", "buyer_cap: -5")
    line = text[: text.index("buyer_cap")].count("\n") + 1
    with pytest.raises(ConfigError, match=rf"policy on trial line {line}, buyer_cap -5: is not more than 0"):
        compared(database, home, {"text": text}, {"version": "2024-current"})
    with pytest.raises(ConfigError, match="policy version 1999: does not exist"):
        compared(database, home, {"version": "1999"}, {"version": "2024-current"})
