"""Slow work: done once, finished after an interruption, and told where it fails."""

import asyncio

import psycopg
import pytest

from serving.database.pool import open_pool, run
from serving.database.queries import query
from serving.models.keeper import Keeper
from serving.models.kept import ask_for, kept, looks, report, work_states
from serving.settings import Settings
from tests.serving.models.registries import GAO, MO, version


def test_a_reading_is_kept_with_reports_and_judgements(models):
    found = models.run(lambda pool: run(pool, kept))
    assert [each.version for each in found.reading.versions] == ["2", "1"]
    assert found.judged["run2"].failed == ()
    assert found.judged["run2"].comparison.gains["auc"] == (0.01, -0.02, 0.03)
    assert models.run(lambda pool: run(pool, lambda connection: report(connection, "run1"))) == "<h1>report 1</h1>"
    models.registry.versions.insert(0, version("3"))
    models.read()
    assert models.run(lambda pool: run(pool, kept)).version("3") is not None


def test_an_interrupted_promotion_is_finished_and_not_repeated(models):
    asked = models.promote(MO)
    models.say(GAO, asked, "confirmed")
    models.registry.is_interrupted = True
    with pytest.raises(KeyboardInterrupt):
        models.round()
    assert models.run(lambda pool: run(pool, work_states))["change"].fault is not None
    _forget_faults(models)
    models.round()
    assert models.registry.in_use == ["1", "2"]
    assert len(models.registry.orders) == 1
    models.round()
    assert len(models.registry.orders) == 1


def test_a_change_has_ended_only_once_the_reading_shows_it(models, monkeypatch, sql):
    models.say(GAO, models.promote(MO), "confirmed")

    async def dies(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(models.registry, "read", dies)
        with pytest.raises(KeyboardInterrupt):
            models.round()
    assert sql("SELECT status FROM models.words") == [("confirmed",)]
    _forget_faults(models)
    models.round()
    assert sql("SELECT status FROM models.words ORDER BY place") == [("confirmed",), ("in_use",)]
    assert models.run(lambda pool: run(pool, kept)).reading.champion == "2"
    assert len(models.registry.orders) == 1


def test_a_registry_that_is_down_is_told_and_asked_again(models):
    models.say(GAO, models.promote(MO), "confirmed")
    models.registry.is_down = True
    models.round()
    state = models.run(lambda pool: run(pool, work_states))["change"]
    assert "does not answer" in state.fault
    models.registry.is_down = False
    models.round()
    assert models.registry.in_use == ["1"], "not at once"
    _forget_faults(models)
    models.round()
    assert models.registry.in_use == ["1", "2"]


def test_what_the_registry_refuses_has_failed_and_says_why(models, sql):
    models.say(GAO, models.promote(MO), "confirmed")
    models.registry.in_use = ["1", "3"]
    models.round()
    assert models.registry.in_use == ["1", "3"]
    ((status, reason),) = sql("SELECT status, reason FROM models.words ORDER BY place DESC LIMIT 1")
    assert status == "failed"
    assert "is in use by now" in reason


def test_drift_is_looked_for_when_asked_and_recorded(models):
    def asked(pool):
        return run(pool, lambda connection: ask_for(connection, "drift", "mo"))

    assert models.run(asked)
    assert not models.run(asked), "it is under way"
    models.round()
    (look,) = models.run(lambda pool: run(pool, lambda connection: looks(connection, 5)))
    assert (look.asked_by, look.found.drifted, look.found.checks[0].name) == ("mo", True, "score")
    assert not models.run(lambda pool: run(pool, work_states))["drift"].is_due
    models.round()
    assert len(models.run(lambda pool: run(pool, lambda connection: looks(connection, 5)))) == 1


def test_while_another_process_is_at_it_nothing_is_done(models, database):
    models.say(GAO, models.promote(MO), "confirmed")
    with psycopg.connect(database, autocommit=True) as other:
        assert other.execute(query("hold_models")).fetchone() == (True,)
        models.round()
        assert models.registry.orders == []
    models.round()
    assert len(models.registry.orders) == 1


def test_two_rounds_at_once_carry_out_once(models, database):
    models.say(GAO, models.promote(MO), "confirmed")

    async def both():
        async with open_pool(database, Settings()) as pool:
            keepers = [Keeper(database, pool, models.registry) for _ in range(4)]
            await asyncio.gather(*(keeper.round() for keeper in keepers))

    asyncio.run(both())
    assert len(models.registry.orders) == 1


def _forget_faults(models):
    """As if the minute after a fault had passed."""
    with psycopg.connect(models.url) as connection:
        connection.execute("UPDATE models.work SET ended_at = ended_at - interval '2 minutes' WHERE work = 'change'")
