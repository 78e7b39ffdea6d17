"""Two persons, or nothing happens."""

from functools import partial

import psycopg
import pytest

from features.errors import UnavailableError
from serving.access.principal import Principal
from serving.errors import ForbiddenError, NotFoundError, OtherBodyError, RefusedError
from serving.models.shelf import get_change
from tests.serving.models.registries import GAO, LI, MO, RAN, Models


def test_a_promotion_takes_two_persons_and_both_are_kept(models, sql):
    asked = models.promote(MO)
    assert (asked.status, asked.champion, asked.level_needed) == ("waiting", "1", "modeller")
    models.round()
    assert models.registry.in_use == ["1"], "nothing happens before a second person has confirmed"
    with pytest.raises(ForbiddenError, match="needs other eyes than those of mo"):
        models.say(MO, asked, "confirmed")
    assert models.say(RAN, asked, "confirmed", "report read").status == "confirmed"
    models.round()
    assert models.registry.in_use == ["1", "2"]
    assert models.registry.turns[-1].by == "mo, confirmed by ran"
    ((after,),) = sql("SELECT after FROM access.audit WHERE action = 'promote'")
    assert (after["asked_by"], after["confirmed_by"], after["champion"]) == ("mo", "ran", "2")
    trail = sql("SELECT who, action, reason FROM access.audit ORDER BY audit_id")
    assert trail == [
        ("mo", "ask_promotion", "passes every gate"),
        ("ran", "decide_model_change", "report read"),
        ("ran", "promote", "passes every gate"),
    ]


def test_a_failed_gate_takes_an_override_and_a_senior(database):
    models = Models(database)
    models.registry.failing.add("2")
    models.read()
    with pytest.raises(RefusedError, match="fails calibrated"):
        models.promote(MO)
    asked = models.promote(MO, override=True, reason="the features of version 1 are withdrawn")
    with pytest.raises(ForbiddenError, match="may not pass over a failed gate"):
        models.say(RAN, asked, "confirmed")
    assert models.say(GAO, asked, "confirmed").status == "confirmed"
    models.round()
    assert models.registry.orders[0].is_override


def test_an_override_without_a_failed_gate_is_refused(models):
    with pytest.raises(RefusedError, match="passes every gate"):
        models.promote(MO, override=True)


def test_a_rollback_goes_to_the_version_before(models):
    with pytest.raises(RefusedError, match="champion 1: has no version before it"):
        models.roll_back(MO)
    models.say(GAO, models.promote(MO), "confirmed")
    models.round()
    asked = models.roll_back(MO)
    assert (asked.kind, asked.version, asked.champion) == ("roll_back", "1", "2")
    models.say(GAO, asked, "confirmed")
    models.round()
    assert models.registry.in_use == ["1"]


@pytest.mark.parametrize(("who", "verdict"), [(RAN, "declined"), (MO, "withdrawn")])
def test_what_is_declined_or_withdrawn_never_happens(models, who, verdict):
    asked = models.say(who, models.promote(MO), verdict)
    assert asked.status == verdict
    with pytest.raises(RefusedError, match=f"is {verdict} already"):
        models.say(GAO, asked, "confirmed")
    models.round()
    assert models.registry.in_use == ["1"]
    assert models.promote(MO, event_id="e2").status == "waiting", "it may be asked for again"


def test_only_who_asked_withdraws(models):
    with pytest.raises(ForbiddenError, match="is somebody else's"):
        models.say(RAN, models.promote(MO), "withdrawn")


def test_the_same_again_changes_nothing(models, sql):
    first, again = models.promote(MO), models.promote(MO)
    assert first.change_id == again.change_id
    with pytest.raises(OtherBodyError):
        models.promote(MO, reason="for another reason")
    with pytest.raises(RefusedError, match="is asked for already, by mo"):
        models.promote(RAN, event_id="mine")
    models.say(GAO, first, "confirmed")
    assert models.say(GAO, first, "confirmed").status == "confirmed"
    assert sql("SELECT count(*) FROM models.words") == [(1,)]


def test_what_cannot_be_asked_for_is_told(models, database):
    with pytest.raises(NotFoundError, match="model version 9"):
        models.promote(MO, "9")
    with pytest.raises(RefusedError, match="is in use already"):
        models.promote(MO, "1")
    for stranger in (LI, GAO, Principal("p", "platform")):
        with pytest.raises(ForbiddenError):
            models.promote(stranger)
    with pytest.raises(ForbiddenError):
        models.say(LI, models.promote(MO), "confirmed")


def test_before_the_registry_was_read_nothing_can_be_asked(database):
    with pytest.raises(UnavailableError, match="has not been read yet"):
        Models(database).promote(MO)


def test_a_change_expires_and_may_be_asked_for_anew(models, sql):
    ((number,),) = sql(
        "INSERT INTO models.changes (event_id, kind, version, champion, is_override, reason, asked_by, asked_role, "
        "recorded_at) VALUES ('old', 'promote', '2', '1', false, 'r', 'mo', 'modeller', now() - interval '14 days') "
        "RETURNING change_id"
    )
    old = models.run(partial(get_change, principal=MO, change_id=number))
    assert old.status == "expired"
    with pytest.raises(RefusedError, match="is expired already"):
        models.say(GAO, old, "confirmed")
    assert models.promote(MO).status == "waiting"


def test_another_champion_supersedes_what_waits(models):
    asked = models.promote(MO)
    models.registry.in_use = ["1", "3"]
    models.read()
    with pytest.raises(RefusedError, match="is superseded already"):
        models.say(GAO, asked, "confirmed")


def test_the_database_holds_four_eyes_whatever_the_program_does(models, sql):
    asked = models.promote(MO)
    columns = "change_id, place, status, reason, said_by, said_role"
    word = f"INSERT INTO models.words ({columns}) VALUES (%s, 1, %s, 'r', 'mo', 'modeller')"
    for status in ("confirmed", "in_use"):
        with pytest.raises(psycopg.errors.CheckViolation):
            sql(word, asked.change_id, status)
